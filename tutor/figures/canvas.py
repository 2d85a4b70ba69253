"""The one place that plotext draws in: strokes in a rectangle, with no axes, as styled lines.

Axes, ticks and legends are ours (`tutor.figures.axes`): plotext's own fall at values such as 123.4. Its
logarithmic axes are not used either: each `build()` takes the logarithm of the stored data again. A figure
object is made anew for each drawing, since limits freeze at the first `build()` and the module-level figure
is shared by all threads.
"""

import re
from typing import NamedTuple

from plotext._figure import _figure_class

from tutor.figures.numbers import usable
from tutor.roles import Glyphs, Line, Span

MARKERS: dict[Glyphs, str] = {"braille": "braille", "quadrant": "hd", "ascii": "*"}
"""What plotext calls the finest marker of each glyph set."""

_FIRST_CODE = 16
_ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")


class Stroke(NamedTuple):
    """Points to draw in one role, joined by lines or not; `marker` is a character or one of `MARKERS`."""

    x: list[float]
    y: list[float]
    role: str
    marker: str
    joined: bool = True


def plot(strokes: list[Stroke], width: int, height: int, x: tuple[float, float], y: tuple[float, float]) -> list[Line]:
    """Draw `strokes` in `height` lines of `width` cells, over the limits `x` and `y`; later ones lie on top.

    Points that aren't finite are left out: plotext raises on an infinity.
    """
    if width < 1 or height < 1:
        return []
    figure = _figure_class()
    figure._limit_size(False, False)
    figure.plot_size(width, height)
    figure.theme("clear")
    figure.frame(False)
    figure.xfrequency(0)
    figure.yfrequency(0)
    figure.xlim(*x)
    figure.ylim(*y)
    roles = list(dict.fromkeys(stroke.role for stroke in strokes))
    for stroke in strokes:
        points = [point for point in zip(stroke.x, stroke.y, strict=True) if usable(point[0]) and usable(point[1])]
        if points:
            draw = figure.plot if stroke.joined else figure.scatter
            draw(
                *map(list, zip(*points, strict=True)),
                marker=stroke.marker,
                color=_FIRST_CODE + roles.index(stroke.role),
            )
    lines = [_parse(line, roles) for line in figure.build().splitlines()]
    return lines[:height]


def _parse(ansi: str, roles: list[str]) -> Line:
    """Spans of one line of plotext's output, whose 256-colour codes stand for roles."""
    spans: list[Span] = []
    role = "text"
    for index, piece in enumerate(_ESCAPE.split(ansi)):
        if index % 2 == 0:
            spans += [(piece, role)] if piece else []
        else:
            role = roles[int(piece.rpartition(";")[2]) - _FIRST_CODE] if piece.startswith("38;5;") else "text"
    return tuple(spans)
