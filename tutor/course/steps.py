"""The steps of a lesson: what `lesson.md` says after its front matter."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Annotated, Literal, TypeVar, get_args

import msgspec

from tutor.course.markdown import Fence, fences
from tutor.course.source import ID, Passage, Source
from tutor.errors import TutorError
from tutor.link.goals import Goal, Move, parse_condition, parse_move
from tutor.link.knobs import Value

Kind = Literal["read", "predict", "run", "observe", "explain", "explore", "goal"]
"""What a step asks of the learner."""

_HEADING = re.compile(r"^ {0,3}##(?!#)\s*(?P<title>.*?)\s*#*\s*$")
_Id = Annotated[str, msgspec.Meta(pattern=ID)]
_Parsed = TypeVar("_Parsed")


class Step(msgspec.Struct, frozen=True):
    """One step of a lesson.

    `figures` names the lab's figures to show (empty: those of the step before), `set` and `preset` say what
    the knobs start from, `questions` are the ids asked here, `goal` is what the learner is to reach and
    `reference` our moves that reach it from there, `text` is Markdown without the step block, and `line` is the
    heading's in `lesson.md`, counted from 1.
    """

    id: str
    title: str
    kind: Kind
    figures: tuple[str, ...]
    set: dict[str, Value]
    preset: str
    questions: tuple[str, ...]
    text: str
    line: int
    goal: Goal = ()
    reference: tuple[Move, ...] = ()


class _Block(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fenced block that a step may begin with."""

    id: _Id = ""
    kind: Kind = "read"
    figures: tuple[str, ...] = ()
    set: dict[str, Value] = {}
    preset: str = ""
    questions: tuple[_Id, ...] = ()
    goal: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()


def read_steps(source: Source, after: int) -> tuple[Step, ...]:
    """The steps in `source` below line `after`; `TutorError` where one can't be used."""
    steps: list[Step] = []
    lines_by_id: dict[str, int] = {}
    for step in _steps(source, after):
        if step.id in lines_by_id:
            what = f"this step's id, '{step.id}', is also that of the step in line {lines_by_id[step.id]}."
            raise source.error(step.line, what, 'Give one of them an `id = "…"` of its own in its step block.')
        lines_by_id[step.id] = step.line
        steps.append(step)
    if not steps:
        raise source.error(len(source.lines), "the lesson has no steps.", "Begin each step with a heading, `## Title`.")
    return tuple(steps)


def _steps(source: Source, after: int) -> Iterator[Step]:
    """Steps in the order of the text; `after` lines of front matter come before them."""
    body = source.lines[after:]
    blocks = fences(body)
    if blocks and not blocks[-1].closed:
        line = after + blocks[-1].first + 1
        raise source.error(line, "this fenced block never ends.", "Close it with a line of its own: ```.")
    fenced = {index for block in blocks for index in range(block.first, block.last + 1)}
    headings = [
        (index, match["title"])
        for index, line in enumerate(body)
        if "##" in line and index not in fenced and (match := _HEADING.match(line))
    ]
    first = headings[0][0] if headings else len(body)
    for index in range(first):
        if body[index].strip():
            raise source.error(after + index + 1, "text before the first step.", "Put it below a heading, `## Title`.")
    for (start, title), (end, _) in pairwise([*headings, (len(body), "")]):
        inside = [block for block in blocks if start < block.first < end]
        yield _step(source, after, start, title, end, inside)


def _step(source: Source, after: int, start: int, title: str, end: int, blocks: list[Fence]) -> Step:
    """The step between `start` and `end`, indices into the lines below the first `after`."""
    line = after + start + 1
    if not title:
        raise source.error(line, "this step has no title.", "Write one after the `##`.")
    text_from, settings = start + 1, _Block()
    goal: Goal = ()
    reference: tuple[Move, ...] = ()
    for block in (block for block in blocks if block.info == "step"):
        if any(source.lines[after + index].strip() for index in range(start + 1, block.first)):
            remedy = "Move it there: a step has one block, before its text."
            raise source.error(after + block.first + 1, "a step block that isn't right below its heading.", remedy)
        passage = source.passage(after + block.first + 2, after + block.last, "step")
        settings = passage.typed(passage.toml(), _Block, _Block.__struct_fields__, get_args(Kind))
        text_from = block.last + 1
        goal = _parsed(passage, "goal", settings.goal, parse_condition)
        reference = _parsed(passage, "reference", settings.reference, parse_move)
        if bool(goal) != bool(reference):
            remedy = "Write both: `goal`, and `reference`, moves that reach it from the page's own settings."
            raise passage.error("a goal and a reference need each other.", remedy, "goal" if goal else "reference")
    if settings.kind == "predict" and not settings.questions:
        remedy = 'Name at least one with `questions = ["…"]`: a prediction is an answer.'
        raise source.error(line, "a step of kind 'predict' that asks no question.", remedy)
    if settings.kind == "goal" and not goal:
        remedy = 'Add `goal = ["val < 2.60"]`, and `reference`, moves that reach it.'
        raise source.error(line, "a step of kind 'goal' that states no goal.", remedy)
    name = settings.id or slug(title)
    if not name:
        raise source.error(line, "this title makes no id.", 'Give the step an `id = "…"` in its step block.')
    return Step(
        id=name,
        title=title,
        kind=settings.kind,
        figures=settings.figures,
        set=settings.set,
        preset=settings.preset,
        questions=settings.questions,
        text="\n".join(source.lines[after + text_from : after + end]).strip(),
        line=line,
        goal=goal,
        reference=reference,
    )


def _parsed(passage: Passage, key: str, texts: tuple[str, ...], parse: Callable[[str], _Parsed]) -> tuple[_Parsed, ...]:
    """Every one of `texts`, the list that sets `key` in `passage`; `TutorError` with file and line."""
    try:
        return tuple(map(parse, texts))
    except TutorError as error:
        raise passage.error(error.what, error.remedy, key) from None


def slug(title: str) -> str:
    """`title` as an id: `"One batch, twice"` is `one-batch-twice`; accents go, other letters too."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
