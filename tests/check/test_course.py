from pathlib import Path

from tutor.check.course import needed
from tutor.course.outline import Outline


def outline(name, *needs, concepts=()):
    return Outline(name, Path(name), name, 1, "", concepts, needs, 1, ())


def test_what_is_needed_is_followed_through_lessons_and_concepts():
    lessons = (
        outline("loss", concepts=("nll",)),
        outline("softmax", "nll", concepts=("logits",)),
        outline("heat", "softmax"),
        outline("other"),
    )
    known = {lesson.id: lesson for lesson in lessons}
    assert needed("heat", known) == {"softmax", "loss"}
    assert needed("loss", known) == set()


def test_a_need_that_isnt_there_is_a_warning(spoilt):
    line = spoilt.change("lesson.md", "minutes = 5", 'minutes = 5\nneeds = ["softmx"]')
    (found,) = spoilt.findings(known=[outline("softmax")])
    assert found.startswith(f"lesson.md:{line + 1}: warning: it needs 'softmx', and no lesson here is or has that. Did")


def test_a_circle_is_told_all_the_way_round(spoilt):
    spoilt.change("lesson.md", "minutes = 5", 'minutes = 5\nneeds = ["first"]')
    known = [outline("first", "second"), outline("second", "linear-classifier")]
    (found,) = spoilt.findings(known=known)
    assert "it needs itself: spoilt needs first needs second needs spoilt." in found


def test_concepts_come_from_the_lesson_or_one_that_it_needs(spoilt):
    line = spoilt.change("quiz.toml", 'concept = "linear-classifier"', 'concept = "gradient"')
    spoilt.change("claims.toml", 'concept = "linear-classifier"', 'concept = "gradient"')
    says = "neither this lesson nor one that it needs introduces the concept 'gradient'."
    elsewhere = outline("first", concepts=("gradient",))
    found = spoilt.findings(known=[elsewhere])
    assert [f"claims.toml:3: claim 'first-loss': {says}" in found[0], len(found)] == [True, 2]
    assert f"quiz.toml:{line}: question 'one-step-right': {says}" in found[1]
    spoilt.change("lesson.md", "minutes = 5", 'minutes = 5\nneeds = ["first"]')
    assert spoilt.findings(known=[elsewhere]) == []


def test_a_check_is_python_or_a_function_of_claims_py(spoilt):
    line = spoilt.change("claims.toml", 'check = "accuracy"', 'check = "acuracy"')
    other = spoilt.change("claims.toml", "F.cross_entropy(torch.zeros(1, 2), T([0]))", "F.cross_entropy(")
    found = spoilt.findings()
    assert found[0].startswith(f"claims.toml:{other}: claim 'first-loss': `check` isn't Python: ")
    assert found[1] == (
        f"claims.toml:{line}: claim 'one-step': claims.py defines no function 'acuracy'. Did you mean 'accuracy'?"
    )
