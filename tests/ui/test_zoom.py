"""One figure on the whole screen: live, read with the arrows, saved."""

import csv

import pytest

from tests.figures.drawn import plain
from tests.ui.screen import opened, reads, shown, until
from tutor.link.messages import Run, Seek, View
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.zoom import ZoomScreen
from tutor.ui.widgets.figure_pane import FigurePane
from tutor.ui.widgets.prompt import Prompt


async def zoomed(pilot):
    await pilot.press("z")
    await until(lambda: isinstance(pilot.app.screen, ZoomScreen), pilot)
    await until(lambda: "loss" in shown(pilot, "#figure"), pilot)


async def test_z_shows_one_figure_alone_and_z_goes_back_to_all(app_at):
    app = app_at()
    async with opened(app) as pilot:
        await zoomed(pilot)
        assert app.lab.got(View)[-1].figures == ("loss",)
        await pilot.press("z")
        await until(lambda: isinstance(app.screen, LessonScreen), pilot)
        await until(lambda: set(app.lab.got(View)[-1].figures) == {"loss", "samples"}, pilot)


async def test_the_arrows_read_values_and_the_run_goes_on(app_at):
    app = app_at()
    async with opened(app) as pilot:
        await zoomed(pilot)
        await pilot.press("left")
        await reads(pilot, "#read", "step 200: train 2.4")
        await pilot.press("left")
        await reads(pilot, "#read", "step 100: train 2.6")
        await pilot.press("space")
        await until(lambda: app.lab.got(Run), pilot)
        await reads(pilot, "#status", "running")
        await reads(pilot, "#read", "step 100: train 2.6")


async def test_a_run_is_wound_back_from_here_too(app_at):
    app = app_at()
    async with opened(app) as pilot:
        await zoomed(pilot)
        await pilot.press("s", "s", "s", "<")
        await until(lambda: app.lab.got(Seek), pilot)


async def test_what_changes_on_the_screen_below_takes_the_figure_from_nobody(app_at):
    app = app_at()
    async with opened(app) as pilot:
        await zoomed(pilot)
        below = app.screen_stack[-2]
        below.query_one(FigurePane).post_message(FigurePane.Rearranged())
        await pilot.pause()
        await until(lambda: below.session.caught_up, pilot)
        assert app.lab.got(View)[-1].figures == ("loss",)


async def test_v_goes_to_the_next_figure_and_a_curve_is_read_where_it_was(app_at):
    app = app_at()
    async with opened(app) as pilot:
        await zoomed(pilot)
        await pilot.press("left", "left", "v")
        await reads(pilot, "#figure", "olivia")
        assert shown(pilot, "#read") == ""
        await pilot.press("v")
        await reads(pilot, "#read", "step 100: train 2.6")


async def save_as(pilot, name):
    await pilot.press("w")
    await until(lambda: pilot.app.screen.query_one(Prompt).display, pilot)
    pilot.app.screen.query_one("Input").value = name
    await pilot.press("enter")


@pytest.mark.parametrize("name", ["loss.svg", "loss.txt", "loss.csv"])
async def test_w_saves_what_is_seen_and_overwrites_nothing(app_at, tmp_path, name):
    async with opened(app_at()) as pilot:
        await zoomed(pilot)
        await save_as(pilot, str(tmp_path / name))
        await reads(pilot, "#read", "Saved as")
        saved = (tmp_path / name).read_text(encoding="utf-8")
        await save_as(pilot, str(tmp_path / name))
        await reads(pilot, "#read", "There is already a")
        assert (tmp_path / name).read_text(encoding="utf-8") == saved
        figure = pilot.app.screen.query_one("#figure").figure
        if name.endswith(".csv"):
            assert [row[2] for row in csv.reader(saved.splitlines())] == ["y", "3.3", "2.6", "2.4"]
        elif name.endswith(".txt"):
            assert figure.describe() in saved
            assert saved.splitlines()[0] == plain(pilot.app.screen.query_one("#figure").lines)[0].rstrip()
        else:
            assert figure.describe() in saved
            assert saved.startswith("<svg")


async def test_a_name_that_does_not_say_what_it_is_to_be_is_refused(app_at, tmp_path):
    async with opened(app_at()) as pilot:
        await zoomed(pilot)
        await save_as(pilot, str(tmp_path / "loss.png"))
        await reads(pilot, "#read", "End it with .svg, .txt, .csv")
        await save_as(pilot, str(tmp_path / "nowhere" / "loss.svg"))
        # Where the lines break goes by the length of the path.
        await until(lambda: "can't be written" in " ".join(shown(pilot, "#read").split()), pilot)
        assert list(tmp_path.iterdir()) == []


async def test_a_click_on_a_figure_is_a_zoom(app_at):
    async with opened(app_at()) as pilot:
        await pilot.click("#figure-1")
        await until(lambda: isinstance(pilot.app.screen, ZoomScreen), pilot)
        await reads(pilot, "#figure", "olivia")
