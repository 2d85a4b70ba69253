"""Everything on screen in ASCII, for terminals that show nothing else: each character by one that stands for it."""

import unicodedata

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_MARKS = {
    letter: ascii
    for letters, ascii in {
        "✓↓": "v", "✗×": "x", "●°": "o", "•": "*", "▸→": ">", "←": "<", "↑": "^",
        "·–—−─╌": "-", "━═": "=", "│┃║": "|", "┤├┬┴┼└┘┌┐╰╯╭╮‡": "+",
        "…≈": "~", "÷": "/", "±": "+", "≤": "<", "≥": ">", "≠": "!", "√": "V", "∂": "d", "∞": "8",
        "“”": '"', "‘’": "'", "█▓": "#", "▒": "+", "░": ".",
        "Σσ": "s", "β": "b", "γ": "g", "τ": "t", "µ": "u",
    }.items()
    for letter in letters
}  # fmt: skip
"""What stands for the marks of the screens and the letters of formulas; each takes one cell, as they do."""


class _Table(dict[int, str]):
    """For `str.translate`: worked out for each character when it is first seen."""

    def __missing__(self, code: int) -> str:
        self[code] = _shown(chr(code))
        return self[code]


def _shown(letter: str) -> str:
    if letter.isascii():
        return letter
    if letter in _MARKS:
        return _MARKS[letter]
    if "\N{BOX DRAWINGS LIGHT HORIZONTAL}" <= letter <= "\N{QUADRANT UPPER RIGHT AND LOWER LEFT AND LOWER RIGHT}":
        # Box drawings that aren't above, and blocks: frames and scroll bars.
        return "-" if letter < "\N{UPPER HALF BLOCK}" else "#"
    plain = unicodedata.normalize("NFKD", letter)[0]
    return plain if plain.isascii() else "?"


TABLE = _Table()


class Ascii(LineFilter):
    """Replaces what isn't ASCII, cell by cell, in whatever a widget paints."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in ASCII."""
        return [
            segment
            if segment.text.isascii()
            else Segment(segment.text.translate(TABLE), segment.style, segment.control)
            for segment in segments
        ]
