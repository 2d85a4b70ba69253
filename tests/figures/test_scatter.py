from tests.figures.drawn import find, plain, roles
from tutor.figures import Point, Scatter

SQUARE = (Point(0, 0, "a"), Point(1, 0, "b", 1), Point(0, 1, "c"), Point(1, 1, "d", 7))


def test_letters_stand_at_their_places():
    lines = Scatter("embedding", SQUARE).draw(40, 14)[1:]
    places = {mark: find(lines, mark) for mark in "abcd"}
    assert places["a"][0] == places["c"][0] < places["b"][0] == places["d"][0]
    assert places["c"][1] == places["d"][1] < places["a"][1] == places["b"][1]


def test_groups_are_series_roles():
    lines = Scatter("embedding", SQUARE).draw(40, 14)[1:]
    found = {mark: roles(lines[row])[column] for mark in "abcd" for column, row in [find(lines, mark)]}
    assert found == {"a": "s0", "b": "s1", "c": "s0", "d": "s1"}


def test_axes_are_named_and_have_round_ticks():
    lines = plain(Scatter("embedding", SQUARE, "first", "second").draw(60, 14))
    assert lines[0].split() == ["embedding", "second"]
    assert lines[-2].endswith(" first")
    assert {"0", "1"} <= {label.rstrip("0").rstrip(".") or "0" for label in lines[-1].split()}


def test_overlaps_are_told():
    told = Scatter("embedding", (*SQUARE, Point(0.001, 0.001, "z"))).describe()
    assert "Too close to tell apart: az." in told
    assert "Too close" not in Scatter("embedding", SQUARE).describe()


def test_words():
    points = (Point(0, 0, "a"), Point(1, 0, "b"), Point(0.5, 9, "q"), Point(float("nan"), 0, "n"))
    assert Scatter("embedding", points).describe() == (
        "embedding: 3 points, x from 0 to 1, y from 0 to 9. Farthest from the middle: q at (0.5, 9). 1 not finite."
    )
