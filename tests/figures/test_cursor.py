"""A cursor marks a place of the data, scrolls to it, and reads it."""

import math

from tutor.figures import Bars, Curve, HeatMap, Histogram, Histograms, Series, Table

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def text(figure, width, height, cursor=None):
    return ["".join(part for part, _ in line) for line in figure.draw(width, height, "braille", cursor)]


def under_cursor(figure, width, height, cursor):
    return "".join(
        part for line in figure.draw(width, height, "braille", cursor) for part, role in line if "/c" in role
    )


def test_a_curve_reads_each_series_and_says_where_a_value_lies_elsewhere():
    curve = Curve("Loss", (Series("train", (0, 10, 20), (3, 2, 1)), Series("val", (0, 15), (3, 2.5))))
    assert curve.places == (4, 1)
    assert curve.read((0, 0)) == "step 0: train 3, val 3"
    assert curve.read((2, 0)) == "step 15: train 2 (at 10), val 2.5"


def test_curves_are_kept_in_step_by_their_x():
    fine, coarse = (Curve("", (Series("", tuple(range(0, 101, by)), (1.0,) * 101),)) for by in (1, 10))
    assert coarse.nearest(fine.at((37, 0))) == (4, 0)
    assert coarse.at(coarse.nearest(1e9)) == 100


def test_a_line_breaks_where_it_is_not_finite():
    whole, broken = (
        Curve(
            "", (Series("", tuple(range(101)), tuple(gap if 40 < x < 60 else 1.0 for x in range(101))),), y_span=(0, 2)
        )
        for gap in (1.0, math.nan)
    )
    rows = [max(text(curve, 60, 10), key=lambda line: sum("⠀" < c < "⣿" for c in line)) for curve in (whole, broken)]
    counts = [sum("⠀" < c < "⣿" for c in row) for row in rows]
    assert counts[1] < 0.85 * counts[0]


def test_a_band_is_drawn_and_told():
    line = Series("val", (0, 1), (2, 2), low=(1, 1.5), high=(3, 2.5))
    assert "its band ending from 1.5 to 2.5" in Curve("", (line,)).describe()


def test_a_table_scrolls_to_the_cursor():
    table = Table("All", ("letter",), tuple((letter,) for letter in LETTERS))
    assert "z" not in text(table, 20, 8)
    assert under_cursor(table, 20, 8, (0, 25)) == "z"


def test_bars_scroll_to_the_cursor():
    bars = Bars("p", tuple(LETTERS), tuple(range(26, 0, -1)))
    assert not any(line.startswith("z") for line in text(bars, 30, 8))
    assert under_cursor(bars, 30, 8, (0, 25)) == "z"


def test_a_heat_map_of_all_letter_pairs_fits_half_a_small_terminal_and_its_cursor_reads_a_cell():
    counts = tuple(tuple(float(27 * row + column) for column in range(27)) for row in range(27))
    names = tuple("." + LETTERS)
    heat = HeatMap("Counts", names, names, counts, row_label="first", column_label="second")
    lines = text(heat, 42, 18)
    assert lines[1].split()[0] == "." + LETTERS
    assert heat.read((21, 17)) == "first q, second u: 480"
    assert text(heat, 42, 18, (21, 17))[2 + 17 // 2].count("+") == 1


def test_a_heat_map_shows_the_columns_at_the_cursor_and_says_that_it_is_cut():
    heat = HeatMap("wide", (), tuple(f"{n:02}" for n in range(60)), ((1.0,) * 60,) * 2)
    start, end = text(heat, 20, 6)[1], text(heat, 20, 6, (59, 0))[1]
    assert start.startswith("00")
    assert start.endswith("…")
    assert end.startswith("…")
    assert end.split()[-1] == "57"


def test_numbers_stand_in_the_cells_of_a_confusion_matrix():
    matrix = HeatMap("Confusion", ("0", "1"), ("0", "1"), ((40.0, 2.0), (0.0, 38.0)), numbers=True)
    assert [line.split() for line in text(matrix, 30, 5)[2:4]] == [["0", "40", "2"], ["1", "0", "38"]]


def test_a_histogram_reads_a_bin():
    rows = Histograms("h", (Histogram("tanh 1", -1, 1, (10, 20, 70)), Histogram("tanh 2", -1, 1, (100, 0, 0))))
    assert rows.places == (3, 2)
    assert rows.read((2, 0)) == "tanh 1, 0.333 to 1: 70 of 100, 70 %"
