"""Sends the changed part of a line alone: Textual's own compositor begins each at the widget's left edge."""

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor


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
    """Composes as Textual does, and sends less."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """What has changed, or `None` if nothing has."""
        update = super().render_partial_update()
        return update and NarrowUpdate(update.chops, update.spans, update.chop_ends)
