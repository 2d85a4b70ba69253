"""Keys that come all at once do what they would have done one by one."""

import pytest
from textual import events

from tests.course.made import choice, lesson, step
from tests.ui.conftest import AppOnFakeLabs
from tests.ui.fake_lab import FakeLab
from tests.ui.screen import opened, until
from tutor.course.catalog import Catalog
from tutor.learner.record import Record
from tutor.link.messages import Run
from tutor.ui.screens.lesson import LessonScreen


@pytest.fixture
def app():
    question = choice()
    pages = step("one", question), step("two")
    return AppOnFakeLabs(Catalog({}), Record(None), lesson(pages, [question]), make=FakeLab)


def type_ahead(app, *keys):
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_digits_after_j_are_a_step_and_no_answer(app):
    async with opened(app) as pilot:
        page = app.screen
        type_ahead(app, "j", "1", "2", "enter", "right_square_bracket")
        await until(lambda: page.sitting.index == 1, pilot)
        assert Run(12) in app.lab.commands
        assert not app.record.answers()


async def test_keys_behind_a_screen_that_opens_go_to_it(app):
    async with opened(app) as pilot:
        page = app.screen
        type_ahead(app, "question_mark", "down", "x", "z", "escape", "right_square_bracket", "question_mark", "1", "s")
        await until(lambda: page.sitting.index == 1 and isinstance(app.screen, LessonScreen), pilot)
        await until(lambda: page.session.frame.iteration == 1, pilot)
        assert not app.record.answers()


async def test_a_key_that_was_never_heard_of_again_holds_up_nothing(app, monkeypatch):
    async with opened(app) as pilot:
        with monkeypatch.context() as swallowed:
            swallowed.setattr(app, "_follow", lambda node, key: None)
            type_ahead(app, "h", "right_square_bracket")
            await until(lambda: app.screen.sitting.index == 1, pilot)
