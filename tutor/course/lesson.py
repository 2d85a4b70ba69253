"""A lesson: a folder with `lesson.md`, `lab.py` and, if it asks or claims anything, `quiz.toml` and `claims.toml`."""

import re
from collections.abc import Mapping
from pathlib import Path

from tutor.course.claims import Claim, read_claims
from tutor.course.markdown import LATEX_REMEDY, latex_in
from tutor.course.outline import Outline, outline_in, read_front
from tutor.course.quiz import Question, Spot
from tutor.course.quiz_file import read_quiz
from tutor.course.source import Source, shown_path
from tutor.course.steps import Step, read_steps
from tutor.errors import TutorError
from tutor.suggest import nearest

_MARK = re.compile(r"\]\(claim:(?P<id>[^)\s]*)\)")


class Lesson(Outline, frozen=True):
    """A whole lesson: `questions` are all of `quiz.toml` by id, `claims` all of `claims.toml`."""

    steps: tuple[Step, ...]
    questions: Mapping[str, Question]
    claims: Mapping[str, Claim]
    lab_file: Path

    def claims_of(self, step: Step) -> tuple[Claim, ...]:
        """The claims that a step marks in its text, and then those that it asks about."""
        asked = (self.questions[name] for name in step.questions)
        names = (*marked(step.text), *(question.claim for question in asked if isinstance(question, Spot)))
        return tuple(self.claims[name] for name in dict.fromkeys(names))


def marked(text: str) -> tuple[str, ...]:
    """The ids of the claims that Markdown `text` marks, as in `[2.436](claim:rates)`."""
    return tuple(match["id"] for match in _MARK.finditer(text))


def load_lesson(folder: Path) -> Lesson:
    """The whole lesson in `folder`; `TutorError` with file and line of the first thing that is wrong."""
    source, end = read_front(folder)
    outline = outline_in(folder, source, end)
    for line, latex in latex_in("\n".join(source.lines)):
        raise source.error(line, f"LaTeX, '{latex}'.", LATEX_REMEDY)
    steps = read_steps(source, end)
    claims = read_claims(folder / "claims.toml")
    questions = read_quiz(folder / "quiz.toml", claims)
    _check_asked(source, steps, questions)
    _check_marked(source, claims)
    lab_file = folder / "lab.py"
    if not lab_file.is_file():
        raise TutorError(f"{shown_path(folder)} has no lab.py.", "Add one: it holds the lesson's experiment.")
    content = {name: getattr(outline, name) for name in Outline.__struct_fields__}
    return Lesson(**content, steps=steps, questions=questions, claims=claims, lab_file=lab_file)


def _check_asked(source: Source, steps: tuple[Step, ...], questions: Mapping[str, Question]) -> None:
    for step in steps:
        for wanted in step.questions:
            if wanted not in questions:
                what = f"the step '{step.id}' asks '{wanted}', which quiz.toml doesn't hold."
                raise source.error(step.line, what, nearest(wanted, questions).strip() or "Add it there.")


def _check_marked(source: Source, claims: Mapping[str, Claim]) -> None:
    for number, line in enumerate(source.lines, start=1):
        for name in marked(line):
            if name not in claims:
                what = f"this marks the claim '{name}', which claims.toml doesn't hold."
                raise source.error(number, what, nearest(name, claims).strip() or "Add it there.")
