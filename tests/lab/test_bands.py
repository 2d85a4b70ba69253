import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.lab.bands import ENOUGH, verdict

VALUES = st.lists(st.floats(0, 10), min_size=ENOUGH, max_size=8)


def odds(count):
    """By counting: once in how many ways to deal ranks do two hands of `count` not interleave?"""
    hands = list(combinations(range(2 * count), count))
    apart = sum(max(hand) < count or min(hand) >= count for hand in hands)
    return len(hands) // apart


@given(VALUES, VALUES)
def test_no_winner_is_named_while_a_seed_of_one_lies_in_the_band_of_the_other(a, b):
    inside = any(min(a) <= value <= max(a) for value in b) or any(min(b) <= value <= max(b) for value in a)
    assert verdict(a, b).startswith("No winner" if inside else ("A", "B"))


def test_a_winner_is_named_where_no_seed_contradicts_it():
    good, bad = [2.0, 2.1, 2.2], [2.3, 2.4, 2.5]
    assert verdict(good, bad).startswith("A has the lower loss for every seed; the bands are 0.1 apart.")
    assert verdict(bad, good, "val loss").startswith("B has the lower val loss")


@pytest.mark.parametrize("count", [3, 5])
def test_it_says_how_often_luck_would_have_done_it(count):
    a = [float(n) for n in range(count)]
    b = [n + 100.0 for n in a]
    assert f"once in {odds(count)} tries" in verdict(a, b)


def test_fewer_than_three_of_each_name_no_winner_however_far_apart():
    assert verdict([1.0, 1.0], [9.0, 9.0]).startswith("Too few seeds")
    assert verdict([], []).startswith("Too few seeds")


def test_the_seeds_one_by_one():
    assert "A is lower in 1 of 3 and B in 2" in verdict([1.0, 2.0, 3.0], [0.5, 1.5, 3.5])
    unanimous = verdict([1.0, 2.0, 3.0, 4.0], [0.9, 1.9, 2.9, 3.9])
    assert "B is lower in 4 of 4, as by luck once in 8 tries" in unanimous
    assert verdict([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]).startswith("No winner: A and B end with the same loss")


def test_runs_that_broke_down_lose():
    assert "B breaks down every time" in verdict([1.0, 2.0, 3.0], [math.inf] * 3)
    assert verdict([1.0, 2.0, math.inf], [1.5, 2.5, math.inf]).startswith("No winner: the bands of A and B overlap, so")
