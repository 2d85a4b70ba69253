from tests.figures.drawn import plain
from tutor.figures import Histogram, Ridges


def bump(step: int, at: int, bins: int = 24) -> Histogram:
    """Everything lies in the bin `at`."""
    return Histogram(f"step {step}", 0, bins, tuple(90 if bin_ == at else 0 for bin_ in range(bins)))


def ink(line: str) -> set[int]:
    return {column for column, character in enumerate(line) if character not in " ⠀"}


def test_each_ridge_stands_by_its_label_and_rises_where_its_values_lie():
    lines = plain(Ridges("h", (bump(0, 3), bump(9, 20))).draw(56, 12))
    back, front = (next(row for row, line in enumerate(lines) if line.startswith(f"step {step} ")) for step in (0, 9))
    assert 1 < back < front == 10
    peaks = [min(column for column in ink(lines[base - 3]) if column >= 7) - 7 for base in (back, front)]
    assert 3 / 24 * 49 - 2 <= peaks[0] <= 4 / 24 * 49 + 2
    assert 20 / 24 * 49 - 2 <= peaks[1] <= 21 / 24 * 49 + 2


def test_what_is_in_front_hides_what_is_behind():
    alone = plain(Ridges("h", (bump(0, 12),)).draw(56, 8))
    # The same hump twice: of the one behind only what stands higher on the screen is left.
    both = plain(Ridges("h", (bump(0, 12), bump(1, 12))).draw(56, 8))
    assert both[-4:-1] == [line.replace("step 0", "step 1") for line in alone[-4:-1]]


def test_the_first_and_the_last_are_shown_and_the_one_under_the_cursor():
    rows = tuple(bump(step, 12) for step in range(30))
    figure = Ridges("h", rows)
    labels = [line[:7].strip() for line in plain(figure.draw(60, 12)) if line.startswith("step")]
    assert (labels[0], labels[-1]) == ("step 0", "step 29")
    assert 3 <= len(labels) < 10
    assert "step 17" not in labels
    pointed = figure.draw(60, 12, cursor=(12, 17))
    assert any(line.startswith("step 17") for line in plain(pointed))
    assert any(role.endswith("/cursor") for line in pointed for _, role in line)
    assert figure.read((12, 17)) == "step 17, 12 to 13: 90 of 90, 100 %"


def test_the_glyphs():
    for glyphs in ("quadrant", "ascii"):
        drawn = "".join(plain(Ridges("h", (bump(0, 3), bump(9, 20))).draw(56, 12, glyphs)))
        assert any(mark in drawn for mark in {"quadrant": "▀▄▌▐▚▞", "ascii": "*"}[glyphs])
        assert glyphs != "ascii" or drawn.isascii()


def test_words_tell_the_first_the_middle_and_the_last():
    told = Ridges("h", tuple(bump(step, step) for step in range(21))).describe()
    assert told == (
        "h: step 0 (n = 90), half from 0.25 to 0.75, 100 % below 1; step 10 (n = 90), half from 10.2 to 10.8; "
        "step 20 (n = 90), half from 20.2 to 20.8."
    )
    assert Ridges("h", ()).describe() == "h: no data yet."
