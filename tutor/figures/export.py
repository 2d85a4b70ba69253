"""Figures as files: their data as CSV, their picture as text or SVG."""

import csv
import io
from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

from tutor.figures.base import Figure
from tutor.roles import Line

CELL = (8.4, 18.0)
"""Width and height of a character in an SVG, in pixels, for a font of 14."""


class Ink(NamedTuple):
    """How a role looks in an SVG: CSS colours, empty for none."""

    colour: str = ""
    ground: str = ""
    bold: bool = False
    italic: bool = False


def as_csv(figure: Figure) -> str:
    """The figure's data as CSV, a header line first; numbers at full precision."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(figure.data())
    return text.getvalue()


def as_text(lines: Sequence[Line], sentence: str) -> str:
    """The picture as plain text, and the figure's sentence below it."""
    rows = ["".join(text for text, _ in line).rstrip() for line in lines]
    return "\n".join([*rows, "", sentence, ""])


def as_svg(lines: Sequence[Line], ink: Callable[[str], Ink], ground: str, sentence: str) -> str:
    """The picture as an SVG of monospaced text on `ground`, told in `sentence` to those who can't see it."""
    wide = max((sum(len(text) for text, _ in line) for line in lines), default=1)
    width, height = (wide + 2) * CELL[0], (len(lines) + 1) * CELL[1]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {height:.1f}" role="img"'
        ' font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">',
        f"<title>{escape(sentence)}</title>",
        f'<rect width="100%" height="100%" fill="{ground}"/>',
    ]
    for row, line in enumerate(lines):
        column = 1
        for text, role in line:
            parts += _span(text, ink(role), column, row)
            column += len(text)
    return "\n".join([*parts, "</svg>", ""])


def _span(text: str, ink: Ink, column: int, row: int) -> list[str]:
    x, y = column * CELL[0], (row + 0.5) * CELL[1]
    wide = len(text) * CELL[0]
    parts = []
    if ink.ground:
        parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{CELL[1]}" fill="{ink.ground}"/>')
    if text.strip():
        look = f' fill="{ink.colour}"' + ' font-weight="bold"' * ink.bold + ' font-style="italic"' * ink.italic
        # The length keeps columns in line, whatever font the viewer has.
        parts.append(
            f'<text x="{x:.1f}" y="{y + 13.5:.1f}" xml:space="preserve" textLength="{wide:.1f}"'
            f' lengthAdjust="spacingAndGlyphs"{look}>{escape(text)}</text>'
        )
    return parts
