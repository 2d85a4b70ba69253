"""The widget under all our own drawing: styled lines of which only the cells that changed are sent to the terminal."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, cast

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tutor.roles import Line, Span
from tutor.ui.colours import UNDERLINED
from tutor.ui.shown import JOIN

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp

_EMPTY = (" ", "text")


class Lines(Widget):
    """Shows lines of (text, role) spans, cut at the right edge.

    Textual sends a whole widget when it is refreshed; this one remembers what it shows and refreshes the parts of
    lines that differ, which is what keeps a training run cheap on a slow line.
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
        self._base = Style()
        """The widget's own style, as the strips have it."""

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
        """Lay out again what may have changed, and send just the cells that have."""
        old, width = self._lines, self.size.width
        self._lines = self.lay_out(width)
        if width != self._width or len(old) != len(self._lines):
            self._width = width
            self._strips.clear()
            self.refresh(layout=True)
            return
        regions = []
        for row, (was, now) in enumerate(zip(old, self._lines, strict=True)):
            if was != now:
                self._strips.pop(row, None)
                regions += [Region(left, row, right - left, 1) for left, right in changes(was, now, width)]
        if regions:
            self.refresh(*regions)

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
            if not self._strips:
                self._base = self.rich_style
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
        palette, base = cast("TutorApp", self.app).palette, self._base
        segments = [Segment(text, base + palette.style(role)) for text, role in _joined(line)]
        return Strip(segments).adjust_cell_length(self.size.width, base)


def changes(was: Line, now: Line, width: int) -> Iterator[tuple[int, int]]:
    """The first column of each part of a line in which the two differ, and the column after it; inside `width`."""
    left = right = -1
    pairs = zip_longest(_cells(was), _cells(now), fillvalue=_EMPTY)
    for column, (before, after) in enumerate(pairs):
        if before == after:
            continue
        if column >= width:
            break
        if left >= 0 and column - right > JOIN:
            yield left, right
            left = column
        left, right = (column if left < 0 else left), column + 1
    if left >= 0:
        yield left, right


def _joined(line: Line) -> Iterator[Span]:
    """The spans, blank ones joined to the one before: they look the same in its colour, and a colour is 30 bytes."""
    text, role = "", ""
    for more, other in line:
        if other == role or (text and not more.strip(" ") and _bare(other) and _bare(role)):
            text += more
        else:
            if text:
                yield text, role
            text, role = more, other
    if text:
        yield text, role


def _cells(line: Line) -> Iterator[tuple[str, str]]:
    """Each character and its role; spaces that nothing shows through are all alike."""
    for text, role in line:
        bare = _bare(role)
        for character in text:
            yield _EMPTY if bare and character == " " else (character, role)


def _bare(role: str) -> bool:
    """Whether a blank in this role can't be told from one in another."""
    return "/" not in role and role not in UNDERLINED
