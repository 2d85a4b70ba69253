"""`tutor new`: a lesson to begin with, which works."""

import shlex
from pathlib import Path

import click

from tutor.commands.lessons import trust
from tutor.course.outline import FOLDER, lesson_id
from tutor.course.source import shown_path
from tutor.errors import ExitCode, TutorError
from tutor.paths import lessons_dir

FILES = ("lesson.md", "lab.py", "quiz.toml", "claims.toml", "claims.py")
"""What a lesson consists of."""

_TITLE = 'title = "Two clouds"'


def new_lesson(folder: Path) -> None:
    """Write a small working lesson into `folder`, and say what to do with it.

    `TutorError` for a folder that holds anything or whose name can't be a lesson's. Its code may run unasked: it is
    ours so far, and then the author's own.
    """
    folder = folder.expanduser().absolute()
    if not FOLDER.fullmatch(folder.name):
        remedy = "Name it with lower-case letters and digits, and '_' between words."
        raise TutorError(f"'{folder.name}' can't be a lesson's folder.", remedy, code=ExitCode.MISUSE)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            remedy = "Name one that doesn't exist yet, or is empty."
            raise TutorError(f"{shown_path(folder)} isn't empty.", remedy, code=ExitCode.MISUSE)
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            text = (lessons_dir() / "_template" / name).read_text(encoding="utf-8")
            title = folder.name.replace("_", " ").capitalize()
            (folder / name).write_text(text.replace(_TITLE, f'title = "{title}"'), encoding="utf-8")
    except OSError as error:
        what = f"{error.filename or shown_path(folder)} can't be written: {error.strerror}."
        raise TutorError(what, "Name another folder.") from None
    _tell(folder)


def _tell(folder: Path) -> None:
    try:
        trust().grant(folder)
    except TutorError as error:
        click.echo(f"tutor: {error}", err=True)
    shown = shlex.quote(shown_path(folder))
    click.echo(f"{shown} holds a lesson that works. Make it yours:")
    click.echo(f"  tutor {lesson_id(folder)} --lessons {shown}    opens it")
    click.echo(f"  tutor check {shown}    holds it to the standard")
    click.echo(f"How a lesson is made, file by file: {lessons_dir() / 'README.md'}")
