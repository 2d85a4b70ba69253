"""Printing what was measured."""

from collections.abc import Sequence
from statistics import median, quantiles


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table under its title."""
    cells = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    print(f"\n\n{title}")
    for row in cells:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which `percent` of a hundred lie."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def paired(values: Sequence[float], others: Sequence[float]) -> float:
    """The median ratio of measurements made in turn."""
    return median(one / other for one, other in zip(values, others, strict=True))
