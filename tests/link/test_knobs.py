import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.errors import ExitCode, TutorError
from tutor.link.knobs import Choice, Integer, Number, Switch, checked, find

LR = Number("lr", 0.1, low=1e-4, high=10, log=True, live=True)
DROPOUT = Number("dropout", 0.5, low=0, high=1)
BATCH = Integer("batch", 32, low=1, high=65_536, log=True, top="all")
LAYERS = Integer("layers", 3, low=1, high=6)
NORM = Choice("norm", "none", ("none", "batch", "layer"))
BIAS = Switch("bias", True)
KNOBS = (LR, DROPOUT, BATCH, LAYERS, NORM, BIAS)

LADDER = sorted(float(f"{digit}e{power}") for power in range(-4, 2) for digit in (1, 2, 5))[:-2]


@pytest.mark.parametrize(
    ("knob", "text", "value"),
    [
        (LR, "0.1", 0.1),
        (LR, " 1e-3 ", 0.001),
        (LR, "5/3", 5 / 3),
        (LR, "1", 1.0),
        (DROPOUT, "0", 0.0),
        (BATCH, "32", 32),
        (BATCH, "1,000", 1000),
        (BATCH, "1_000", 1000),
        (BATCH, " All ", 65_536),
        (NORM, " Batch", "batch"),
        (BIAS, "on", True),
        (BIAS, "YES", True),
        (BIAS, "1", True),
        (BIAS, "off", False),
        (BIAS, "no", False),
        (BIAS, "False", False),
    ],
)
def test_a_typed_value_is_read(knob, text, value):
    read = knob.parse(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("knob", "text", "sentence"),
    [
        (LR, "fast", "lr can't be 'fast'. It takes a number from 0.0001 to 10."),
        (LR, "1/0", "lr can't be '1/0'. It takes a number from 0.0001 to 10."),
        (LR, "1/2/3", "lr can't be '1/2/3'. It takes a number from 0.0001 to 10."),
        (LR, "", "lr can't be ''. It takes a number from 0.0001 to 10."),
        (LR, "11", "lr can't be 11.0. It takes a number from 0.0001 to 10."),
        (LR, "nan", "lr can't be nan. It takes a number from 0.0001 to 10."),
        (LR, "1e999", "lr can't be inf. It takes a number from 0.0001 to 10."),
        (BATCH, "1.5", "batch can't be '1.5'. It takes a whole number from 1 to all."),
        (LAYERS, "7", "layers can't be 7. It takes a whole number from 1 to 6."),
        (NORM, "bach", "norm can't be 'bach'. It takes none, batch or layer. Did you mean 'batch'?"),
        (NORM, "zzz", "norm can't be 'zzz'. It takes none, batch or layer."),
        (BIAS, "maybe", "bias can't be 'maybe'. It takes on or off."),
    ],
)
def test_a_value_it_cant_take_is_refused_in_a_sentence(knob, text, sentence):
    with pytest.raises(TutorError) as raised:
        knob.parse(text)
    assert str(raised.value) == sentence
    assert raised.value.code == ExitCode.MISUSE == 2


@pytest.mark.parametrize(
    ("knob", "value", "held"),
    [(LR, 1, 1.0), (LAYERS, 2.0, 2), (BATCH, 65_536, 65_536), (NORM, "layer", "layer"), (BIAS, False, False)],
)
def test_check_gives_the_knobs_own_type(knob, value, held):
    assert knob.check(value) == held
    assert type(knob.check(value)) is type(held)


@pytest.mark.parametrize(
    ("knob", "value"),
    [
        *((number, value) for number in (LR, DROPOUT, BATCH, LAYERS) for value in (True, "3", math.inf, math.nan, -1)),
        (LAYERS, 2.5),
        (NORM, "Batch"),
        (NORM, 1),
        (BIAS, 1),
        (BIAS, "on"),
    ],
)
def test_check_refuses_other_types_and_what_lies_outside(knob, value):
    with pytest.raises(TutorError, match=f"^{knob.name} can't be"):
        knob.check(value)


