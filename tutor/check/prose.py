"""Rules about text: lines that fit a terminal, short pages, links that lead somewhere, ids that outlive a new title."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from tutor.check.draft import Draft
from tutor.check.finding import Finding
from tutor.course.markdown import fences
from tutor.course.quiz import Bug

COLUMNS = 80
"""What the narrowest full terminal has."""

WORDS = 150
"""How many words a page may have."""

_LINK = re.compile(r"(?<!\\)\[[^\]]*\]\((?P<to>[^)\s]*)\)")
_WEB = re.compile(r"https?://[\w-]+(\.[\w-]+)+(:\d+)?(/\S*)?")
_CODE = re.compile(r"`[^`]*`")


def prose_findings(draft: Draft) -> Iterator[Finding]:
    """All about the text of a lesson."""
    yield from _wide(draft)
    yield from _links(draft)
    for step in draft.lesson.steps:
        if (count := len(step.text.split())) > WORDS:
            remedy = f"Cut it to {WORDS}, or make it two pages."
            yield draft.at_step(step, f"has {count} words.", remedy, warning=True)
        if not _names_itself(draft, step.line):
            remedy = f'Write `id = "{step.id}"` in its step block: what a learner did here is kept by it.'
            yield draft.at_step(step, "has its id from its title, and would lose it with a new one.", remedy)
    for question in draft.lesson.questions.values():
        if isinstance(question, Bug):
            for number, line in enumerate(question.lines, start=1):
                if cells(line) > COLUMNS:
                    what = f"line {number} of its listing takes {cells(line)} columns."
                    yield draft.at_question(question.id, what, f"Break it: {COLUMNS} fit.", "listing")


def cells(text: str) -> int:
    """How many columns `text` takes in a terminal."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def _body(draft: Draft) -> tuple[Sequence[str], int]:
    """The lines below the front matter, and how many lines come before them."""
    before = draft.lesson.steps[0].line - 1
    return draft.text.lines[before:], before


def _wide(draft: Draft) -> Iterator[Finding]:
    """Prose is wrapped; code and tables stay as they are."""
    lines, before = _body(draft)
    blocks = fences(lines)
    inside = {index for block in blocks for index in range(block.first, block.last + 1)}
    settings = {index for block in blocks if block.info == "step" for index in range(block.first, block.last + 1)}
    for index, line in enumerate(lines):
        laid_out = index in inside - settings or (index not in inside and line.lstrip().startswith("|"))
        if laid_out and cells(line) > COLUMNS:
            kind = "line of code" if index in inside else "row of a table"
            what = f"this {kind} takes {cells(line)} columns."
            yield draft.at_line(before + index + 1, what, f"Break it: {COLUMNS} fit.")


def _links(draft: Draft) -> Iterator[Finding]:
    """Claims that are marked are the reader's to check; the rest are addresses, or files of the lesson."""
    lines, before = _body(draft)
    inside = {index for block in fences(lines) for index in range(block.first, block.last + 1)}
    for index, line in enumerate(lines):
        for link in _LINK.finditer("" if index in inside else _CODE.sub("", line)):
            to = link["to"]
            if to.startswith("claim:") or _WEB.fullmatch(to):
                continue
            if not to or not (draft.lesson.path / to.partition("#")[0]).is_file():
                remedy = "Write https://…, claim:ID, or the name of a file in the lesson's folder."
                yield draft.at_line(before + index + 1, f"the link to '{to}' leads nowhere.", remedy)


def _names_itself(draft: Draft, line: int) -> bool:
    """Whether the page whose heading is in `line` says its own id."""
    for text in draft.text.lines[line:]:
        if text.strip() == "```" or text.startswith("##"):
            return False
        if re.match(r"\s*id\s*=", text):
            return True
    return False
