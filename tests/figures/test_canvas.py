import math
import threading

import pytest

from tutor.figures.canvas import MARKERS, Stroke, plot

DOTS = {1: (0, 0), 2: (0, 1), 4: (0, 2), 8: (1, 0), 16: (1, 1), 32: (1, 2), 64: (0, 3), 128: (1, 3)}


def dots(lines):
    """The (column, row) of each braille dot that is set, row 0 at the bottom."""
    found = set()
    for row, line in enumerate(reversed(lines)):
        for column, character in enumerate("".join(text for text, _ in line)):
            if character != " ":
                bits = ord(character) - 0x2800
                found |= {(2 * column + x, 4 * row + 3 - y) for bit, (x, y) in DOTS.items() if bits & bit}
    return found


def braille(x, y, role="s0"):
    return Stroke(list(x), list(y), role, MARKERS["braille"])


def test_a_diagonal_sets_the_dots_of_the_diagonal():
    lines = plot([braille([0, 7], [0, 7])], 4, 2, (0, 7), (0, 7))
    assert dots(lines) == {(index, index) for index in range(8)}


def test_every_line_has_the_width_asked_for_whatever_the_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("LINES", "5")
    lines = plot([braille([0, 1], [0, 1])], 150, 40, (0, 1), (0, 1))
    assert [sum(len(text) for text, _ in line) for line in lines] == [150] * 40


def test_colours_come_back_as_roles():
    top, bottom = braille([0, 9], [9, 9], "s3"), braille([0, 9], [0, 0], "muted")
    lines = plot([top, bottom], 5, 3, (0, 9), (0, 9))
    assert [{role for text, role in line if text.strip()} for line in lines] == [{"s3"}, set(), {"muted"}]


def test_later_strokes_lie_on_top():
    lines = plot([braille([0, 9], [5, 5], "s0"), braille([0, 9], [5, 5], "s1")], 5, 1, (0, 9), (0, 9))
    assert {role for _, role in lines[0]} == {"s1"}


@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan, 1e308])
def test_what_is_not_finite_is_left_out(bad):
    with_bad = plot([braille([0, 3, 7], [0, bad, 7])], 4, 2, (0, 7), (0, 7))
    assert with_bad == plot([braille([0, 7], [0, 7])], 4, 2, (0, 7), (0, 7))


def test_nothing_of_one_drawing_is_left_in_the_next():
    first = plot([braille([0, 1], [0, 1])], 6, 3, (0, 1), (0, 1))
    plot([braille([0, 1], [50, 90])], 6, 3, (0, 1), (0, 100))
    assert plot([braille([0, 1], [0, 1])], 6, 3, (0, 1), (0, 1)) == first
    assert dots(plot([], 6, 3, (0, 1), (0, 1))) == set()


def test_two_threads_draw_what_one_draws():
    def draw(slope):
        return plot([braille([0, 1], [0, slope])], 20, 5, (0, 1), (0, 9))

    alone = [draw(slope) for slope in range(1, 9)]
    together = [None] * 8

    def work(index):
        together[index] = draw(index + 1)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_ascii_and_quadrant_strokes_use_only_their_glyphs():
    for glyphs, allowed in (("ascii", "* "), ("quadrant", " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█")):
        stroke = Stroke([0, 1, 2], [0, 2, 1], "s0", MARKERS[glyphs])
        written = "".join(text for line in plot([stroke], 9, 4, (0, 2), (0, 2)) for text, _ in line)
        assert set(written) <= set(allowed)
        assert written.strip()


def test_no_room_draws_nothing():
    assert plot([braille([0, 1], [0, 1])], 0, 5, (0, 1), (0, 1)) == []
