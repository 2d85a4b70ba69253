"""What the mouse does on the lesson screen."""

from tests.ui.screen import opened, reads, settled, shown, until
from tutor.link.messages import Pause, Run, Seek, Step
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.knob_panel import KnobPanel
from tutor.ui.widgets.prompt import Prompt


async def wound_back(pilot):
    """A run of 1,000 steps that stands at 900."""
    pilot.app.lab.send(Step(1000))
    await settled(pilot)
    await pilot.press("less_than_sign")
    await reads(pilot, "#timeline", "step 900 of 1,000")
    pilot.app.lab.commands.clear()


async def test_a_click_on_the_timeline_winds_the_run_there(app_at):
    async with opened(app_at()) as pilot:
        await wound_back(pilot)
        bar = shown(pilot, "#timeline").partition(" step")[0].strip()
        await pilot.click("#timeline", offset=(1, 0))
        await settled(pilot)
        await pilot.click("#timeline", offset=(1 + len(bar) // 2, 0))
        await settled(pilot)
        start, middle = pilot.app.lab.got(Seek)
        assert start == Seek(0)
        assert abs(middle.iteration - 500) <= 1000 / len(bar)
        await reads(pilot, "#timeline", f"step {middle.iteration} of 1,000")


async def test_a_drag_along_the_timeline_winds_all_the_way(app_at):
    async with opened(app_at()) as pilot:
        await wound_back(pilot)
        await pilot.mouse_down("#timeline", offset=(10, 0))
        await settled(pilot)
        await pilot.hover("#timeline", offset=(20, 0))
        await settled(pilot)
        await pilot.hover("#timeline", offset=(30, 0))
        await pilot.mouse_up("#timeline", offset=(30, 0))
        await settled(pilot)
        places = [seek.iteration for seek in pilot.app.lab.got(Seek)]
        assert places == sorted(places)
        assert len(set(places)) == len(places) == 3
        await pilot.hover("#timeline", offset=(5, 0))
        await settled(pilot)
        assert len(pilot.app.lab.got(Seek)) == 3


async def test_a_click_on_the_status_line_runs_and_pauses(app_at):
    async with opened(app_at()) as pilot:
        await pilot.click("#status")
        await until(lambda: pilot.app.screen.session.frame.iteration, pilot)
        await pilot.click("#status")
        await until(lambda: not pilot.app.screen.session.frame.running, pilot)
        assert pilot.app.lab.got(Run, Pause) == [Run(), Pause()]


async def test_a_key_on_the_key_line_can_be_clicked(app_at):
    async with opened(app_at()) as pilot:
        bar = shown(pilot, "KeyBar")
        await pilot.click(KeyBar, offset=(bar.index("1 step"), 0))
        assert pilot.app.lab.got(Step) == [Step()]


async def test_the_first_click_on_a_knob_chooses_it_and_the_second_asks(app_at):
    async with opened(app_at()) as pilot:
        await pilot.click("#knobs", offset=(3, 1))
        assert pilot.app.screen.query_one(KnobPanel).has_focus
        assert not pilot.app.screen.query_one(Prompt).display
        await pilot.click("#knobs", offset=(3, 1))
        assert pilot.app.screen.query_one(Prompt).display
