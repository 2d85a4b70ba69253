"""Markdown as lines that can be read aloud: a line a paragraph, a line a row of a table, nothing drawn."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

CODE = "    "
"""What a line of code begins with; such a line is never wrapped."""


def linear(markdown: str, first: str = "") -> list[str]:
    """`markdown` as lines with an empty one between two blocks, `first` before it all.

    A table's row is `first cell: heading cell; heading cell`, as its columns can't be seen.
    """
    page = _Page()
    for block in _parser().parse(markdown):
        page.take(block)
    lines = page.lines or [""]
    return [f"{first}{lines[0]}".rstrip(), *lines[1:]] if first or page.lines else []


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # Without HTML, `<unk>` is the text that it looks like.
    return MarkdownIt("commonmark", {"html": False}).enable("table")


class _Page:
    """The lines so far, and where in lists and tables the next block stands."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._apart = False
        self._numbers: list[int | None] = []
        self._mark = ""
        self._rows: list[list[str]] = []

    def take(self, block: "Token") -> None:
        """Lay out one token of the stream."""
        match block.type:
            case "paragraph_open" | "heading_open":
                # The paragraphs of a tight list are hidden ones: its items stand close together.
                self._apart = self._apart or not block.hidden
            case "inline" if self._rows:
                self._rows[-1].append(_text(block.children or []))
            case "inline":
                mark, self._mark = self._mark, ""
                self._add([mark + _text(block.children or [])])
            case "fence" | "code_block":
                self._apart = True
                self._add([f"{CODE}{row}".rstrip() for row in block.content.rstrip("\n").split("\n")])
                self._apart = True
            case "bullet_list_open" | "ordered_list_open":
                self._apart = not self._numbers
                self._numbers.append(int(block.attrs.get("start", 1)) if block.type.startswith("ordered") else None)
            case "bullet_list_close" | "ordered_list_close":
                self._numbers.pop()
            case "list_item_open":
                number = self._numbers[-1]
                self._mark = "- " if number is None else f"{number}. "
                self._numbers[-1] = None if number is None else number + 1
            case "tr_open":
                self._rows.append([])
            case "table_close":
                (header, *rows), self._rows = self._rows, []
                self._apart = True
                self._add([_row(header, row) for row in rows])
            case _:
                pass

    def _add(self, lines: list[str]) -> None:
        if self._apart and self.lines:
            self.lines.append("")
        self._apart = False
        self.lines += lines


def _row(header: list[str], row: list[str]) -> str:
    (name, *cells), heads = row, header[1:]
    told = "; ".join(f"{head} {cell}".strip() for head, cell in zip(heads, cells, strict=True))
    return f"{name}: {told}" if told else name


def _text(children: "list[Token]") -> str:
    """The inline tokens as plain text; a line break in the source is a space."""
    parts: list[str] = []
    claims: list[str] = []
    for token in children:
        if token.type in ("text", "code_inline"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "link_open" and (claim := str(token.attrs.get("href", ""))).startswith("claim:"):
            claims.append(claim.removeprefix("claim:"))
        elif token.type == "link_close" and claims:
            parts.append(f" (claim {claims.pop()})")
    return "".join(parts)
