import subprocess
import sys

import pytest

from tutor.course.catalog import Catalog
from tutor.errors import ExitCode, TutorError


def test_lessons_come_in_order_then_by_id(new_lesson, tmp_path):
    for name, order in (("zeta", 2), ("alpha", 2), ("last", 9), ("first", 1)):
        new_lesson(name).change("lesson.md", "order = 3", f"order = {order}")
    catalog = Catalog.find([tmp_path / "lessons"])
    ids = ["first", "alpha", "zeta", "last"]
    assert [lesson.id for lesson in catalog.lessons] == ids
    assert [outline.id for outline in catalog.outlines] == ids
    assert catalog.broken == ()


def test_a_broken_lesson_is_set_aside_with_its_error(new_lesson, tmp_path):
    new_lesson("good")
    new_lesson("bad_front").change("lesson.md", "order = 3", "order = three")
    new_lesson("bad_quiz").change("quiz.toml", 'kind = "choice"', 'kind = "guess"')
    catalog = Catalog.find([tmp_path / "lessons"])
    assert [lesson.id for lesson in catalog.lessons] == ["good"]
    assert [outline.id for outline in catalog.outlines] == ["bad-quiz", "good"]
    assert [(broken.id, broken.path.name) for broken in catalog.broken] == [
        ("bad-front", "bad_front"),
        ("bad-quiz", "bad_quiz"),
    ]
    assert "lessons/bad_front/lesson.md:3" in str(catalog.broken[0].error)
    with pytest.raises(TutorError, match=r"bad_quiz/quiz\.toml:3: question 'first-loss'"):
        catalog.get("bad-quiz")


def test_one_lesson_is_loaded_without_the_others(new_lesson, tmp_path):
    new_lesson("good")
    new_lesson("bad").change("lesson.md", "order = 3", "order = three")
    assert Catalog.find([tmp_path / "lessons"]).get("good").title == "One batch"


@pytest.mark.parametrize("typed", ["deep-net-xray", "deep_net_xray", " Deep-Net-Xray "])
def test_a_lesson_is_found_however_its_id_is_typed(new_lesson, tmp_path, typed):
    new_lesson("deep_net_xray")
    assert Catalog.find([tmp_path / "lessons"]).get(typed).id == "deep-net-xray"


def test_an_unknown_lesson_names_the_nearest(new_lesson, tmp_path):
    new_lesson("minibatches")
    new_lesson("temperature")
    catalog = Catalog.find([tmp_path / "lessons"])
    with pytest.raises(TutorError) as caught:
        catalog.get("minibatchs")
    assert str(caught.value) == (
        "There is no lesson 'minibatchs'. Did you mean 'minibatches'? `tutor list` shows them all."
    )
    assert caught.value.code is ExitCode.MISUSE
    with pytest.raises(TutorError) as caught:
        catalog.get("qqq")
    assert str(caught.value) == "There is no lesson 'qqq'. `tutor list` shows them all."


def test_a_folder_may_itself_be_a_lesson_and_folders_add_up(new_lesson, tmp_path):
    new_lesson("built_in")
    mine = new_lesson("mine", within="elsewhere")
    catalog = Catalog.find([tmp_path / "lessons", mine.path])
    assert {lesson.id for lesson in catalog.lessons} == {"built-in", "mine"}


def test_of_two_lessons_with_one_id_the_second_is_broken(new_lesson, tmp_path):
    first, second = new_lesson("same"), new_lesson("same", within="elsewhere")
    catalog = Catalog.find([tmp_path / "lessons", tmp_path / "elsewhere"])
    assert [lesson.path for lesson in catalog.lessons] == [first.path]
    assert [broken.path for broken in catalog.broken] == [second.path]
    assert catalog.broken[0].error.what == "elsewhere/same has the same id, 'same', as lessons/same."


def test_a_folder_given_twice_counts_once(new_lesson, tmp_path):
    new_lesson("same")
    catalog = Catalog.find([tmp_path / "lessons", tmp_path / "lessons"])
    assert len(catalog.lessons) == 1
    assert catalog.broken == ()


def test_folders_that_hold_no_lesson_are_passed_over(new_lesson, tmp_path):
    new_lesson("good")
    for name in ("__pycache__", ".git", "pictures"):
        (tmp_path / "lessons" / name).mkdir()
    (tmp_path / "lessons" / "half").mkdir()
    (tmp_path / "lessons" / "half" / "lab.py").touch()
    catalog = Catalog.find([tmp_path / "lessons"])
    assert [lesson.id for lesson in catalog.lessons] == ["good"]
    assert [broken.id for broken in catalog.broken] == ["half"]


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(TutorError, match=r"can't be read: No such file or directory\. Check its name") as caught:
        Catalog.find([tmp_path / "lesons"])
    assert caught.value.code is ExitCode.MISUSE


def test_the_course_needs_neither_torch_nor_textual():
    program = "import sys, tutor.course, tutor.learner; print({'torch', 'textual'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "set()"
