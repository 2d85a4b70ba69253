"""Lines of text whose pieces carry *roles*, never colours; whoever shows them maps roles to a theme.

- `title`, `text`, `stress`, `muted`, `accent`: headings, text plain and stressed, what stands back or out;
- `good`, `bad`, `warn`: a verdict;
- `claim`: words that the learner can have checked;
- `s0` … `s5`: the series of a plot, in order;
- `h0` … `h15`: steps of a heat scale, `h0` the lowest value;
- `FG/BG`: a foreground and a background role, such as `h12/h3` or `text/h5`. A heat cell has the role `h7/h7`
  and a shading glyph: one solid colour where there are colours, a readable grey where there are none.
"""

from typing import Literal

Span = tuple[str, str]
"""A piece of text and its role."""

Line = tuple[Span, ...]
"""One line of styled text; every character is one cell wide."""

Glyphs = Literal["braille", "quadrant", "ascii"]
"""The finest glyphs that the terminal's font has."""

SERIES = 6
"""How many series roles there are; a seventh series uses `s0` again."""

HEATS = 16
"""How many steps a heat scale has."""
