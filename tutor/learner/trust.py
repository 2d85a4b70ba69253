"""Whose code may run: tutor's own lessons', and those the learner has agreed to."""

import os
from pathlib import Path

from tutor.errors import TutorError
from tutor.paths import is_built_in


class Trust:
    """The folders of lessons that the learner lets run, kept in a file, one a line; without a file, all may."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._folders = _read(file) if file else set()

    def covers(self, lesson: Path) -> bool:
        """Whether the code in the lesson's folder may run unasked."""
        return self._file is None or is_built_in(lesson) or str(lesson.resolve()) in self._folders

    def grant(self, lesson: Path) -> None:
        """Let the code in the lesson's folder run, now and later; `TutorError` if that can't be kept: then just now."""
        folder = str(lesson.resolve())
        if self._file is None or folder in self._folders:
            return
        self._folders.add(folder)
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8", errors="surrogateescape") as file:
                file.write(f"{folder}\n")
        except OSError as error:
            what = f"That can't be kept: {self._file} can't be written ({error.strerror})."
            raise TutorError(what, "You will be asked again.") from None


EVERYONE = Trust()
"""Lets all code run."""


def warning(lesson: Path) -> str:
    """What to know before a stranger's lesson runs."""
    return (
        f"This lesson isn't one of tutor's own. To run it is to run the Python code in {lesson.resolve()}{os.sep}, "
        "which can do whatever you can do on this computer."
    )


def _read(file: Path) -> set[str]:
    try:
        return set(file.read_text(encoding="utf-8", errors="surrogateescape").splitlines())
    except OSError:
        return set()
