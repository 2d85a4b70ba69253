import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.lab.history import History, extremes, means

finite = st.floats(-1e300, 1e300)
values = st.lists(finite, min_size=1, max_size=400)
columns = st.integers(1, 40)


@given(values, columns)
def test_extremes_lose_no_highest_and_no_lowest(values, columns):
    steps = range(1, len(values) + 1)
    x, y = extremes(steps, values, columns)
    assert len(x) == len(y) <= 2 * columns + 1
    assert (min(y), max(y)) == (min(values), max(values))
    assert list(x) == sorted(x)
    assert y == tuple(values[int(step) - 1] for step in x)
    assert x[-1] == len(values)


@given(values, columns)
def test_every_value_lies_between_the_extremes_kept_around_it(values, columns):
    size = -(-len(values) // columns)
    x, y = extremes(range(len(values)), values, columns)
    for start in range(0, len(values), size):
        kept = [value for step, value in zip(x, y, strict=True) if start <= step < start + size]
        assert min(kept) == min(values[start : start + size])
        assert max(kept) == max(values[start : start + size])


def test_a_spike_before_the_loss_became_nan_is_kept():
    losses = [1.0] * 300
    losses[297], losses[299] = 1e30, math.nan
    _, y = extremes(range(300), losses, 40)
    assert 1e30 in y
    assert math.isnan(y[-1])


def test_a_short_curve_is_left_as_it_is():
    assert extremes([3, 5, 9], [1.0, 2.0, 0.5], 2) == ((3.0, 5.0, 9.0), (1.0, 2.0, 0.5))
    assert extremes([], [], 5) == ((), ())


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=400), columns)
def test_means_weighted_by_their_stretches_give_the_mean_of_all(values, columns):
    size = -(-len(values) // columns)
    _, averages = means(array("d", values), columns)
    assert len(averages) <= columns
    weights = [len(values[start : start + size]) for start in range(0, len(values), size)]
    total = sum(weight * mean for weight, mean in zip(weights, averages, strict=True))
    assert total / len(values) == pytest.approx(sum(values) / len(values), abs=1e-6)


def test_means_stand_at_the_middle_of_their_stretch():
    assert means([1.0, 3.0, 5.0, 7.0], 2) == ((1.5, 3.5), (2.0, 6.0))
    assert means([1.0, 2.0], 2) == ((1.0, 2.0), (1.0, 2.0))
    assert means([1.0, 2.0, 3.0, 4.0, 9.0], 2) == ((2.0, 5.0), (2.0, 6.5))


@given(values, columns)
def test_an_array_and_a_list_are_thinned_alike(values, columns):
    steps = range(len(values))
    assert extremes(steps, array("d", values), columns) == extremes(steps, values, columns)


def test_the_losses_can_grow_while_a_thinned_curve_is_held():
    history = History()
    history.losses.extend([0.0] * 500)
    held = history.loss_series(10)
    history.losses.extend([1.0] * 500)
    assert max(held[0].y) == 0
    assert max(history.loss_series(10)[0].y) == 1


def test_series_keep_their_group_and_label():
    history = History()
    for step in range(1, 6):
        history.add("splits", "train", step, 1 / step)
    history.add("splits", "val", 5, 0.5)
    train, val = history.series("splits")
    assert (train.label, train.x, train.y) == ("train", (1, 2, 3, 4, 5), (1, 1 / 2, 1 / 3, 1 / 4, 1 / 5))
    assert (val.label, val.x, val.y) == ("val", (5,), (0.5,))
    assert history.series("updates") == ()
    assert len(history.series("splits", columns=1)[0].x) <= 3


def test_seconds_are_interpolated_and_go_on_at_the_last_pace():
    history = History()
    history.losses.extend([5.0, 4.0, 3.0, 2.0, 1.0, 0.0])
    history.clock += [(2, 1.0), (4, 1.5)]
    line = history.loss_by_seconds("run")
    assert line.x == (0.5, 1.0, 1.25, 1.5, 1.75, 2.0)
    assert line.y == tuple(history.losses)


def test_a_run_without_a_step_has_no_curve():
    history = History()
    assert history.loss_by_seconds("run").x == ()
    assert [series.x for series in history.loss_series()] == [(), ()]
