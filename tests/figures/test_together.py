import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tutor.figures import AnyFigure, Bars, Curve, Series, SideBySide, Text
from tutor.figures.together import LEAST, together

LOSS_A = Curve("Loss", (Series("batch", (1.0,), (9.0,), style="faint"), Series("mean", (1.0, 2.0), (3.0, 2.0))))
LOSS_B = Curve("Loss", (Series("mean", (1.0, 2.0), (3.0, 2.5)),))
NAMES = (Text("Names", ("anna", "otto")), Text("Names", ("emma",)))


def plain(figure, width: int, height: int) -> list[str]:
    return ["".join(text for text, _ in line) for line in figure.draw(width, height)]


def test_curves_are_drawn_in_one_picture_under_the_runs_names():
    both = together(LOSS_A, LOSS_B)
    assert isinstance(both, Curve)
    assert [series.label for series in both.series] == ["A mean", "B mean"]
    assert "A mean" in both.describe()
    assert "B mean" in both.describe()


def test_anything_else_stands_side_by_side_where_it_is_wide_enough():
    both = together(*NAMES)
    rows = plain(both, 2 * LEAST + 2, 4)
    assert rows[0].startswith("A · Names")
    assert rows[0].index("B · Names") == LEAST + 2
    assert rows[1].split() == ["anna", "emma"]


def test_and_one_above_the_other_where_it_is_narrow():
    rows = plain(together(*NAMES), LEAST, 8)
    assert rows[0].startswith("A · Names")
    assert rows[4].startswith("B · Names")


def test_it_survives_the_pipe():
    both = together(Bars("p", ("a",), (0.5,)), Bars("p", ("a",), (0.25,)))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(both), type=AnyFigure) == both


@given(st.integers(1, 130), st.integers(1, 40))
def test_it_keeps_to_its_rectangle(width, height):
    rows = plain(SideBySide("Names", *NAMES), width, height)
    assert len(rows) == height
    assert all(len(row) <= width for row in rows)
