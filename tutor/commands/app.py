"""`tutor` and `tutor LESSON`: the terminal app."""

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.cli import names_path
from tutor.course.catalog import Catalog
from tutor.errors import ExitCode, TutorError
from tutor.learner.home import tutor_home
from tutor.learner.trust import EVERYONE, Trust
from tutor.settings import read_settings
from tutor.suggest import nearest

if TYPE_CHECKING:
    from tutor.course.lesson import Lesson
    from tutor.learner.record import Record
    from tutor.ui.app import TutorApp


def open_app(
    catalog: Catalog,
    lesson: str | None,
    names_file: str | None,
    seed: int,
    plain: bool = False,
    looks: Mapping[str, Any] = {},
    trust: Trust = EVERYONE,
    review: bool = False,
) -> None:
    """Open the app at the list, at `lesson`, or at the day's `review`; with `plain` as lines of text.

    `looks` are settings by their names, which take the place of those in the learner's file; `trust` says whose lessons
    may run unasked. `TutorError` where there is no terminal that the screens could use, or no such theme.
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
            settings, wrong = read_settings(tutor_home() / "settings.toml")
            voice.say(*filter(None, (wrong,)))
            talk = Conversation(
                catalog, record, voice, seed, str(path or ""), trust=trust, reviews_a_day=settings.reviews_a_day
            )
            talk.hold_review() if review else talk.hold(chosen)
        else:
            _app(catalog, record, chosen, seed, str(path or ""), notice, looks, trust, review).run()


def _app(
    catalog: Catalog,
    record: "Record",
    lesson: "Lesson | None",
    seed: int,
    names_file: str,
    notice: str,
    looks: Mapping[str, Any],
    trust: Trust,
    review: bool,
) -> "TutorApp":
    """The app as the learner has set it."""
    from textual.theme import BUILTIN_THEMES

    from tutor.settings import detected_glyphs
    from tutor.ui.app import TutorApp

    file = tutor_home() / "settings.toml"
    settings, wrong = read_settings(file)
    theme = looks.get("theme") or settings.theme
    if theme and theme not in BUILTIN_THEMES:
        unknown = f"There is no theme '{theme}'.{nearest(theme, BUILTIN_THEMES)}"
        if looks.get("theme"):
            raise TutorError(unknown, "The palette (ctrl+p) lists them all.", code=ExitCode.MISUSE)
        theme, wrong = "", f"{wrong} {unknown}"
    glyphs = looks.get("glyphs") or settings.glyphs
    return TutorApp(
        catalog,
        record,
        lesson,
        seed,
        names_file,
        " ".join(filter(None, (notice, wrong.strip()))),
        glyphs=detected_glyphs() if glyphs == "auto" else glyphs,
        fps=looks.get("fps") or settings.fps,
        theme=theme,
        keys=settings.keys,
        settings_file=file,
        trust=trust,
        reviews_a_day=settings.reviews_a_day,
        review=review,
    )


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
