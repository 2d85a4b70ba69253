"""What is sent, over all screens, leaves the terminal as if everything had been painted anew."""

import random

import pyte
import pytest
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.course.made import bug, choice, lesson, step
from tests.ui.conftest import AppOnFakeLabs
from tests.ui.fake_lab import FIGURES, FakeLab
from tests.ui.screen import opened, painted, until
from tests.ui.test_narrow import cells
from tutor.course.catalog import Catalog
from tutor.learner.record import Record
from tutor.ui.shown import Shown

BOLD, PLAIN, INK = Style(bold=True), Style(bgcolor="blue"), Style(color="red", bgcolor="blue")
WALK = """
    question_mark escape z tab escape c down escape ctrl+p down escape g escape right_square_bracket
    left_square_bracket tab right space space t G escape n escape S escape escape escape down enter
"""


def strip(text, style=PLAIN):
    return Strip([Segment(text, style)])


def sent(shown, x, y, given):
    return [(column, part.text) for column, part in shown.changes(x, y, given)]


def test_nothing_is_sent_twice():
    shown = Shown()
    assert sent(shown, 3, 0, strip("a line")) == [(3, "a line")]
    assert sent(shown, 3, 0, strip("a line")) == []
    assert sent(shown, 3, 1, strip("a line")) == [(3, "a line")]


def test_changes_far_apart_are_sent_apart():
    shown = Shown()
    list(shown.changes(0, 0, strip("abcdefghijklmnopqrstuvwxyz")))
    assert sent(shown, 0, 0, strip("AbcdefghijklmnopqrstuvwXyZ")) == [(0, "A"), (23, "XyZ")]


def test_a_letter_in_another_style_is_sent_and_a_blank_in_one_that_doesnt_show_isnt():
    shown = Shown()
    list(shown.changes(0, 0, strip("a b")))
    assert sent(shown, 0, 0, Strip([Segment("a", PLAIN), Segment(" ", INK), Segment("b", INK)])) == [(2, "b")]
    assert sent(shown, 0, 0, Strip([Segment("a", PLAIN), Segment(" ", BOLD), Segment("b", INK)])) == [(1, " ")]


def test_what_was_forgotten_is_sent_again():
    shown = Shown()
    list(shown.changes(0, 0, strip("a line")))
    shown.forget()
    assert sent(shown, 0, 0, strip("a line")) == [(0, "a line")]


def test_a_row_with_wide_characters_is_sent_whole():
    shown = Shown()
    for _ in range(2):
        assert sent(shown, 0, 0, strip("字 is wide")) == [(0, "字 is wide")]
    assert sent(shown, 0, 0, strip("a")) == [(0, "a")]


class Watched(AppOnFakeLabs):
    """Paints on a terminal too."""

    terminal = stream = None

    def start(self, columns, rows):
        self.terminal = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.terminal)

    def _display(self, screen, renderable):
        super()._display(screen, renderable)
        if renderable is not None:
            self.stream.feed(renderable.render_segments(self.console))


@pytest.mark.parametrize("seed", range(2))
async def test_a_walk_through_all_screens_in_sizes(tmp_path, seed):
    chance = random.Random(seed)
    questions = [choice(), bug()]
    text = "\n\n".join(f"Paragraph {number} of a text." for number in range(30))
    pages = (step("one", *questions, figures=tuple(FIGURES), text=text), step("two", text=text[:300]))
    (tmp_path / "lab.py").write_text("\n".join(f"line {number}" for number in range(1, 99)))
    app = Watched(Catalog({}), Record(None), lesson(pages, questions, path=tmp_path), make=FakeLab)
    app.start(80, 24)
    async with opened(app) as pilot:
        kinds = set()
        for key in WALK.split():
            if chance.random() < 0.1:
                size = chance.choice([(80, 24), (120, 40), (60, 20)])
                app.terminal.resize(*reversed(size))
                await pilot.resize_terminal(*size)
                await pilot.pause(0.05)
            await pilot.press(key)
            await pilot.pause(0.05)
            anew = pyte.Screen(*app.size)
            pyte.Stream(anew).feed(app.screen._compositor.render_update(full=True).render_segments(app.console))
            assert cells(app.terminal) == cells(anew), (key, painted(pilot))
            kinds.add(type(app.screen).__name__)
        assert len(kinds) > 8


async def test_what_something_else_wrote_goes_at_a_key(tmp_path):
    one = lesson((step("one", figures=tuple(FIGURES)),), path=tmp_path)
    app = Watched(Catalog({}), Record(None), one, make=FakeLab)
    app.start(80, 24)
    async with opened(app) as pilot:
        app.stream.feed("\x1b[5;20HThe system goes down in 5 minutes.")
        assert any("5 minutes" in line for line in app.terminal.display)
        await pilot.press("ctrl+l")
        await until(lambda: not any("5 minutes" in line for line in app.terminal.display), pilot)
