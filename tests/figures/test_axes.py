import math

import pytest

from tests.figures.drawn import plain
from tutor.figures.axes import DOTS, Axis, Frame
from tutor.figures.canvas import MARKERS, Stroke, plot
from tutor.figures.lines import Grid


@pytest.mark.parametrize("glyphs", DOTS)
@pytest.mark.parametrize("value", [0.9, 0.95, 1.0, 1.03, 1.07, 1.1])
def test_ticks_and_lines_agree_on_the_row(glyphs, value):
    frame = Frame(Grid(40, 8), 0, Axis(0, 1), Axis(0.9, 1.1), glyphs)
    stroke = Stroke([0.0, 1.0], [value, value], "s0", MARKERS[glyphs])
    lines = plot([stroke], frame.width, frame.height, frame.x.limits, frame.y.limits)
    assert [row for row, line in enumerate(plain(lines)) if line.strip()] == [frame.row(value)]


def test_labels_give_way_in_a_scarce_space():
    def room(width, height):
        frame = Frame(Grid(width, height), 0, Axis(0, 100), Axis(0, 1), "braille")
        return frame.width, frame.height

    assert room(60, 16) == (56, 14)
    assert room(40, 5) == (38, 4)
    assert room(12, 3) == (12, 3)


def test_an_axis_holds_what_its_scale_can_show():
    line, log = Axis(0, 1), Axis(1, 10, log=True)
    assert [line.holds(value) for value in (-1, 0, math.nan, math.inf)] == [True, True, False, False]
    assert [log.holds(value) for value in (-1, 0, 1)] == [False, False, True]
    assert Axis(1e-3, 1, log=True).limits == pytest.approx((-3, 0))


def test_limits_pass_over_what_the_axis_cannot_hold():
    assert Axis.around([0.0, -1.0, 2.0, 900.0, math.inf], log=True)[:2] == (2.0, 1000.0)
    assert Axis.around([math.nan])[:2] == (0.0, 1.0)
