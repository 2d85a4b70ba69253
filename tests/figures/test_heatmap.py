import math

import pytest
from msgspec import structs

from tests.figures.drawn import find, plain, roles
from tutor.figures import HeatMap
from tutor.figures.shades import Scale

LETTERS = tuple(".abcdefghijklmnopqrstuvwxyz")
COUNTS = tuple(tuple(float(27 * row + column) for column in range(27)) for row in range(27))
BIGRAMS = HeatMap("bigrams", LETTERS, LETTERS, COUNTS, row_label="first", column_label="second")


@pytest.mark.parametrize(
    ("value", "level"), [(0, 0), (1, 15), (0.5, 8), (-9, 0), (9, 15), (math.nan, None), (math.inf, None)]
)
def test_levels(value, level):
    assert Scale(0, 1).level(value) == level


@pytest.mark.parametrize(("size", "cell"), [((40, 29), 1), ((80, 29), 2)])
def test_twenty_seven_by_twenty_seven_fits_with_its_labels(size, cell):
    lines = BIGRAMS.draw(*size)
    written = plain(lines)
    assert [line[0] for line in written[2:]] == list(LETTERS)
    assert written[1].split() == (["".join(LETTERS)] if cell == 1 else list(LETTERS))
    corner = roles(lines[-1])[2 : 2 + 27 * cell]
    assert corner[-1] == "h15/h15"
    assert len(corner) == 27 * cell
    assert roles(lines[2])[2] == "h0/h0"


def test_cells_read_without_colours():
    written = plain(HeatMap("m", ("a", "b"), (), ((0.0, 0.4), (0.7, 1.0))).draw(20, 3))
    assert written[1:] == ["a   ░░", "b ▓▓██"]
    assert plain(HeatMap("m", (), (), ((0.0, 1.0),)).draw(20, 2, "ascii"))[1] == "  @@"


def test_two_rows_share_a_line_where_lines_are_scarce():
    lines = HeatMap("m", (), (), ((0.0,), (1.0,), (1.0,), (0.0,))).draw(20, 3)
    assert [roles(line)[0] for line in lines[1:]] == ["h0/h15", "h15/h0"]


def test_rows_that_do_not_fit_are_counted():
    assert plain(BIGRAMS.draw(40, 10, "ascii"))[-1] == "~ and 20 more"
    assert plain(BIGRAMS.draw(40, 10))[-1] == "… and 13 more"


def test_the_scale_and_the_axes_are_told_where_there_is_room():
    lines = BIGRAMS.draw(80, 31)
    assert plain(lines)[0].startswith("bigrams ")
    assert plain(lines)[0].endswith(" 728")
    assert find(lines, "↓ first  → second") == (0, 29)


def test_given_ends_hold():
    lines = HeatMap("m", (), (), ((0.0, 1.0),), low=0.0, high=2.0).draw(20, 2)
    assert roles(lines[1])[-1] == "h8/h8"


def test_what_is_not_finite_is_marked():
    lines = HeatMap("m", (), (), ((0.0, math.nan, 1.0),)).draw(20, 2)
    assert plain(lines)[1] == "  ??██"
    assert roles(lines[1])[2] == "bad"


def test_words():
    confusion = HeatMap("errors", ("0", "1"), ("0", "1"), ((9, 2), (1, 8)), row_label="digit", column_label="guess")
    assert confusion.describe() == (
        "errors: 2 by 2 cells, digit by guess, from 1 to 9. Largest: 0, 0: 9; 1, 1: 8; 0, 1: 2. Smallest: 1, 0: 1."
    )
    numbered = structs.replace(confusion, numbers=True)
    assert numbered.describe() == "errors: 2 by 2 cells, digit by guess, from 1 to 9. 0: 0 9, 1 2. 1: 0 1, 1 8."
    many = HeatMap(
        "m", (), (), tuple(tuple(10.0 * row + column for column in range(7)) for row in range(7)), numbers=True
    )
    assert many.describe() == (
        "m: 7 by 7 cells, from 0 to 66. Largest: 6, 6: 66; 6, 5: 65; 6, 4: 64. Smallest: 0, 0: 0."
    )
    flat = HeatMap("flat", (), (), ((0.0, 1.0, 1.0), (0.0, 0.0, 0.0)))
    assert flat.describe() == "flat: 2 by 3 cells, from 0 to 1. 2 of 6 are 1."
    assert HeatMap("m", (), (), ()).describe() == "m: no data yet."


def test_on_a_root_scale_a_hundredth_is_shaded_as_a_tenth():
    values = ((0.0, 0.01, 0.25, 1.0),)
    assert [Scale.over(values[0], None, None, root=True).level(value) for value in values[0]] == [0, 1, 8, 15]
    assert roles(HeatMap("m", (), (), values, root=True).draw(20, 2)[1])[::2] == ["h0/h0", "h1/h1", "h8/h8", "h15/h15"]


def test_notes_stand_beside_the_cells_where_there_is_room_and_are_told():
    noted = HeatMap("m", ("a",), ("x", "y"), ((0.0, 1.0),), notes=("made up", "emma", "olivia"))
    assert plain(noted.draw(30, 4))[1:] == ["  x y   made up", "a   ██  emma", "        olivia"]
    assert plain(noted.draw(14, 4))[1:] == ["  x y   made …", "a   ██  emma", "0   ░░▒▓▓█ 1"]
    assert "emma" not in "".join(plain(noted.draw(13, 4)))
    assert noted.describe().endswith(" made up: emma, olivia.")
