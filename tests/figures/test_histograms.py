import pytest

from tests.figures.drawn import find, plain
from tutor.figures import Histogram, Histograms
from tutor.figures.axes import Axis

SATURATED = Histogram("layer 1", -1, 1, (40, *([1] * 38), 60), "71 % saturated")
BELL = Histogram("layer 2", -1, 1, (*range(20), *range(20, 0, -1)), "")


@pytest.mark.parametrize("columns", [1, 7, 40, 100])
def test_resampling_keeps_the_mass(columns):
    assert sum(SATURATED.mass(Axis(-1, 1), columns)) == pytest.approx(138)
    assert sum(SATURATED.mass(Axis(-4, 4), columns)) == pytest.approx(138)


def test_resampling_to_the_same_bins_changes_nothing():
    assert SATURATED.mass(Axis(-1, 1), 40) == pytest.approx(list(SATURATED.counts))
    halves = [a + b for a, b in zip(BELL.counts[::2], BELL.counts[1::2], strict=True)]
    assert BELL.mass(Axis(-1, 1), 20) == pytest.approx(halves)


@pytest.mark.parametrize("place", [-1.0, 0.3, 1.0])
def test_values_that_are_all_equal_are_one_column(place):
    mass = Histogram("h", place, place, (50,)).mass(Axis(-1, 1), 30)
    assert sum(mass) == pytest.approx(50)
    assert sum(value > 0 for value in mass) == 1


def test_peaks_at_both_ends_are_seen():
    lines = plain(Histograms("tanh", (SATURATED, BELL)).draw(60, 4))
    bars = lines[1].removeprefix("layer 1 ").removesuffix(" 71 % saturated")
    assert bars[-1] == "█"
    assert bars[0] in "▅▆▇█"
    assert set(bars[2:-2]) == {"▁"}


def test_rows_share_one_axis():
    narrow = Histogram("a", -0.1, 0.1, (5, 5))
    lines = Histograms("gradients", (narrow, Histogram("b", -1, 1, (5, 5)))).draw(50, 5)
    assert plain(lines)[1].count("█") == pytest.approx(plain(lines)[2].count("█") / 10, abs=2)
    column, row = find(lines, " 0 ")
    assert row == 3
    middle = [index for index, character in enumerate(plain(lines)[1]) if character == "█"]
    assert column + 1 in middle


def test_rows_grow_with_the_room_and_leave_a_gap():
    lines = plain(Histograms("tanh", (SATURATED, BELL)).draw(60, 16))
    assert sum("█" in line for line in lines) > 6


def test_rows_that_do_not_fit_are_counted():
    many = tuple(Histogram(f"layer {index}", 0, 1, (1, 2)) for index in range(9))
    assert "… and 6 more" in plain(Histograms("tanh", many).draw(40, 6))


def test_ascii_is_ascii():
    assert all(line.isascii() for line in plain(Histograms("tanh", (SATURATED,)).draw(60, 4, "ascii")))


def test_words():
    assert Histograms("tanh", (SATURATED,)).describe() == (
        "tanh: layer 1 (n = 138), half from -0.957 to 0.971, 29 % below -0.95 and 43 % above 0.95, 71 % saturated."
    )
    assert Histograms("tanh", (BELL, BELL)).describe().startswith("tanh (n = 400 each): layer 2, half from ")
    assert "below" not in Histograms("tanh", (BELL,)).describe()
    assert Histograms("tanh", (Histogram("a", 0, 1, (0, 0)),)).describe() == "tanh: a has no data yet."
