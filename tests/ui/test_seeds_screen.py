"""Is it noise? What is asked for, how it is followed, and how it ends."""

import pytest

from tests.ui.screen import opened, reads, settled, until
from tutor.link.messages import Seeds, Stop
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.seeds import SeedsScreen

every_size = pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)
CLEAR = ["ctrl+u"]
"""Deletes what stands before the cursor."""


async def ask(pilot, *keys):
    """Open the screen, and press keys once it asks."""
    await pilot.press("n")
    await until(lambda: isinstance(pilot.app.screen, SeedsScreen) and pilot.app.screen.focused, pilot)
    await pilot.press(*keys)
    await pilot.pause()


@every_size
async def test_three_questions_with_their_usual_answers_and_it_starts(app_at, size):
    async with opened(app_at(), size) as pilot:
        await ask(pilot, "enter", "enter")
        assert pilot.app.lab.got(Seeds) == []
        await pilot.press("enter")
        await until(lambda: pilot.app.lab.got(Seeds), pilot)
        assert pilot.app.lab.got(Seeds) == [Seeds(5, 1000, {"lr": 0.2})]
        await reads(pilot, "#progress", "50 % · 12 s left")
        pilot.app.lab.end_study()
        await reads(pilot, "#progress", "done")
        if size[1] < 24:
            await pilot.press("tab")
        await reads(pilot, "#says", "No winner: the bands overlap.")


async def test_the_runs_own_length_is_the_usual_number_of_steps(app_at):
    async with opened(app_at()) as pilot:
        await pilot.press("s", "s", "s")
        await settled(pilot)
        await ask(pilot, "enter", "enter", "enter")
        await until(lambda: pilot.app.lab.got(Seeds), pilot)
        assert pilot.app.lab.got(Seeds)[0].steps == 3


async def test_a_preset_is_named_and_numbers_are_typed(app_at):
    async with opened(app_at()) as pilot:
        await ask(pilot, *CLEAR, *"Small", "enter", *CLEAR, "3", "enter", *CLEAR, *"2,000", "enter")
        await until(lambda: pilot.app.lab.got(Seeds), pilot)
        assert pilot.app.lab.got(Seeds) == [Seeds(3, 2000, {"lr": 0.1, "batch": 1, "norm": "none"}, "small")]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (["smal"], "There is no preset 'smal'."),
        (["l=3"], "There is no knob 'l'."),
        (["lr=99"], "lr can't be 99."),
        (["lr=1", "0"], "It takes 1 to 50 seeds."),
        (["lr=1", "5", "many"], "It takes 1 to 1,000,000 steps."),
    ],
)
async def test_what_cant_be_is_a_sentence_and_is_asked_again(app_at, typed, sentence):
    async with opened(app_at()) as pilot:
        await ask(pilot)
        for text in typed:
            await pilot.press(*CLEAR, *text, "enter")
        await reads(pilot, "#says", sentence)
        assert pilot.app.screen.focused is not None
        assert pilot.app.lab.got(Seeds) == []


async def test_a_stop_shows_what_is_done_so_far(app_at):
    async with opened(app_at()) as pilot:
        await ask(pilot, "enter", "enter", "enter")
        await reads(pilot, "#progress", "B, seed 43")
        await pilot.press("x")
        await reads(pilot, "#progress", "stopped at 50 %")
        await reads(pilot, "#says", "No winner")
        assert pilot.app.lab.got(Stop) == [Stop()]
        await pilot.press("x", "escape")
        await until(lambda: isinstance(pilot.app.screen, LessonScreen), pilot)
        assert pilot.app.lab.got(Stop) == [Stop()]


async def test_another_comparison_starts_from_the_last_answers(app_at):
    async with opened(app_at()) as pilot:
        await ask(pilot, *CLEAR, *"batch=64", "enter", "enter", "enter")
        await reads(pilot, "#progress", "50 %")
        pilot.app.lab.end_study()
        await reads(pilot, "#progress", "done")
        await pilot.press("n", "enter", "enter", "enter")
        await until(lambda: len(pilot.app.lab.got(Seeds)) == 2, pilot)
        first, second = pilot.app.lab.got(Seeds)
        assert first == second == Seeds(5, 1000, {"batch": 64})


async def test_giving_up_the_question_leaves_the_screen_there(app_at):
    async with opened(app_at()) as pilot:
        await ask(pilot, "escape")
        assert isinstance(pilot.app.screen, SeedsScreen)
        await pilot.press("escape")
        await until(lambda: isinstance(pilot.app.screen, LessonScreen), pilot)
        assert pilot.app.lab.got(Seeds, Stop) == []
