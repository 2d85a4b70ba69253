"""Every word on every screen can be read in each of Textual's themes: the contrast of each painted cell."""

import pytest
from textual.command import CommandPalette
from textual.theme import BUILTIN_THEMES

from tests.course.made import bug, choice, step
from tests.ui.conftest import AppOnFakeLabs
from tests.ui.fake_lab import FakeLab
from tests.ui.screen import opened, settled, until
from tests.ui.test_colours import contrast
from tests.ui.test_snapshots import EVERY, FIGURES, TEXT
from tutor.course.catalog import Catalog
from tutor.learner.record import Record
from tutor.paths import lessons_dir

THEMES = [name for name, theme in BUILTIN_THEMES.items() if not theme.ansi]
READABLE = 4.5

STATES = {
    "lesson": ("s", "h", "2"),
    "pictures": ("right_square_bracket",),
    "knobs": ("tab",),
    "typing": ("tab", "enter"),
    "help": ("question_mark",),
    "zoom": ("z", "right"),
    "zoom on a heat map": ("right_square_bracket", "z", "right"),
    "phases": ("S",),
    "sampling": ("g",),
    "find rate": ("F",),
    "seeds": ("n",),
}
QUICK = ("lesson", "typing", "zoom on a heat map")
"""With what the fast tests make sure of; the rest is of the same parts."""


def faint(pilot, rows=slice(None)):
    """The words on screen whose contrast with what is behind them is too low."""
    found = {}
    for strip in pilot.app.screen._compositor.render_strips()[rows]:
        for segment in strip:
            style, text = segment.style, segment.text.strip()
            # A heat's own shade on itself is a picture, and so are lines and bars.
            if any(map(str.isalnum, text)) and style.color is not None and style.color != style.bgcolor:
                colours = [tuple(colour.get_truecolor()) for colour in (style.color, style.bgcolor)]
                if contrast(*colours) < READABLE:
                    found[text] = round(contrast(*colours), 1)
    return found


async def in_every_theme(pilot, rows=slice(None)):
    found = {}
    for theme in THEMES:
        pilot.app.theme = theme
        await pilot.pause()
        found[theme] = faint(pilot, rows)
    return {theme: words for theme, words in found.items() if words}


@pytest.mark.parametrize(
    "state", [state if state in QUICK else pytest.param(state, marks=pytest.mark.slow) for state in STATES]
)
async def test_in_a_lesson(app_at, state):
    names = tuple(FIGURES)
    pages = (step("one", choice(), figures=names[:4], text=TEXT), step("two", bug(), figures=names[4:]))
    app = app_at(*pages, questions=[choice(), bug()], make=lambda: FakeLab(ready=EVERY, figures=FIGURES))
    async with opened(app, (120, 40)) as pilot:
        await pilot.press(*STATES[state])
        await pilot.pause()
        assert await in_every_theme(pilot) == {}


async def test_in_the_palette(app_at):
    async with opened(app_at(), (80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+p")
        await until(lambda: isinstance(pilot.app.screen, CommandPalette), pilot)
        # The last rows are the screen behind it, which stands back.
        assert await in_every_theme(pilot, slice(1, 18)) == {}


async def test_in_the_list_of_lessons():
    app = AppOnFakeLabs(Catalog.find([lessons_dir()]), Record(None), notice="The disk is full.")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.warmed, pilot)
        assert await in_every_theme(pilot) == {}
