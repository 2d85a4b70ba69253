"""Styled lines of text: cutting them to size, and a grid of cells to compose them in."""

from collections.abc import Sequence
from itertools import groupby

from tutor.roles import Glyphs, Line


def ellipsis(glyphs: Glyphs) -> str:
    """The one character that says something was cut off here."""
    return "~" if glyphs == "ascii" else "…"


def clip(text: str, width: int, glyphs: Glyphs) -> str:
    """`text` in at most `width` cells, its end replaced by an ellipsis if it doesn't fit."""
    if len(text) <= width:
        return text
    return text[: width - 1] + ellipsis(glyphs) if width > 0 else ""


def length(line: Line) -> int:
    """How many cells `line` takes."""
    return sum(len(text) for text, _ in line)


def fit(lines: Sequence[Line], width: int, height: int, glyphs: Glyphs) -> list[Line]:
    """Exactly `height` lines of at most `width` cells: what is too long is cut, what is missing is empty."""
    kept = [_cut(line, width, glyphs) for line in lines[: max(height, 0)]]
    return kept + [()] * (height - len(kept))


def heading(title: Line, right: Line, width: int) -> Line | None:
    """`title` with `right` at the right-hand end of its line, or `None` if there is no room for both."""
    gap = width - length(title) - length(right)
    return (*title, (" " * gap, "text"), *right) if gap >= 2 and right else None


def more(count: int, glyphs: Glyphs) -> str:
    """What stands in the place of `count` things that didn't fit."""
    return f"{ellipsis(glyphs)} and {count} more"


def window(count: int, room: int, cursor: int | None) -> int:
    """The first of `count` things to show where only `room` fit, so that the one at `cursor` is among them."""
    if cursor is None or count <= room:
        return 0
    return min(max(cursor - room // 2, 0), max(count - room, 0))


class Grid:
    """A rectangle of cells, each a character and a role; column 0 is left, row 0 the top."""

    def __init__(self, width: int, height: int) -> None:
        """Make an empty grid of `width` by `height` cells."""
        self.width = width
        self.height = height
        self._cells = [[(" ", "text")] * width for _ in range(height)]

    def put(self, column: int, row: int, text: str, role: str) -> None:
        """Write `text` from (column, row) to the right; what falls outside is dropped."""
        if 0 <= row < self.height:
            for place, character in enumerate(text, start=column):
                if 0 <= place < self.width:
                    self._cells[row][place] = (character, role)

    def put_line(self, column: int, row: int, line: Line) -> None:
        """Write the spans of `line` from (column, row) to the right."""
        for text, role in line:
            self.put(column, row, text, role)
            column += len(text)

    def tint(self, column: int, row: int, role: str) -> None:
        """Give the cell at (column, row) another role."""
        if 0 <= row < self.height and 0 <= column < self.width:
            self._cells[row][column] = (self._cells[row][column][0], role)

    def blank(self, column: int, row: int, width: int = 1) -> bool:
        """Whether the `width` cells from (column, row) lie inside and are still empty."""
        if not (0 <= row < self.height and column >= 0 and column + width <= self.width):
            return False
        return all(character == " " for character, _ in self._cells[row][column : column + width])

    def lines(self) -> list[Line]:
        """The rows from top to bottom, neighbours of one role joined and blank ends dropped."""
        return [_joined(row) for row in self._cells]


def _joined(row: Sequence[tuple[str, str]]) -> Line:
    end = max((index + 1 for index, (text, role) in enumerate(row) if text != " " or "/" in role), default=0)
    groups = groupby(row[:end], key=lambda cell: cell[1])
    return tuple(("".join(text for text, _ in cells), role) for role, cells in groups)


def _cut(line: Line, width: int, glyphs: Glyphs) -> Line:
    if length(line) <= width:
        return tuple(span for span in line if span[0])
    kept: list[tuple[str, str]] = []
    room = width
    for text, role in line:
        kept.append((text[:room], role))
        room -= len(text)
        if room <= 0:
            break
    last, role = kept[-1]
    return (*kept[:-1], (last[:-1] + ellipsis(glyphs), role))
