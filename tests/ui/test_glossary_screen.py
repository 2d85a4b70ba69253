"""The course's words over a screen: to a letter by that letter, and back."""

import pytest
from textual.containers import VerticalScroll

from tests.ui.screen import opened, reads, until
from tutor.ui.screens.glossary import GlossaryScreen
from tutor.ui.screens.lesson import LessonScreen


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)])
async def test_a_letter_goes_to_its_terms_and_escape_goes_back(app_at, size):
    app = app_at()
    async with opened(app, size) as pilot:
        await pilot.press("G")
        await until(lambda: isinstance(app.screen, GlossaryScreen), pilot)
        await reads(pilot, "#terms", "argmax")
        scroll = app.screen.query_one(VerticalScroll)
        await pilot.press("s")
        await until(lambda: scroll.scroll_y > 0, pilot)
        top = app.screen.query_one("#terms").lines[round(scroll.scroll_y)]
        assert top[0][0].lower().startswith("s")
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, LessonScreen), pilot)
