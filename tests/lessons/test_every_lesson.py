"""What holds for each lesson alike: its pages are short, ask all of its questions, and name what its lab has."""

import pytest

from tutor.course.catalog import Catalog
from tutor.lab.load import load_experiment
from tutor.link.knobs import checked
from tutor.paths import lessons_dir

LESSONS = Catalog.find([lessons_dir()]).lessons
every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.id for lesson in LESSONS])


def test_the_course_has_its_lessons_in_order():
    assert [lesson.order for lesson in LESSONS] == list(range(1, 25))


@every_lesson
def test_each_question_is_asked_on_one_page(lesson):
    asked = [name for step in lesson.steps for name in step.questions]
    assert sorted(asked) == sorted(lesson.questions)


@every_lesson
def test_pages_are_short(lesson):
    assert {step.id: len(step.text.split()) for step in lesson.steps if len(step.text.split()) > 150} == {}


@every_lesson
def test_a_page_names_only_what_the_lab_has(lesson):
    kind = load_experiment(lesson.path)
    presets = {preset.name for preset in kind.presets}
    for step in lesson.steps:
        assert set(step.figures) <= set(kind.figures())
        assert step.preset in {"", *presets}
        checked(kind.knobs, step.set)
