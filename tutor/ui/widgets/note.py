"""Words to the learner, as wide as there is room."""

from tutor.roles import Line
from tutor.ui.prose import laid_out
from tutor.ui.widgets.lines import Lines


class Note(Lines):
    """Says one thing at a time, and takes no room while it says nothing."""

    DEFAULT_CSS = """
    Note { padding: 0 1; }
    """

    def __init__(self, text: str = "", role: str = "text", id: str | None = None) -> None:
        super().__init__(id=id)
        self._said = text, role

    def say(self, text: str, role: str = "text") -> None:
        """Say `text`, in Markdown, instead; nothing if it is empty."""
        self._said = text, role
        self.redraw()

    def lay_out(self, width: int) -> list[Line]:
        """The words, wrapped."""
        text, role = self._said
        return laid_out(text, width, role) if text else []
