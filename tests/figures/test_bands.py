import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.figures.drawn import plain
from tutor.figures import Bands, Group
from tutor.figures.bands import Band

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)
TWO = Bands("Val loss", (Group("A", (2.0, 2.1, 2.2, 2.3, 2.4)), Group("B", (2.5, math.inf))), "val loss")


@given(VALUES)
def test_a_band_has_the_extremes_and_the_quartiles_of_pythons_own_statistics(values):
    band = Band.of(values)
    assert (band.low, band.high, band.count) == (min(values), max(values), len(values))
    if len(values) > 1:
        expected = statistics.quantiles(values, n=4, method="inclusive")
        assert [band.q1, band.median, band.q3] == pytest.approx(expected, abs=1e-6)
    assert band.low <= band.median <= band.high


def test_a_run_that_broke_down_counts_as_the_worst_of_all():
    band = Band.of([2.0, math.inf, 3.0, math.inf])
    assert (band.low, band.high, band.q3) == (2.0, math.inf, math.inf)
    assert not any(map(math.isnan, (band.q1, band.median)))


def test_each_value_stands_below_its_band_and_the_band_reaches_from_end_to_end():
    rows = plain(TWO.draw(60, 9))
    a, points = rows[1], rows[2]
    assert (a[0], rows[4][0]) == ("A", "B")
    assert points.count("o") == 5
    assert a.index("├") == points.index("o")
    assert a.rindex("┤") == points.rindex("o")
    assert a.index("━") == points.index("o", points.index("o") + 1)
    assert a.index("┃") == [place for place, letter in enumerate(points) if letter == "o"][2]
    assert rows[4].count("┼") == 1
    assert "1 lost" in rows[5]


def test_values_in_one_cell_are_counted():
    rows = plain(Bands("x", (Group("A", (1.0, 1.0, 1.0, 9.0)),)).draw(40, 6))
    assert "3" in rows[2]
    assert rows[2].count("o") == 1


@pytest.mark.parametrize("height", [2, 3, 4])
def test_where_there_is_little_room_the_bands_come_first(height):
    rows = plain(TWO.draw(30, height))
    assert "├" in rows[1]
    assert "A" in rows[1]


def test_in_words():
    told = TWO.describe()
    assert "A: 2 to 2.4 in 5 runs, half of them 2.1 to 2.3, median 2.2" in told
    assert "B: 2.5, one run, 1 not finite" in told
    assert Bands("none", (Group("A", ()),)).describe() == "none: A: none yet."
    assert "no data yet" in "".join(plain(Bands("none", (Group("A", ()),)).draw(30, 5)))


def test_a_value_is_read_off_under_the_cursor():
    assert TWO.read((1, 0)) == "A, 2 of 5: 2.1"
    assert TWO.read((3, 1)) == "B: nothing here"
    marked = [role for line in TWO.draw(60, 9, "braille", (4, 0)) for _, role in line]
    assert marked.count("text/cursor") == 1
