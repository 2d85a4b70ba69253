"""The little of Markdown that the course itself must understand: fenced blocks, and LaTeX that got in."""

import re
from collections.abc import Sequence

import msgspec

_OPENING = re.compile(r"^\s*(?P<marks>`{3,}|~{3,})\s*(?P<info>[^`]*)$")
_CODE_SPAN = re.compile(r"(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)")

_WINDOWS_PATH = re.compile(r"\b[A-Za-z]:\\\S*")
_LATEX = re.compile(
    r"\\[A-Za-z]{2,}"
    r"|\\[()\[\]]"
    r"|\$\$[^$]+\$\$|^\s*\$\$|\$\$\s*$"
    # As in Pandoc, no space before a closing dollar and no word after it: prices and shell variables pass.
    r"|(?<![\w$])\$(?=\S)(?:[A-Za-z]|[^$]*[\\^_=+*/<>{}|][^$]*)(?<!\s)\$(?![\w$])"
)
_LATEX_FENCES = ("math", "latex", "tex")


class Fence(msgspec.Struct, frozen=True):
    """A fenced block: the indices of the lines with its two fences, and the words after the first."""

    first: int
    last: int
    info: str
    closed: bool


def fences(lines: Sequence[str]) -> list[Fence]:
    """Every fenced block of `lines`, in order; one without an end reaches to the last line."""
    found: list[Fence] = []
    marks, info, start = "", "", 0
    for index, line in enumerate(lines):
        if not marks:
            # Most lines are prose: two cheap looks save a regular expression each.
            if ("```" in line or "~~~" in line) and (opening := _OPENING.match(line)):
                marks, info, start = opening["marks"], opening["info"].strip(), index
        elif (end := line.strip()) and set(end) == {marks[0]} and len(end) >= len(marks):
            found.append(Fence(start, index, info, closed=True))
            marks = ""
    if marks:
        found.append(Fence(start, len(lines) - 1, info, closed=False))
    return found


def latex_in(text: str) -> list[tuple[int, str]]:
    """LaTeX in Markdown `text`: the line, counted from 1, and what was found there.

    No terminal renders it. Code is left alone, and so are dollars that stand for money or begin a shell
    variable.
    """
    if "\\" not in text and "$" not in text and "```" not in text:
        return []
    lines = text.split("\n")
    coded: set[int] = set()
    found: list[tuple[int, str]] = []
    for fence in fences(lines):
        coded.update(range(fence.first, fence.last + 1))
        if fence.info in _LATEX_FENCES:
            found.append((fence.first + 1, lines[fence.first].strip()))
    for index, line in enumerate(lines):
        if index in coded or ("\\" not in line and "$" not in line):
            continue
        prose = _WINDOWS_PATH.sub(" ", _CODE_SPAN.sub(" ", line)).replace("\\$", " ")
        found.extend((index + 1, match[0].strip()) for match in _LATEX.finditer(prose))
    return sorted(found)


LATEX_REMEDY = "Write it in Unicode, as in 'σ² = Σᵢ (xᵢ − μ)² / n': a terminal shows no LaTeX."
"""What an author should do about LaTeX."""
