"""The run on the lesson screen: its keys, its knobs, and the frames that come back."""

import pytest
from textual.widget import Widget
from textual.widgets import Input

from tests.course.made import step
from tests.ui.fake_lab import KNOBS, READY, FakeLab
from tests.ui.screen import opened, reads, settled, shown, until
from tutor.link.messages import Look, Pause, Restart, Run, Seek, Step, Turn
from tutor.ui.session import LabSaid
from tutor.ui.widgets.knob_panel import KnobPanel
from tutor.ui.widgets.prompt import Prompt

every_size = pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)


def session(pilot):
    return pilot.app.screen.session


def values(pilot):
    return pilot.app.screen.query_one(KnobPanel).values


async def press(pilot, *keys):
    await pilot.press(*keys)
    await settled(pilot)


# Running


@every_size
async def test_space_runs_and_pauses(app_at, size):
    async with opened(app_at(), size) as pilot:
        lab = pilot.app.lab
        await pilot.press("space")
        assert lab.got(Run, Pause) == [Run()]
        await until(lambda: session(pilot).frame.iteration >= 200, pilot)
        assert shown(pilot, "#status").startswith(" step ")
        await pilot.press("space")
        await until(lambda: not session(pilot).frame.running, pilot)
        assert lab.got(Run, Pause) == [Run(), Pause()]


async def test_the_status_line_tells_how_the_run_stands(app_at):
    async with opened(app_at()) as pilot:
        assert shown(pilot, "#status").startswith(" step 0 · loss – · 0 steps/s · seed 42 ")
        await pilot.press("space")
        await reads(pilot, "#status", "loss 2.500 · 6,410 steps/s")
        assert shown(pilot, "#status").endswith("running ")
        await press(pilot, "space")
        assert shown(pilot, "#status").endswith("paused ")


async def test_a_frame_from_before_the_key_that_is_handled_after_it_stops_nothing(app_at):
    async with opened(app_at()) as pilot:
        before = session(pilot).frame
        await pilot.press("space")
        await until(lambda: session(pilot).frame.running, pilot)
        pilot.app.screen.post_message(LabSaid(before))
        await pilot.pause()
        seen = session(pilot).frame.iteration
        await until(lambda: session(pilot).frame.iteration >= seen + 500, pilot)


async def test_a_running_app_asks_for_a_frame_only_when_the_last_one_came(app_at):
    async with opened(app_at()) as pilot:
        lab = pilot.app.lab
        await pilot.press("space")
        await until(lambda: session(pilot).frame.iteration, pilot)
        lab.mute = True
        await until(lambda: not session(pilot).caught_up, pilot)
        asked = len(lab.got(Look))
        for _ in range(5):
            session(pilot).look()
        assert len(lab.got(Look)) == asked
        lab.mute = False
        lab.answer()
        await until(lambda: len(lab.got(Look)) > asked, pilot)


async def test_two_quick_presses_run_and_pause(app_at):
    async with opened(app_at()) as pilot:
        pilot.app.lab.mute = True
        await pilot.press("space", "space")
        assert pilot.app.lab.got(Run, Pause) == [Run(), Pause()]


async def test_an_idle_app_sends_nothing_and_draws_nothing(app_at, monkeypatch):
    async with opened(app_at()) as pilot:
        app = pilot.app
        await pilot.press("space")
        await until(lambda: session(pilot).frame.iteration, pilot)
        await press(pilot, "space")
        await until(lambda: "paused" in shown(pilot, "#status"), pilot)
        await settled(pilot)
        app.lab.commands.clear()
        drawn, ticks = [], []
        refresh = Widget.refresh

        def noted(widget, *regions, **more):
            drawn.append(widget)
            return refresh(widget, *regions, **more)

        monkeypatch.setattr(Widget, "refresh", noted)
        app.set_interval(1 / app.fps, lambda: ticks.append(None))
        await until(lambda: len(ticks) >= 5, pilot)
        assert app.lab.commands == []
        assert drawn == []


async def test_one_step_at_a_time(app_at):
    async with opened(app_at()) as pilot:
        await press(pilot, "s", "s")
        assert pilot.app.lab.got(Step, Run) == [Step(1), Step(1)]
        assert shown(pilot, "#status").startswith(" step 2 ")


async def test_restart_keeps_the_seed_and_a_new_seed_is_the_next(app_at):
    async with opened(app_at(seed=7)) as pilot:
        await press(pilot, "s", "r")
        assert shown(pilot, "#status").startswith(" step 0 ")
        await press(pilot, "R")
        await press(pilot, "R")
        await press(pilot, "r")
        assert pilot.app.lab.got(Restart) == [Restart(7), Restart(8), Restart(9), Restart(9)]
        assert "seed 9" in shown(pilot, "#status")


