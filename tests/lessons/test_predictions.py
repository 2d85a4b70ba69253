"""Questions that lessons make of the learner's own run: another one each time, as far as the run allows."""

import pytest

from tutor.course.lesson import load_lesson
from tutor.course.quiz import Own
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.predictions import posed
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

LESSONS = {file.parent.name: load_lesson(file.parent) for file in sorted(lessons_dir().glob("[a-z]*/quiz.toml"))}
OWN = [
    (name, question.id)
    for name, lesson in LESSONS.items()
    for question in lesson.questions.values()
    if isinstance(question, Own)
]


@pytest.mark.parametrize(("lesson", "name"), OWN)
def test_a_question_of_the_own_run_can_be_made_of_many(lesson, name):
    question, kind = LESSONS[lesson].questions[name], load_experiment(LESSONS[lesson].path)
    preset = next((preset.values for preset in kind.presets if preset.name == question.preset), {})
    run = Runner(kind, Sources(), 42, {**preset, **question.set})
    run.advance(question.steps)
    made = [posed(run, name, luck) for luck in range(5)]
    assert len({(each.ask, each.right) for each in made}) > 1
