"""`tutor reset`."""

import sys
from datetime import UTC, datetime

import click

from tutor.commands.kept import counted, the_record
from tutor.course.catalog import Catalog
from tutor.errors import ExitCode, TutorError
from tutor.learner.home import tutor_home
from tutor.learner.record import Key, Record
from tutor.learner.transfer import archive, forget, keys, to_json, write_new
from tutor.suggest import nearest


def reset_record(catalog: Catalog, what: str, everything: bool, sure: bool) -> None:
    """Forget what is known of a question, of a lesson or of `everything`, after asking and with a backup.

    `what` is a lesson's id, a question's, or `LESSON/QUESTION`; ids that no lesson has any more will do too.
    """
    if bool(what) == everything:
        raise TutorError("What is to be reset?", "Name a question or a lesson, or give --all.", code=ExitCode.MISUSE)
    with the_record() as record:
        lesson, question = ("", "") if everything else _found(catalog, record, what)
        named = f"the question {lesson}/{question}" if question else f"the lesson {lesson}" if lesson else "everything"
        if not sure:
            _confirm(named)
        moment = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
        backup = tutor_home() / f"record.before-reset-{moment}.json"
        write_new(backup, to_json(archive(record)))
        count = forget(record, lesson, question)
    click.echo(f"Forgotten: {named}, {counted(count, 'answer')}.")
    click.echo(f"To have it back: tutor import {backup}")


def _confirm(named: str) -> None:
    if not sys.stdin.isatty():
        remedy = "Nothing was changed. Add --yes if you mean it."
        raise TutorError(f"This forgets {named}, and there is nobody to ask.", remedy, code=ExitCode.MISUSE)
    if not click.confirm(f"Forget {named}? A backup is kept.", err=True):
        raise TutorError("Nothing was changed.")


def _found(catalog: Catalog, record: Record, what: str) -> Key:
    """The lesson, and the question unless the lesson is meant; `TutorError` if there is none, or more than one."""
    asked = {(lesson.id, question) for lesson in catalog.lessons for question in lesson.questions} | keys(record).keys()
    done = {lesson for (lesson,) in record.read("SELECT lesson FROM step_done UNION SELECT lesson FROM known")}
    lessons = {lesson.id for lesson in catalog.lessons} | {lesson for lesson, _ in asked} | done
    name = what.strip().lower().replace("_", "-")
    if name in lessons:
        return name, ""
    fits = sorted(key for key in asked if name in (key[1], "/".join(key)))
    if len(fits) == 1:
        return fits[0]
    if fits:
        which = " or ".join("/".join(key) for key in fits)
        raise TutorError(f"Several lessons have a question '{what}'.", f"Say {which}.", code=ExitCode.MISUSE)
    remedy = nearest(name, [*lessons, *(question for _, question in asked)]).strip()
    raise TutorError(f"There is no lesson or question '{what}'.", remedy, code=ExitCode.MISUSE)
