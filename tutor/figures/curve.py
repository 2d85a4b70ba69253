"""Curves: one or more series of y against x, on linear or logarithmic axes."""

from bisect import bisect_left

from tutor.figures.axes import Axis, Frame
from tutor.figures.base import Figure, Place, Row
from tutor.figures.lines import Grid, heading, length
from tutor.figures.numbers import short, words
from tutor.figures.series import MARKS, Guide, Series, Trace, tell, traces
from tutor.roles import Glyphs, Line

_APART = 10
"""Columns between two marks on a line."""


class Curve(Figure, frozen=True):
    """Series over a shared x axis; what isn't finite (or not positive, on a log axis) is left out."""

    series: tuple[Series, ...]
    x_label: str = "step"
    y_label: str = ""
    log_x: bool = False
    log_y: bool = False
    guides: tuple[Guide, ...] = ()
    y_span: tuple[float, float] | None = None
    """What the y axis holds at least."""

    def describe(self) -> str:
        """How each series goes, what its extremes are, and where it lies from the guides."""
        traces = self._traces()
        plain = [trace for trace in traces if trace.series.style != "faint"] or traces
        told = "; ".join(tell(trace, self.x_label or "x", self.guides) for trace in plain)
        lost = sum(len(trace.series.y) - len(trace.points) for trace in traces)
        why = "not finite or not positive" if self.log_x or self.log_y else "not finite"
        note = f" {words(lost)} {'point is' if lost == 1 else 'points are'} left out, being {why}." if lost else ""
        return f"{self.title}: {told or 'no data yet'}.{note}"

    @property
    def places(self) -> Place:
        """A place at each x at which some series has a point."""
        return len(self._columns()), 1

    def at(self, place: Place) -> float:
        """The x of a place, by which the cursors of several curves can be kept in step."""
        columns = self._columns()
        return columns[min(max(place[0], 0), len(columns) - 1)] if columns else 0.0

    def nearest(self, x: float) -> Place:
        """The place nearest to `x`."""
        columns = self._columns()
        right = bisect_left(columns, x)
        near = range(max(right - 1, 0), min(right + 1, len(columns)))
        return min(near, key=lambda index: abs(columns[index] - x), default=0), 0

    def data(self) -> list[Row]:
        """A row a point: its series, x and y, and the band around it where there is one."""
        banded = any(series.low for series in self.series)
        header: Row = ("series", self.x_label or "x", self.y_label or "y")
        table: list[Row] = [(*header, "low", "high") if banded else header]
        for series in self.series:
            edges = (series.low, series.high) if series.low else ()
            table += [(series.label, *point) for point in zip(series.x, series.y, *edges, strict=False)]
        return table

    def _columns(self) -> list[float]:
        return sorted({x for trace in self._traces() for x, _ in trace.points})

    def _read(self, place: Place) -> str:
        x = self.at(place)
        found = []
        for trace in self._traces():
            if trace.points and trace.series.style != "faint":
                at, value = min(trace.points, key=lambda point: abs(point[0] - x))
                # Elsewhere than under the cursor a value is said with its own place.
                found.append(f"{trace.series.label} {short(value, 4)}" + ("" if at == x else f" (at {words(at)})"))
        return f"{self.x_label or 'x'} {words(x)}: {', '.join(found) or 'nothing'}"

    def _traces(self) -> list[Trace]:
        return traces(self.series, Axis(1, 10, self.log_x), Axis(1, 10, self.log_y))

    def _axes(self, traces: list[Trace]) -> tuple[Axis, Axis]:
        every = [point for trace in traces for point in trace.points]
        levels = [guide.value for guide in self.guides]
        xs = [x for x, _ in every]
        if not self.log_x and not any(xs):
            # Before the first step there is a future, but no past.
            xs = [0.0, 1.0]
        x = Axis.around(xs, log=self.log_x, label=self.x_label)
        edges = [y for trace in traces for y in (*trace.series.low, *trace.series.high)]
        return x, Axis.around([*(y for _, y in every), *levels, *edges, *(self.y_span or ())], log=self.log_y)

    def _lines(self, width: int, height: int, glyphs: Glyphs, cursor: Place | None) -> list[Line]:
        traces = self._traces()
        top = self._top(traces, width, height, glyphs)
        grid = Grid(width, max(height - len(top), 0))
        x, y = self._axes(traces)
        some = any(trace.points for trace in traces)
        frame = Frame(grid, 0, x, y, glyphs, labelled=some)
        if some:
            _fill(frame, traces, self.guides, glyphs)
            if cursor is not None:
                _upright(frame, self.at(cursor), glyphs)
        else:
            frame.say("no data yet")
        return top + grid.lines()

    def _top(self, traces: list[Trace], width: int, height: int, glyphs: Glyphs) -> list[Line]:
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


def _fill(frame: Frame, traces: list[Trace], guides: tuple[Guide, ...], glyphs: Glyphs) -> None:
    """Draw the traces into `frame`, faint ones undermost, and the guides where there is room left."""
    from tutor.figures.canvas import plot

    if frame.width < 1 or frame.height < 1:
        return
    layers = sorted(traces, key=lambda trace: trace.series.style != "faint")
    strokes = [stroke for trace in layers for stroke in trace.strokes(frame.x, frame.y, glyphs)]
    for row, line in enumerate(plot(strokes, frame.width, frame.height, frame.x.limits, frame.y.limits)):
        frame.grid.put_line(frame.left, frame.top + row, line)
    for trace in layers:
        if trace.series.style == "line" and trace.mark != MARKS[0]:
            _mark(frame, trace)
    for guide in guides:
        if frame.y.holds(guide.value):
            _rule(frame, guide, "╌" if glyphs == "braille" else "-")


def _upright(frame: Frame, x: float, glyphs: Glyphs) -> None:
    """The cursor: a line through all the free cells above `x`, and what is drawn there in reverse."""
    column = frame.column(x)
    for row in range(frame.top, frame.top + frame.height):
        if frame.grid.blank(column, row):
            frame.grid.put(column, row, "|" if glyphs == "ascii" else "│", "accent")
        else:
            frame.grid.tint(column, row, "text/cursor")


def _mark(frame: Frame, trace: Trace) -> None:
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


def _legend(traces: list[Trace], width: int, glyphs: Glyphs, *, values: bool) -> list[Line]:
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
