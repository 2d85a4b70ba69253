"""A step walked through, phase by phase."""

import pytest

from tests.ui.fake_lab import KNOBS, READY, FakeLab
from tests.ui.screen import opened, reads, settled, shown, until
from tutor.link.dissection import Dissect, Inspect
from tutor.link.messages import Pause, Run, Step, Trouble
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.phases import PhasesScreen

every_size = pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)


async def walk(pilot, *keys):
    """Open the screen, and press keys once it shows the first phase."""
    await pilot.press("S")
    await until(lambda: isinstance(pilot.app.screen, PhasesScreen), pilot)
    await reads(pilot, "#says", "Four examples")
    await pilot.press(*keys)
    await pilot.pause()


@every_size
async def test_the_phases_come_one_after_the_other_and_then_those_of_the_next_step(app_at, size):
    async with opened(app_at(), size) as pilot:
        lab = pilot.app.lab
        await walk(pilot)
        assert shown(pilot, "#tensors").startswith("1. Forward")
        assert shown(pilot, "#top").startswith(" Step 1 ")
        await pilot.press("enter")
        await reads(pilot, "#says", "The loss goes back.")
        assert lab.got(Step) == []
        await pilot.press("right")
        await reads(pilot, "#says", "The weights move.")
        assert lab.got(Step) == [Step()]
        await pilot.press("space")
        await reads(pilot, "#top", " Step 2 ")
        assert len(lab.got(Dissect)) == 2


async def test_looking_back_takes_no_second_step(app_at):
    async with opened(app_at()) as pilot:
        await walk(pilot, "space", "space")
        await reads(pilot, "#top", "  taken")
        await pilot.press("left", "left", "left")
        await reads(pilot, "#says", "Four examples")
        assert shown(pilot, "#top").startswith(" Step 1 ")
        await pilot.press("space", "space")
        await reads(pilot, "#says", "The weights move.")
        assert pilot.app.lab.got(Step) == [Step()]


async def test_leaving_before_the_update_leaves_the_run_as_it_is(app_at):
    async with opened(app_at()) as pilot:
        await walk(pilot, "space")
        assert "not taken yet" in shown(pilot, "#top")
        await pilot.press("escape")
        await settled(pilot)
        assert pilot.app.lab.got(Step, Run) == []
        assert shown(pilot, "#status").startswith(" step 0 ")
        assert set(pilot.app.screen.session.frame.figures) == {"loss", "samples"}


async def test_a_tensor_is_chosen_and_seen(app_at):
    async with opened(app_at(), (120, 40)) as pilot:
        await walk(pilot)
        await reads(pilot, "#pictures FigureView", "spread of input")
        await pilot.press("down")
        await reads(pilot, "#pictures FigureView", "spread of hidden")
        await pilot.press("down", "down", "down", "up")
        await reads(pilot, "#pictures FigureView", "spread of hidden")
        assert pilot.app.lab.got(Inspect) == [Inspect(0, 0), Inspect(0, 1), Inspect(0, 2), Inspect(0, 1)]


async def test_the_kind_of_picture_stays_from_tensor_to_tensor(app_at):
    async with opened(app_at()) as pilot:
        await walk(pilot, "v")
        await reads(pilot, "#pictures FigureView", "map of input")
        await pilot.press("down")
        await reads(pilot, "#pictures FigureView", "map of hidden")


async def test_of_a_fork_it_is_a_that_is_looked_at(app_at):
    async with opened(app_at()) as pilot:
        lab = pilot.app.lab
        lab.say(lab.frame(fork="B has lr 0.2 from step 0 on."))
        await reads(pilot, "#timeline", "B has lr 0.2")
        await walk(pilot)
        assert shown(pilot, "#top").startswith(" A: step 1 ")


async def test_on_a_small_screen_tab_shows_the_picture(app_at):
    async with opened(app_at(), (40, 12)) as pilot:
        await walk(pilot)
        assert shown(pilot, "#pictures FigureView") == ""
        await pilot.press("tab")
        await reads(pilot, "#pictures FigureView", "spread of input")
        assert shown(pilot, "#tensors") == ""


async def test_a_running_run_is_paused_for_it(app_at):
    async with opened(app_at()) as pilot:
        await pilot.press("space")
        await until(lambda: pilot.app.screen.session.frame.iteration, pilot)
        await walk(pilot, "escape")
        await settled(pilot)
        assert not pilot.app.screen.session.frame.running
        await pilot.press("space")
        assert pilot.app.lab.got(Run, Pause) == [Run(), Run()]


async def test_without_training_or_a_next_step_it_says_so(app_at):
    quiet = READY.__class__("", trains=False, knobs=KNOBS, presets=(), figures=())
    async with opened(app_at(make=lambda: FakeLab(ready=quiet))) as pilot:
        await pilot.press("S")
        await reads(pilot, "#notice", "Nothing trains in this lesson")
    async with opened(app_at()) as pilot:
        lab = pilot.app.lab
        lab.say(lab.frame(halted="The loss became nan."))
        await reads(pilot, "#notice", "The loss became nan.")
        await pilot.press("S")
        await reads(pilot, "#notice", "There is no next step here")


@pytest.mark.parametrize("end", ["death", "trouble"])
async def test_when_the_lab_fails_the_lesson_says_so(app_at, end):
    async with opened(app_at()) as pilot:
        await walk(pilot)
        lab = pilot.app.lab
        lab.die("exit code 1") if end == "death" else lab.say(Trouble("ValueError: no", "lab.py:3", ""))
        await until(lambda: isinstance(pilot.app.screen, LessonScreen), pilot)
        await reads(pilot, "#notice", "exit code 1" if end == "death" else "lab.py:3: ValueError")
