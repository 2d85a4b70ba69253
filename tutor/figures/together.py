"""Two runs' pictures of the same thing in one."""

import msgspec

from tutor.figures.bands import Bands
from tutor.figures.bars import Bars
from tutor.figures.base import Figure, Place, Row
from tutor.figures.curve import Curve
from tutor.figures.heatmap import HeatMap
from tutor.figures.histograms import Histograms
from tutor.figures.images import Images
from tutor.figures.regions import Regions
from tutor.figures.ridges import Ridges
from tutor.figures.scatter import Scatter
from tutor.figures.series import Series
from tutor.figures.strip import Strip
from tutor.figures.table import Table, Text
from tutor.roles import Glyphs, Line

Single = Curve | Histograms | Bands | Bars | HeatMap | Images | Regions | Ridges | Scatter | Strip | Table | Text
"""Every kind of figure that is one picture."""

LEAST = 28
"""Cells that a picture needs to stand beside another."""

_GAP = 2


class SideBySide(Figure, frozen=True):
    """Two pictures next to each other, or one above the other where the space is narrow."""

    left: Single
    right: Single

    def describe(self) -> str:
        """The one, then the other."""
        return f"{self.left.describe()} {self.right.describe()}"

    @property
    def places(self) -> Place:
        """Those of the larger of the two: one cursor reads both."""
        left, right = self.left.places, self.right.places
        return max(left[0], right[0]), max(left[1], right[1])

    def data(self) -> list[Row]:
        """The one's table, an empty row, and the other's."""
        return [*self.left.data(), (), *self.right.data()]

    def _read(self, place: Place) -> str:
        return f"A: {self.left.read(place)} B: {self.right.read(place)}"

    def _lines(self, width: int, height: int, glyphs: Glyphs, cursor: Place | None) -> list[Line]:
        half = (width - _GAP) // 2
        if half < LEAST:
            top = self.left.draw(width, height - height // 2, glyphs, cursor)
            return top + self.right.draw(width, height // 2, glyphs, cursor)
        lefts, rights = (one.draw(half, height, glyphs, cursor) for one in (self.left, self.right))
        return [_joined(left, right, half + _GAP) for left, right in zip(lefts, rights, strict=True)]


def together(a: Single | SideBySide, b: Single | SideBySide) -> Single | SideBySide:
    """Runs A and B in one picture: curves over each other, anything else side by side."""
    if isinstance(a, Curve) and isinstance(b, Curve):
        return msgspec.structs.replace(a, series=(*_labelled(a, "A"), *_labelled(b, "B")))
    if isinstance(a, SideBySide) or isinstance(b, SideBySide):
        return a
    return SideBySide(a.title, _titled(a, "A"), _titled(b, "B"))


def _labelled(curve: Curve, run: str) -> list[Series]:
    """The curve's lines under the run's name; the faint noise behind them would only hide the other run."""
    return [
        msgspec.structs.replace(series, label=f"{run} {series.label}")
        for series in curve.series
        if series.style != "faint"
    ]


def _titled(figure: Single, run: str) -> Single:
    return msgspec.structs.replace(figure, title=f"{run} · {figure.title}")


def _joined(left: Line, right: Line, at: int) -> Line:
    used = sum(len(text) for text, _ in left)
    return (*left, (" " * (at - used), "text"), *right)
