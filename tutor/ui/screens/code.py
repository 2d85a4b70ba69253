"""The model's code, as it runs."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll

from tutor.roles import Line
from tutor.ui.prose import folded
from tutor.ui.screens.sheet import Sheet
from tutor.ui.widgets.lines import Lines


class CodeScreen(Sheet):
    """Shows a lab's source."""

    BINDINGS = [Binding("escape,c,q", "dismiss", "back to the lesson")]
    DEFAULT_CSS = """
    CodeScreen VerticalScroll { width: 124; }
    """

    def __init__(self, name: str, source: str) -> None:
        super().__init__()
        self._name = name
        self._source = source

    def compose(self) -> ComposeResult:
        """The lines of the file, comments and docstrings standing back."""
        with VerticalScroll() as pane:
            pane.border_title = f"{self._name} · esc: back"
            yield _Code(self._source)


class _Code(Lines):
    """The lines of a file; those too long go on below, further in."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self._source = source.splitlines()

    def lay_out(self, width: int) -> list[Line]:
        return [_line(piece) for row in self._source for piece in folded(row, width)]


def _line(row: str) -> Line:
    code, mark, comment = row.partition("  # ") if not row.lstrip().startswith("#") else ("", "", row)
    if row.lstrip().startswith('"""'):
        return ((row, "muted"),)
    role = "title" if row.lstrip().startswith(("class ", "def ", "@")) else "text"
    return ((code, role), (mark + comment, "muted"))
