import shutil

import pytest
from textual.widgets import OptionList

from tests.ui.conftest import AppOnFakeLabs
from tests.ui.screen import painted, reads, settled, until
from tutor.course.catalog import Catalog
from tutor.course.grading import Verdict
from tutor.learner.record import Record
from tutor.ui.screens.help import HelpScreen
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.lesson import LessonScreen

PAGES = """\
+++
title = "{title}"
order = {order}
summary = "What {title} is about."
concepts = ["loss"]
minutes = 15
+++

## First
Words.

## Second
More words.
"""
QUIZ = """\
[[question]]
id = "first-loss"
kind = "choice"
concept = "loss"
ask = "What is it near?"
hints = ["27 letters."]
explain = "ln 27."
options = [{text = "3.3", right = true, why = "Yes."}, {text = "27", why = "No."}]
"""


@pytest.fixture
def lessons(tmp_path):
    """Three lessons on disk, of which one is broken."""
    for order, name in enumerate(("alpha", "beta", "gamma"), start=1):
        folder = tmp_path / "lessons" / name
        folder.mkdir(parents=True)
        (folder / "lesson.md").write_text(PAGES.format(title=f"On {name}", order=order))
        (folder / "quiz.toml").write_text(QUIZ)
        (folder / "lab.py").write_text("")
    (tmp_path / "lessons" / "gamma" / "quiz.toml").write_text("[[question]]\nid = 7\n")
    return tmp_path / "lessons"


@pytest.fixture
def app(lessons):
    return AppOnFakeLabs(Catalog.find([lessons]), Record(None))


def entries(pilot):
    """What the list says, line by line."""
    return [str(option.prompt) for option in pilot.app.screen.query_one(OptionList).options]


async def complete(pilot):
    """Wait until the list says what is done."""
    await until(lambda: isinstance(pilot.app.screen, HomeScreen), pilot)
    await until(lambda: any("can't be opened" in entry for entry in entries(pilot)), pilot)


async def test_lessons_are_listed_in_order_with_what_is_done(app):
    app.record.finish_step("alpha", "first")
    app.record.finish_step("alpha", "second")
    app.record.answer("beta", "first-loss", 0, Verdict(True, 1.0, ""))
    async with app.run_test() as pilot:
        await complete(pilot)
        assert entries(pilot)[:2] == [
            "✓  1  On alpha  2/2 pages · 0/1 right",
            "▸  2  On beta  0/2 pages · 1/1 right",
        ]


async def test_a_broken_lesson_is_listed_with_its_error_and_does_not_open(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await complete(pilot)
        (broken,) = [option for option in app.screen.query_one(OptionList).options if option.disabled]
        assert broken.prompt.plain.startswith("   gamma  can't be opened: ")
        assert "quiz.toml" in broken.prompt.plain
        await pilot.press("end", "enter")
        await until(lambda: isinstance(app.screen, LessonScreen), pilot)
        assert app.screen.lesson.id == "beta"


async def test_of_two_lessons_with_one_id_the_first_can_be_opened_and_the_second_is_told_of(app, lessons):
    shutil.copytree(lessons / "beta", lessons.parent / "more" / "beta")
    app.catalog = Catalog.find([lessons, lessons.parent / "more"])
    async with app.run_test(size=(120, 40)) as pilot:
        await complete(pilot)
        options = app.screen.query_one(OptionList).options
        assert [option.id for option in options if not option.disabled] == ["alpha", "beta"]
        assert any("has the same id, 'beta'" in option.prompt.plain for option in options if option.disabled)


async def test_a_lesson_that_breaks_while_it_is_listed_says_so_and_the_list_stays(app, lessons):
    async with app.run_test() as pilot:
        await complete(pilot)
        (lessons / "alpha" / "lesson.md").write_text("nothing")
        await pilot.press("enter")
        await reads(pilot, "#notice", "lesson.md")
        assert isinstance(app.screen, HomeScreen)


async def test_enter_opens_the_lesson_under_the_bar(app):
    async with app.run_test() as pilot:
        await complete(pilot)
        await pilot.press("down", "enter")
        await until(lambda: isinstance(app.screen, LessonScreen), pilot)
        assert app.screen.lesson.id == "beta"


async def test_a_click_opens_a_lesson(app):
    async with app.run_test() as pilot:
        await complete(pilot)
        await pilot.click(OptionList, offset=(10, 1))
        await until(lambda: isinstance(app.screen, LessonScreen), pilot)
        assert app.screen.lesson.id == "beta"


async def test_a_click_on_the_key_line_opens_the_lesson_under_the_bar(app):
    async with app.run_test() as pilot:
        await complete(pilot)
        await pilot.click("KeyBar", offset=(2, 0))
        await until(lambda: isinstance(app.screen, LessonScreen), pilot)
        assert app.screen.lesson.id == "alpha"


async def test_coming_back_shows_what_has_been_done_meanwhile(app):
    async with app.run_test() as pilot:
        await complete(pilot)
        await pilot.press("down", "enter")
        await until(lambda: isinstance(app.screen, LessonScreen), pilot)
        await settled(pilot)
        await pilot.press("right_square_bracket", "escape")
        await complete(pilot)
        await until(lambda: "▸  2  On beta  1/2 pages · 0/1 right" in entries(pilot), pilot)
        assert app.screen.query_one(OptionList).highlighted == 1


async def test_the_bar_stands_on_the_lesson_that_was_last_open(app):
    app.record.remember_place("beta", "first")
    async with app.run_test() as pilot:
        await complete(pilot)
        assert app.screen.query_one(OptionList).highlighted == 1
        await reads(pilot, "#about", "What On beta is about.")


async def test_the_summary_is_that_of_the_lesson_under_the_bar(app):
    async with app.run_test() as pilot:
        await reads(pilot, "#about", "What On alpha is about.")
        await pilot.press("down")
        await reads(pilot, "#about", "What On beta is about.")


async def test_a_lab_is_warmed_for_the_lesson_to_come(app):
    async with app.run_test() as pilot:
        await complete(pilot)
        await until(lambda: app.warmed, pilot)


async def test_what_is_wrong_with_the_record_is_said(lessons):
    app = AppOnFakeLabs(Catalog.find([lessons]), Record(None), notice="Progress isn't saved.")
    async with app.run_test() as pilot:
        await reads(pilot, "#notice", "Progress isn't saved.")


async def test_without_lessons_the_list_is_empty_and_nothing_breaks():
    app = AppOnFakeLabs(Catalog({}), Record(None))
    async with app.run_test() as pilot:
        await until(lambda: app.warmed, pilot)
        await pilot.press("down", "enter")
        assert isinstance(app.screen, HomeScreen)
        assert app.screen.query_one(OptionList).options == []


async def test_question_mark_helps_and_q_quits(app):
    async with app.run_test() as pilot:
        await complete(pilot)
        await pilot.press("question_mark")
        await until(lambda: isinstance(app.screen, HelpScreen), pilot)
        await pilot.press("x", "q")
        assert app.return_code == 0


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)
async def test_the_list_fits_every_size(app, size):
    async with app.run_test(size=size) as pilot:
        await complete(pilot)
        await until(lambda: "On alpha" in "\n".join(painted(pilot)), pilot)
        assert [len(line) for line in painted(pilot)] == [size[0]] * size[1]


async def test_a_tiny_terminal_says_so_and_recovers(app):
    async with app.run_test(size=(30, 8)) as pilot:
        await until(lambda: "This terminal is" in painted(pilot)[0], pilot)
        await pilot.resize_terminal(80, 24)
        await until(lambda: "On alpha" in "\n".join(painted(pilot)), pilot)
