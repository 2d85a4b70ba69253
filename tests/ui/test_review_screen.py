"""Reviews and the test of a lesson on screen."""

import msgspec
import pytest
from textual.widgets import Input

from tests.course.made import Shelf, choice, lesson, numeric, order, step
from tests.ui.conftest import AppOnFakeLabs
from tests.ui.screen import painted, reads, shown, until
from tutor.learner.record import Record
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.review import ReviewScreen

every_size = pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)
QUESTIONS = (choice(predict=True), order(), numeric())


@pytest.fixture
def app_due():
    """Makes the app with a lesson of these questions, which are all due."""

    def at(*questions, due=True, **more):
        made = msgspec.structs.replace(
            lesson([step("one"), step("two", *questions)], questions), id="tiny", title="A tiny lesson"
        )
        record = Record(None)
        if due:
            rows = [("tiny", question.id, f"2020-01-0{day}") for day, question in enumerate(questions, start=1)]
            record.write(*(("INSERT INTO due VALUES (?, ?, ?)", row) for row in rows))
        return AppOnFakeLabs(Shelf(made), record, **more)

    return at


async def at_review(pilot):
    await until(lambda: isinstance(pilot.app.screen, ReviewScreen) and shown(pilot, "#question"), pilot)


def digit(pilot, option):
    return str(pilot.app.screen.round.asked.order.index(option) + 1)


def kept(pilot):
    return [(given.question, given.right, given.review) for given in pilot.app.record.answers()]


@every_size
async def test_a_review_from_the_list_of_lessons_to_its_end(app_due, size):
    app = app_due(*QUESTIONS)
    async with app.run_test(size=size) as pilot:
        await reads(pilot, "#top", "3 questions to review today")
        await pilot.press("r")
        await at_review(pilot)
        await reads(pilot, "#top", "1 of 3")
        await pilot.press(digit(pilot, 1))
        await until(lambda: "✗ Not so." in "\n".join(painted(pilot)), pilot)
        await pilot.press(digit(pilot, 0))
        assert kept(pilot) == [("first-loss", False, True)]
        await pilot.press("enter")
        await reads(pilot, "#top", "2 of 3")
        await pilot.press(*(digit(pilot, item) for item in (2, 1, 0)), "enter")
        await reads(pilot, "#notice", "The answer: forward, then")
        await pilot.press("enter")
        await reads(pilot, "#top", "3 of 3")
        await pilot.press("3", "full_stop", "3", "enter")
        await reads(pilot, "#question", "✓ Right.")
        await pilot.press("enter")
        await reads(pilot, "#text", "1 of 3 right.")
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, HomeScreen), pilot)
        await until(lambda: "to review" not in shown(pilot, "#top"), pilot)
        await pilot.press("r")
        await reads(pilot, "#notice", "Nothing to review today.")


async def test_a_question_can_be_skipped_and_the_rest_left_for_later(app_due):
    app = app_due(*QUESTIONS, review=True)
    async with app.run_test() as pilot:
        await at_review(pilot)
        await pilot.press("right_square_bracket")
        await reads(pilot, "#top", "2 of 3")
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, HomeScreen), pilot)
        assert kept(pilot) == []
        await reads(pilot, "#top", "3 questions to review today")


async def test_a_click_on_what_is_due_asks_it(app_due):
    app = app_due(*QUESTIONS)
    async with app.run_test() as pilot:
        await reads(pilot, "#top", "3 questions to review today")
        await pilot.click("#top", offset=(5, 1))
        await at_review(pilot)


async def test_the_setting_limits_a_day(app_due):
    app = app_due(*QUESTIONS, reviews_a_day=1)
    async with app.run_test() as pilot:
        await reads(pilot, "#top", "1 question to review today")


async def test_its_page_opens_once_it_is_answered_and_escape_comes_back(app_due):
    app = app_due(*QUESTIONS, review=True)
    async with app.run_test() as pilot:
        await at_review(pilot)
        await pilot.press("o")
        await reads(pilot, "#notice", "Answer it first")
        await pilot.press(digit(pilot, 0), "o")
        await until(lambda: isinstance(app.screen, LessonScreen), pilot)
        assert app.screen.sitting.step.id == "two"
        await pilot.press("escape")
        await at_review(pilot)
        await reads(pilot, "#question", "✓ Right.")


async def test_a_number_is_typed_and_hints_come_one_at_a_time(app_due):
    app = app_due(numeric(), review=True)
    async with app.run_test() as pilot:
        await at_review(pilot)
        await pilot.press("h", "h")
        await reads(pilot, "#question", "hint 1: ln 27")
        await reads(pilot, "#notice", "There is no further hint.")
        await pilot.press("9")
        await until(lambda: app.screen.query_one(Input).has_focus, pilot)
        await pilot.press("enter")
        await reads(pilot, "#question", "✗ Not so.")
        await reads(pilot, "#notice", "The answer: 3.3 nats.")


async def test_the_test_of_a_lesson_marks_it_known(app_due):
    app = app_due(choice(), due=False)
    async with app.run_test() as pilot:
        await reads(pilot, "#about", "As small as it gets.")
        await pilot.press("T")
        await at_review(pilot)
        await reads(pilot, "#top", "Test · A tiny lesson")
        await pilot.press(digit(pilot, 0), "enter")
        await reads(pilot, "#text", "you know this lesson")
        assert kept(pilot) == [("first-loss", True, False)]
        await pilot.press("escape")
        await until(lambda: "· known" in "\n".join(painted(pilot)), pilot)


async def test_a_lesson_without_questions_cannot_be_tested(app_due):
    app = app_due(due=False)
    async with app.run_test() as pilot:
        await reads(pilot, "#about", "As small as it gets.")
        await pilot.press("T")
        await reads(pilot, "#notice", "no questions to take first")


@every_size
async def test_the_screen_is_filled_at_every_size(app_due, size):
    app = app_due(*QUESTIONS, review=True)
    async with app.run_test(size=size) as pilot:
        await at_review(pilot)
        await pilot.press(digit(pilot, 1))
        await pilot.pause()
        assert [len(line) for line in painted(pilot)] == [size[0]] * size[1]
