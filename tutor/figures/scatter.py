"""Letters at places in the plane, such as learned embeddings of characters."""

import math

import msgspec

from tutor.figures.axes import Axis, Frame
from tutor.figures.base import Figure, Place, Row
from tutor.figures.lines import Grid, clip
from tutor.figures.numbers import usable, words
from tutor.roles import SERIES, Glyphs, Line

_CELLS = (40, 12)
"""The size of plot, in cells, on which the description says which marks fall together."""


class Point(msgspec.Struct, frozen=True):
    """A place, the one character that marks it, and the group whose series role it takes."""

    x: float
    y: float
    mark: str
    group: int = 0


class Scatter(Figure, frozen=True):
    """Points drawn as their marks; on one cell the last is seen, and the description names them all."""

    points: tuple[Point, ...]
    x_label: str = ""
    y_label: str = ""

    def describe(self) -> str:
        """The ranges, the two points nearest each other, the one farthest out, and what overlaps."""
        known = self._known()
        if not known:
            return f"{self.title}: no data yet."
        x, y = [point.x for point in known], [point.y for point in known]
        names = self.x_label or "x", self.y_label or "y"
        count = "1 point" if len(known) == 1 else f"{len(known)} points"
        text = (
            f"{self.title}: {count}, {names[0]} from {words(min(x))} to {words(max(x))}, "
            f"{names[1]} from {words(min(y))} to {words(max(y))}."
        )
        if len(known) > 2:
            centre = sum(x) / len(x), sum(y) / len(y)
            far = max(known, key=lambda point: math.dist((point.x, point.y), centre))
            text += f" Farthest from the middle: {far.mark} at ({words(far.x)}, {words(far.y)})."
        together = [marks for marks in self._cells(known).values() if len(marks) > 1]
        if together:
            text += f" Too close to tell apart: {', '.join(''.join(marks) for marks in together)}."
        lost = len(self.points) - len(known)
        return text + (f" {lost} not finite." if lost else "")

    @property
    def places(self) -> Place:
        """A place a point, in the order in which they are given."""
        return len(self._known()), 1

    def data(self) -> list[Row]:
        """A row a point."""
        names = self.x_label or "x", self.y_label or "y"
        return [("mark", *names, "group"), *((point.mark, point.x, point.y, point.group) for point in self.points)]

    def _read(self, place: Place) -> str:
        known = self._known()
        point = known[place[0]]
        others = [other for other in known if other is not point]
        near = min(others, key=lambda other: math.dist((other.x, other.y), (point.x, point.y)), default=None)
        text = f"{point.mark} at ({words(point.x)}, {words(point.y)})"
        return f"{text}, nearest to {near.mark}" if near is not None else text

    def _known(self) -> list[Point]:
        return [point for point in self.points if usable(point.x) and usable(point.y)]

    def _axes(self, known: list[Point]) -> tuple[Axis, Axis]:
        x = Axis.around([point.x for point in known], label=self.x_label)
        return x, Axis.around([point.y for point in known])

    def _cells(self, known: list[Point]) -> dict[tuple[int, int], list[str]]:
        x, y = self._axes(known)
        cells: dict[tuple[int, int], list[str]] = {}
        for point in known:
            cells.setdefault((x.cell(point.x, _CELLS[0]), y.cell(point.y, _CELLS[1])), []).append(point.mark)
        return cells

    def _lines(self, width: int, height: int, glyphs: Glyphs, cursor: Place | None) -> list[Line]:
        grid = Grid(width, height)
        grid.put(0, 0, clip(self.title, width, glyphs), "title")
        if self.y_label:
            grid.put(len(self.title) + 2, 0, self.y_label, "muted")
        known = self._known()
        frame = Frame(grid, 1, *self._axes(known), glyphs, labelled=bool(known))
        if not known:
            frame.say("no data yet")
        for point in known if frame.width > 0 and frame.height > 0 else ():
            grid.put(frame.column(point.x), frame.row(point.y), point.mark[:1], f"s{point.group % SERIES}")
        if cursor is not None and frame.width > 0 and frame.height > 0:
            point = known[cursor[0]]
            role = f"s{point.group % SERIES}/cursor"
            grid.put(frame.column(point.x), frame.row(point.y), point.mark[:1], role)
        return grid.lines()
