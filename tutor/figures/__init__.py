"""Pictures as plain data: each can be drawn as styled lines of text or told in a sentence.

Importing this package imports no plotting library, so that a process that only builds figures stays light.
"""

from tutor.figures.bands import Bands, Group
from tutor.figures.bars import Bars
from tutor.figures.base import Figure
from tutor.figures.curve import Curve
from tutor.figures.heatmap import HeatMap
from tutor.figures.histograms import Histogram, Histograms
from tutor.figures.images import Image, Images
from tutor.figures.regions import Regions
from tutor.figures.ridges import Ridges
from tutor.figures.scatter import Point, Scatter
from tutor.figures.series import Guide, Series
from tutor.figures.strip import Stage, Strip
from tutor.figures.table import Table, Text
from tutor.figures.together import SideBySide, Single
from tutor.roles import Glyphs, Line, Span

AnyFigure = Single | SideBySide
"""Every kind of figure, as a tagged union that msgspec can decode."""

__all__ = [
    "AnyFigure",
    "Bands",
    "Bars",
    "Curve",
    "Figure",
    "Glyphs",
    "Group",
    "Guide",
    "HeatMap",
    "Histogram",
    "Histograms",
    "Image",
    "Images",
    "Line",
    "Point",
    "Regions",
    "Ridges",
    "Scatter",
    "Series",
    "SideBySide",
    "Span",
    "Stage",
    "Strip",
    "Table",
    "Text",
]
