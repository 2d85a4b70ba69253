"""What is to be mended in a lesson, and where."""

import re
from pathlib import Path

import msgspec

from tutor.course.source import shown_path
from tutor.errors import TutorError

_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d+): (?P<what>.*)", re.DOTALL)


class Finding(msgspec.Struct, frozen=True, order=True):
    """Something to mend at a line of a file, counted from 1; a warning leaves it to the author."""

    file: str
    line: int
    what: str
    remedy: str
    warning: bool = False

    def __str__(self) -> str:
        kind = "warning: " if self.warning else ""
        return f"{self.file}:{self.line}: {kind}{self.what} {self.remedy}".strip()


def found(error: TutorError, folder: Path) -> Finding:
    """The finding that `error`, met in the lesson in `folder`, comes to."""
    if place := _PLACE.fullmatch(error.what):
        # The lab names a lesson's files from the lesson's folder on.
        inside = folder.parent / place["file"]
        file = shown_path(inside) if inside.is_file() else place["file"]
        return Finding(file, int(place["line"]), place["what"], error.remedy)
    shown = shown_path(folder / "lesson.md")
    return Finding(shown, 1, error.what.removeprefix(f"{shown} "), error.remedy)
