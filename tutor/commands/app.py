"""`tutor` and `tutor LESSON`: the terminal app."""

import os
import sys

from tutor.cli import names_path
from tutor.course.catalog import Catalog
from tutor.errors import ExitCode, TutorError


def open_app(catalog: Catalog, lesson: str | None, names_file: str | None, seed: int, plain: bool = False) -> None:
    """Open the app at the list, or at `lesson`; with `plain` as lines of text.

    `TutorError` where there is no terminal that the screens could use.
    """
    chosen = catalog.get(lesson) if lesson else None
    path = names_path(names_file)
    notice = ""
    if path is not None:
        from tutor.names import read_names

        notice = read_names(path).notice()
    if not plain:
        _need_a_terminal()

    from tutor.learner.record import open_record

    record, trouble = open_record()
    notice = " ".join(filter(None, (trouble, notice)))
    with record:
        if plain:
            from tutor.plain.conversation import Conversation
            from tutor.plain.voice import Voice

            voice = Voice.of_this_process()
            voice.say(*filter(None, (notice,)))
            Conversation(catalog, record, voice, seed, str(path or "")).hold(chosen)
        else:
            from tutor.ui.app import TutorApp

            TutorApp(catalog, record, chosen, seed, str(path or ""), notice).run()


def _need_a_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise TutorError(
            "The app needs a terminal, and this is a pipe or a file.",
            "Add --plain for lines of text, or use `tutor run LESSON` or `tutor list`.",
            code=ExitCode.MISUSE,
        )
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        raise TutorError(
            f"The app can't draw on a terminal of type '{os.environ.get('TERM', '')}'.",
            "Set TERM to what it really is, xterm-256color for most, or add --plain for lines of text.",
            code=ExitCode.MISUSE,
        )
