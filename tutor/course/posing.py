"""Questions of the learner's own run that return: a lab makes each anew, of a run of its own."""

import zlib
from datetime import date

from tutor.course.lesson import Lesson
from tutor.course.quiz import Own
from tutor.link.messages import Command, Open, Report, Trouble
from tutor.link.trials import Pose, Posed

PATIENCE = 30.0
"""Seconds that a lab may take for a question, from its start."""

SLOW = f"its lab took more than {PATIENCE:.0f} seconds."
"""Why there is no question, where it took longer."""

STRANGE = "its lesson isn't one of tutor's own, and you haven't agreed to run its code."
"""Why there is no question of a lesson whose code may not run unasked."""

_SEEDS = 10_000
"""How many seeds there are for a run: four digits are read, and typed after `--seed`, at a glance."""


def to_make(lesson: Lesson, own: Own, day: date, names_file: str = "") -> tuple[Command, ...]:
    """What to send a lab for the question `own` of `lesson`: the same all `day`, of another seed on another one."""
    seed = zlib.crc32(f"{day} {lesson.id} {own.id}".encode()) % _SEEDS
    return Open(str(lesson.path), seed, {}, names_file), Pose(own.id, seed, own.trial)


def heard(report: Report | None) -> Posed | None:
    """The question in what a lab said, or one without options that says why it can't be made; None if it's neither."""
    match report:
        case Posed():
            return report
        case Trouble():
            return unmade(f"{report.where}: {report.what}" if report.where else report.what)
        case _:
            return None


def unmade(why: str) -> Posed:
    """What stands for a question that can't be made."""
    return Posed("", why)


def stopped(how: str) -> Posed:
    """What stands for a question whose lab has ended."""
    return unmade(f"its lab stopped ({how}).")
