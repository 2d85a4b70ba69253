"""The text of a page."""

from functools import lru_cache

from tutor.roles import Line
from tutor.ui.prose import laid_out
from tutor.ui.widgets.lines import Lines


class Reading(Lines):
    """Shows a page's title and Markdown, laid out to its width."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title = ""
        self._text = ""

    def open_page(self, title: str, text: str) -> None:
        """Show this page instead."""
        self._title, self._text = title, text
        self.redraw()

    def lay_out(self, width: int) -> list[Line]:
        """The title, an empty line, the text."""
        return _laid_out(self._title, self._text, width)


@lru_cache(maxsize=4)
def _laid_out(title: str, text: str, width: int) -> list[Line]:
    return [*laid_out(title, width, "title"), (), *laid_out(text, width)]