async def test_a_restart_ends_the_asking(app_at):
    async with opened(app_at()) as pilot:
        await pilot.press("space")
        await until(lambda: session(pilot).frame.iteration, pilot)
        await press(pilot, "r")
        assert not session(pilot).frame.running
        assert session(pilot).frame.iteration == 0


async def test_without_training_the_run_keys_say_so(app_at):
    quiet = READY.__class__("", trains=False, knobs=KNOBS, presets=(), figures=())
    async with opened(app_at(make=lambda: FakeLab(ready=quiet)), (120, 40)) as pilot:
        assert "run/pause" not in shown(pilot, "KeyBar")
        await press(pilot, "space", "s")
        assert pilot.app.lab.got(Run, Step) == []
        await reads(pilot, "#notice", "Nothing trains in this lesson")
        assert shown(pilot, "#status") == " nothing to train: turn the knobs · seed 42"


# Winding back


async def test_a_run_is_wound_back_and_forward_again(app_at):
    async with opened(app_at()) as pilot:
        lab = pilot.app.lab
        lab.send(Step(1000))
        lab.commands.clear()
        await settled(pilot)
        await press(pilot, "less_than_sign", "comma", "full_stop", "greater_than_sign", "greater_than_sign")
        assert lab.got(Seek) == [Seek(900), Seek(890), Seek(900), Seek(1000), Seek(1000)]


async def test_quick_presses_add_up_though_no_frame_has_come_yet(app_at):
    async with opened(app_at()) as pilot:
        lab = pilot.app.lab
        lab.send(Step(1000))
        await settled(pilot)
        lab.mute = True
        await pilot.press("comma", "comma", "comma")
        assert lab.got(Seek) == [Seek(990), Seek(980), Seek(970)]


async def test_the_place_in_the_run_is_shown_until_its_end_is_reached(app_at):
    async with opened(app_at()) as pilot:
        pilot.app.lab.send(Step(1000))
        await settled(pilot)
        assert shown(pilot, "#timeline") == ""
        await pilot.press("less_than_sign")
        await reads(pilot, "#timeline", " step 900 of 1,000 ")
        assert shown(pilot, "#status").startswith(" step 900 ")
        await pilot.press("greater_than_sign")
        await until(lambda: shown(pilot, "#timeline") == "", pilot)


async def test_without_a_run_there_is_nothing_to_wind_back(app_at):
    async with opened(app_at()) as pilot:
        await pilot.press("comma")
        await reads(pilot, "#notice", "There is no run yet to wind back")
        assert pilot.app.lab.got(Seek) == []


# Knobs


@every_size
async def test_tab_goes_to_the_knobs_and_arrows_turn_them(app_at, size):
    async with opened(app_at(), size) as pilot:
        await press(pilot, "tab", "right")
        await press(pilot, "down", "left", "left")
        assert pilot.app.lab.got(Turn) == [Turn({"lr": 0.2}), Turn({"batch": 16}), Turn({"batch": 8})]
        assert values(pilot) == {"lr": 0.2, "batch": 8, "norm": "none"}
        assert "batch 8" in shown(pilot, "#knobs")


async def test_up_from_the_first_knob_is_the_last(app_at):
    async with opened(app_at()) as pilot:
        await press(pilot, "tab", "up", "right")
        assert pilot.app.lab.got(Turn) == [Turn({"norm": "batch"})]


async def test_a_knob_at_its_end_sends_nothing(app_at):
    async with opened(app_at()) as pilot:
        await press(pilot, "tab", "up", "left")
        assert pilot.app.lab.got(Turn) == []


@every_size
async def test_a_value_can_be_typed(app_at, size):
    async with opened(app_at(), size) as pilot:
        await pilot.press("tab", "enter")
        field = pilot.app.screen.query_one(Input)
        assert (field.has_focus, field.value) == (True, "0.1")
        await pilot.press(*"5/2", "enter")
        await settled(pilot)
        assert pilot.app.lab.got(Turn) == [Turn({"lr": 2.5})]
        assert not pilot.app.screen.query_one("#prompt").display
        await press(pilot, "right")
        assert pilot.app.lab.got(Turn)[-1] == Turn({"lr": 5.0})


