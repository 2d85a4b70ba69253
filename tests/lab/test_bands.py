import numbers
import statistics

from hypothesis import given
from hypothesis import strategies as st

from tutor.lab.bands import Band, verdict

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30)


@given(VALUES)
def test_a_band_is_in_order_and_holds_every_value(values):
    band = Band.of(values)
    assert band.low <= band.q1 <= band.median <= band.q3 <= band.high or max(values) - min(values) < 1e-6
    assert (band.low, band.high, band.count) == (min(values), max(values), len(values))
    assert abs(band.median - statistics.median(values)) < 1e-6


def test_one_seed_is_a_band_of_no_width_and_no_verdict():
    band = Band.of([2.5])
    assert (band.low, band.median, band.high) == (2.5, 2.5, 2.5)
    assert all(isinstance(edge, numbers.Real) for edge in (band.q1, band.q3))
    assert "tells nothing" in verdict(band, Band.of([1.0]))


def test_a_winner_is_named_only_where_no_seed_contradicts_it():
    good, bad = Band.of([2.0, 2.1, 2.2]), Band.of([2.3, 2.4])
    assert verdict(good, bad).startswith("A has the lower loss for every seed; the bands are 0.1 apart")
    assert verdict(bad, good).startswith("B has the lower loss")
    assert verdict(good, Band.of([2.15, 3.0])).startswith("No winner: the bands of A and B overlap by 0.05")
    assert verdict(good, Band.of([2.2, 3.0])).startswith("No winner")
