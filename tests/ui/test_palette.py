"""The command palette: all that can be done, by its name."""

import pytest
from textual.command import CommandPalette
from textual.widget import Widget
from textual.widgets import Input, OptionList

from tests.course.made import step
from tests.ui.fake_lab import KNOBS, READY, FakeLab
from tests.ui.screen import opened, settled, until
from tutor.link.messages import Restart, Run, Step, Turn
from tutor.ui.keys import LESSON, NEEDS_TRAINING
from tutor.ui.widgets.figure_pane import FigurePane
from tutor.ui.widgets.prompt import Prompt


def lines(pilot):
    return [str(option.prompt).strip() for option in pilot.app.screen.query_one(OptionList).options]


async def listed(pilot):
    """Open the palette, and return all that it lists."""
    await pilot.press("ctrl+p")
    await until(lambda: isinstance(pilot.app.screen, CommandPalette), pilot)
    # The themes come last.
    await until(lambda: "theme: textual-light" in lines(pilot), pilot)
    return lines(pilot)


async def choose(pilot, typed):
    await listed(pilot)
    pilot.app.screen.query_one(Input).value = typed
    await until(lambda: typed in "".join(lines(pilot)[:1]), pilot)
    await pilot.press("enter")
    await until(lambda: not isinstance(pilot.app.screen, CommandPalette), pilot)
    await settled(pilot)


async def test_every_key_of_the_lesson_is_in_it_with_its_key(app_at):
    async with opened(app_at()) as pilot:
        told = await listed(pilot)
        for action in LESSON:
            if action.keys and action.says:
                assert f"{action.says}  {action.cap}" in told


async def test_so_are_presets_figures_knobs_and_pages(app_at):
    async with opened(app_at(step("one"), step("two"))) as pilot:
        told = await listed(pilot)
        assert "preset small: One example a step." in told
        assert {"figure: loss", "figure: samples", "page 1: One", "page 2: Two"} <= {*told}
        assert any(line.startswith("knob lr: ") for line in told)
        assert "theme: textual-light" in told


async def test_what_is_chosen_is_done(app_at):
    async with opened(app_at(step("one"), step("two"))) as pilot:
        lab = pilot.app.lab
        await choose(pilot, "take one training step")
        assert lab.got(Step) == [Step()]
        await choose(pilot, "preset large")
        assert lab.got(Turn, Restart)[-1] == Restart(42)
        assert lab.got(Turn)[-1].values["batch"] == 1024
        await choose(pilot, "figure: samples")
        await until(lambda: "samples" in pilot.app.screen.query_one(FigurePane).on_view, pilot)
        await choose(pilot, "page 2")
        assert pilot.app.screen.sitting.index == 1
        await choose(pilot, "theme: textual-light")
        assert pilot.app.theme == "textual-light"
        await choose(pilot, "knob lr")
        assert pilot.app.screen.query_one(Prompt).query_one(Input).value == "0.1"


async def test_a_figure_comes_on_view_on_a_narrow_screen_too(app_at):
    async with opened(app_at(), (40, 12)) as pilot:
        await choose(pilot, "figure: samples")
        await until(lambda: pilot.app.screen.query_one(FigurePane).on_view == ("samples",), pilot)


async def test_without_training_what_needs_it_is_left_out(app_at):
    quiet = READY.__class__("", trains=False, knobs=KNOBS, presets=(), figures=())
    async with opened(app_at(make=lambda: FakeLab(ready=quiet))) as pilot:
        told = await listed(pilot)
        for action in LESSON:
            if action.id in NEEDS_TRAINING or action.id == "sample":
                assert f"{action.says}  {action.cap}" not in told
        assert "the next page  ]" in told


async def test_nothing_blinks_in_it(app_at, monkeypatch):
    async with opened(app_at()) as pilot:
        await listed(pilot)
        drawn, ticks = [], []
        refresh = Widget.refresh
        monkeypatch.setattr(Widget, "refresh", lambda *given, **more: drawn.append(given) or refresh(*given, **more))
        pilot.app.set_interval(0.3, lambda: ticks.append(None))
        await until(lambda: ticks, pilot)
        drawn.clear()
        await until(lambda: len(ticks) >= 4, pilot)
        assert drawn == []
        assert pilot.app.lab.commands == []


@pytest.mark.parametrize("size", [(40, 12), (80, 24)])
async def test_escape_leaves_all_as_it_was(app_at, size):
    async with opened(app_at(), size) as pilot:
        await pilot.press("space")
        await until(lambda: pilot.app.screen.session.frame.iteration, pilot)
        await listed(pilot)
        await pilot.press("escape")
        await until(lambda: not isinstance(pilot.app.screen, CommandPalette), pilot)
        at = pilot.app.screen.session.frame.iteration
        await until(lambda: pilot.app.screen.session.frame.iteration > at, pilot)
        assert pilot.app.lab.got(Run) == [Run()]
