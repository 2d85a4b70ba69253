"""What every figure is: frozen data that can be drawn in a rectangle of cells, or put into words.

Drawn text carries *roles*, never colours; whoever shows it maps roles to a theme:

- `title`, `text`, `muted`, `accent`: headings, plain text, what stands back (axes, captions) or out;
- `good`, `bad`, `warn`: a verdict;
- `s0` … `s5`: the series of a plot, in order;
- `h0` … `h15`: steps of a heat scale, `h0` the lowest value;
- `FG/BG`: a foreground and a background role, such as `h12/h3` or `text/h5`. A heat cell has the role `h7/h7`
  and a shading glyph: one solid colour where there are colours, a readable grey where there are none.
"""

import msgspec

from tutor.figures.lines import Glyphs, Line, Span, fit

__all__ = ["HEATS", "SERIES", "Figure", "Glyphs", "Line", "Span"]

SERIES = 6
"""How many series roles there are; a seventh series uses `s0` again."""

HEATS = 16
"""How many steps a heat scale has."""


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
