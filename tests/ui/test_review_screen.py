"""Reviews and the test of a lesson on screen."""

import msgspec
import pytest
from textual.widgets import Input

from tests.course.made import Shelf, choice, lesson, numeric, order, own, step
from tests.ui.conftest import AppOnFakeLabs
from tests.ui.fake_lab import FakeLab
from tests.ui.screen import painted, reads, shown, until
from tutor.course import posing
from tutor.learner.record import Record
from tutor.learner.trust import Trust
from tutor.link.messages import Open, Trouble
from tutor.link.trials import Pose
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


# Questions of a new run


def posing_lab(mute=False, broken=None):
    """Makes a lab that can make the question, and that says nothing while it is `mute`."""

    def make():
        lab = FakeLab(broken=broken)
        lab.made["mine"] = ("At your step 100: which?", (("one", "No."), ("two", "Yes.")), 1)
        lab.mute = mute
        return lab

    return make


@every_size
async def test_a_question_of_a_run_is_made_by_a_lab_that_ends_with_it(app_due, size):
    app = app_due(own(), review=True, make=posing_lab(mute=True))
    async with app.run_test(size=size) as pilot:
        await at_review(pilot)
        await reads(pilot, "#question", "The lab is making this question")
        await until(lambda: app.labs and app.lab.commands, pilot)
        await pilot.press("1", "enter")
        await reads(pilot, "#notice", "It isn't made yet")
        app.lab.answer()
        await reads(pilot, "#question", "At your step 100: which?")
        await until(lambda: app.lab.closed, pilot)
        await reads(pilot, "#notice", "")
        opened, pose = app.lab.got(Open, Pose)
        assert (opened.seed, pose.trial) == (pose.luck, own().trial)
        await pilot.press(digit(pilot, 1))
        await until(lambda: "✓ Right." in "\n".join(painted(pilot)), pilot)
        assert kept(pilot) == [("mine", True, True)]


async def test_one_that_is_made_meanwhile_is_there_when_its_turn_comes(app_due):
    app = app_due(choice(), own(), review=True, make=posing_lab())
    async with app.run_test() as pilot:
        await at_review(pilot)
        await until(lambda: app.labs and app.lab.closed, pilot)
        await pilot.press("right_square_bracket")
        await reads(pilot, "#question", "At your step 100: which?")
        assert len(app.labs) == 1


async def test_a_round_without_such_questions_starts_no_lab(app_due):
    app = app_due(*QUESTIONS, review=True, make=posing_lab())
    async with app.run_test() as pilot:
        await at_review(pilot)
        await pilot.press(*["right_square_bracket"] * len(QUESTIONS))
        await reads(pilot, "#text", "3 skipped.")
        assert app.labs == []
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, HomeScreen), pilot)


async def unasked(pilot, says):
    """The question can't be asked, because of what `says` says; enter leaves it, and it stays due."""
    await at_review(pilot)
    await until(lambda: says in " ".join(shown(pilot, "#question").split()), pilot)
    assert "This question can't be asked today, and stays due:" in " ".join(shown(pilot, "#question").split())
    await pilot.press("1", "enter")
    await reads(pilot, "#text", "0 of 0 right, 1 skipped.")
    assert kept(pilot) == []
    assert len(pilot.app.record.due()) == 1


@pytest.mark.parametrize("end", ["trouble", "no such question", "too slow"])
async def test_one_that_cannot_be_made_is_skipped_with_a_sentence(app_due, monkeypatch, end):
    make, says = {
        "trouble": (posing_lab(broken=Trouble("It broke.", "lab.py:7", "")), "lab.py:7: It broke."),
        "no such question": (FakeLab, "There is no such question."),
        "too slow": (posing_lab(mute=True), "its lab took more than 30 seconds."),
    }[end]
    if end == "too slow":
        monkeypatch.setattr(posing, "PATIENCE", 0.01)
    app = app_due(own(), review=True, make=make)
    async with app.run_test() as pilot:
        await unasked(pilot, says)
        assert app.lab.closed


async def test_a_lab_that_dies_is_said_to_have_died(app_due):
    app = app_due(own(), review=True, make=posing_lab(mute=True))
    async with app.run_test() as pilot:
        await until(lambda: app.labs and app.lab.commands, pilot)
        app.lab.die("exit code 1")
        await unasked(pilot, "its lab stopped (exit code 1).")


async def test_a_strangers_lesson_is_not_started(app_due, tmp_path):
    app = app_due(own(), review=True, make=posing_lab(), trust=Trust(tmp_path / "trusted.txt"))
    async with app.run_test() as pilot:
        await unasked(pilot, "you haven't agreed to run its code.")
        assert app.labs == []


@pytest.mark.parametrize("key", ["escape", "right_square_bracket"])
async def test_a_lab_ends_with_its_round(app_due, key):
    app = app_due(own(), review=True, make=posing_lab(mute=True))
    async with app.run_test() as pilot:
        await at_review(pilot)
        await until(lambda: app.labs and app.lab.commands, pilot)
        await pilot.press(key)
        await until(lambda: app.lab.closed, pilot)
