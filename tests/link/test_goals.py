import math

import msgspec
import pytest

from tutor.errors import TutorError
from tutor.link.goals import (
    NEVER,
    SetKnob,
    Train,
    UsePreset,
    count_moves,
    last_step,
    parse_condition,
    parse_move,
)
from tutor.link.messages import View


@pytest.mark.parametrize(
    ("text", "metric", "op", "value", "says"),
    [
        ("val < 2.60", "val", "<", 2.6, "val < 2.60"),
        ("step<=1,000", "step", "<=", 1000, "step ≤ 1,000"),
        (" val accuracy  >=  35 % ", "val accuracy", ">=", 0.35, "val accuracy ≥ 35 %"),
        ("saturated < 5%", "saturated", "<", 0.05, "saturated < 5%"),
        ("lr > 1e-3", "lr", ">", 0.001, "lr > 1e-3"),
        ("gain = -.5", "gain", "=", -0.5, "gain = -.5"),
        ("norm = batch", "norm", "=", "batch", "norm = batch"),
        ("hidden = on", "hidden", "=", True, "hidden = on"),
        ("update:data > 0.001", "update:data", ">", 0.001, "update:data > 0.001"),
    ],
)
def test_a_condition_is_read_as_written(text, metric, op, value, says):
    condition = parse_condition(text)
    assert (condition.metric, condition.op, condition.value, condition.says) == (metric, op, value, says)


@pytest.mark.parametrize(
    "text", ["", "val", "val <", "< 2", "val 2.6", "val == 2", "val => 2", "1 < val < 2", "norm < batch", "step = all"]
)
def test_what_is_no_condition_is_refused_and_named(text):
    with pytest.raises(TutorError, match="the goal '") as error:
        parse_condition(text)
    assert text in error.value.what
    assert error.value.remedy


@pytest.mark.parametrize(
    ("text", "below", "at", "above"),
    [
        ("val < 2", True, False, False),
        ("val <= 2", True, True, False),
        ("val > 2", False, False, True),
        ("val >= 2", False, True, True),
        ("val = 2", False, True, False),
    ],
)
def test_a_condition_holds_on_its_side_of_the_bound(text, below, at, above):
    condition = parse_condition(text)
    assert [condition.holds(value) for value in (1.999, 2, 2.001)] == [below, at, above]
    assert not any(condition.holds(value) for value in (None, math.nan, "2"))


def test_words_and_switches_are_compared_as_what_they_are():
    assert parse_condition("norm = batch").holds("batch")
    assert not parse_condition("norm = batch").holds("none")
    assert parse_condition("hidden = off").holds(False)
    assert not parse_condition("hidden = off").holds(True)


@pytest.mark.parametrize(
    ("text", "now", "shown"),
    [
        ("val < 2.60", 2.8104, "2.810"),
        ("val < 2.60", 2.59996, "2.59996"),
        ("val < 2.60", 2.6, "2.600"),
        ("step <= 1,000", 12345, "12,345"),
        ("depth = 50", 5, "5"),
        ("loss < 2", 2.04, "2.0"),
        ("val accuracy > 35 %", 0.3462, "34.6 %"),
        ("val accuracy > 35 %", 0.35001, "35.001 %"),
        ("lr > 1e-3", 0.00021, "0.00021"),
        ("norm = batch", "none", "none"),
        ("hidden = on", False, "off"),
        ("val < 2.60", None, "–"),
        ("val < 2.60", math.nan, "nan"),
        ("val < 2.60", math.inf, "inf"),
    ],
)
def test_a_value_is_shown_precisely_enough_to_see_its_side(text, now, shown):
    assert parse_condition(text).show(now) == shown


@pytest.mark.parametrize(
    ("goal", "last"),
    [
        (["val < 2"], NEVER),
        (["step >= 10"], NEVER),
        (["step <= 1,000", "val < 2"], 1000),
        (["step < 1000"], 999),
        (["step < 10.5"], 10),
        (["step = 7", "step < 100"], 7),
    ],
)
def test_the_last_step_is_the_smallest_bound(goal, last):
    assert last_step(tuple(map(parse_condition, goal))) == last


@pytest.mark.parametrize(
    ("text", "move", "says"),
    [
        ("gain=1.1", SetKnob("gain", "1.1"), "Set gain to 1.1."),
        (" lr = 1e-3 ", SetKnob("lr", "1e-3"), "Set lr to 1e-3."),
        ("preset two numbers", UsePreset("two numbers"), "Press p until it says two numbers."),
        ("run 1,000", Train(1000), "Run 1,000 steps."),
    ],
)
def test_a_move_is_read_and_said(text, move, says):
    assert parse_move(text) == move
    assert move.says == says


@pytest.mark.parametrize("text", ["", "gain", "gain=", "=1", "run", "run 0", "run far", "run -5", "preset", "walk 3"])
def test_what_is_no_move_is_refused_and_named(text):
    with pytest.raises(TutorError, match="isn't a move") as error:
        parse_move(text)
    assert f"'{text}'" in error.value.what


def test_training_is_no_move():
    assert count_moves([parse_move(text) for text in ("preset adam", "run 100", "lr=0.1", "run 100")]) == 2


def test_a_goal_goes_over_the_pipe_unchanged():
    view = View((), 80, tuple(map(parse_condition, ("val < 2.60", "norm = batch", "hidden = on"))))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(view), type=View) == view
