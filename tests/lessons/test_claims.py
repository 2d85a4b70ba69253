"""Every built-in lesson's claims: each check gives what is recorded, and its counter-setting doesn't."""

from functools import cache

import pytest

from tutor.course.catalog import Catalog
from tutor.course.quiz import Spot
from tutor.lab.claims import Checks
from tutor.paths import lessons_dir

LESSONS = Catalog.find([lessons_dir()]).lessons
every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)


@cache
def checks(path):
    return Checks(path)


@pytest.mark.parametrize(
    ("lesson", "claim"),
    [
        pytest.param(lesson, claim, id=f"{lesson.id}:{claim.id}", marks=[pytest.mark.slow] if claim.trains else [])
        for lesson in LESSONS
        for claim in lesson.claims.values()
    ],
)
def test_a_claim_is_as_recorded(lesson, claim):
    checked = checks(lesson.path).check(claim)
    assert not checked.trouble
    assert checked.agrees, f"{checked.measured} instead of {claim.measured}"


@every_lesson
def test_each_claim_is_about_a_concept_of_the_lesson(lesson):
    assert lesson.claims
    assert {claim.concept for claim in lesson.claims.values()} <= set(lesson.concepts)


@every_lesson
def test_claims_are_marked_in_the_text(lesson):
    assert sum(len(lesson.claims_of(step)) for step in lesson.steps) >= 2


def test_some_lesson_has_its_learner_spot_a_wrong_claim():
    asked = [question for lesson in LESSONS for question in lesson.questions.values() if isinstance(question, Spot)]
    assert asked
