"""The whole standard: every rule, on one lesson."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.check.claims import claim_findings
from tutor.check.course import Known, course_findings
from tutor.check.draft import Draft
from tutor.check.finding import Finding, found
from tutor.check.prose import prose_findings
from tutor.check.questions import question_findings
from tutor.errors import TutorError

if TYPE_CHECKING:
    from tutor.lab.datasets import Sources


def check_lesson(folder: Path, known: Known, data: "Sources", *, fast: bool = False) -> list[Finding]:
    """What is to be mended in the lesson in `folder`, by file and line, among the lessons that are `known`.

    It runs the lesson's code; `fast` leaves out what trains for long.
    """
    try:
        draft = Draft(folder)
    except TutorError as error:
        return [found(error, folder)]
    return sorted({*_written(draft, known), *_runs(draft, data, fast=fast)})


def _written(draft: Draft, known: Known) -> Iterator[Finding]:
    return chain(question_findings(draft), prose_findings(draft), course_findings(draft, known), claim_findings(draft))


def _runs(draft: Draft, data: "Sources", *, fast: bool) -> Iterator[Finding]:
    # These take torch, which takes a second.
    from tutor.check import goals, names, predictions, runs, scripts
    from tutor.check.rig import Rig

    try:
        rig = Rig(draft, data)
    except TutorError as error:
        yield found(error, draft.lesson.path)
        return
    unknown = list(names.name_findings(rig))
    yield from unknown
    yield from predictions.needless_findings(rig)
    yield from runs.default_findings(rig)
    if not unknown and not rig.failures:
        yield from goals.opening_findings(rig)
        if not fast:
            yield from runs.setting_findings(rig)
            yield from goals.reach_findings(rig)
            yield from predictions.prediction_findings(rig)
            yield from scripts.script_findings(rig)
    yield from rig.failures
