"""Curves: one or more series of y against x, on linear or logarithmic axes."""

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from tutor.figures.axes import Axis, Frame
from tutor.figures.base import Figure
from tutor.figures.lines import Grid, heading, length
from tutor.figures.numbers import short, words
from tutor.roles import SERIES, Glyphs, Line

if TYPE_CHECKING:
    from tutor.figures.canvas import Stroke

MARKS = "*ox+#%"
"""What tells series apart besides colour: marks on the lines (the first has none), in ASCII the lines."""

_APART = 10
"""Columns between two marks on a line."""


class Series(msgspec.Struct, frozen=True):
    """One named sequence of points; `faint` is for the raw noise behind a smoothed line."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    style: Literal["line", "points", "faint"] = "line"


class Guide(msgspec.Struct, frozen=True):
    """A horizontal line at y = `value` to compare the series with."""

    value: float
    label: str


class Curve(Figure, frozen=True):
    """Series over a shared x axis; what isn't finite (or not positive, on a log axis) is left out."""

    series: tuple[Series, ...]
    x_label: str = "step"
    y_label: str = ""
    log_x: bool = False
    log_y: bool = False
    guides: tuple[Guide, ...] = ()

    def describe(self) -> str:
        """How each series goes, what its extremes are, and where it lies from the guides."""
        traces = self._traces()
        plain = [trace for trace in traces if trace.series.style != "faint"] or traces
        told = "; ".join(_tell(trace, self.x_label or "x") + _beside(trace, self.guides) for trace in plain)
        lost = sum(len(trace.series.y) - len(trace.points) for trace in traces)
        why = "not finite or not positive" if self.log_x or self.log_y else "not finite"
        note = f" {words(lost)} {'point is' if lost == 1 else 'points are'} left out, being {why}." if lost else ""
        return f"{self.title}: {told or 'no data yet'}.{note}"

    def _traces(self) -> list["_Trace"]:
        x, y = Axis(1, 10, self.log_x), Axis(1, 10, self.log_y)
        traces: list[_Trace] = []
        number = 0
        for series in self.series:
            points = [(a, b) for a, b in zip(series.x, series.y, strict=False) if x.holds(a) and y.holds(b)]
            faint = series.style == "faint"
            role = "muted" if faint else f"s{number % SERIES}"
            traces.append(_Trace(series, points, role, "." if faint else MARKS[number % len(MARKS)]))
            number += not faint
        return traces

    def _axes(self, traces: list["_Trace"]) -> tuple[Axis, Axis]:
        every = [point for trace in traces for point in trace.points]
        levels = [guide.value for guide in self.guides]
        xs = [x for x, _ in every]
        if not self.log_x and not any(xs):
            # Before the first step there is a future, but no past.
            xs = [0.0, 1.0]
        x = Axis.around(xs, log=self.log_x, label=self.x_label)
        return x, Axis.around([y for _, y in every] + levels, log=self.log_y)

    def _lines(self, width: int, height: int, glyphs: Glyphs) -> list[Line]:
        traces = self._traces()
        top = self._top(traces, width, height, glyphs)
        grid = Grid(width, max(height - len(top), 0))
        x, y = self._axes(traces)
        some = any(trace.points for trace in traces)
        frame = Frame(grid, 0, x, y, glyphs, labelled=some)
        if some:
            _fill(frame, traces, self.guides, glyphs)
        else:
            frame.say("no data yet")
        return top + grid.lines()

    def _top(self, traces: list["_Trace"], width: int, height: int, glyphs: Glyphs) -> list[Line]:
        """The title and the legend, in one line if both fit."""
        title: Line = ((self.title, "title"),)
        if self.y_label:
            title += ((f" - {self.y_label}" if glyphs == "ascii" else f" · {self.y_label}", "muted"),)
        if len(traces) == 1 and traces[0].series.label in ("", self.title):
            return [title]
        full, terse = (_legend(traces, width, glyphs, values=values) for values in (True, False))
        for legend in (full, terse):
            if len(legend) == 1 and (together := heading(title, legend[0], width)):
                return [together]
        room = 2 if height >= 9 else 1 if height >= 7 else 0
        return [title, *(full if len(full) == 1 else terse)[:room]]


class _Trace(NamedTuple):
    """A series with the points of it that can be drawn, and how they look."""

    series: Series
    points: list[tuple[float, float]]
    role: str
    mark: str

    def key(self, glyphs: Glyphs) -> str:
        """What stands for the series in the legend."""
        if self.series.style == "points":
            return self.mark
        if glyphs == "ascii" or self.series.style == "faint":
            return self.mark * 2
        return "──" if self.mark == MARKS[0] else f"─{self.mark}─"

    def stroke(self, x: Axis, y: Axis, glyphs: Glyphs) -> "Stroke":
        """The points on the drawn scale."""
        from tutor.figures.canvas import MARKERS, Stroke

        alone = glyphs == "ascii" or self.series.style == "points" or len(self.points) == 1
        xs, ys = [x.scale(a) for a, _ in self.points], [y.scale(b) for _, b in self.points]
        return Stroke(xs, ys, self.role, self.mark if alone else MARKERS[glyphs], self.series.style == "line")


