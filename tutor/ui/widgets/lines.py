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
        self._given: list[Line] = list(lines)
        self._lines: list[Line] = []
        self._width = -1
        self._strips: dict[int, Strip] = {}

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        self._keep_up()
        return tuple(self._lines)

    def lay_out(self, width: int) -> list[Line]:
        """The lines for a widget `width` cells wide; a subclass that wraps makes them here, without side effects."""
        return self._given

    def show(self, lines: Sequence[Line]) -> None:
        """Show `lines` instead."""
        self._given = list(lines)
        self.redraw()

    def redraw(self) -> None:
        """Lay out again what may have changed, and send just the lines that have."""
        old, width = self._lines, self.size.width
        self._lines = self.lay_out(width)
        if width != self._width or len(old) != len(self._lines):
            self._width = width
            self._strips.clear()
            self.refresh(layout=True)
            return
        changed = [row for row, (was, now) in enumerate(zip(old, self._lines, strict=True)) if was != now]
        for row in changed:
            self._strips.pop(row, None)
        if changed:
            self.refresh(*(Region(0, row, self.size.width, 1) for row in changed))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are lines at this width."""
        return len(self.lay_out(width))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The longest line."""
        lines = self.lay_out(container.width)
        return max((sum(len(text) for text, _ in line) for line in lines), default=0)

    def render_line(self, y: int) -> Strip:
        """Row `y` as Textual wants it."""
        self._keep_up()
        found = self._strips.get(y)
        if found is None:
            found = self._strips[y] = self._strip(self._lines[y] if y < len(self._lines) else ())
        return found

    def notify_style_update(self) -> None:
        """The theme or a class changed: all strips are stale."""
        self._strips.clear()
        super().notify_style_update()

    def _keep_up(self) -> None:
        """Lay out anew if the width has changed; Textual paints before it says that it has."""
        if self._width != self.size.width:
            self._width = self.size.width
            self._strips.clear()
            self._lines = self.lay_out(self._width)

    def _strip(self, line: Line) -> Strip:
        palette = cast("TutorApp", self.app).palette
        base = self.rich_style
        segments = [Segment(text, base + palette.style(role)) for text, role in line]
        return Strip(segments).adjust_cell_length(self.size.width, base)
