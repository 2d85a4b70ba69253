"""Screens that answer keys sooner than Textual's own, paint less, and send only what has changed."""

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, cast

from rich.console import Console
from rich.control import Control
from textual import events
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.screen import Screen
from textual.strip import Strip

from tutor.ui.shown import Shown

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tutor.ui.app import TutorApp

_HURRY = 0.03
"""Seconds after a key in which nothing waits to be painted."""

Piece = tuple[int, int, Strip]
"""A column, a row, and what is to stand there."""


class NarrowUpdate(CompositorUpdate):
    """Pieces of the screen, of which those cells are sent that the terminal doesn't show yet."""

    def __init__(self, pieces: Iterable[Piece], shown: Shown) -> None:
        self.pieces = tuple(pieces)
        self._shown = shown

    def render_segments(self, console: Console) -> str:
        """The escape sequences that paint them."""
        written: list[str] = []
        for x, y, strip in self.pieces:
            for column, part in self._shown.changes(x, y, strip):
                written += (Control.move_to(column, y).segment.text, part.render(console))
        return "".join(written)


class NarrowCompositor(Compositor):
    """Composes as Textual does. Its own updates send whole lines, or from a widget's left edge on."""

    def __init__(self, shown: Shown) -> None:
        super().__init__()
        self._shown = shown

    def render_update(
        self, full: bool = False, screen_stack: list[Screen[object]] | None = None, simplify: bool = False
    ) -> "RenderableType | None":
        """What has changed, or `None` if nothing has; as Textual has it for who wants it in `full`."""
        update = super().render_update(full, screen_stack, simplify)
        if full:
            return update
        if isinstance(update, LayoutUpdate):
            pieces: Iterable[Piece] = ((0, y, Strip.join(line)) for y, line in enumerate(update.strips))
        elif isinstance(update, ChopsUpdate):
            pieces = _pieces(update)
        else:
            return update
        return cast("RenderableType", NarrowUpdate(pieces, self._shown))


def _pieces(update: ChopsUpdate) -> Iterator[Piece]:
    """The parts of widgets' lines that lie in the spans of changed cells."""
    for y, left, right in update.spans:
        for end, (start, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            first, last = max(start, left), min(end, right)
            if strip is not None and first < last:
                yield first, y, strip.crop(first - start, last - start)


class NarrowScreen(Screen[None]):
    """A screen that is painted once to open, at once after a key, and of which the changed cells are sent."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = NarrowCompositor(cast("TutorApp", self.app).shown)
        self._hurried = -_HURRY

    def hurry(self, last: bool = True) -> None:
        """Paint what changes now without waiting: the learner has pressed a key, or clicked.

        Unless it is the `last` that the app hears of it, what waits already to be painted would come before the answer.
        """
        if last or not self._dirty_widgets:
            self._hurried = time.monotonic()

    def on_screen_resume(self) -> None:
        """A key has uncovered it. One that is new paints itself, and can wait to do it better."""
        if self._compositor.size:
            self.hurry()

    async def _on_idle(self, event: events.Idle) -> None:
        # What changes is painted at the next tick of a 60 Hz timer; after a tick that came late, at the next but one.
        # So while figures are drawn, a key would wait up to 33 ms.
        if self._dirty_widgets and time.monotonic() - self._hurried < _HURRY:
            self._on_timer_update()

    def _screen_resized(self, size: Size) -> None:
        # A screen's first layout tells the screen itself, and those below, that they have a size. Textual then lays
        # out and paints all of them again.
        if size != self._compositor.size:
            super()._screen_resized(size)
