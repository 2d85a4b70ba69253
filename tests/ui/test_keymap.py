from collections import Counter

import pytest

from tests.ui.screen import opened, reads, shown, until
from tutor.link.messages import Run, Step
from tutor.ui.keymap import TABLES, checked, remapped
from tutor.ui.keys import LESSON, ZOOM
from tutor.ui.screens.help import HelpScreen
from tutor.ui.screens.zoom import ZoomScreen


@pytest.mark.parametrize(
    ("written", "named", "cap"),
    [
        ("N", "N", "N"),
        ("%", "percent_sign", "%"),
        ("f5", "f5", "f5"),
        ("ctrl+r", "ctrl+r", "ctrl+r"),
        ("delete", "delete", "del"),
    ],
)
def test_a_key_is_written_as_it_is_pressed(written, named, cap):
    keys, wrong = checked({"hint": written})
    assert (keys, wrong) == ({"hint": named}, "")
    (hint,) = (action for action in remapped(LESSON, keys) if action.id == "hint")
    assert (hint.keys, hint.cap) == (named, cap)


def test_all_screens_follow():
    keys, _ = checked({"toggle_run": "H"})
    for table in (LESSON, ZOOM):
        assert [action.cap for action in remapped(table, keys) if action.id == "toggle_run"] == ["H"]


def test_two_actions_can_change_places():
    keys, wrong = checked({"hint": "c", "code": "h"})
    assert (keys, wrong) == ({"hint": "c", "code": "h"}, "")


@pytest.mark.parametrize("key", ["up", "enter", "5", "ctrl+j", "ctrl+i", "alt+x", "ctrl+p", "", "nokey", "a,b"])
def test_keys_that_cannot_be_had(key):
    keys, wrong = checked({"hint": key, "code": "C"})
    assert keys == {"code": "C"}
    assert wrong == f"'{key}' can't be the key of hint: take a letter, a sign or an F-key."


def test_a_key_that_is_taken_stays_with_what_it_did():
    keys, wrong = checked({"hint": "s", "code": "C"})
    assert keys == {"code": "C"}
    assert wrong == "'s' can't be the key of hint: it does one_step."


def test_an_unknown_action_is_told_with_what_is_near():
    assert checked({"hnit": "H"}) == ({}, "There is no action 'hnit'. Did you mean 'hint'?")
    assert "The actions: back, " in checked({"zzz": "H"})[1]


@pytest.mark.parametrize("key", ["x", "q", "s", "tab", "space", "w", "%"])
def test_whatever_is_asked_for_no_key_does_two_things(key):
    ids = {action.id for table in TABLES for action in table if action.keys and action.says}
    for wanted in ids:
        keys, _ = checked({wanted: key, "hint": key})
        for table in TABLES:
            pressed = [key for action in remapped(table, keys) for key in action.keys.split(",") if key]
            assert [key for key, count in Counter(pressed).items() if count > 1] == []


async def test_a_key_of_the_learners_own_works_and_is_told_everywhere(app_at):
    async with opened(
        app_at(keys={"one_step": "%", "toggle_run": "f5", "help": "f1", "zoom": "Z"}), (120, 40)
    ) as pilot:
        await reads(pilot, "KeyBar", " % 1 step")
        assert " f5 run" in shown(pilot, "KeyBar")
        await pilot.press("%", "s")
        assert pilot.app.lab.got(Step) == [Step()]
        await pilot.press("space", "f5")
        assert pilot.app.lab.got(Run) == [Run()]
        assert "take one training step" in {offer.says: offer.key for offer in pilot.app.screen.offers()}
        await pilot.press("f1")
        await until(lambda: isinstance(pilot.app.screen, HelpScreen), pilot)
        await reads(pilot, "_Keys", "  %  take one training step")
        await pilot.press("a", "Z")
        await until(lambda: isinstance(pilot.app.screen, ZoomScreen), pilot)
        await reads(pilot, "KeyBar", " f5 run")


async def test_what_cannot_be_done_is_said_on_the_first_screen(app_at):
    async with opened(app_at(keys={"hint": "s", "code": "C"})) as pilot:
        await reads(pilot, "#notice", "'s' can't be the key of hint: it does one_step.")
        assert pilot.app.keys == {"code": "C"}
