"""A lesson that is held to the standard, and the lines of its files where things stand."""

import re
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from tutor.check.finding import Finding
from tutor.course.lesson import Lesson, load_lesson
from tutor.course.source import Passage, Source, shown_path
from tutor.course.steps import Step
from tutor.course.tables import read_tables


class Draft:
    """The lesson in a folder; each `at_…` is a finding at the line that it is about, of `key` where it has one."""

    def __init__(self, folder: Path) -> None:
        """`TutorError` with file and line for a lesson that can't be read."""
        self.lesson: Lesson = load_lesson(folder)
        self.text: Source = Source.read(folder / "lesson.md")
        """`lesson.md`."""

    def at_line(self, line: int, what: str, remedy: str, *, warning: bool = False) -> Finding:
        """A finding at a line of `lesson.md`."""
        return Finding(self.text.path, line, what, remedy, warning)

    def at_front(self, key: str, what: str, remedy: str, *, warning: bool = False) -> Finding:
        """A finding about the front matter."""
        front = self.text.passage(1, self.lesson.steps[0].line - 1, "front-matter")
        return self.at_line(front.line_of(key), what, remedy, warning=warning)

    def at_step(self, step: Step, what: str, remedy: str, key: str = "", *, warning: bool = False) -> Finding:
        """A finding about a page."""
        said = f"the page '{step.id}' {what}"
        return self.at_line(self._pages[step.id].line_of(key), said, remedy, warning=warning)

    def at_question(self, name: str, what: str, remedy: str, key: str = "", *, warning: bool = False) -> Finding:
        """A finding about a question."""
        passage = self._questions[name]
        return Finding(passage.source.path, passage.line_of(key), f"question '{name}': {what}", remedy, warning)

    def at_claim(self, name: str, what: str, remedy: str, key: str = "") -> Finding:
        """A finding about a claim."""
        passage = self._claims[name]
        return Finding(passage.source.path, passage.line_of(key), f"claim '{name}': {what}", remedy)

    def at_lab(self, pattern: str, what: str, remedy: str) -> Finding:
        """A finding at the first line of `lab.py` in which the regular expression occurs, or at the first of all."""
        lines = Source.read(self.lesson.lab_file).lines
        line = next((number for number, line in enumerate(lines, start=1) if re.search(pattern, line)), 1)
        return Finding(shown_path(self.lesson.lab_file), line, what, remedy)

    @cached_property
    def _pages(self) -> dict[str, Passage]:
        """The lines of each page."""
        steps = self.lesson.steps
        ends = [*(after.line - 1 for _, after in pairwise(steps)), len(self.text.lines)]
        return {step.id: self.text.passage(step.line, end, "step") for step, end in zip(steps, ends, strict=True)}

    @cached_property
    def _questions(self) -> dict[str, Passage]:
        return self._tables("quiz.toml", "question")

    @cached_property
    def _claims(self) -> dict[str, Passage]:
        return self._tables("claims.toml", "claim")

    def _tables(self, file: str, name: str) -> dict[str, Passage]:
        return {table.content["id"]: table.passage for table in read_tables(self.lesson.path / file, name)}
