import math

from tests.figures.drawn import plain
from tutor.figures import Bars


def test_a_bar_is_as_long_as_its_share_of_the_full_scale():
    lines = plain(Bars("p", ("a", "b", "c"), (0.5, 0.25, 1.0), top=1.0).draw(48, 4))
    assert [line.count("█") for line in lines[1:]] == [20, 10, 40]
    assert [line.split()[-1] for line in lines[1:]] == ["0.500", "0.250", "1.000"]


def test_eighths_of_a_cell_are_drawn():
    assert "▌" in plain(Bars("p", ("a",), (0.5,), top=1.0, digits=0).draw(9, 2))[1]
    assert plain(Bars("p", ("a",), (1e-9,), top=1.0).draw(30, 2))[1].split() == ["a", "▏", "0.000"]


def test_negative_bars_go_left_of_a_zero_line():
    up, down = plain(Bars("logits", ("a", "b"), (2.0, -1.0)).draw(48, 3))[1:]
    zero = up.index("│")
    assert down.index("│") == zero
    assert "█" not in up[:zero]
    assert "█" not in down[zero:]
    assert abs(up.count("█") - 2 * down.count("█")) <= 1


def test_the_longest_bars_are_kept_in_their_own_order():
    lines = plain(Bars("p", tuple("abcdef"), (0.1, 0.9, 0.2, 0.8, -1.0, math.nan)).draw(40, 5))
    assert [line[0] for line in lines[1:4]] == ["b", "d", "e"]
    assert lines[4] == "… and 3 more"


def test_what_is_not_finite_is_written_and_not_drawn():
    assert plain(Bars("p", ("a", "b"), (math.nan, math.inf)).draw(30, 3))[1:] == [
        "a                          nan",
        "b                          inf",
    ]


def test_ascii_is_ascii():
    assert all(line.isascii() for line in plain(Bars("p", ("a", "b"), (1.0, -1.0)).draw(30, 3, "ascii")))


def test_words():
    assert Bars("p", ("a", "b", "c"), (0.2, 0.7, 0.1), top=1.0).describe() == (
        "p: a 0.200, b 0.700, c 0.100. They sum to 1."
    )
    assert (
        Bars("n", tuple("abc"), (1, 3, math.nan), digits=0, unit="ms").describe() == "n: a 1 ms, b 3 ms. Not finite: c."
    )
    assert Bars("n", tuple("abcdefghijkl"), (*range(11), math.nan), digits=0, unit="ms").describe() == (
        "n: 11 bars, largest k 10 ms, j 9 ms, i 8 ms; smallest a 0 ms. Not finite: l."
    )
    assert Bars("n", (), ()).describe() == "n: no data yet."
    assert Bars("n", ("a", "b"), (math.inf, math.nan)).describe() == "n: a inf, b nan."
