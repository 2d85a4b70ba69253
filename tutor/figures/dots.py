"""A rectangle of cells that is drawn in dots, finer than the cells; what lies in front hides what is behind."""

from collections.abc import Sequence

from tutor.figures.axes import DOTS
from tutor.figures.lines import Grid
from tutor.roles import Glyphs

_BRAILLE = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each of a cell's dots, by row and column."""

_QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""By the sum of 1, 2, 4 and 8 for the quarters set, in reading order."""


class Dots:
    """`width` by `height` cells of dots, each cell in the role of what was drawn on it last."""

    def __init__(self, width: int, height: int, glyphs: Glyphs) -> None:
        self._glyphs = glyphs
        self._across, self._down = DOTS[glyphs]
        self._rows = [[False] * (width * self._across) for _ in range(height * self._down)]
        self._roles = [["text"] * width for _ in range(height)]

    def ridge(self, heights: Sequence[int], base: int, role: str) -> None:
        """An outline, one height in dots a column, that stands on cell row `base` and hides what lies behind it."""
        ground = (base + 1) * self._down - 1
        tops = [ground - max(height - 1, 0) for height in heights]
        for column, top in enumerate(tops):
            for row in range(max(top, 0), ground + 1):
                self._rows[row][column] = False
            beside = max(tops[max(column - 1, 0)], top)
            for row in range(max(top, 0), max(top + 1, beside)):
                self._rows[row][column] = True
                self._roles[row // self._down][column // self._across] = role

    def put(self, grid: Grid, left: int, top: int) -> None:
        """Write the cells into `grid` from (`left`, `top`) on."""
        for row, roles in enumerate(self._roles):
            for column, role in enumerate(roles):
                if character := self._character(row, column).strip():
                    grid.put(left + column, top + row, character, role)

    def _character(self, row: int, column: int) -> str:
        cell = [
            self._rows[row * self._down + down][column * self._across : (column + 1) * self._across]
            for down in range(self._down)
        ]
        if not any(map(any, cell)):
            return " "
        if self._glyphs == "ascii":
            return "*"
        if self._glyphs == "quadrant":
            return _QUADRANTS[sum(1 << place for place, dot in enumerate((*cell[0], *cell[1])) if dot)]
        bits = (
            bit for dots, line in zip(cell, _BRAILLE, strict=True) for dot, bit in zip(dots, line, strict=True) if dot
        )
        return chr(0x2800 + sum(bits))
