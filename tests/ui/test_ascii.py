"""With ASCII glyphs, nothing else reaches the terminal."""

import pytest
from textual.command import CommandPalette

from tests.course.made import choice, step
from tests.ui.conftest import AppOnFakeLabs
from tests.ui.fake_lab import FakeLab
from tests.ui.screen import opened, painted, until
from tests.ui.test_snapshots import EVERY, FIGURES
from tutor.course.catalog import Catalog
from tutor.learner.record import Record
from tutor.paths import lessons_dir
from tutor.ui.ascii import TABLE
from tutor.ui.prose import spell_in_ascii

TEXT = "√32 ≤ 10², and `h²`.\n\n> quoted\n\n- one – or none"


def every_line_is_ascii(pilot):
    odd = [line for line in painted(pilot) if not line.isascii()]
    assert odd == []


@pytest.fixture(autouse=True)
def _one_terminal():
    """The next test's terminal is another one."""
    yield
    spell_in_ascii(False)


@pytest.fixture
def app(app_at):
    pages = (
        step("one", choice(), figures=("loss", "activations", "probabilities", "letters"), text=TEXT),
        step("two", figures=("bigrams", "digits", "norms", "samples")),
    )
    return app_at(*pages, questions=[choice()], make=lambda: FakeLab(ready=EVERY, figures=FIGURES), glyphs="ascii")


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)
async def test_on_every_screen_of_a_lesson(app, size):
    async with opened(app, size) as pilot:
        for keys in (("s",), ("tab",), ("tab",), ("2",), ("?", "a"), ("z", "right", "escape"), ("]",), ("F",)):
            for key in keys:
                await pilot.press(key)
                await pilot.pause()
                every_line_is_ascii(pilot)
        await pilot.press("escape", "ctrl+p")
        await until(lambda: isinstance(pilot.app.screen, CommandPalette), pilot)
        await pilot.pause()
        every_line_is_ascii(pilot)


async def test_on_the_list_of_lessons():
    record = Record(None)
    record.finish_step("counting-letters", "one-name")
    app = AppOnFakeLabs(Catalog.find([lessons_dir()]), record, glyphs="ascii")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.warmed, pilot)
        every_line_is_ascii(pilot)
        assert any("pages - 0/" in line for line in painted(pilot))


async def test_formulas_are_spelt_out(app):
    async with opened(app) as pilot:
        text = "\n".join(painted(pilot))
        assert "sqrt(32) <= 10^2, and h^2." in text
        assert "| quoted" in text
        assert "* one - or none" in text


def test_every_character_takes_one_cell():
    for code in (*range(0x80, 0x2FFF), 0x1F600):
        assert len(chr(code).translate(TABLE)) == 1
        assert chr(code).translate(TABLE).isascii()