def _fill(frame: Frame, traces: list[_Trace], guides: tuple[Guide, ...], glyphs: Glyphs) -> None:
    """Draw the traces into `frame`, faint ones undermost, and the guides where there is room left."""
    from tutor.figures.canvas import plot

    if frame.width < 1 or frame.height < 1:
        return
    layers = sorted(traces, key=lambda trace: trace.series.style != "faint")
    strokes = [trace.stroke(frame.x, frame.y, glyphs) for trace in layers if trace.points]
    for row, line in enumerate(plot(strokes, frame.width, frame.height, frame.x.limits, frame.y.limits)):
        frame.grid.put_line(frame.left, frame.top + row, line)
    for trace in layers:
        if trace.series.style == "line" and trace.mark != MARKS[0]:
            _mark(frame, trace)
    for guide in guides:
        if frame.y.holds(guide.value):
            _rule(frame, guide, "╌" if glyphs == "braille" else "-")


def _mark(frame: Frame, trace: _Trace) -> None:
    """Set the trace's mark on its line every few columns, first where no other trace has one."""
    due = frame.left + 2 * MARKS.index(trace.mark)
    for x, y in trace.points:
        column = frame.column(x)
        if column >= due:
            frame.grid.put(column, frame.row(y), trace.mark, trace.role)
            due = column + _APART


def _rule(frame: Frame, guide: Guide, dash: str) -> None:
    """Dash the free cells of the guide's row, its label in the rightmost gap that takes it."""
    row, end = frame.row(guide.value), frame.left + frame.width
    room = len(guide.label) + 2
    gaps = (column for column in range(end - room, frame.left - 1, -1) if frame.grid.blank(column, row, room))
    place = next(gaps, None)
    for column in range(frame.left, end):
        if frame.grid.blank(column, row):
            frame.grid.put(column, row, dash, "warn")
    if place is not None:
        frame.grid.put(place, row, f" {guide.label} ", "warn")


def _legend(traces: list[_Trace], width: int, glyphs: Glyphs, *, values: bool) -> list[Line]:
    """The key and label of each trace, with its last value if `values`, in as many lines as that takes."""
    lines: list[Line] = [()]
    for trace in traces:
        series, points = trace.series, trace.points
        last = f" {short(points[-1][1])}" if points and values and series.style != "faint" else ""
        why = " (nothing finite)" if series.y and not points else ""
        entry = f"{trace.key(glyphs)} {series.label}{last}{why}"
        if lines[-1] and length(lines[-1]) + 2 + len(entry) > width:
            lines.append(())
        gap: Line = (("  ", "text"),) if lines[-1] else ()
        lines[-1] += (*gap, (entry, trace.role))
    return lines


def _tell(trace: _Trace, x_name: str) -> str:
    """How the trace goes, in words."""
    label, points = trace.series.label, trace.points
    if not points:
        return f"{label} has {'nothing finite to draw' if trace.series.y else 'no data yet'}"
    (x_first, first), (x_last, last) = points[0], points[-1]
    (x_low, low), (x_high, high) = (pick(points, key=lambda point: point[1]) for pick in (min, max))
    if len(points) == 1:
        return f"{label} is {words(first)} at {x_name} {words(x_first)}"
    if low == high:
        return f"{label} stays at {words(low)} from {x_name} {words(x_first)} to {words(x_last)}"
    verb = "went" if abs(last - first) < 0.05 * (high - low) else "fell" if last < first else "rose"
    text = f"{label} {verb} from {words(first)} at {x_name} {words(x_first)}"
    text += f" to {words(last)} at {x_name} {words(x_last)}"
    if low < min(first, last):
        text += f", lowest {words(low)} at {words(x_low)}"
    if high > max(first, last):
        text += f", highest {words(high)} at {words(x_high)}"
    return text


def _beside(trace: _Trace, guides: tuple[Guide, ...]) -> str:
    """Where the trace lies from each guide."""
    values = [y for _, y in trace.points]
    text = ""
    for guide in guides if values else ():
        if min(values) > guide.value:
            text += f", stays above the guide {guide.label}"
        elif max(values) < guide.value:
            text += f", stays below the guide {guide.label}"
        else:
            side = "above" if values[-1] > guide.value else "below" if values[-1] < guide.value else "on"
            text += f", meets the guide {guide.label} and ends {side} it"
    return text
