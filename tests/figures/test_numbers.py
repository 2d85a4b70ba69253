import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tutor.figures.numbers import (
    LEVEL,
    extent,
    log_ticks,
    nice_limits,
    nice_log_limits,
    percent,
    short,
    tick_labels,
    ticks,
    words,
)

reals = st.floats(-1e15, 1e15)
positive = st.floats(1e-12, 1e12)


def mantissa(value):
    return float(f"{value:e}".partition("e")[0])


@given(reals, reals, st.integers(1, 20))
def test_ticks_lie_in_range_on_one_two_five_steps_and_are_few(a, b, most):
    low, high = sorted((a, b))
    assume(high - low >= LEVEL * max(abs(low), abs(high)) and high - low > 1e-12)
    found = ticks(low, high, most)
    slack = (high - low) * 1e-6
    assert len(found) <= most
    assert all(low - slack <= value <= high + slack for value in found)
    gaps = [after - before for before, after in pairwise(found)]
    for gap in gaps:
        assert gap == pytest.approx(gaps[0], rel=1e-3)
        assert any(mantissa(gap) == pytest.approx(step, rel=1e-3) for step in (1, 2, 5, 10))


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 100, 6, [0, 20, 40, 60, 80, 100]),
        (0, 617, 6, [0, 200, 400, 600]),
        (-1, 1, 3, [-1, 0, 1]),
        (0.1, 0.3, 3, [0.1, 0.2, 0.3]),
        (3, 3, 5, [3]),
        (0, 1, 0, []),
        (0, math.inf, 5, []),
        (math.nan, 1, 5, []),
        (2, 1, 5, []),
    ],
)
def test_ticks_by_hand(low, high, most, expected):
    assert ticks(low, high, most) == expected


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (1e-3, 1e-1, 7, [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1]),
        (1e-3, 1e-1, 3, [0.001, 0.01, 0.1]),
        (1e-4, 1e4, 5, [1e-4, 1e-2, 1, 1e2, 1e4]),
        (0, 1, 5, []),
        (-1, 1, 5, []),
    ],
)
def test_log_ticks_by_hand(low, high, most, expected):
    assert log_ticks(low, high, most) == expected


@given(positive, positive, st.integers(1, 12))
def test_log_ticks_lie_in_range_and_are_few(a, b, most):
    low, high = sorted((a, b))
    found = log_ticks(low, high, most)
    assert len(found) <= most
    assert all(low <= value <= high for value in found)


@given(reals, reals)
def test_nice_limits_hold_the_data_without_much_room_to_spare(a, b):
    low, high = sorted((a, b))
    assume(high - low >= LEVEL * max(abs(low), abs(high)) and high - low > 1e-12)
    bottom, top = nice_limits(low, high)
    slack = (high - low) * 1e-6
    assert bottom <= low + slack
    assert top >= high - slack
    assert top - bottom <= 2.1 * (high - low)


def test_nice_limits_stay_put_while_the_data_moves_a_little():
    assert nice_limits(2.11, 3.29) == nice_limits(2.09, 3.27) == (2.0, 3.5)


@pytest.mark.parametrize("value", [0.0, 2.5, -7.0, 1e12, 1e-12])
def test_nice_limits_open_around_a_constant(value):
    low, high = nice_limits(value, value)
    assert low < value < high


@given(positive, positive)
def test_nice_log_limits_hold_the_data(a, b):
    low, high = sorted((a, b))
    bottom, top = nice_log_limits(low, high)
    assert 0 < bottom <= low <= high <= top
    assert bottom < top


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (12345, "12.3k"),
        (12000, "12k"),
        (999.7, "1k"),
        (2_500_000, "2.5M"),
        (0.0012, "0.0012"),
        (2.414, "2.41"),
        (1e-7, "1e-7"),
        (-0.5, "-0.5"),
        (0, "0"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (1e38, "1e38"),
    ],
)
def test_short_by_hand(value, expected):
    assert short(value) == expected


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300))
def test_short_reads_back_to_within_five_percent(value):
    factors = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
    written = short(value)
    factor = factors.get(written[-1], 1.0)
    read = float(written.rstrip("kMGT")) * factor
    assert read == pytest.approx(value, rel=0.05, abs=0)
    assert len(written) <= 10


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0.5, 1.0], ["0", "0.5", "1.0"]),
        ([0, 5000, 10000], ["0", "5k", "10k"]),
        ([12000, 12500, 13000], ["12.0k", "12.5k", "13.0k"]),
        ([0, 500, 1000], ["0", "500", "1000"]),
        ([0, 2e-7, 4e-7], ["0", "2e-7", "4e-7"]),
        ([3.0], ["3"]),
        ([], []),
    ],
)
def test_tick_labels_share_a_unit_and_their_decimals(values, expected):
    assert tick_labels(values) == expected


@given(reals, reals)
def test_tick_labels_are_never_alike(a, b):
    low, high = sorted((a, b))
    assume(high - low >= LEVEL * max(abs(low), abs(high)) and high - low > 1e-12)
    labels = tick_labels(ticks(low, high, 6))
    assert len(set(labels)) == len(labels)


def test_words_and_percent_by_hand():
    assert [words(value) for value in (12000.0, 3.2859, 1234.5, 0.00123, -4.0)] == [
        "12,000",
        "3.29",
        "1,234",
        "0.00123",
        "-4",
    ]
    assert [percent(share) for share in (0, 0.001, 0.314, 0.999, 1)] == [
        "0 %",
        "<1 %",
        "31 %",
        ">99 %",
        "100 %",
    ]


def test_extent_passes_over_what_is_not_finite():
    assert extent([math.nan, 3.0, -math.inf, 1.0, 1e308]) == (1.0, 3.0)
    assert extent([math.nan]) is None
