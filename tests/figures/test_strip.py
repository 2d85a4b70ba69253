from math import exp, inf

from tutor.figures import Stage, Strip

LOGITS = (3.0, 2.0, 1.0)
POWERS = tuple(map(exp, LOGITS))
STRIP = Strip(
    "Softmax",
    ("a", "b", "c"),
    (Stage("z", LOGITS), Stage("e^z", POWERS, "exp"), Stage("p", tuple(v / sum(POWERS) for v in POWERS), "÷ 30.19")),
)


def drawn(width, height, **how):
    return ["".join(text for text, _ in line) for line in STRIP.draw(width, height, **how)]


def test_every_number_stands_under_its_column_and_the_operation_between_two_stages():
    lines = drawn(40, 10)
    assert lines[1].split() == ["a", "b", "c"]
    assert lines[2].split() == ["z", "3", "2", "1"]
    assert lines[3].split() == ["exp", "↓", "↓", "↓"]
    assert lines[4].split() == ["e^z", "20.09", "7.389", "2.718"]
    assert lines[6].split() == ["p", "0.6652", "0.2447", "0.09003"]


def test_without_room_the_operations_go_and_the_numbers_stay():
    assert [line.split()[0] for line in drawn(40, 5)[2:]] == ["z", "e^z", "p"]


def test_the_cursor_reads_how_a_number_came_about():
    assert STRIP.read((0, 0)) == "z, a: 3"
    assert STRIP.read((1, 1)) == "e^z, b: 2 exp = 7.38906"


def test_a_narrow_strip_shows_the_columns_at_the_cursor():
    assert drawn(14, 10)[1].split()[-1] == "a"
    assert drawn(14, 10, cursor=(2, 0))[1].split()[-1] == "c"


def test_the_words_hold_every_number():
    told = STRIP.describe()
    assert "exp gives e^z: a 20.09, b 7.389, c 2.718" in told
    assert told.endswith("÷ 30.19 gives p: a 0.6652, b 0.2447, c 0.09003.")


def test_columns_move_closer_and_numbers_get_shorter_before_any_is_left_out():
    strip = Strip("p", tuple("abcd"), (Stage("p", (0.082982, 0.055622, 0.82766, 0.033737), "÷ 40.01"),))
    lines = {width: "".join(text for text, _ in strip.draw(width, 4)[2]).split() for width in (48, 40, 36, 24)}
    assert lines[48] == lines[40] == ["p", "0.08298", "0.05562", "0.8277", "0.03374"]
    assert lines[36] == ["p", "0.083", "0.0556", "0.828", "0.0337"]
    assert len(lines[24]) < 5


def test_a_number_that_is_none_any_more_is_marked():
    line = Strip("p", ("a", "b"), (Stage("p", (inf, 0.5)),)).draw(30, 4)[2]
    assert [role for text, role in line if "inf" in text] == ["bad"]
    assert [role for text, role in line if "0.5" in text] == ["text"]
