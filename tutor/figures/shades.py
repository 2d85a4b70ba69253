"""Heat: from a value to the role and the glyph of its shade."""

import math
from collections.abc import Iterable
from typing import NamedTuple, Self

from tutor.figures import numbers
from tutor.roles import HEATS, Glyphs, Line

DENSITY: dict[Glyphs, str] = {"braille": " ░▒▓█", "quadrant": " ░▒▓█", "ascii": " .:-=+*#%@"}
"""Glyphs from empty to full."""


class Scale(NamedTuple):
    """The values at the two ends of a heat scale; on a `root` scale the square root of the share between is shaded."""

    low: float
    high: float
    root: bool = False

    @classmethod
    def over(cls, values: Iterable[float], low: float | None, high: float | None, root: bool = False) -> Self:
        """The scale between the given ends, or the data's own extremes where an end isn't given."""
        ends = zip(numbers.extent(values) or (0.0, 1.0), (low, high), strict=True)
        bottom, top = (end if given is None or not numbers.usable(given) else given for end, given in ends)
        return cls(bottom, top, root)

    def level(self, value: float) -> int | None:
        """The heat of `value`, 0 to 15; values beyond an end take that end's, `None` what isn't finite."""
        if not numbers.usable(value):
            return None
        if not self.low < self.high:
            return 0
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return min(int((math.sqrt(share) if self.root else share) * HEATS), HEATS - 1)

    def legend(self, unit: str, glyphs: Glyphs) -> Line:
        """The scale itself with its two ends in numbers."""
        ends = numbers.short(self.low), f"{numbers.short(self.high)} {unit}".rstrip()
        ramp = tuple(cell(level, 1, glyphs) for level in range(0, HEATS, 2))
        return ((f"{ends[0]} ", "muted"), *ramp, (f" {ends[1]}", "muted"))


def cell(level: int | None, width: int, glyphs: Glyphs) -> tuple[str, str]:
    """`width` cells of one heat; a value that isn't finite is marked instead."""
    if level is None:
        return "?" * width, "bad"
    density = DENSITY[glyphs]
    return density[level * len(density) // HEATS] * width, f"h{level}/h{level}"


def halves(upper: int | None, lower: int | None) -> tuple[str, str]:
    """Two heats in one cell, one over the other; a missing one shows the background."""
    if upper is None and lower is None:
        return " ", "text"
    if upper is None:
        return "▄", f"h{lower}"
    return "▀", f"h{upper}" if lower is None else f"h{upper}/h{lower}"
