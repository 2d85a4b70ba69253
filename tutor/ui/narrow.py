"""Screens that answer keys sooner than Textual's own, paint less, and send only what has changed."""

import time

from rich.console import Console
from rich.control import Control
from textual import events
from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Size
from textual.screen import Screen

_HURRY = 0.03
"""Seconds after a key in which nothing waits to be painted."""


class NarrowUpdate(ChopsUpdate):
    """Cuts what is sent at both ends of each span of changed cells."""

    def render_segments(self, console: Console) -> str:
        """The escape sequences that paint the spans."""
        pieces: list[str] = []
        for y, left, right in self.spans:
            for end, (start, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                first, last = max(start, left), min(end, right)
                if strip is not None and first < last:
                    pieces.append(Control.move_to(first, y).segment.text)
                    pieces.append(strip.crop(first - start, last - start).render(console))
        return "".join(pieces)


class NarrowCompositor(Compositor):
    """Composes as Textual does, but doesn't begin each changed part at its widget's left edge."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """What has changed, or `None` if nothing has."""
        update = super().render_partial_update()
        return update and NarrowUpdate(update.chops, update.spans, update.chop_ends)


class NarrowScreen(Screen[None]):
    """A screen that is painted once to open, at once after a key, and of which the changed cells are sent."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = NarrowCompositor()
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
