"""Decision regions: which class wins where in a plane, with the data over it."""

from collections import Counter

from tutor.figures.axes import Axis, Frame
from tutor.figures.base import Figure, Place, Row
from tutor.figures.lines import Grid, clip
from tutor.figures.numbers import percent, usable, words
from tutor.figures.scatter import Point
from tutor.roles import SERIES, Glyphs, Line

GROUND = ".:-=+*"
"""What fills the regions of the first six classes: one character each, so that they differ without colour."""


class Regions(Figure, frozen=True):
    """`winners[row][column]` is the class at each point of an even grid, from high y to low and from low x to high.

    `x` and `y` are the plane's limits, `points` data on it: a point whose `group` isn't the class that wins under it
    is drawn as an error.
    """

    classes: tuple[str, ...]
    winners: tuple[tuple[int, ...], ...]
    x: tuple[float, float]
    y: tuple[float, float]
    points: tuple[Point, ...] = ()
    x_label: str = "x1"
    y_label: str = "x2"

    def describe(self) -> str:
        """Each class's share of the plane, and how many of the points lie in their own."""
        cells = [winner for row in self.winners for winner in row]
        if not cells:
            return f"{self.title}: no data yet."
        shares = [
            f"{self._name(one)} wins {percent(count / len(cells))}" for one, count in sorted(Counter(cells).items())
        ]
        text = f"{self.title}: of the plane {', '.join(shares)}."
        known = [point for point in self.points if usable(point.x) and usable(point.y)]
        if known:
            right = sum(self._under(point) == point.group for point in known)
            text += f" {words(right)} of {words(len(known))} points lie where their own class wins."
        return text

    @property
    def places(self) -> Place:
        """A place a point of the grid."""
        return max(map(len, self.winners), default=0), len(self.winners)

    def data(self) -> list[Row]:
        """A row a point of the grid: its place and the class that wins there."""
        across, down = self.places
        table: list[Row] = [(self.x_label, self.y_label, "winner")]
        for row in range(down):
            for column in range(len(self.winners[row])):
                table.append((*self._where(column, row, across, down), self._name(self.winners[row][column])))
        return table

    def _name(self, winner: int) -> str:
        return self.classes[winner] if 0 <= winner < len(self.classes) else str(winner)

    def _where(self, column: int, row: int, across: int, down: int) -> tuple[float, float]:
        x = self.x[0] + (self.x[1] - self.x[0]) * column / max(across - 1, 1)
        return x, self.y[1] - (self.y[1] - self.y[0]) * row / max(down - 1, 1)

    def _winner(self, x: float, y: float) -> int | None:
        """The class at the grid's point nearest to (x, y)."""
        across, down = self.places
        spans = self.x[1] - self.x[0], self.y[1] - self.y[0]
        if not (across and down and all(usable(span) and span > 0 for span in spans)):
            return None
        column = min(max(round((x - self.x[0]) / spans[0] * (across - 1)), 0), across - 1)
        row = min(max(round((self.y[1] - y) / spans[1] * (down - 1)), 0), down - 1)
        return self.winners[row][column] if column < len(self.winners[row]) else None

    def _under(self, point: Point) -> int | None:
        return self._winner(point.x, point.y)

    def _read(self, place: Place) -> str:
        column, row = place
        x, y = self._where(column, row, *self.places)
        winner = self._name(self.winners[row][column]) if column < len(self.winners[row]) else "nothing"
        return f"{self.x_label} {words(x)}, {self.y_label} {words(y)}: {winner}"

    def _lines(self, width: int, height: int, glyphs: Glyphs, cursor: Place | None) -> list[Line]:
        grid = Grid(width, height)
        grid.put(0, 0, clip(self.title, width, glyphs), "title")
        place = len(self.title) + 2
        for index, name in enumerate(self.classes):
            entry = f"{GROUND[index % len(GROUND)]}{GROUND[index % len(GROUND)]} {name}"
            if place + len(entry) <= width:
                grid.put(place, 0, entry, f"s{index % SERIES}")
                place += len(entry) + 2
        # On limits of their own, not on nice ones: the plane fills the picture.
        x, y = Axis(*self.x, label=self.x_label), Axis(*self.y)
        some = self._winner(self.x[0], self.y[0]) is not None
        frame = Frame(grid, 1, x if some else Axis(0, 1), y if some else Axis(0, 1), glyphs, labelled=some)
        if not some or frame.width < 1 or frame.height < 1:
            frame.say("no data yet")
            return grid.lines()
        across, down = self.places
        for row in range(frame.height):
            winners = self.winners[row * down // frame.height]
            for column in range(frame.width):
                place = column * across // frame.width
                if place < len(winners):
                    mark, role = GROUND[winners[place] % len(GROUND)], f"s{winners[place] % SERIES}"
                    grid.put(frame.left + column, frame.top + row, mark, role)
        for point in self.points:
            if usable(point.x) and usable(point.y):
                role = "text" if self._under(point) == point.group else "bad"
                grid.put(frame.column(point.x), frame.row(point.y), point.mark[:1], role)
        if cursor is not None:
            here = self._where(*cursor, *self.places)
            grid.tint(frame.column(here[0]), frame.row(here[1]), "text/cursor")
        return grid.lines()
