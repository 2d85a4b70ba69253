import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.figures import Bars, Curve, Guide, Series, Text
from tutor.link.framing import HEADER, command, length, pack, report
from tutor.link.knobs import Choice, Integer, Number, Preset, Switch
from tutor.link.messages import (
    FigureName,
    Frame,
    Look,
    Open,
    Pause,
    Ready,
    Restart,
    Run,
    Step,
    Trouble,
    Turn,
    View,
)

COMMANDS = (
    Open("/lessons/one", 42, {"lr": 0.1, "batch": 32, "norm": "none", "bias": True}, "/names.txt"),
    View(("loss", "samples"), 100),
    Look(),
    Run(),
    Pause(),
    Step(7),
    Restart(2**32 - 1),
    Turn({"lr": 1.0}),
)
REPORTS = (
    Ready(
        "A net.",
        True,
        (
            Number("lr", 0.1, low=1e-4, high=10.0, log=True, live=True, help="learning rate"),
            Integer("batch", 32, low=1, high=64, top="all"),
            Choice("norm", "none", ("none", "batch")),
            Switch("bias", True),
        ),
        (Preset("wild", {"lr": 10.0}, "It flies apart."),),
        (FigureName("loss", "Loss"),),
    ),
    Frame(3, 100, 42, True, {"lr": 0.1}),
    Frame(
        heard=9,
        iteration=12_345,
        seed=7,
        running=False,
        knobs={"bias": False},
        loss=2.5,
        rate=6410.0,
        metrics={"train": 2.1, "val": 2.2},
        measured_at=12_000,
        figures={
            "loss": Curve("Loss", (Series("mean", (1.0, 2.0), (3.0, 2.0)),), guides=(Guide(1e-3, "1e-3"),)),
            "bars": Bars("Bars", ("a", "b"), (1.0, 2.0), "%"),
            "names": Text("Names", ("emma", "Zoë")),
        },
        halted="The loss became nan at step 12,345.",
    ),
    Trouble("ValueError: no", "one/lab.py:12", "Traceback …"),
)


@pytest.mark.parametrize("message", COMMANDS, ids=lambda message: type(message).__name__)
def test_a_command_comes_back_as_it_was_sent(message):
    packed = pack(message)
    assert length(packed[:HEADER]) == len(packed) - HEADER
    assert command(packed[HEADER:]) == message


@pytest.mark.parametrize("message", REPORTS, ids=lambda message: type(message).__name__)
def test_a_report_comes_back_as_it_was_sent(message):
    assert report(pack(message)[HEADER:]) == message


def test_messages_follow_each_other_in_one_stream():
    stream = b"".join(map(pack, COMMANDS))
    read = []
    while stream:
        size = HEADER + length(stream[:HEADER])
        read.append(command(stream[HEADER:size]))
        stream = stream[size:]
    assert tuple(read) == COMMANDS


@given(
    st.dictionaries(st.text(max_size=9), st.one_of(st.booleans(), st.integers(-(2**53), 2**53), st.floats(), st.text()))
)
def test_knob_values_keep_their_types(values):
    back = command(pack(Turn(values))[HEADER:]).values
    assert list(map(repr, back.items())) == list(map(repr, values.items()))


def test_a_loss_that_is_no_number_gets_through():
    back = report(pack(Frame(1, 5, 42, False, {}, math.nan, metrics={"train": math.inf}))[HEADER:])
    assert math.isnan(back.loss)
    assert back.metrics == {"train": math.inf}


def test_what_is_no_message_is_refused():
    for body in (b"", b"\xc1", pack(Look())[HEADER:-1]):
        with pytest.raises(msgspec.DecodeError):
            command(body)
    with pytest.raises(msgspec.DecodeError):
        report(pack(Look())[HEADER:])
    with pytest.raises(msgspec.DecodeError):
        command(pack(REPORTS[-1])[HEADER:])
