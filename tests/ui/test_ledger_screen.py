"""The surprise ledger on screen."""

import pytest

from tests.course.made import Shelf, choice, lesson, multiple, step
from tests.ui.conftest import AppOnFakeLabs
from tests.ui.screen import painted, reads, shown, until
from tutor.course.grading import Verdict
from tutor.learner.record import Record
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.ledger import LedgerScreen
from tutor.ui.screens.lesson import LessonScreen

RIGHT, WRONG = Verdict(True, 1.0, ""), Verdict(False, 0.0, "")


@pytest.fixture
def app():
    made = lesson([step("one", choice()), step("two", multiple())], [choice(), multiple()])
    return AppOnFakeLabs(Shelf(made), Record(None))


async def open_ledger(pilot):
    await until(lambda: isinstance(pilot.app.screen, HomeScreen), pilot)
    await pilot.press("u")
    await until(lambda: isinstance(pilot.app.screen, LedgerScreen), pilot)


def surprise(app):
    for question, verdict in [("first-loss", WRONG), ("spread", WRONG), ("spread", RIGHT), ("first-loss", RIGHT)]:
        app.record.answer("tiny", question, 0, verdict, sure="know")


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)
async def test_sureness_is_drawn_and_surprises_listed(app, size):
    surprise(app)
    async with app.run_test(size=size) as pilot:
        await open_ledger(pilot)
        await reads(pilot, "#book", "knew (4)")
        told = " ".join(shown(pilot, "#book").split())
        assert "50 %" in told
        assert "You said that you knew 4 times; twice you were wrong." in told
        assert told.index("Which lower the noise") < told.index("What is the first loss near?")
        assert "right since" in told
        assert [len(line) for line in painted(pilot)] == [size[0]] * size[1]


async def test_enter_opens_the_page_of_the_surprise_at_the_bar(app):
    surprise(app)
    async with app.run_test(size=(40, 12)) as pilot:
        await open_ledger(pilot)
        await reads(pilot, "#book", "▸ Which lower")
        await pilot.press("down", "down")
        await reads(pilot, "#book", "▸ What is the first loss")
        await until(lambda: any("▸ What is" in line for line in painted(pilot)), pilot)
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, LessonScreen), pilot)
        assert app.screen.sitting.step.id == "one"
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, LedgerScreen), pilot)
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, HomeScreen), pilot)


async def test_a_click_moves_the_bar(app):
    surprise(app)
    async with app.run_test() as pilot:
        await open_ledger(pilot)
        await reads(pilot, "#book", "first loss near?")
        row = next(row for row, line in enumerate(shown(pilot, "#book").split("\n")) if "first loss near" in line)
        await pilot.click("#book", offset=(5, row))
        await reads(pilot, "#book", "▸ What is the first loss near?")


async def test_without_predictions_it_says_so_and_no_key_breaks_it(app):
    async with app.run_test() as pilot:
        await open_ledger(pilot)
        await reads(pilot, "#book", "No prediction yet")
        await pilot.press("down", "up", "enter")
        assert isinstance(app.screen, LedgerScreen)
