import math

import pytest

from tests.figures.drawn import find, plain, roles
from tutor.figures import Curve, Guide, Series

STEPS = tuple(range(0, 10_001, 100))
FALLING = Series("train", STEPS, tuple(1 + 2 * math.exp(-step / 2000) for step in STEPS))
HIGHER = Series("val", STEPS, tuple(1.4 + 2 * math.exp(-step / 2000) for step in STEPS))


def heights(lines, role):
    """For each column, the topmost line in which `role` has ink."""
    tops = {}
    for row, line in enumerate(lines[1:], start=1):
        for column, (character, found) in enumerate(zip(plain([line])[0], roles(line), strict=True)):
            if found == role and character != " ":
                tops.setdefault(column, row)
    return tops


def test_the_picture_falls_where_the_data_falls():
    tops = heights(Curve("loss", (Series("", FALLING.x, FALLING.y),)).draw(60, 16), "s0")
    rows = [tops[column] for column in sorted(tops)]
    assert rows == sorted(rows)
    assert rows[-1] - rows[0] >= 8


def test_ticks_are_round_and_the_axis_is_named():
    lines = plain(Curve("loss", (FALLING,)).draw(60, 16))
    assert lines[-1].split() == ["0", "2k", "4k", "6k", "8k", "10k"]
    assert lines[-2].endswith(" step")
    assert [line.split("┤")[0].strip() for line in lines if "┤" in line] == [
        "3.0",
        "2.5",
        "2.0",
        "1.5",
        "1.0",
    ]


def test_log_axes_label_the_values_and_not_their_logarithms():
    rates = (1e-3, 1e-2, 1e-1, 1.0)
    lines = Curve("lr", (Series("", rates, rates),), x_label="", log_x=True, log_y=True).draw(60, 16)
    written = plain(lines)
    assert written[-1].split() == ["0.001", "0.01", "0.1", "1"]
    assert {"0.001", "0.01", "0.1", "1"} <= {line.split("┤")[0].strip() for line in written if "┤" in line}
    tops = heights(lines, "s0")
    assert tops[min(tops)] == 13
    assert tops[max(tops)] == 1


def test_two_series_differ_without_colour():
    lines = Curve("loss", (FALLING, HIGHER)).draw(60, 16)
    assert plain(lines)[0].endswith("── train 1.01  ─o─ val 1.41")
    body = "".join(plain(lines)[1:-2])
    assert body.count("o") >= 3
    ascii_body = "".join(plain(Curve("loss", (FALLING, HIGHER)).draw(60, 16, "ascii"))[1:-2])
    assert {"*", "o"} <= set(ascii_body)


def test_marks_sit_on_their_own_line():
    flat = Series("b", (0, 100), (1.0, 1.0))
    lines = Curve("loss", (Series("a", (0, 100), (3.0, 3.0)), flat)).draw(50, 12)
    column, row = find(lines[1:-2], "o")
    assert any(0x2800 < ord(character) < 0x2900 for character in plain(lines[1:-2])[row])
    assert roles(lines[1:-2][row])[column] == "s1"


def test_faint_series_stand_back_and_do_not_use_up_a_colour():
    raw = Series("raw", STEPS, FALLING.y, "faint")
    legend = Curve("loss", (raw, FALLING)).draw(60, 16)[0]
    assert [role for text, role in legend if "raw" in text] == ["muted"]
    assert [role for text, role in legend if "train" in text] == ["s0"]


def test_a_guide_is_a_labelled_rule_at_its_value():
    lines = Curve("loss", (FALLING,), guides=(Guide(2.0, "goal"),)).draw(60, 16)
    _, row = find(lines, " goal")
    assert plain(lines)[row].startswith("2.0┤")
    assert "╌" in plain(lines)[row]


def test_a_long_legend_takes_two_lines():
    series = tuple(Series(f"layer {index}", (0, 1), (index, index)) for index in range(6))
    lines = plain(Curve("update:data", series).draw(40, 9))
    assert all(f"layer {index}" in " ".join(lines[1:3]) for index in range(6))


def test_no_data_yet_and_nothing_finite_are_said():
    assert any("no data yet" in line for line in plain(Curve("loss", ()).draw(40, 9)))
    broken = Curve("loss", (Series("a", (0, 1), (math.nan, math.inf)), Series("b", (0, 1), (1, 2))))
    assert "a (nothing finite)" in plain(broken.draw(60, 9))[0]
    assert "a has nothing finite to draw" in broken.describe()


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        (
            Series("train", (0, 500, 1000), (3.29, 2.0, 2.12)),
            "loss: train fell from 3.29 at step 0 to 2.12 at step 1,000, lowest 2 at 500.",
        ),
        (
            Series("train", (0, 5, 10), (1.0, 9.0, 4.0)),
            "loss: train rose from 1 at step 0 to 4 at step 10, highest 9 at 5.",
        ),
        (
            Series("train", (0, 5, 10), (1.0, 9.0, 1.1)),
            "loss: train went from 1 at step 0 to 1.1 at step 10, highest 9 at 5.",
        ),
        (Series("train", (0, 5), (1.0, 1.0)), "loss: train stays at 1 from step 0 to 5."),
        (Series("train", (7,), (1.5,)), "loss: train is 1.5 at step 7."),
        (Series("train", (), ()), "loss: train has no data yet."),
        (
            Series("train", (0, 1, 2), (3.0, math.nan, 2.0)),
            "loss: train fell from 3 at step 0 to 2 at step 2. 1 point is left out, being not finite.",
        ),
    ],
)
def test_words(series, expected):
    assert Curve("loss", (series,)).describe() == expected


def test_words_about_guides():
    guides = (Guide(0.5, "low"), Guide(9, "high"), Guide(2.5, "mid"))
    told = Curve("loss", (Series("a", (0, 1), (3, 2)),), guides=guides).describe()
    assert "stays above the guide low" in told
    assert "stays below the guide high" in told
    assert "meets the guide mid and ends below it" in told


def test_words_pass_over_the_raw_noise():
    raw = Series("raw", STEPS, FALLING.y, "faint")
    assert "raw" not in Curve("loss", (raw, FALLING)).describe()
