from tests.figures.drawn import plain
from tutor.figures import Table, Text

BENCH = Table("bench", ("batch", "steps/s", "what it is"), (("1", "6,500", "noisy"), ("full", "12", "exact")))


def test_columns_are_aligned_and_numbers_stand_right():
    assert plain(BENCH.draw(40, 5)) == [
        "bench",
        "batch  steps/s  what it is",
        "1        6,500  noisy",
        "full        12  exact",
        "",
    ]


def test_the_header_stands_back():
    assert [line[0][1] for line in BENCH.draw(40, 4)] == ["title", "muted", "text", "text"]


def test_the_widest_column_gives_way():
    lines = plain(BENCH.draw(22, 4))
    assert lines[1] == "batch  steps…  what i…"
    assert all(len(line) <= 22 for line in lines)


def test_rows_that_do_not_fit_are_counted():
    table = Table("t", ("n",), tuple((str(index),) for index in range(9)))
    assert plain(table.draw(20, 5)) == ["t", "n", "0", "1", "… and 7 more"]


def test_a_number_that_is_none_any_more_is_marked_and_a_name_is_not():
    table = Table("t", ("name", "p"), (("nan", "0.5"), ("b", "nan"), ("c", "-inf")))
    assert table.draw(20, 5)[2:] == [
        (("nan    0.5", "text"),),
        (("b     ", "text"), (" nan", "bad")),
        (("c     ", "text"), ("-inf", "bad")),
    ]


def test_short_rows_are_filled_up():
    assert plain(Table("t", ("a", "b"), (("1",), ("1", "2"))).draw(20, 4)) == ["t", "a  b", "1", "1  2"]


def test_text_is_wrapped_and_what_is_left_is_counted():
    text = Text("samples", ("emma", "a line that has to be wrapped", "olivia"))
    assert plain(text.draw(16, 5)) == ["samples", "emma", "a line that has", "to be wrapped", "olivia"]
    assert plain(text.draw(16, 4)) == ["samples", "emma", "a line that has", "… and 2 more li…"]


def test_words():
    assert BENCH.describe() == (
        "bench. batch 1; steps/s 6,500; what it is noisy. batch full; steps/s 12; what it is exact."
    )
    assert Text("samples", ("emma", "", "mia")).describe() == "samples: emma, mia."
    assert Text("samples", ()).describe() == "samples: nothing yet."
