"""The learning-rate finder: a mark first, then the sweep, then the comparison."""

import pytest

from tests.course.made import step
from tests.ui.fake_lab import KNOBS, READY, FakeLab
from tests.ui.screen import opened, reads, settled, shown, until
from tutor.link.messages import Look, Pause, Stop, Studied, Sweep, Trouble, Turn
from tutor.ui.screens.find_rate import FindRateScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.rates import RateAxis, RateBar

every_size = pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)


async def find(pilot, *keys):
    """Open the finder, and press keys."""
    await pilot.press("F")
    await until(lambda: isinstance(pilot.app.screen, FindRateScreen), pilot)
    await reads(pilot, "#axis", "your mark")
    await pilot.press(*keys)
    await pilot.pause()


async def swept(pilot, *keys):
    """Press keys that start a sweep, and let the lab end it."""
    await find(pilot, *keys)
    await until(lambda: pilot.app.lab.got(Sweep), pilot)
    pilot.app.lab.end_study()
    await reads(pilot, "#progress", "done")


@every_size
async def test_the_learner_places_a_mark_before_anything_is_swept(app_at, size):
    async with opened(app_at(), size) as pilot:
        await find(pilot, "left", "left", "right")
        mark = pilot.app.screen.query_one(RateAxis).mark
        assert f"your mark: {mark:g}" in shown(pilot, "#axis")
        assert pilot.app.lab.got(Sweep) == []
        assert pilot.app.lab.got(Pause)
        await pilot.press("enter")
        await until(lambda: pilot.app.lab.got(Sweep), pilot)
        assert pilot.app.lab.got(Sweep) == [Sweep(0.001, 10, 500, mark)]
        await reads(pilot, "#progress", "50 % · 12 s left")
        await reads(pilot, "#pictures FigureView", "The sweep")
        assert not shown(pilot, "#axis")


async def test_the_mark_moves_evenly_on_the_log_axis_and_stays_on_it(app_at):
    async with opened(app_at()) as pilot:
        await find(pilot)
        axis = pilot.app.screen.query_one(RateAxis)
        assert axis.mark == pytest.approx(0.1)
        await pilot.press(*["left"] * 15)
        assert axis.mark == pytest.approx(0.01)
        axis.shift(-14)
        await pilot.press("left", "left", "left")
        assert axis.mark == 0.001
        await pilot.click(RateAxis, offset=(axis.size.width - 1, 3))
        assert axis.mark == 10


async def test_a_mark_can_be_skipped_on_purpose(app_at):
    async with opened(app_at()) as pilot:
        await swept(pilot, "0")
        assert pilot.app.lab.got(Sweep)[0].guess == 0
        assert "your mark" not in shown(pilot, "#rates")


async def test_the_rates_can_be_chosen_once_the_sweep_is_over(app_at):
    async with opened(app_at(step("one", goal=["lr > 0.2"]))) as pilot:
        await find(pilot, "enter", "2")
        assert pilot.app.lab.got(Turn) == []
        pilot.app.lab.end_study()
        await reads(pilot, "#rates", "1 your mark 0.1  2 steepest 0.125  3 minimum/10 0.25")
        await pilot.press("3")
        await reads(pilot, "#says", "lr is now 0.25.")
        assert pilot.app.lab.got(Turn) == [Turn({"lr": 0.25})]
        await pilot.click(RateBar, offset=(shown(pilot, "#rates").index("steepest"), 0))
        await until(lambda: len(pilot.app.lab.got(Turn)) == 2, pilot)
        assert pilot.app.lab.got(Turn)[-1] == Turn({"lr": 0.125})
        await pilot.press("escape")
        await reads(pilot, "#goal", "1 move")


async def test_the_finder_that_never_uses_its_rates_comes_after_an_honest_sweep(app_at):
    async with opened(app_at()) as pilot:
        await find(pilot, "b")
        assert "First an honest sweep" in shown(pilot, "#says")
        await pilot.press("enter")
        await until(lambda: pilot.app.lab.got(Sweep), pilot)
        pilot.app.lab.end_study()
        await reads(pilot, "#rates", "steepest")
        for used in (False, True):
            await pilot.press("b")
            await until(lambda used=used: pilot.app.lab.got(Sweep)[-1].swept == used, pilot)
            pilot.app.lab.end_study()
            await reads(pilot, "#progress", "done")
            assert bool(shown(pilot, "#rates")) == used
        assert len({sweep.guess for sweep in pilot.app.lab.got(Sweep)}) == 1


