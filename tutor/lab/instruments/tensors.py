"""One tensor, looked at: how its values are spread, where they lie, and the first of them as numbers."""

import math

from torch import Tensor

from tutor.figures import AnyFigure, HeatMap, Histograms, Table
from tutor.figures.numbers import nice_limits, short
from tutor.lab.instruments.values import histogram

ROWS, COLUMNS = 64, 160
"""The most that is sent of a matrix: more than a terminal shows."""

FIRST = (8, 5)
"""How many rows and columns are written out as numbers."""


def tensor_figures(name: str, values: Tensor) -> dict[str, AnyFigure]:
    """Pictures of `values`: a histogram, a heat map if it has rows and columns, and its first numbers.

    What has more than two dimensions is shown with all but the first laid end to end.
    """
    values = values.detach().float()
    shape = "×".join(map(str, values.shape))
    matrix = values.reshape(len(values), -1) if values.ndim > 1 and values.numel() else values.reshape(1, -1)
    figures: dict[str, AnyFigure] = {}
    if values.numel() > 1:
        figures["spread"] = _spread(f"{name}, {shape}", values)
    if min(matrix.shape) > 1:
        figures["map"] = _map(name, matrix)
    figures["numbers"] = _numbers(name, matrix)
    return figures


def _spread(title: str, values: Tensor) -> Histograms:
    finite = values[values.isfinite()]
    low, high = nice_limits(finite.min().item(), finite.max().item()) if finite.numel() else (math.nan, math.nan)
    if not finite.numel():
        return Histograms(title, ())
    lost = values.numel() - finite.numel()
    return Histograms(title, (histogram("values", values, low, high, note=f"{lost:,} not finite" if lost else ""),))


def _map(name: str, matrix: Tensor) -> HeatMap:
    part = matrix[:ROWS, :COLUMNS]
    cut = f", its first {part.shape[0]}×{part.shape[1]}" if part.shape != matrix.shape else ""
    return HeatMap(f"{name}{cut}", (), (), tuple(map(tuple, part.tolist())))


def _numbers(name: str, matrix: Tensor) -> Table:
    if matrix.numel() == 1:
        return Table(name, (), ((short(matrix.item(), 6),),))
    part = matrix[: FIRST[0], : FIRST[1]]
    header = ("", *map(str, range(part.shape[1])))
    rows = tuple((str(place), *map(short, row)) for place, row in enumerate(part.tolist()))
    return Table(f"{name}, the first values", header, rows)
