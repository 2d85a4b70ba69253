"""The widget under all our own drawing: styled lines of which only those that changed are sent to the terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tutor.roles import Line

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp


class Lines(Widget):
    """Shows lines of (text, role) spans, cut at the right edge.

    Textual sends a whole widget when it is refreshed; this one remembers what it shows and refreshes single
    lines, which is what keeps a training run cheap on a slow line.
    """

    DEFAULT_CSS = """
    Lines { height: auto; }
    """

    def __init__(self, lines: Sequence[Line] = (), id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Line] = list(lines)
        self._strips: dict[int, Strip] = {}

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return tuple(self._lines)

    def show(self, lines: Sequence[Line]) -> None:
        """Show `lines` instead, redrawing just those that differ."""
        old, self._lines = self._lines, list(lines)
        if len(old) != len(self._lines):
            self._strips.clear()
            self.refresh(layout=True)
            return
        changed = [row for row, (was, now) in enumerate(zip(old, self._lines, strict=True)) if was != now]
        for row in changed:
            self._strips.pop(row, None)
        if changed:
            self.refresh(*(Region(0, row, self.size.width, 1) for row in changed))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are lines."""
        return len(self._lines)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The longest line."""
        return max((sum(len(text) for text, _ in line) for line in self._lines), default=0)

    def render_line(self, y: int) -> Strip:
        """Row `y` as Textual wants it."""
        found = self._strips.get(y)
        if found is None:
            found = self._strips[y] = self._strip(self._lines[y] if y < len(self._lines) else ())
        return found

    def notify_style_update(self) -> None:
        """The theme or a class changed: all strips are stale."""
        self._strips.clear()
        super().notify_style_update()

    def on_resize(self) -> None:
        """The width changed: all strips are stale."""
        self._strips.clear()

    def _strip(self, line: Line) -> Strip:
        palette = cast("TutorApp", self.app).palette
        base = self.rich_style
        segments = [Segment(text, base + palette.style(role)) for text, role in line]
        return Strip(segments).adjust_cell_length(self.size.width, base)
