"""Bands: the results of several runs of each kind on one axis, point by point, with their spread."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from tutor.figures.axes import Axis, axis_below
from tutor.figures.base import Figure, Place, Row
from tutor.figures.lines import Grid, clip, more, window
from tutor.figures.numbers import short, usable
from tutor.roles import SERIES, Glyphs, Line

_STROKES: dict[Glyphs, tuple[str, ...]] = {
    "braille": tuple("├┤─━┃┼o"),
    "quadrant": tuple("├┤─━┃┼o"),
    "ascii": tuple("||-=#+o"),
}
"""The ends of the range, the range, the middle half, the median, a range without width, a point."""


@dataclass(frozen=True)
class Band:
    """The spread of several results: their extremes and quartiles (inclusive method)."""

    low: float
    q1: float
    median: float
    q3: float
    high: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Band":
        """The band of one value or more, none of them NaN; infinities count as the largest and smallest of all."""
        ranked = sorted(values)
        q1, median, q3 = (_quantile(ranked, share) for share in (0.25, 0.5, 0.75))
        return cls(ranked[0], q1, median, q3, ranked[-1], len(ranked))


def _quantile(ranked: Sequence[float], share: float) -> float:
    place = (len(ranked) - 1) * share
    below = ranked[math.floor(place)]
    above = ranked[math.ceil(place)]
    return below if below == above else below + (above - below) * (place % 1)


class Group(msgspec.Struct, frozen=True):
    """The results of one kind of run, such as one a seed."""

    label: str
    values: tuple[float, ...]


class Bands(Figure, frozen=True):
    """A group a band: from lowest to highest, the middle half thick, the median across; each value below it.

    What isn't finite is counted instead of drawn.
    """

    groups: tuple[Group, ...]
    x_label: str = ""

    def describe(self) -> str:
        """Each group's extremes, quartiles and median."""
        told = "; ".join(f"{group.label}: {_told(group)}" for group in self.groups)
        return f"{self.title}: {told or 'no data yet'}."

    @property
    def places(self) -> Place:
        """A place a value, one group below the other."""
        return max((len(group.values) for group in self.groups), default=0), len(self.groups)

    def data(self) -> list[Row]:
        """A row a value."""
        rows = [(group.label, value) for group in self.groups for value in group.values]
        return [("group", self.x_label or "value"), *rows]

    def _read(self, place: Place) -> str:
        across, down = place
        group = self.groups[down]
        if across >= len(group.values):
            return f"{group.label}: nothing here"
        return f"{group.label}, {across + 1} of {len(group.values)}: {short(group.values[across], 5)}"

    def _lines(self, width: int, height: int, glyphs: Glyphs, cursor: Place | None) -> list[Line]:
        grid = Grid(width, height)
        grid.put(0, 0, clip(self.title, width, glyphs), "title")
        finite = [value for group in self.groups for value in group.values if usable(value)]
        if not finite:
            grid.put(
                0, 1, "no data yet" if not any(group.values for group in self.groups) else "nothing finite", "muted"
            )
            return grid.lines()
        axis = Axis.around(finite, label=self.x_label)
        below = 2 if height >= 5 else 0
        room = height - 1 - below
        tall = min(max(room // len(self.groups), 1), 3)
        fits = min(room // tall, len(self.groups))
        first = window(len(self.groups), fits, cursor[1] if cursor is not None else None)
        left = min(max(len(_name(group)) for group in self.groups) + 2, width // 3)
        for index in range(first, first + fits):
            here = cursor[0] if cursor is not None and cursor[1] == index else None
            self._draw(grid, axis, (left, 1 + (index - first) * tall), index, min(tall, 2), glyphs, here)
        if fits < len(self.groups):
            text = more(len(self.groups) - fits, glyphs)
            if len(self.title) + 2 + len(text) <= width:
                grid.put(width - len(text), 0, text, "muted")
        if below:
            axis_below(grid, axis, left, 1 + fits * tall, glyphs)
        return grid.lines()

    def _draw(
        self,
        grid: Grid,
        axis: Axis,
        corner: tuple[int, int],
        index: int,
        rows: int,
        glyphs: Glyphs,
        cursor: int | None,
    ) -> None:
        """One group from `corner` on, in one row or, its points and its median in numbers below it, in two."""
        (left, row), group, role = corner, self.groups[index], f"s{index % SERIES}"
        across = grid.width - left
        low_end, high_end, thin, thick, middle, single, point = _STROKES[glyphs]
        grid.put(0, row, clip(group.label, left - 1, glyphs), role)
        values = [value for value in group.values if usable(value)]
        if not values:
            grid.put(left, row, clip("nothing finite" if group.values else "none yet", across, glyphs), "muted")
            return
        band = Band.of(values)
        columns = [left + axis.cell(edge, across) for edge in (band.low, band.q1, band.median, band.q3, band.high)]
        low, q1, median, q3, high = columns
        grid.put(low, row, thin * (high - low + 1), role)
        grid.put(q1, row, thick * (q3 - q1 + 1), role)
        grid.put(low, row, low_end if low < high else single, role)
        grid.put(high, row, high_end if low < high else single, role)
        if low < median < high:
            grid.put(median, row, middle, "title")
        if rows > 1:
            for column, count in Counter(left + axis.cell(value, across) for value in values).items():
                grid.put(column, row + 1, point if count == 1 else str(min(count, 9)), role)
            grid.put(0, row + 1, clip(_summary(group), left - 1, glyphs), "muted")
        chosen = None if cursor is None or cursor >= len(group.values) else group.values[cursor]
        if chosen is not None and usable(chosen):
            grid.tint(left + axis.cell(chosen, across), row + rows - 1, "text/cursor")


def _name(group: Group) -> str:
    """The longest that stands left of a group."""
    return max(group.label, _summary(group), key=len)


def _summary(group: Group) -> str:
    """What the group's numbers are, in few: its median, and how many of it aren't finite."""
    finite = [value for value in group.values if usable(value)]
    lost = len(group.values) - len(finite)
    text = f"median {short(Band.of(finite).median, 4)}" if finite else ""
    return f"{text}, {lost} lost" if lost else text


def _told(group: Group) -> str:
    finite = [value for value in group.values if usable(value)]
    lost = len(group.values) - len(finite)
    rest = f", {lost} not finite" if lost else ""
    if not finite:
        return f"none finite of {lost}" if lost else "none yet"
    band = Band.of(finite)
    if band.count == 1:
        return f"{short(band.median, 4)}, one run{rest}"
    low, q1, median, q3, high = (short(edge, 4) for edge in (band.low, band.q1, band.median, band.q3, band.high))
    return f"{low} to {high} in {band.count} runs, half of them {q1} to {q3}, median {median}{rest}"
