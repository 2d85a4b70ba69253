"""Words and numbers as they are: a table with a header, and lines of text."""

import re
import textwrap
from itertools import groupby
from operator import itemgetter

from tutor.figures.base import Figure, Place, Row
from tutor.figures.lines import clip, more, window
from tutor.roles import Glyphs, Line

_NUMBER = re.compile(r"[-+±]?[\d.,]+(e[-+]?\d+)?\s*[a-zA-Z%µ]*|nan|-?inf|[-—]?", re.IGNORECASE)

_LOST = ("nan", "inf", "-inf")
"""What a number is written as that is none any more."""

_GAP = 2
"""Blanks between two columns."""


class Table(Figure, frozen=True):
    """Rows of cells under a header; columns of numbers are aligned to the right."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def rows_wanted(self) -> int:
        """The title, the names of the columns, and a line a row."""
        return len(self.rows) + 2

    def describe(self) -> str:
        """Every row as `header: cell` pairs, up to eight rows."""
        if not self.rows:
            return f"{self.title}: no rows yet."
        told = ["; ".join(self._pairs(row)) for row in self.rows[:8]]
        rest = f" And {len(self.rows) - 8} more rows." if len(self.rows) > 8 else ""
        return f"{self.title}. {'. '.join(told)}.{rest}"

    @property
    def places(self) -> Place:
        """A place a row."""
        return 1, len(self.rows)

    def data(self) -> list[Row]:
        """The table itself."""
        return [self.header, *self.rows]

    def _read(self, place: Place) -> str:
        return "; ".join(self._pairs(self.rows[place[1]])) or "an empty row"

    def _pairs(self, row: tuple[str, ...]) -> list[str]:
        heads = [*self.header, *([""] * len(row))]
        return [f"{head} {cell}".strip() for head, cell in zip(heads, row, strict=False)]

    def _lines(self, width: int, height: int, glyphs: Glyphs, cursor: Place | None) -> list[Line]:
        lines: list[Line] = [((clip(self.title, width, glyphs), "title"),)]
        count = max(map(len, (self.header, *self.rows)), default=0)
        every = [[*row, *([""] * (count - len(row)))] for row in (self.header, *self.rows)]
        widths = _widths([max(len(row[column]) for row in every) for column in range(count)], width)
        right = [
            bool(self.rows) and all(_NUMBER.fullmatch(row[column]) for row in every[1:]) for column in range(count)
        ]
        room = height - 1
        shown = every if len(every) <= room else every[: max(room - 1, 0)]
        first = window(len(self.rows), len(shown) - 1, cursor[1] if cursor is not None else None)
        shown = [*shown[:1], *every[1 + first : first + len(shown)]]
        for number, row in enumerate(shown):
            cells = [clip(cell, size, glyphs) for cell, size in zip(row, widths, strict=True)]
            padded = [
                cell.rjust(size) if number_column else cell.ljust(size)
                for cell, size, number_column in zip(cells, widths, right, strict=True)
            ]
            here = cursor is not None and number == cursor[1] - first + 1
            role = "text/cursor" if here else "text" if number else "muted"
            lost = [right[column] and cell.strip() in _LOST for column, cell in enumerate(padded)]
            lines.append(_row(padded, ["bad" if gone and role == "text" else role for gone in lost]))
        if len(shown) < len(every):
            lines.append(((more(len(every) - max(len(shown), 1), glyphs), "muted"),))
        return lines


class Text(Figure, frozen=True):
    """Lines of text, wrapped to the width; sampled names, for example."""

    lines: tuple[str, ...]

    @property
    def rows_wanted(self) -> int:
        """The title, and the lines if none is folded."""
        return len(self.lines) + 1

    def describe(self) -> str:
        """The lines themselves, up to twenty."""
        kept = [line.strip() for line in self.lines if line.strip()]
        rest = f" and {len(kept) - 20} more" if len(kept) > 20 else ""
        return f"{self.title}: {', '.join(kept[:20]) or 'nothing yet'}{rest}."

    @property
    def places(self) -> Place:
        """A place a line."""
        return 1, len(self.lines)

    def data(self) -> list[Row]:
        """A row a line."""
        return [("line",), *((line,) for line in self.lines)]

    def _read(self, place: Place) -> str:
        return self.lines[place[1]] or "an empty line"

    def _lines(self, width: int, height: int, glyphs: Glyphs, cursor: Place | None) -> list[Line]:
        pieces = [(piece, at) for at, line in enumerate(self.lines) for piece in textwrap.wrap(line, width) or [""]]
        wrapped = [piece for piece, _ in pieces]
        room = height - 1
        at = None if cursor is None else next((row for row, (_, line) in enumerate(pieces) if line == cursor[1]), None)
        most = len(wrapped) if len(wrapped) <= room else max(room - 1, 0)
        first = window(len(wrapped), most, at)
        shown = pieces[first : first + most]
        lines: list[Line] = [
            ((clip(self.title, width, glyphs), "title"),),
            *(((piece, "text/cursor" if cursor and line == cursor[1] else "text"),) for piece, line in shown),
        ]
        if len(shown) < len(wrapped):
            rest = len(wrapped) - len(shown)
            lines.append(((more(rest, glyphs) + (" lines" if rest > 1 else " line"), "muted"),))
        return lines


def _row(cells: list[str], roles: list[str]) -> Line:
    """The cells of a row side by side, neighbours of one role in one span, without blanks at the end."""
    spans = zip(roles, (cell + " " * _GAP for cell in cells), strict=True)
    line = [("".join(text for _, text in group), role) for role, group in groupby(spans, key=itemgetter(0))]
    return (*line[:-1], *((text.rstrip(), role) for text, role in line[-1:]))


def _widths(natural: list[int], width: int) -> list[int]:
    """Column widths that fit in `width`: the widest columns give way first."""
    widths = list(natural)
    excess = sum(widths) + _GAP * (len(widths) - 1) - width
    while excess > 0 and max(widths, default=0) > 1:
        widths[widths.index(max(widths))] -= 1
        excess -= 1
    return widths
