"""Markdown as lines of text: what the reading pane and the questions show.

markdown-it reads the Markdown; the layout is ours because a page has to be there within a key press, and
Textual's Markdown mounts a widget for every paragraph.
"""

import re
import textwrap
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING

from tutor.roles import Line, Span
from tutor.spelling import spelt

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_BLANK = re.compile(r"[\t-\r]")
_INLINE = {"strong": "title", "em": "stress", "s": "muted"}
_MARK = "‡"
"""Stands behind the words that a claim is marked by; `claim:` and its id are the link's target."""


_in_ascii = False


def spell_in_ascii(on: bool) -> None:
    """From now on, spell formulas out in ASCII (`sqrt(32)`, `h^2`), or leave them as they are."""
    global _in_ascii
    _in_ascii = on


def _as_shown(text: str) -> str:
    return spelt(text) if _in_ascii else text


def laid_out(markdown: str, width: int, role: str = "text", first: str = "", rest: str = "") -> list[Line]:
    """`markdown` in lines of at most `width` cells, `first` before the first one and `rest` before the others.

    `role` is that of plain text.
    """
    page = _Page(max(width, 8), role, first, rest)
    for block in _parser().parse(markdown):
        page.take(block)
    return page.lines or ([((first, role),)] if first else [])


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # Without HTML, `<unk>` is the text that it looks like.
    return MarkdownIt("commonmark", {"html": False}).enable("table")


class _Page:
    """The lines so far, and where in lists and quotes the next block stands."""

    def __init__(self, width: int, role: str, first: str, rest: str) -> None:
        self.lines: list[Line] = []
        self._width = width
        self._role = role
        self._first = first
        self._indent = rest
        self._numbers: list[int | None] = []
        self._mark = ""
        self._apart = False
        self._rows: list[list[str]] = []

    def take(self, block: "Token") -> None:
        """Lay out one token of the stream."""
        match block.type:
            case "paragraph_open" | "heading_open":
                # The paragraphs of a tight list are hidden ones: its items stand close together.
                self._apart = self._apart or not block.hidden
            case "inline" if self._rows:
                self._rows[-1].append("".join(text for text, _ in _spans(block.children or [], self._role)))
            case "inline":
                self._paragraph(_spans(block.children or [], self._role))
            case "fence" | "code_block":
                self._apart = True
                rows = _as_shown(block.content).rstrip("\n").split("\n")
                inside = self._indent + "  "
                pieces = [piece for row in rows for piece in folded(row, self._width - len(inside))]
                self._add([((inside + piece, "accent"),) for piece in pieces])
            case "bullet_list_open" | "ordered_list_open":
                self._apart = not self._numbers
                self._numbers.append(int(block.attrs.get("start", 1)) if block.type.startswith("ordered") else None)
            case "bullet_list_close" | "ordered_list_close":
                self._numbers.pop()
            case "list_item_open":
                self._open_item()
            case "list_item_close":
                self._mark = ""
                self._indent = self._indent[: -len(self._item_mark())]
                number = self._numbers[-1]
                self._numbers[-1] = None if number is None else number + 1
            case "blockquote_open":
                self._indent += "│ "
            case "blockquote_close":
                self._indent = self._indent[:-2]
            case "tr_open":
                self._rows.append([])
            case "table_close":
                self._table()
            case _:
                pass

    def _item_mark(self) -> str:
        number = self._numbers[-1]
        return "• " if number is None else f"{number}. "

    def _open_item(self) -> None:
        self._mark = self._item_mark()
        self._indent += " " * len(self._mark)

    def _paragraph(self, spans: list[Span]) -> None:
        mark, self._mark = self._mark, ""
        first = self._first or self._indent[: len(self._indent) - len(mark)] + mark
        self._first = ""
        self._add(wrapped(spans, self._width, first, self._indent))

    def _table(self) -> None:
        """Columns as wide as their widest cell, or else the widest give way; the header stands back."""
        rows, self._rows = self._rows, []
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        room = max(self._width - len(self._indent) - 2 * (len(widths) - 1), len(widths))
        while sum(widths) > room:
            widths[widths.index(max(widths))] -= 1
        self._apart = True
        for number, row in enumerate(rows):
            cells = [textwrap.wrap(cell, max(width, 1)) for cell, width in zip(row, widths, strict=True)]
            for pieces in zip_longest(*cells, fillvalue=""):
                text = self._indent + "  ".join(map(str.ljust, pieces, widths)).rstrip()
                self._add([((text, self._role if number else "muted"),)])

    def _add(self, lines: list[Line]) -> None:
        if self._apart and self.lines:
            self.lines.append(())
        self._apart = False
        self.lines += lines


def folded(row: str, width: int) -> list[str]:
    """A line of code in pieces of at most `width` cells, those after the first further in."""
    inside = " " * (len(row) - len(row.lstrip()) + 4)
    if len(inside) + 8 > width:
        inside = ""
    return textwrap.wrap(row, max(width, 1), subsequent_indent=inside, expand_tabs=False) or [""]


def wrapped(spans: list[Span], width: int, first: str = "", rest: str = "") -> list[Line]:
    """Styled text in lines of at most `width` cells, broken between words."""
    # textwrap makes every blank a space, and its lines are looked up in `plain`.
    plain = _BLANK.sub(" ", "".join(text for text, _ in spans))
    roles = [role for text, role in spans for _ in text]
    role = roles[0] if roles else "text"
    room = max(width, len(rest) + 1, len(first) + 1)
    rows = textwrap.wrap(plain, room, initial_indent=first, subsequent_indent=rest, expand_tabs=False)
    lines: list[Line] = []
    position = 0
    for number, row in enumerate(rows or [first]):
        indent = first if number == 0 else rest
        body = row[len(indent) :]
        position = plain.index(body, position) if body else position
        runs = _runs(body, roles[position : position + len(body)])
        lines.append(((indent, role), *runs) if indent else tuple(runs))
        position += len(body)
    return lines


def _spans(children: "list[Token]", role: str) -> list[Span]:
    """The inline tokens as spans; a line break in the source is a space."""
    spans: list[Span] = []
    open_roles = [role]
    for token in children:
        kind = token.type.removesuffix("_open").removesuffix("_close")
        if token.type == "text":
            spans.append((_as_shown(token.content), open_roles[-1]))
        elif token.type == "code_inline":
            spans.append((_as_shown(token.content), "accent"))
        elif token.type in ("softbreak", "hardbreak"):
            spans.append((" ", open_roles[-1]))
        elif token.type.endswith("_open"):
            claimed = str(token.attrs.get("href", "")).startswith("claim:")
            open_roles.append("claim" if claimed else _INLINE.get(kind, open_roles[-1]))
        elif token.type.endswith("_close"):
            closed = open_roles.pop()
            if closed == "claim":
                spans.append((_MARK, "accent"))
    return spans


def _runs(body: str, roles: list[str]) -> list[Span]:
    """Neighbouring characters of one role, joined."""
    runs: list[Span] = []
    for letter, role in zip(body, roles, strict=True):
        if runs and runs[-1][1] == role:
            runs[-1] = (runs[-1][0] + letter, role)
        else:
            runs.append((letter, role))
    return runs
