"""What the terminal shows, so that only the cells that differ from it are sent."""

from collections.abc import Iterator
from functools import lru_cache

from rich.style import Style
from textual.strip import Strip

Cell = tuple[str, Style | None]
"""A character and how it looks."""

JOIN = 8
"""Unchanged cells between two changes that are sent too: to move the cursor and set a colour again costs more."""


class Shown:
    """Remembers what was sent, over all screens: one that opens over another sends just where the two differ.

    It has to be told when the terminal may show something else: `forget`.
    """

    def __init__(self) -> None:
        self._rows: dict[int, list[Cell | None]] = {}

    def forget(self) -> None:
        """Send everything from here on: who knows what the terminal shows."""
        self._rows.clear()

    def changes(self, x: int, y: int, strip: Strip) -> Iterator[tuple[int, Strip]]:
        """What has to be sent so that `strip` stands at column `x` of row `y`: parts of it, each with its column."""
        cells: list[Cell] = []
        for text, style, _ in strip:
            blank = _of_blank(style) if style is not None and " " in text else style
            cells += [(character, blank if character == " " else style) for character in text]
        if len(cells) != strip.cell_length:
            # Characters that are two cells wide: the row is sent whole, now and next time.
            self._rows.pop(y, None)
            yield x, strip
            return
        row = self._rows.setdefault(y, [])
        row += [None] * (x + len(cells) - len(row))
        before = row[x : x + len(cells)]
        if before == cells:
            return
        row[x : x + len(cells)] = cells
        differ = [place for place, now in enumerate(cells) if before[place] != now]
        for first, last in _runs(differ):
            yield x + first, strip.crop(first, last + 1)


def _runs(places: list[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of each run of `places` with no more than `JOIN` between two."""
    first = last = places[0]
    for place in places:
        if place - last > JOIN:
            yield first, last
            first = place
        last = place
    yield first, last


@lru_cache(maxsize=1024)
def _of_blank(style: Style) -> Style:
    """What of a style shows on a blank: everything but the letter's own colour and weight."""
    return Style(bgcolor=style.bgcolor, reverse=style.reverse, underline=style.underline, strike=style.strike)
