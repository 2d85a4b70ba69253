"""The questions of a lesson, as its author writes them in `quiz.toml`."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from tutor.course.claims import Claim, Finding
from tutor.course.source import FILLED, ID
from tutor.course.tables import Table, read_tables, refuse_latex
from tutor.suggest import nearest

_Text = Annotated[str, msgspec.Meta(pattern=FILLED)]
_Id = Annotated[str, msgspec.Meta(pattern=ID)]


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to choose, and why it is right or wrong; `last` keeps it below the shuffled ones."""

    text: _Text
    why: _Text
    right: bool = False
    last: bool = False


class Near(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to say to a typical wrong number: one in [`low`, `high`], or within `tolerance` of `value`."""

    why: _Text
    low: float | None = None
    high: float | None = None
    value: float | None = None
    tolerance: float | None = None

    def __post_init__(self) -> None:
        given = tuple(bound is not None for bound in (self.low, self.high, self.value, self.tolerance))
        if given not in ((True, True, False, False), (False, False, True, True)):
            raise ValueError("neither a range nor a value. Give `low` and `high`, or `value` and `tolerance`.")


class LineWhy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why line `line` of a listing, counted from 1, isn't the faulty one."""

    line: int
    why: _Text


class _Question(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag=lambda name: name.lower(),
):
    """What every question has.

    `ask` and `explain` are Markdown; `hints` show one at a time before the answer, `explain` after either
    result. A question with `predict` is asked before the run that answers it.
    """

    id: _Id
    concept: _Id
    ask: _Text
    hints: Annotated[tuple[_Text, ...], msgspec.Meta(min_length=1)]
    explain: _Text
    predict: bool = False


class Choice(_Question, frozen=True):
    """One right option among several."""

    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        right = _right_options(self.options)
        if right != 1:
            raise ValueError(f"{right} options are right. A choice has one; kind 'multiple' may have several.")


class Spot(Choice, frozen=True):
    """Whether the claim `claim` can be right, and which quick test tells; its author writes a `_Spot`."""

    claim: str


class Multiple(_Question, frozen=True):
    """Any number of right options, at least one."""

    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        if not _right_options(self.options):
            raise ValueError("no option is right. Mark at least one with `right = true`.")


class Numeric(_Question, frozen=True):
    """A number to type, in `unit`.

    It is right within `tolerance` (absolute) or `rel_tolerance` (a share of the answer).
    """

    answer: float
    why_right: _Text
    why_wrong: _Text
    tolerance: float | None = None
    rel_tolerance: float | None = None
    unit: str = ""
    near: tuple[Near, ...] = ()

    def __post_init__(self) -> None:
        if not math.isfinite(self.answer):
            raise ValueError("'answer' can't be typed. Ask for infinity with a choice.")
        given = [width for width in (self.tolerance, self.rel_tolerance) if width is not None]
        if len(given) != 1 or given[0] < 0:
            remedy = "Give `tolerance` or `rel_tolerance`, 0 or more."
            raise ValueError(f"how near is near enough isn't said. {remedy}")


class Order(_Question, frozen=True):
    """Items to put in order; `items` are in the right one."""

    items: tuple[_Text, ...]
    why: _Text

    def __post_init__(self) -> None:
        if len(self.items) < 2 or len(set(self.items)) < len(self.items):
            raise ValueError("'items' can't be ordered. Give two or more, all different.")


class Bug(_Question, frozen=True):
    """A short listing whose faulty line is to be found.

    `faulty` is its number, counted from 1; `others` says why some other lines are fine.
    """

    listing: _Text
    faulty: int
    why: _Text
    others: tuple[LineWhy, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The listing's lines, without blank ones at its end."""
        return tuple(self.listing.rstrip().split("\n"))

    def __post_init__(self) -> None:
        count = len(self.lines)
        if not 1 <= self.faulty <= count or not self.lines[self.faulty - 1].strip():
            raise ValueError(f"'faulty' is {self.faulty}. It is a line of the listing, from 1 to {count}.")
        others = [other.line for other in self.others]
        if len(set(others)) < len(others) or any(line == self.faulty or not 1 <= line <= count for line in others):
            raise ValueError(f"'others' names a wrong line. Each is another line, from 1 to {count}, and once.")


class Test(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A verdict on a claim, the quick test behind it, and why that one settles it or doesn't."""

    verdict: Finding
    text: _Text
    why: _Text
    right: bool = False


class _Spot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="claim"):
    """A question made from the claim `claim` of `claims.toml`: its words, and what was found, come from there."""

    id: _Id
    claim: _Id
    hints: Annotated[tuple[_Text, ...], msgspec.Meta(min_length=1)]
    tests: tuple[Test, ...]
    predict: bool = False


Question = Choice | Multiple | Numeric | Order | Bug
"""Any question."""

KINDS = ("choice", "multiple", "numeric", "order", "bug", "claim")
"""What `kind` may be."""

_TYPES = dict(zip(KINDS, (Choice, Multiple, Numeric, Order, Bug, _Spot), strict=True))
_NESTED = (Option, Near, LineWhy, Test)


def read_quiz(path: Path, claims: Mapping[str, Claim]) -> dict[str, Question]:
    """The questions in `path` by id, in the author's order; none if there is no such file.

    `claims` are the lesson's, by id. `TutorError` with file, line and question for the first that can't be used.
    """
    questions: dict[str, Question] = {}
    for table in read_tables(path, "question") if path.exists() else ():
        question = _question(table, claims)
        if question.id in questions:
            source, line = table.passage.source, table.passage.first
            raise source.error(line, f"there are two questions '{question.id}'.", "Rename one of them.")
        questions[question.id] = question
    return questions


def _question(table: Table, claims: Mapping[str, Claim]) -> Question:
    keys = _keys(table.content.get("kind"))
    # mypy takes no union for a `type[T]`, though msgspec does.
    written: Question | _Spot = table.passage.typed(table.content, Question | _Spot, keys, KINDS)  # type: ignore[arg-type]
    refuse_latex(table.passage, table.content, "listing")
    return _made(written, table, claims) if isinstance(written, _Spot) else written


def _made(spot: _Spot, table: Table, claims: Mapping[str, Claim]) -> Spot:
    """The question that `spot` asks about its claim."""
    claim = claims.get(spot.claim)
    if claim is None:
        remedy = nearest(spot.claim, claims).strip() or "Add it there."
        raise table.passage.error(f"claims.toml holds no claim '{spot.claim}'.", remedy, "claim")
    if [test.verdict for test in spot.tests if test.right] != [claim.verdict]:
        remedy = f"Mark one test with `right = true` whose verdict is the claim's, '{claim.verdict}'."
        raise table.passage.error("no one test is right.", remedy, "tests")
    return Spot(
        id=spot.id,
        concept=claim.concept,
        claim=claim.id,
        ask=f"{claim.cited}:\n\n> {claim.says}\n\nCan that be right, and which quick test tells?",
        hints=spot.hints,
        explain=claim.why,
        predict=spot.predict,
        options=tuple(
            Option(text=f"{test.verdict.capitalize()}: {test.text}", why=test.why, right=test.right)
            for test in spot.tests
        ),
    )


def _keys(kind: object) -> tuple[str, ...]:
    """The keys that a question of this kind, or something inside it, may have."""
    types = [_TYPES[kind]] if isinstance(kind, str) and kind in _TYPES else list(_TYPES.values())
    return ("kind", *dict.fromkeys(key for type_ in (*types, *_NESTED) for key in type_.__struct_fields__))


def _right_options(options: tuple[Option, ...]) -> int:
    if len(options) < 2:
        raise ValueError("there is nothing to choose. Give two options or more.")
    return sum(option.right for option in options)
