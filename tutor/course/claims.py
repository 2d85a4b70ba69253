"""What a lesson states, and what its sources say: each claim with its check, as `claims.toml` has it."""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec

from tutor.course.source import FILLED, ID
from tutor.course.tables import read_tables, refuse_latex

Finding = Literal["right", "wrong", "imprecise", "outdated", "contested", "unsupported"]
"""What a claim was found to be."""

REL_TOLERANCE = 0.01
"""How far from what is recorded a number may be, as a share of it, where a claim doesn't say."""

_Text = Annotated[str, msgspec.Meta(pattern=FILLED)]
_Id = Annotated[str, msgspec.Meta(pattern=ID)]


class Claim(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something said, and how it was checked.

    `source` is a study note's number, a paper, or "lesson" for what the lesson itself states; `where` the place in
    it. `check` is a line of torch, or the name of a function in `claims.py`, and `measured` what it gave: numbers,
    texts, and lists and tables of them, each number within `tolerance` or the share `rel_tolerance`. `unless` is the
    check under a setting that must not give it: a claim that `trains` needs one. `note` says in words what
    `measured` holds. Where only reading settles a claim, `by` is "reading", and nothing is run.
    `line` is where in the file the check stands, counted from 1; the reader fills it in.
    """

    id: _Id
    concept: _Id
    source: _Text
    where: _Text
    says: _Text
    verdict: Finding
    why: _Text
    check: str = ""
    measured: Any = None
    tolerance: float = 0.0
    rel_tolerance: float = REL_TOLERANCE
    unless: str = ""
    trains: bool = False
    note: str = ""
    by: str = ""
    line: int = 0

    def __post_init__(self) -> None:
        if min(self.tolerance, self.rel_tolerance) < 0:
            raise ValueError("a tolerance is negative. Give 0 or more.")
        if self.by not in ("", "reading"):
            raise ValueError("'by' can't be that. It can be \"reading\".")
        if self.by:
            if self.check or self.unless or self.measured is not None:
                raise ValueError("'by' is reading. Then leave out `check`, `unless` and `measured`.")
            return
        if not self.check:
            raise ValueError('nothing checks it. Give a `check`, or `by = "reading"` where none can be run.')
        if self.measured is None:
            raise ValueError("'measured' is missing. Write what the check gives.")
        if self.trains and not self.unless:
            raise ValueError("'trains' needs `unless`. Give a check under a setting where the claim fails.")

    @property
    def cited(self) -> str:
        """Who says it, and where."""
        return f"{f'Study note {self.source}' if self.source.isdigit() else self.speaker}, {self.where}"

    @property
    def speaker(self) -> str:
        """Who says it, for a learner who has no notes to look it up in."""
        return "This lesson" if self.source == "lesson" else "A study note" if self.source.isdigit() else self.source


def read_claims(path: Path) -> dict[str, Claim]:
    """The claims in `path` by id, in the author's order; none if there is no such file.

    `TutorError` with file, line and claim for the first that can't be used.
    """
    claims: dict[str, Claim] = {}
    for table in read_tables(path, "claim") if path.exists() else ():
        claim = table.passage.typed(
            table.content | {"line": table.passage.line_of("check")}, Claim, Claim.__struct_fields__, get_args(Finding)
        )
        refuse_latex(table.passage, table.content, "check", "unless")
        if claim.id in claims:
            source, line = table.passage.source, table.passage.first
            raise source.error(line, f"there are two claims '{claim.id}'.", "Rename one of them.")
        claims[claim.id] = claim
    return claims


def in_words(value: object) -> str:
    """What a check gave, in one line: numbers to four digits, lists in brackets, tables by their keys."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.4g}"
        case int():
            return f"{value:,}"
        case list() | tuple():
            return f"[{', '.join(map(in_words, value))}]"
        case dict():
            return ", ".join(f"{key}: {in_words(item)}" for key, item in value.items())
        case _:
            return str(value)
