"""A lesson: a folder with `lesson.md`, `lab.py` and, if it asks anything, `quiz.toml`."""

from collections.abc import Mapping
from pathlib import Path

from tutor.course.markdown import LATEX_REMEDY, latex_in
from tutor.course.outline import Outline, outline_in, read_front
from tutor.course.quiz import Question, read_quiz
from tutor.course.source import Source, shown_path
from tutor.course.steps import Step, read_steps
from tutor.errors import TutorError
from tutor.suggest import nearest


class Lesson(Outline, frozen=True):
    """A whole lesson: `questions` by id are all of `quiz.toml`, `claims` is how many `claims.toml` holds."""

    steps: tuple[Step, ...]
    questions: Mapping[str, Question]
    claims: int
    lab_file: Path


def load_lesson(folder: Path) -> Lesson:
    """The whole lesson in `folder`; `TutorError` with file and line of the first thing that is wrong."""
    source, end = read_front(folder)
    outline = outline_in(folder, source, end)
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
