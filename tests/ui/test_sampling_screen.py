"""What a model makes up, on screen."""

import pytest

from tests.ui.fake_lab import KNOBS, READY, FakeLab
from tests.ui.screen import opened, reads, settled, shown, until
from tutor.link.messages import Pause, Run, Sample, Step
from tutor.ui.screens.sampling import SamplingScreen

every_size = pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)


async def generate(pilot, *keys):
    """Open the screen, and press keys once it shows the first sample."""
    await pilot.press("g")
    await until(lambda: isinstance(pilot.app.screen, SamplingScreen), pilot)
    await reads(pilot, "#samples", "name1at")
    await pilot.press(*keys)
    await pilot.pause()


def last(pilot):
    return pilot.app.lab.got(Sample)[-1]


@every_size
async def test_enter_draws_one_more_with_the_next_seed(app_at, size):
    async with opened(app_at(), size) as pilot:
        await generate(pilot, "enter", "enter")
        assert last(pilot) == Sample((1, 2, 3), 1.0)
        await reads(pilot, "#samples", "3  name3at0")
        assert "Seed 3, letter by letter" in shown(pilot, "#letters")


async def test_up_and_down_change_the_last_seed_and_left_and_right_the_temperature(app_at):
    async with opened(app_at()) as pilot:
        await generate(pilot, "enter", "up", "up", "left")
        assert last(pilot) == Sample((1, 4), 0.5)
        await reads(pilot, "#top", "temperature 0.5 · sample seed 4")
        await pilot.press(*["down"] * 5, *["right"] * 9)
        assert last(pilot) == Sample((1, 1), 10.0)


async def test_each_letter_of_the_last_sample_is_told(app_at):
    async with opened(app_at()) as pilot:
        await generate(pilot)
        letters = shown(pilot, "#letters").splitlines()
        assert letters[2].split() == ["start", "0.50", "n", "25", "%", "n", "25", "m", "12"]
        assert letters[3].split() == ["n", "0.01", ".", "75", "%", ".", "75"]


async def test_while_it_runs_the_samples_follow(app_at):
    async with opened(app_at()) as pilot:
        await generate(pilot, "enter", "space")
        await until(lambda: pilot.app.screen.session.frame.iteration > 300, pilot)
        await until(lambda: "name2at0" not in shown(pilot, "#samples"), pilot)
        await pilot.press("space")
        await until(lambda: not pilot.app.screen.session.frame.running, pilot)
        at = pilot.app.screen.session.frame.iteration
        await reads(pilot, "#samples", f"name2at{at}")
        assert pilot.app.lab.got(Run, Pause) == [Run(), Pause()]


async def test_a_step_is_followed_too_and_then_nothing_is_asked(app_at):
    async with opened(app_at()) as pilot:
        lab = pilot.app.lab
        await generate(pilot, "s")
        await reads(pilot, "#samples", "name1at1")
        assert lab.got(Step) == [Step()]
        ticks = []
        pilot.app.set_interval(1 / pilot.app.fps, lambda: ticks.append(len(lab.commands)))
        await until(lambda: len(ticks) >= 5, pilot)
        assert ticks[0] == ticks[-1]


async def test_a_run_goes_on_under_it_and_shows_its_figures_again_afterwards(app_at):
    async with opened(app_at()) as pilot:
        await pilot.press("space")
        await until(lambda: pilot.app.screen.session.frame.iteration, pilot)
        await generate(pilot)
        await until(lambda: not pilot.app.screen.session.frame.figures, pilot)
        await pilot.press("escape")
        await until(lambda: pilot.app.screen.session.frame.figures, pilot)
        at = pilot.app.screen.session.frame.iteration
        await until(lambda: pilot.app.screen.session.frame.iteration > at, pilot)
        await pilot.press("space")
        await settled(pilot)
        assert not pilot.app.screen.session.frame.running


async def test_a_lesson_that_makes_nothing_up_says_so(app_at):
    quiet = READY.__class__("", trains=True, knobs=KNOBS, presets=(), figures=())
    async with opened(app_at(make=lambda: FakeLab(ready=quiet))) as pilot:
        await pilot.press("g")
        await reads(pilot, "#notice", "makes nothing up")
