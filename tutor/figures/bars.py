"""Horizontal bars, each with its label and its value."""

import math

from tutor.figures.base import Figure, Place, Row
from tutor.figures.lines import Grid, clip, more, window
from tutor.figures.numbers import short, usable
from tutor.roles import Glyphs, Line

_RIGHT: dict[Glyphs, str] = {"braille": " ▏▎▍▌▋▊▉█", "quadrant": " ▌█", "ascii": " #"}
_LEFT: dict[Glyphs, str] = {"braille": " ▐█", "quadrant": " ▐█", "ascii": " #"}

_FEW = 10
"""Bars that are all told, in the order in which they are drawn."""


class Bars(Figure, frozen=True):
    """One bar a value, with `digits` decimals; `top` fixes the full scale (1.0 for probabilities)."""

    labels: tuple[str, ...]
    values: tuple[float, ...]
    unit: str = ""
    digits: int = 3
    top: float | None = None

    @property
    def rows_wanted(self) -> int:
        """The title, and a line a bar."""
        return len(self._pairs()) + 1

    def describe(self) -> str:
        """Each, or of many the largest and the smallest; and the sum where it must be the full scale."""
        pairs = [(label, value) for label, value in self._pairs() if usable(value)]
        if not self._pairs():
            return f"{self.title}: no data yet."
        if not pairs:
            return f"{self.title}: {', '.join(f'{label} {short(value)}' for label, value in self._pairs())}."
        if len(pairs) <= _FEW:
            text = f"{self.title}: {', '.join(f'{label} {self._write(value)}' for label, value in pairs)}."
        else:
            said = [f"{label} {self._write(value)}" for label, value in sorted(pairs, key=lambda pair: -pair[1])]
            text = f"{self.title}: {len(said)} bars, largest {', '.join(said[:3])}; smallest {said[-1]}."
        if self.top == 1:
            text += f" They sum to {short(sum(value for _, value in pairs))}."
        lost = min(len(self.labels), len(self.values)) - len(pairs)
        return text + (
            f" Not finite: {', '.join(label for label, value in self._pairs() if not usable(value))}." if lost else ""
        )

    @property
    def places(self) -> Place:
        """A place a bar, one below the other."""
        return 1, len(self._pairs())

    def data(self) -> list[Row]:
        """A row a bar."""
        return [("bar", self.unit or "value"), *self._pairs()]

    def _read(self, place: Place) -> str:
        label, value = self._pairs()[place[1]]
        return f"{label}: {self._write(value)}"

    def _pairs(self) -> list[tuple[str, float]]:
        return list(zip(self.labels, self.values, strict=False))

    def _write(self, value: float) -> str:
        if not usable(value):
            return short(value)
        text = f"{value:.{self.digits}f}" if abs(value) < 1e6 else short(value)
        return f"{text} {self.unit}".rstrip()

    def _lines(self, width: int, height: int, glyphs: Glyphs, cursor: Place | None) -> list[Line]:
        grid = Grid(width, height)
        grid.put(0, 0, clip(self.title, width, glyphs), "title")
        pairs = self._pairs()
        room = height - 1
        shown = pairs if len(pairs) <= room else _largest(pairs, max(room - 1, 0))
        first = 0
        if cursor is not None and len(shown) < len(pairs):
            first = window(len(pairs), len(shown), cursor[1])
            shown = pairs[first : first + len(shown)]
        if not pairs:
            grid.put(0, 1, "no data yet", "muted")
        drawn = [value for _, value in pairs if usable(value)]
        low, high = min([0.0, *drawn]), max([0.0, *drawn])
        if self.top is not None and usable(self.top):
            high = max(high, self.top)
        names = min(max((len(label) for label, _ in shown), default=0), max(width // 3, 1))
        numbers = max((len(self._write(value)) for _, value in shown), default=0)
        across = width - names - numbers - 2
        for row, (label, value) in enumerate(shown, start=1):
            here = cursor is not None and first + row - 1 == cursor[1]
            grid.put(0, row, clip(label, names, glyphs), "text/cursor" if here else "text")
            if across >= 4:
                grid.put(width - numbers, row, self._write(value).rjust(numbers), "text")
                if usable(value) and high - low > 1e-290:
                    _bar(grid, names + 1, row, across, (value, low, high), glyphs)
            else:
                grid.put(names + 1, row, self._write(value), "text")
        if len(shown) < len(pairs):
            grid.put(0, room, more(len(pairs) - len(shown), glyphs), "muted")
        return grid.lines()


def _largest(pairs: list[tuple[str, float]], count: int) -> list[tuple[str, float]]:
    """The `count` pairs whose bars are longest, in their own order."""

    def size(index: int) -> float:
        value = pairs[index][1]
        return -1.0 if math.isnan(value) else abs(value)

    kept = sorted(range(len(pairs)), key=size, reverse=True)[:count]
    return [pairs[index] for index in sorted(kept)]


def _bar(grid: Grid, left: int, row: int, across: int, scale: tuple[float, float, float], glyphs: Glyphs) -> None:
    """One bar from the zero line; negative bars go left of it. `scale` is the value and both ends."""
    value, low, high = scale
    per = across / (high - low) if low == 0 else (across - 1) / (high - low)
    zero = left + round(-low * per)
    if low < 0:
        grid.put(zero, row, "|" if glyphs == "ascii" else "│", "muted")
    blocks = _RIGHT[glyphs] if value >= 0 else _LEFT[glyphs]
    steps = len(blocks) - 1
    size = round(abs(value) * per * steps)
    size = max(size, 1) if value and glyphs != "ascii" else size
    start = zero + (low < 0) if value >= 0 else zero - 1
    for cell in range(-(-size // steps)):
        part = blocks[min(size - cell * steps, steps)]
        grid.put(start + cell if value >= 0 else start - cell, row, part, "s0" if value >= 0 else "s1")
