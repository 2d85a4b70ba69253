from types import SimpleNamespace

import pytest

from tutor.figures import Text
from tutor.lab import looks
from tutor.lab.looks import SHARE, Looks


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(looks, "time", SimpleNamespace(perf_counter=made.perf_counter))
    return made


def drawing(clock: Clock, seconds: float):
    """Draws a figure that says how often it was drawn, and takes `seconds` for it."""
    count = 0

    def draw() -> Text:
        nonlocal count
        count += 1
        clock.now += seconds
        return Text("", (str(count),))

    return draw


@pytest.mark.parametrize(("seconds", "drawn"), [(0.001, 40), (0.1, 2), (10.0, 1)])
def test_a_costly_figure_is_drawn_less_often_while_a_run_goes_on(clock, seconds, drawn):
    kept, draw = Looks(), drawing(clock, seconds)
    for _ in range(40):
        figure = kept.take("one", draw, sparing=True)
        clock.now += 0.25
    assert figure.lines == (str(drawn),)
    if drawn < 40:
        assert seconds * (drawn - 1) <= SHARE * clock.now


def test_of_a_run_that_stands_still_every_look_is_a_new_one(clock):
    kept, draw = Looks(), drawing(clock, 10.0)
    for count in range(1, 4):
        assert kept.take("one", draw, sparing=False).lines == (str(count),)
    assert kept.take("one", draw, sparing=True).lines == ("3",)
    assert kept.take("other", drawing(clock, 0.0), sparing=True).lines == ("1",)
