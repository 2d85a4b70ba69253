"""Is it noise? The spread of a result over several seeds, and a verdict that names no winner inside it."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Band:
    """The results of several seeds: their extremes and quartiles (inclusive method)."""

    low: float
    q1: float
    median: float
    q3: float
    high: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Band":
        """The band of one value or more."""
        if len(values) == 1:
            return cls(*(values[0],) * 5, 1)
        q1, median, q3 = statistics.quantiles(values, n=4, method="inclusive")
        return cls(min(values), q1, median, q3, max(values), len(values))


def verdict(a: Band, b: Band, what: str = "loss") -> str:
    """Whether A or B is lower, said only if no seed of one reaches into the band of the other."""
    if a.count < 2 or b.count < 2:
        return "One seed each tells nothing about noise: take three or more."
    if a.high < b.low or b.high < a.low:
        lower, other = ("A", "B") if a.high < b.low else ("B", "A")
        gap = max(a.low, b.low) - min(a.high, b.high)
        return f"{lower} has the lower {what} for every seed; the bands are {gap:.3g} apart, so {other} is worse."
    overlap = min(a.high, b.high) - max(a.low, b.low)
    return f"No winner: the bands of A and B overlap by {overlap:.3g}, so the difference in {what} may be the seed's."
