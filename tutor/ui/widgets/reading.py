"""The text of a page."""

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
        self._lay_out()

    def on_resize(self) -> None:
        """Wrap anew."""
        super().on_resize()
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.size.width
        if width:
            self.show([*laid_out(self._title, width, "title"), (), *laid_out(self._text, width)])
