"""`tutor claims`: what lessons and their sources state, checked anew."""

import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import click
import msgspec
import torch

from tutor.course.claims import Claim, in_words
from tutor.course.lesson import Lesson
from tutor.errors import ExitCode, TutorError
from tutor.lab.claims import Checks
from tutor.link.messages import Checked
from tutor.suggest import nearest

WIDTH = 80
"""Columns that the report takes."""


def check_claims(lessons: Sequence[Lesson], only: str, as_json: bool) -> None:
    """Check every claim of `lessons`, or the one called `only`, and print what was said, recorded and measured.

    `TutorError` that names the claims that weren't reproduced, if there are any.
    """
    torch.set_num_threads(1)
    chosen = [(lesson, claim) for lesson in lessons for claim in lesson.claims.values() if only in ("", claim.id)]
    if not chosen:
        every = [claim for lesson in lessons for claim in lesson.claims]
        what = f"There is no claim '{only}'." if only else "There are no claims."
        raise TutorError(what, nearest(only, every).strip(), code=ExitCode.MISUSE)
    rows, failed = [], []
    for lesson, claim, checked in _checked(chosen):
        if not checked.agrees:
            failed.append(f"{lesson.id} {claim.id}")
        rows.append(_row(lesson, claim, checked))
        if not as_json:
            click.echo(_in_words(lesson, claim, checked))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
    else:
        click.echo(f"{len(rows) - len(failed)} of {len(rows)} claims are as recorded, with torch {torch.__version__}.")
    if failed:
        raise TutorError(f"Not as recorded: {', '.join(failed)}.", "Check what has changed.")


def _checked(chosen: Sequence[tuple[Lesson, Claim]]) -> Iterator[tuple[Lesson, Claim, Checked]]:
    """Each claim with what its check gives; on a terminal, a line on stderr says which one is at work."""
    checks: dict[str, Checks] = {}
    noting = sys.stderr.isatty()
    for place, (lesson, claim) in enumerate(chosen, start=1):
        if noting:
            doing = f"checking {place} of {len(chosen)}: {lesson.id} {claim.id} …"
            click.echo(f"\r{doing[:WIDTH]}", nl=False, err=True)
        try:
            if lesson.id not in checks:
                checks[lesson.id] = Checks(lesson.path)
            checked = checks[lesson.id].check(claim)
        finally:
            if noting:
                click.echo("\r\x1b[2K", nl=False, err=True)
        yield lesson, claim, checked


def _row(lesson: Lesson, claim: Claim, checked: Checked) -> dict[str, Any]:
    return {
        "id": claim.id,
        "lesson": lesson.id,
        "source": claim.source,
        "where": claim.where,
        "says": claim.says,
        "check": claim.check,
        "recorded": claim.measured,
        "measured": checked.measured,
        "verdict": claim.verdict,
        "agrees": checked.agrees,
        "trouble": checked.trouble,
        "seconds": round(checked.seconds, 3),
    }


def _in_words(lesson: Lesson, claim: Claim, checked: Checked) -> str:
    """A paragraph for a person: what is said, what is recorded, what came out now, and what to think of it."""
    sign = "✓" if checked.agrees else "✗"
    lines = [f"{sign} {lesson.id} {claim.id}", *_item("says", claim.says), *_item("source", claim.cited)]
    if claim.by:
        lines += _item("by", "reading: there is nothing to run")
    else:
        lines += _item("check", claim.check) + _item("recorded", in_words(claim.measured))
        if not checked.trouble or checked.measured is not None:
            lines += _item("measured", f"{in_words(checked.measured)}   ({checked.seconds:.1f} s)")
        if checked.counter is not None:
            lines += _item("unless", f"{claim.unless} gives {in_words(checked.counter)}")
        if claim.note:
            lines += _item("that is", claim.note)
        if checked.trouble:
            lines += _item("trouble", checked.trouble)
    return "\n".join([*lines, *_item("verdict", f"{claim.verdict}. {claim.why}"), ""])


def _item(name: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=f"  {name:<12}", subsequent_indent=" " * 14)
