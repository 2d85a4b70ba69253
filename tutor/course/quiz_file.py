"""Reading `quiz.toml`: its tables as questions, and what is wrong with them by file and line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from tutor.course.claims import Claim, Finding
from tutor.course.live import Live, Setting
from tutor.course.quiz import Bug, Choice, Draw, LineWhy, Multiple, Near, Numeric, Option, Order, Own, Question, Spot
from tutor.course.source import FILLED, ID
from tutor.course.tables import Table, read_tables, refuse_latex
from tutor.suggest import nearest

_Text = Annotated[str, msgspec.Meta(pattern=FILLED)]
_Id = Annotated[str, msgspec.Meta(pattern=ID)]


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


KINDS = ("choice", "multiple", "numeric", "order", "bug", "draw", "own", "claim")
"""What `kind` may be."""

_TYPES = dict(zip(KINDS, (Choice, Multiple, Numeric, Order, Bug, Draw, Own, _Spot), strict=True))
_NESTED = (Option, Near, LineWhy, Test, Live, Setting)


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
        ask=f"{claim.speaker} says:\n\n> {claim.says}\n\nCan that be right, and which quick test tells?",
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
