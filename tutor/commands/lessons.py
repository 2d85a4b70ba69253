"""The lessons that a command line speaks of, and whether their code may run: `--lessons` and `--trust`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.errors import ExitCode, TutorError

if TYPE_CHECKING:
    from tutor.course.catalog import Catalog
    from tutor.course.lesson import Lesson
    from tutor.learner.trust import Trust

_LESSONS, _TRUST = "tutor.lessons", "tutor.trust"
"""Where the context keeps what the options said; a command shares it with the group."""


def lessons_option() -> click.Option:
    """`--lessons DIR`."""

    def keep(context: click.Context, _option: click.Parameter, folders: tuple[str, ...]) -> None:
        context.meta[_LESSONS] = (*context.meta.get(_LESSONS, ()), *folders)

    says = "Lessons of your own too: a folder of them, or one; may be given again."
    return click.Option(["--lessons"], multiple=True, metavar="DIR", expose_value=False, callback=keep, help=says)


def _keep_trust(context: click.Context, _option: click.Parameter, given: bool) -> None:
    context.meta[_TRUST] = given or context.meta.get(_TRUST, False)


trust_option = click.option(
    "--trust",
    is_flag=True,
    expose_value=False,
    callback=_keep_trust,
    help="Run the code of a lesson that isn't tutor's own without asking.",
)
"""`--trust`."""


def folders() -> list[Path]:
    """The folders of lessons: tutor's own, and those of `--lessons`."""
    from tutor.paths import lessons_dir

    given = click.get_current_context().meta.get(_LESSONS, ())
    return [lessons_dir(), *(Path(name).expanduser() for name in given)]


def catalog() -> "Catalog":
    """All lessons that there are: those in `folders`, and those of installed packages."""
    from tutor.course.catalog import Catalog

    return Catalog.find(folders(), installed=True)


def trust() -> "Trust":
    """Whose code may run: what the learner agreed to so far, or with `--trust` everyone's, this once."""
    from tutor.learner.home import tutor_home
    from tutor.learner.trust import EVERYONE, Trust

    everyone = click.get_current_context().meta.get(_TRUST, False)
    return EVERYONE if everyone else Trust(tutor_home() / "trusted.txt")


def chosen(name: str) -> "Lesson":
    """The lesson `name`, whose code may run; `TutorError` if there is none, or if it may not."""
    lesson = catalog().get(name)
    ask_about(lesson.path, trust())
    return lesson


def trusted() -> "list[Lesson]":
    """Every lesson whose code may run without asking; stderr names the others."""
    every, agreed = catalog().lessons, trust()
    for lesson in every:
        if not agreed.covers(lesson.path):
            click.echo(f"tutor: {lesson.id} is left out: nobody has agreed to run its code.", err=True)
    return [lesson for lesson in every if agreed.covers(lesson.path)]


def ask_about(lesson: Path, agreed: "Trust") -> None:
    """Return if the code in the lesson's folder may run, asking if need be; else `TutorError`."""
    from tutor.learner.trust import warning

    if agreed.covers(lesson):
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise TutorError(warning(lesson), "If you trust it, add --trust.", code=ExitCode.MISUSE)
    click.echo(warning(lesson), err=True)
    if not click.confirm("Run it, now and later?", err=True):
        raise TutorError("Nothing was run.", f"What it does is in {lesson / 'lab.py'}.")
    try:
        agreed.grant(lesson)
    except TutorError as error:
        click.echo(f"tutor: {error}", err=True)
