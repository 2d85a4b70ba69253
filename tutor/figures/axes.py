"""Axes: nice limits, where a value lies between them, and the frame of ticks and labels around a plot."""

import math
from collections.abc import Iterable
from typing import NamedTuple, Self

from tutor.figures import numbers
from tutor.figures.lines import Grid, clip
from tutor.roles import Glyphs

DOTS: dict[Glyphs, tuple[int, int]] = {"braille": (2, 4), "quadrant": (2, 2), "ascii": (1, 1)}
"""How many dots across and down a cell has."""


class Axis(NamedTuple):
    """A range of values, linear or logarithmic, in the data's own unit."""

    low: float
    high: float
    log: bool = False
    label: str = ""

    @classmethod
    def around(cls, values: Iterable[float], *, log: bool = False, label: str = "", steps: int = 10) -> Self:
        """The axis with nice limits around `values`; those that can't lie on it are passed over."""
        found = numbers.extent(value for value in values if value > 0 or not log)
        if found is None:
            low, high = (1.0, 10.0) if log else (0.0, 1.0)
        else:
            low, high = numbers.nice_log_limits(*found) if log else numbers.nice_limits(*found, steps)
        return cls(low, high, log, label)

    def holds(self, value: float) -> bool:
        """Whether `value` can lie on this kind of axis at all."""
        return numbers.usable(value) and (value > 0 or not self.log)

    def scale(self, value: float) -> float:
        """`value` itself, or its decimal logarithm on a logarithmic axis."""
        return math.log10(value) if self.log else value

    @property
    def limits(self) -> tuple[float, float]:
        """The two ends on the drawn scale."""
        return self.scale(self.low), self.scale(self.high)

    def cell(self, value: float, cells: int, dots: int = 1) -> int:
        """Which of `cells` cells of `dots` dots holds `value`, from the low end, rounded as plotext does."""
        low, high = self.limits
        share = (self.scale(value) - low) / (high - low)
        return min(max(int(round(0.5 + share * (cells * dots - 1), 8)) // dots, 0), cells - 1)

    def marks(self, most: int) -> list[tuple[float, str]]:
        """At most `most` ticks and their labels."""
        if not self.log:
            values = numbers.ticks(self.low, self.high, most)
            return list(zip(values, numbers.tick_labels(values), strict=True))
        return [(value, numbers.short(value)) for value in numbers.log_ticks(self.low, self.high, most)]


class Frame:
    """The part of a grid that is left for the plot once axes and labels are drawn around it.

    `left`, `top`, `width` and `height` are its place in cells. In a scarce space labels go first, then axes.
    """

    def __init__(self, grid: Grid, top: int, x: Axis, y: Axis, glyphs: Glyphs, *, labelled: bool = True) -> None:
        """Draw the axes `x` and `y` into `grid`, from row `top` down; ticks and labels if `labelled`."""
        rows = max(grid.height - top, 0)
        below = 2 if rows >= 8 else 1 if rows >= 4 else 0
        self.grid, self.x, self.y = grid, x, y
        self.top = top
        self.height = rows - below
        self._dots = DOTS[glyphs]
        y_marks = y.marks(min(max(self.height // 2, 2), 6)) if labelled and self.height >= 3 else []
        margin = max((len(label) for _, label in y_marks), default=0) + 1
        self.left = margin if labelled and grid.width >= max(3 * margin, 16) else 0
        self.width = grid.width - self.left
        if self.left:
            self._draw_y(y_marks, "|+" if glyphs == "ascii" else "│┤")
        if below:
            self._draw_x(below, labelled, "-++" if glyphs == "ascii" else "─┬└", glyphs)

    def column(self, x: float) -> int:
        """The grid's column that holds `x`."""
        return self.left + self.x.cell(x, self.width, self._dots[0])

    def row(self, y: float) -> int:
        """The grid's row that holds `y`."""
        return self.top + self.height - 1 - self.y.cell(y, self.height, self._dots[1])

    def say(self, text: str) -> None:
        """Write `text` in the middle of the plot."""
        column = self.left + max((self.width - len(text)) // 2, 0)
        self.grid.put(column, self.top + self.height // 2, text, "muted")

    def _draw_y(self, marks: list[tuple[float, str]], strokes: str) -> None:
        for row in range(self.top, self.top + self.height):
            self.grid.put(self.left - 1, row, strokes[0], "muted")
        for value, label in marks:
            self.grid.put(0, self.row(value), label.rjust(self.left - 1) + strokes[1], "muted")

    def _draw_x(self, below: int, labelled: bool, strokes: str, glyphs: Glyphs) -> None:
        marks = self.x.marks(max(self.width // 9, 3)) if labelled else []
        labels = self.grid.height - 1
        if below == 2:
            corner = strokes[2] if self.left else ""
            self.grid.put(self.left - len(corner), labels - 1, corner + strokes[0] * self.width, "muted")
            for value, _ in marks:
                self.grid.put(self.column(value), labels - 1, strokes[1], "muted")
        name = clip(self.x.label, self.width // 2, glyphs)
        if name:
            space = " " if below == 2 else ""
            self.grid.put(self.grid.width - len(name + space), labels - below + 1, space + name, "muted")
        for value, label in marks:
            label_tick(self.grid, labels, self.column(value), label)


def label_tick(grid: Grid, row: int, column: int, label: str) -> None:
    """Centre `label` below `column`, moved to lie inside the grid; left out where it would touch another."""
    first = min(max(column - len(label) // 2, 0), grid.width - len(label))
    before, after = max(first - 1, 0), min(first + len(label) + 1, grid.width)
    if grid.blank(before, row, after - before):
        grid.put(first, row, label, "muted")


def axis_below(grid: Grid, axis: Axis, left: int, row: int, glyphs: Glyphs) -> None:
    """Draw `axis` alone, from column `left` on: its rule, ticks and name in `row`, the labels below it."""
    across = grid.width - left
    rule, tick = "-+" if glyphs == "ascii" else "─┬"
    grid.put(left, row, rule * across, "muted")
    marks = axis.marks(max(across // 9, 2))
    for value, _ in marks:
        grid.put(left + axis.cell(value, across), row, tick, "muted")
    name = clip(axis.label, across // 2, glyphs)
    if name:
        grid.put(grid.width - len(name) - 1, row, f" {name}", "muted")
    for value, label in marks:
        label_tick(grid, row + 1, left + axis.cell(value, across), label)