@pytest.mark.parametrize(
    ("knob", "value", "by", "turned"),
    [
        (LR, 0.1, 1, 0.2),
        (LR, 0.2, 1, 0.5),
        (LR, 0.5, 1, 1.0),
        (LR, 0.1, -1, 0.05),
        (LR, 0.1, 3, 1.0),
        (LR, 5 / 3, 1, 2.0),
        (LR, 5 / 3, -1, 1.0),
        (LR, 10.0, 1, 10.0),
        (LR, 1e-4, -1, 1e-4),
        (DROPOUT, 0.5, 1, 0.55),
        (DROPOUT, 0.52, 1, 0.55),
        (DROPOUT, 0.52, -1, 0.5),
        (DROPOUT, 0.98, 4, 1.0),
        (BATCH, 32, 1, 64),
        (BATCH, 33, 1, 64),
        (BATCH, 33, -1, 32),
        (BATCH, 1, -1, 1),
        (BATCH, 65_536, 1, 65_536),
        (LAYERS, 3, -1, 2),
        (LAYERS, 6, 1, 6),
        (NORM, "none", 1, "batch"),
        (NORM, "layer", 1, "layer"),
        (NORM, "none", -1, "none"),
        (BIAS, False, 1, True),
        (BIAS, True, 1, True),
        (BIAS, True, -1, False),
    ],
)
def test_a_turn(knob, value, by, turned):
    assert knob.turn(value, by) == turned


@pytest.mark.parametrize(
    ("knob", "value", "shown"),
    [
        (LR, 5 / 3, "1.667"),
        (LR, 0.1, "0.1"),
        (BATCH, 1024, "1,024"),
        (BATCH, 65_536, "all"),
        (NORM, "batch", "batch"),
        (BIAS, True, "on"),
        (BIAS, False, "off"),
    ],
)
def test_show(knob, value, shown):
    assert knob.show(value) == shown


@given(st.floats(1e-9, 1e9), st.floats(1.001, 1e9), st.booleans(), st.floats(0, 1), st.integers(-30, 30))
def test_a_turned_number_stays_in_range_and_goes_the_right_way(low, ratio, log, part, by):
    high = low * ratio
    value = min(low + part * (high - low), high)
    knob = Number("n", value, low=low, high=high, log=log)
    turned = knob.turn(value, by)
    assert low <= turned <= high
    assert knob.check(turned) == turned
    assert turned >= value if by > 0 else turned <= value if by < 0 else True


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.booleans(), st.data())
def test_a_turned_integer_stays_in_range_and_goes_the_right_way(low, more, log, data):
    knob = Integer("n", low, low=low, high=low + more, log=log)
    value, by = data.draw(st.integers(low, low + more)), data.draw(st.integers(-40, 40))
    turned = knob.turn(value, by)
    assert knob.check(turned) == turned
    assert turned >= value if by > 0 else turned <= value if by < 0 else True


@given(st.sampled_from(LADDER[:-1]), st.integers(1, 5))
def test_up_then_down_the_ladder_returns(rung, by):
    top = LR.turn(rung, by)
    assert top in LADDER
    if top < LR.high:
        assert LR.turn(top, -by) == rung


@given(st.floats(1e-4, 9.99))
def test_a_turn_from_between_two_rungs_goes_to_the_next_one(value):
    above = [rung for rung in LADDER if rung > value * (1 + 1e-9)]
    assert LR.turn(value, 1) == above[0]


@given(st.integers(0, 15), st.integers(1, 5))
def test_doubling_then_halving_returns(exponent, by):
    if exponent + by <= 16:
        assert BATCH.turn(BATCH.turn(2**exponent, by), -by) == 2**exponent


@given(st.integers(1, 65_536))
def test_a_shown_integer_can_be_typed_back(value):
    assert BATCH.parse(BATCH.show(value)) == value


@given(st.sampled_from(LADDER))
def test_a_shown_rung_can_be_typed_back(rung):
    assert LR.parse(LR.show(rung)) == rung


def test_an_unknown_knob_names_the_nearest():
    with pytest.raises(TutorError) as raised:
        find(KNOBS, "droput")
    assert str(raised.value) == (
        "There is no knob 'droput'. This lesson has lr, dropout, batch, layers, norm or bias. Did you mean 'dropout'?"
    )
    assert raised.value.code == ExitCode.MISUSE
    with pytest.raises(TutorError, match=r"^There is no knob 'lr'\. This lesson has none\.$"):
        find((), "lr")
    with pytest.raises(TutorError, match=r"This lesson has lr\.$"):
        find((LR,), "zzz")


def test_checked_fills_in_the_defaults():
    assert checked(KNOBS, {"lr": 1, "norm": "batch"}) == {
        "lr": 1.0,
        "dropout": 0.5,
        "batch": 32,
        "layers": 3,
        "norm": "batch",
        "bias": True,
    }
    with pytest.raises(TutorError, match="norm can't be"):
        checked(KNOBS, {"norm": "group"})
    with pytest.raises(TutorError, match="no knob 'lrr'"):
        checked(KNOBS, {"lrr": 1})
