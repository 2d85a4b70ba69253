"""Pictures as plain data: each can be drawn as styled lines of text or told in a sentence.

Importing this package imports no plotting library, so that a process that only builds figures stays light.
"""

from tutor.figures.bars import Bars
from tutor.figures.base import Figure
from tutor.figures.curve import Curve, Guide, Series
from tutor.figures.heatmap import HeatMap
from tutor.figures.histograms import Histogram, Histograms
from tutor.figures.images import Image, Images
from tutor.figures.scatter import Point, Scatter
from tutor.figures.table import Table, Text
from tutor.figures.together import SideBySide, Single
from tutor.roles import Glyphs, Line, Span

AnyFigure = Single | SideBySide
"""Every kind of figure, as a tagged union that msgspec can decode."""

__all__ = [
    "AnyFigure",
    "Bars",
    "Curve",
    "Figure",
    "Glyphs",
    "Guide",
    "HeatMap",
    "Histogram",
    "Histograms",
    "Image",
    "Images",
    "Line",
    "Point",
    "Scatter",
    "Series",
    "SideBySide",
    "Span",
    "Table",
    "Text",
]
