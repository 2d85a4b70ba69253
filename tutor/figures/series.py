"""The series of a curve: what they hold, how each looks beside the others, and how each is told."""

from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from tutor.figures.axes import Axis
from tutor.figures.numbers import words
from tutor.roles import SERIES, Glyphs

if TYPE_CHECKING:
    from tutor.figures.canvas import Stroke

MARKS = "*ox+#%"
"""What tells series apart besides colour: marks on the lines (the first has none), in ASCII the lines."""


class Series(msgspec.Struct, frozen=True):
    """One named sequence of points; `faint` is for the raw noise behind a smoothed line.

    A line breaks where a point isn't finite. `low` and `high`, if given, are a band around it, such as the extremes
    of several seeds. Where `x` turns back it is a path, drawn in the order of its points.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    style: Literal["line", "points", "faint"] = "line"
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


class Guide(msgspec.Struct, frozen=True):
    """A horizontal line at y = `value` to compare the series with."""

    value: float
    label: str


class Trace(NamedTuple):
    """A series with the points of it that can be drawn, and how they look."""

    series: Series
    pieces: list[list[tuple[float, float]]]
    """The points between which the line is unbroken, piece by piece."""

    role: str
    mark: str

    @property
    def points(self) -> list[tuple[float, float]]:
        """All of them."""
        return self.pieces[0] if len(self.pieces) == 1 else [point for piece in self.pieces for point in piece]

    def key(self, glyphs: Glyphs) -> str:
        """What stands for the series in the legend."""
        if self.series.style == "points":
            return self.mark
        if glyphs == "ascii" or self.series.style == "faint":
            return self.mark * 2
        return "──" if self.mark == MARKS[0] else f"─{self.mark}─"

    def strokes(self, x: Axis, y: Axis, glyphs: Glyphs) -> "list[Stroke]":
        """The points on the drawn scale, the edges of the band first."""
        from tutor.figures.canvas import MARKERS, Stroke

        found = []
        for edge in (self.series.low, self.series.high):
            # Only where the line has a point, for the axes were made around those.
            points = zip(self.series.x, self.series.y, edge, strict=False)
            held = [(a, b) for a, line, b in points if x.holds(a) and y.holds(line) and y.holds(b)]
            xs, ys = [x.scale(a) for a, _ in held], [y.scale(b) for _, b in held]
            found += [Stroke(xs, ys, "muted", "." if glyphs == "ascii" else MARKERS[glyphs])] if held else []
        for piece in self.pieces:
            alone = glyphs == "ascii" or self.series.style == "points" or len(piece) == 1
            xs, ys = [x.scale(a) for a, _ in piece], [y.scale(b) for _, b in piece]
            marker = self.mark if alone else MARKERS[glyphs]
            found.append(Stroke(xs, ys, self.role, marker, self.series.style == "line"))
        return found


def traces(series: tuple[Series, ...], x: Axis, y: Axis) -> list[Trace]:
    """What of each series can lie on axes of these kinds, and the role and mark that tell it apart."""
    found: list[Trace] = []
    number = 0
    for one in series:
        pairs = zip(one.x, one.y, strict=False)
        runs = groupby(pairs, lambda pair: x.holds(pair[0]) and y.holds(pair[1]))
        pieces = [list(run) for drawn, run in runs if drawn]
        faint = one.style == "faint"
        role = "muted" if faint else f"s{number % SERIES}"
        found.append(Trace(one, pieces, role, "." if faint else MARKS[number % len(MARKS)]))
        number += not faint
    return found


def tell(trace: Trace, x_name: str, guides: tuple[Guide, ...]) -> str:
    """How the trace goes, where its band ends, and where it lies from the guides."""
    return _course(trace, x_name) + _around(trace) + _beside(trace, guides)


def _course(trace: Trace, x_name: str) -> str:
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
    if any(after < before for (before, _), (after, _) in pairwise(points)):
        text = f"{label} runs from ({words(x_first)}, {words(first)}) to ({words(x_last)}, {words(last)})"
        return f"{text}, between {words(low)} and {words(high)}"
    text = f"{label} {verb} from {words(first)} at {x_name} {words(x_first)}"
    text += f" to {words(last)} at {x_name} {words(x_last)}"
    if low < min(first, last):
        text += f", lowest {words(low)} at {words(x_low)}"
    if high > max(first, last):
        text += f", highest {words(high)} at {words(x_high)}"
    return text


def _around(trace: Trace) -> str:
    """Where the trace's band ends, if it has one."""
    low, high = trace.series.low, trace.series.high
    return f", its band ending from {words(low[-1])} to {words(high[-1])}" if low and high else ""


def _beside(trace: Trace, guides: tuple[Guide, ...]) -> str:
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