async def test_bounds_and_steps_are_typed(app_at):
    async with opened(app_at()) as pilot:
        await find(pilot, "e", "ctrl+u", *"0.01 1 300", "enter")
        assert pilot.app.screen.query_one(RateAxis).mark == pytest.approx(0.1)
        await pilot.press("e", "ctrl+u", *"1 0.5", "enter")
        await reads(pilot, "#says", "the lower first")
        await pilot.press("e", "ctrl+u", *"0 5", "enter")
        await reads(pilot, "#says", "lr can't be 0")
        await pilot.press("enter")
        await until(lambda: pilot.app.lab.got(Sweep), pilot)
        assert pilot.app.lab.got(Sweep) == [Sweep(0.01, 1, 300, 0.1)]


async def test_a_second_sweep_begins_with_another_mark(app_at):
    async with opened(app_at()) as pilot:
        await swept(pilot, "enter")
        await pilot.press("enter")
        await reads(pilot, "#axis", "your mark")
        await pilot.press("right", "enter")
        await until(lambda: len(pilot.app.lab.got(Sweep)) == 2, pilot)
        first, second = pilot.app.lab.got(Sweep)
        assert second.guess > first.guess


async def test_leaving_ends_the_sweep_and_the_lesson_is_as_it_was(app_at):
    async with opened(app_at()) as pilot:
        await pilot.press("s")
        await settled(pilot)
        await find(pilot, "enter")
        await reads(pilot, "#progress", "50 %")
        await pilot.press("escape")
        await until(lambda: isinstance(pilot.app.screen, LessonScreen), pilot)
        await settled(pilot)
        assert pilot.app.lab.got(Stop) == [Stop()]
        assert shown(pilot, "#status").startswith(" step 1 ")


async def test_a_report_from_before_is_not_shown(app_at):
    async with opened(app_at()) as pilot:
        await find(pilot)
        pilot.app.lab.mute = True
        await pilot.press("enter")
        lab = pilot.app.lab
        lab.say(Studied(lab.sent - 1, True, 1.0, 0.0, "", (), "Too old."))
        await pilot.pause()
        assert "Too old." not in shown(pilot, "#says")
        lab.mute = False
        lab.answer()
        await reads(pilot, "#progress", "50 %")


async def test_no_look_is_sent_while_nothing_is_swept(app_at):
    async with opened(app_at()) as pilot:
        await swept(pilot, "enter")
        pilot.app.lab.commands.clear()
        await pilot.pause(0.3)
        assert pilot.app.lab.got(Look) == []


async def test_what_the_lesson_fails_with_is_told_on_its_own_screen(app_at):
    async with opened(app_at()) as pilot:
        await find(pilot, "enter")
        pilot.app.lab.say(Trouble("ValueError: no", "tiny/lab.py:3", ""))
        await until(lambda: isinstance(pilot.app.screen, LessonScreen), pilot)
        await reads(pilot, "#notice", "ValueError: no")


async def test_a_lesson_without_a_live_rate_says_so(app_at):
    ready = READY.__class__(READY.about, True, KNOBS[1:], READY.presets, READY.figures)
    async with opened(app_at(make=lambda: FakeLab(ready=ready))) as pilot:
        await pilot.press("F")
        await reads(pilot, "#notice", "a knob 'lr' that is live")
        assert isinstance(pilot.app.screen, LessonScreen)


async def test_on_a_small_screen_the_verdict_is_a_key_away(app_at):
    async with opened(app_at(), (40, 12)) as pilot:
        await swept(pilot, "enter")
        assert "tab: verdict" in shown(pilot, "#progress")
        assert shown(pilot, "#pictures FigureView")
        await pilot.press("tab")
        await reads(pilot, "#says", "No winner")
        assert not shown(pilot, "#pictures FigureView")
