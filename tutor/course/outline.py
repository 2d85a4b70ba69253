"""What a list of lessons shows of each: the front matter of its `lesson.md`."""

import re
from pathlib import Path
from typing import Annotated

import msgspec

from tutor.course.source import FILLED, ID, Source, shown_path
from tutor.errors import TutorError

_Text = Annotated[str, msgspec.Meta(pattern=FILLED)]
_Id = Annotated[str, msgspec.Meta(pattern=ID)]

FOLDER = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
"""What a lesson's folder may be called."""


class Outline(msgspec.Struct, frozen=True):
    """What a list of lessons shows of one: its front matter."""

    id: str
    path: Path
    title: str
    order: int
    summary: str
    concepts: tuple[str, ...]
    needs: tuple[str, ...]
    minutes: int
    sources: tuple[str, ...]


class _FrontMatter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: _Text
    order: int
    summary: _Text
    concepts: Annotated[tuple[_Id, ...], msgspec.Meta(min_length=1)]
    minutes: int
    needs: tuple[_Id, ...] = ()
    sources: tuple[_Text, ...] = ()

    def __post_init__(self) -> None:
        if self.minutes < 1:
            raise ValueError("'minutes' must be 1 or more. Say how long a newcomer needs.")


def lesson_id(folder: Path) -> str:
    """The id of the lesson in `folder`: `deep_net_xray` holds `deep-net-xray`."""
    return folder.name.replace("_", "-")


def load_outline(folder: Path) -> Outline:
    """The front matter of the lesson in `folder`; `TutorError` with file and line if it can't be used."""
    return outline_in(folder, *read_front(folder))


def read_front(folder: Path) -> tuple[Source, int]:
    """`lesson.md`, and the number of the line that ends its front matter."""
    if not FOLDER.fullmatch(folder.name):
        what = f"{shown_path(folder)} can't be a lesson's folder."
        raise TutorError(what, "Name it with lower-case letters and digits, and '_' between words.")
    source = Source.read(folder / "lesson.md")
    remedy = "Begin the file with a line `+++`, the front matter as TOML, and another `+++`."
    if source.lines[0].rstrip() != "+++":
        raise source.error(1, "the front matter is missing.", remedy)
    for number, line in enumerate(source.lines[1:], start=2):
        if line.rstrip() == "+++":
            return source, number
    raise source.error(1, "the front matter never ends.", remedy)


def outline_in(folder: Path, source: Source, end: int) -> Outline:
    """The front matter in `source`, the `lesson.md` of `folder`, whose line `end` ends it."""
    passage = source.passage(2, end - 1, "front-matter")
    front = passage.typed(passage.toml(), _FrontMatter, _FrontMatter.__struct_fields__)
    return Outline(lesson_id(folder), folder, **msgspec.structs.asdict(front))
