"""A lesson: a folder with `lesson.md`, `lab.py` and, if it asks anything, `quiz.toml`."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from tutor.course.markdown import LATEX_REMEDY, latex_in
from tutor.course.quiz import Question, read_quiz
from tutor.course.source import FILLED, ID, Source, shown_path
from tutor.course.steps import Step, read_steps
from tutor.errors import TutorError
from tutor.suggest import nearest

_Text = Annotated[str, msgspec.Meta(pattern=FILLED)]
_Id = Annotated[str, msgspec.Meta(pattern=ID)]
_FOLDER = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


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


class Lesson(Outline, frozen=True):
    """A whole lesson: `questions` by id are all of `quiz.toml`, `claims` is how many `claims.toml` holds."""

    steps: tuple[Step, ...]
    questions: Mapping[str, Question]
    claims: int
    lab_file: Path


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
    return _outline(folder, *_read(folder))


def load_lesson(folder: Path) -> Lesson:
    """The whole lesson in `folder`; `TutorError` with file and line of the first thing that is wrong."""
    source, end = _read(folder)
    outline = _outline(folder, source, end)
    for line, latex in latex_in("\n".join(source.lines)):
        raise source.error(line, f"LaTeX, '{latex}'.", LATEX_REMEDY)
    steps = read_steps(source, end)
    questions = read_quiz(folder / "quiz.toml")
    _check_asked(source, steps, questions)
    lab_file = folder / "lab.py"
    if not lab_file.is_file():
        raise TutorError(f"{shown_path(folder)} has no lab.py.", "Add one: it holds the lesson's experiment.")
    content = {name: getattr(outline, name) for name in Outline.__struct_fields__}
    claims = _count_claims(folder / "claims.toml")
    return Lesson(**content, steps=steps, questions=questions, claims=claims, lab_file=lab_file)


def _read(folder: Path) -> tuple[Source, int]:
    """`lesson.md`, and the number of the line that ends its front matter."""
    if not _FOLDER.fullmatch(folder.name):
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


def _outline(folder: Path, source: Source, end: int) -> Outline:
    passage = source.passage(2, end - 1, "front-matter")
    front = passage.typed(passage.toml(), _FrontMatter, _FrontMatter.__struct_fields__)
    return Outline(lesson_id(folder), folder, **msgspec.structs.asdict(front))


def _check_asked(source: Source, steps: tuple[Step, ...], questions: Mapping[str, Question]) -> None:
    for step in steps:
        for wanted in step.questions:
            if wanted not in questions:
                what = f"the step '{step.id}' asks '{wanted}', which quiz.toml doesn't hold."
                raise source.error(step.line, what, nearest(wanted, questions).strip() or "Add it there.")


def _count_claims(path: Path) -> int:
    if not path.exists():
        return 0
    source = Source.read(path)
    claims = source.passage(1, len(source.lines), "claims").toml().get("claim", [])
    return len(claims) if isinstance(claims, list) else 0