@pytest.mark.parametrize("typed", ["abc", "99", ""])
async def test_a_value_the_knob_cannot_take_is_refused_in_a_sentence(app_at, typed):
    async with opened(app_at()) as pilot:
        await pilot.press("tab", "enter", "delete", *typed, "enter")
        await reads(pilot, "#notice", "It takes a number from 0.001 to 10.")
        assert pilot.app.lab.commands == []
        assert values(pilot)["lr"] == 0.1


async def test_escape_gives_up_typing_and_goes_back_to_the_knobs(app_at):
    async with opened(app_at()) as pilot:
        await pilot.press("tab", "enter", "9", "escape")
        await pilot.pause()
        assert not pilot.app.screen.query_one("#prompt").display
        assert pilot.app.lab.commands == []
        assert pilot.app.screen.query_one(KnobPanel).has_focus


async def test_a_frame_from_before_a_turn_does_not_turn_the_knob_back(app_at):
    async with opened(app_at()) as pilot:
        lab = pilot.app.lab
        lab.mute = True
        await pilot.press("tab", "right")
        late = lab.frame(iteration=77)
        assert late.knobs["lr"] == 0.1
        lab.say(late)
        await until(lambda: session(pilot).frame is late, pilot)
        await until(lambda: "step 77" in shown(pilot, "#status"), pilot)
        assert values(pilot)["lr"] == 0.2
        lab.mute = False
        lab.answer()
        await settled(pilot)
        assert session(pilot).frame.knobs["lr"] == values(pilot)["lr"] == 0.2


async def test_presets_come_round(app_at):
    async with opened(app_at(seed=5)) as pilot:
        for _ in range(3):
            await press(pilot, "p")
        whole = {knob.name: knob.value for knob in KNOBS}
        batches = (1, 1024, 1)
        assert [turn.values for turn in pilot.app.lab.got(Turn)] == [whole | {"batch": batch} for batch in batches]
        assert pilot.app.lab.got(Restart) == [Restart(5)] * 3
        await reads(pilot, "#notice", "small: One example a step.")


async def test_a_pages_own_settings_are_sent_once(app_at):
    pages = step("one"), step("two", set={"lr": 1.0}), step("three", preset="small", set={"lr": 2.0})
    async with opened(app_at(*pages, seed=3)) as pilot:
        for key in ("]", "]", "[", "[", "]", "]"):
            await press(pilot, "right_square_bracket" if key == "]" else "left_square_bracket")
        assert pilot.app.lab.got(Pause, Turn, Restart) == [
            Pause(),
            Turn({"lr": 1.0, "batch": 32, "norm": "none"}),
            Restart(3),
            Pause(),
            Turn({"lr": 2.0, "batch": 1, "norm": "none"}),
            Restart(3),
        ]


async def test_a_page_without_settings_that_is_opened_first_has_those_of_the_nearest_before_it(app_at):
    app = app_at(step("one", set={"lr": 0.2}), step("two", set={"lr": 0.5}), step("three"), step("four"))
    app.record.remember_place("tiny", "four")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert app.screen.sitting.step.id == "four"
        assert values(pilot)["lr"] == 0.5
        await press(pilot, *["left_square_bracket"] * 3)
        assert values(pilot)["lr"] == 0.2
        await press(pilot, *["right_square_bracket"] * 3)
        assert values(pilot)["lr"] == 0.2, "that of the second page was made once"
        await press(pilot, "l")
        assert values(pilot)["lr"] == 0.5


async def test_l_goes_back_to_the_pages_own_settings(app_at):
    async with opened(app_at(step("one", set={"batch": 1}))) as pilot:
        assert values(pilot) == {"lr": 0.1, "batch": 1, "norm": "none"}
        await press(pilot, "tab", "right", "down", "right")
        assert values(pilot) == {"lr": 0.2, "batch": 2, "norm": "none"}
        await press(pilot, "l")
        assert values(pilot) == {"lr": 0.1, "batch": 1, "norm": "none"}
        assert pilot.app.lab.got(Restart) == [Restart(42)]


async def test_j_trains_up_to_a_step_and_winds_back_to_one_that_has_been(app_at):
    app = app_at()
    async with opened(app) as pilot:

        async def go_to(text):
            await pilot.press("j")
            await until(lambda: app.screen.query_one(Prompt).display, pilot)
            app.screen.query_one("Prompt Input").value = text
            await pilot.press("enter")

        await pilot.press("s", "s")
        await reads(pilot, "#status", "step 2")
        await go_to("1,000")
        await until(lambda: app.lab.got(Run) == [Run(998)], pilot)
        await go_to("1")
        await until(lambda: app.lab.got(Seek) == [Seek(1)], pilot)
        await go_to("soon")
        await reads(pilot, "#notice", "There is no step 'soon'")
