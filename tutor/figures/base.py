"""What every figure is: frozen data that can be drawn in a rectangle of cells, or put into words."""

import msgspec

from tutor.figures.lines import fit
from tutor.roles import Glyphs, Line


class Figure(msgspec.Struct, frozen=True, tag=True):
    """A picture as plain data; each subclass is one kind of picture."""

    title: str

    def draw(self, width: int, height: int, glyphs: Glyphs = "braille") -> list[Line]:
        """Draw in `height` lines of at most `width` cells; line 0 starts with the title."""
        if width < 1 or height < 1:
            return [()] * max(height, 0)
        # With one line to fill, a kind would write "and 3 more" over the title.
        lines = self._lines(width, max(height, 2), glyphs)
        return fit(lines, width, height, glyphs)

    def describe(self) -> str:
        """One to three sentences with the numbers that matter, for someone who can't see the picture."""
        raise NotImplementedError

    def _lines(self, width: int, height: int, glyphs: Glyphs) -> list[Line]:
        raise NotImplementedError
