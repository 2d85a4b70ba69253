"""The first line of a screen."""

from tutor.figures.lines import clip
from tutor.roles import Glyphs, Line
from tutor.ui.widgets.lines import Lines


class Heading(Lines):
    """A title, cut where it must be, and at the right end where in the whole one is."""

    DEFAULT_CSS = """
    Heading { height: 1; background: $surface; }
    """

    def __init__(self, glyphs: Glyphs, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self._said = "", ""

    def say(self, title: str, place: str) -> None:
        """Show these instead."""
        self._said = title, place
        self.redraw()

    def lay_out(self, width: int) -> list[Line]:
        """One line."""
        title, place = self._said
        room = width - len(place) - 1
        return [((clip(f" {title}", room - 1, self._glyphs).ljust(room), "title"), (f"{place} ", "muted"))]
