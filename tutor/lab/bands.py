"""Is it noise? A verdict on the results of several seeds that names no winner inside their spread."""

import math
from collections.abc import Sequence

from tutor.figures.bands import Band
from tutor.figures.numbers import short

ENOUGH = 3
"""Seeds of each below which no winner is named: bands of two come apart by luck alone once in three times."""


def verdict(a: Sequence[float], b: Sequence[float], what: str = "loss") -> str:
    """Whether A or B is lower, said only if no seed of one reaches into the band of the other.

    `a` and `b` hold a result a seed, the same seeds in the same order; infinity for a run that broke down.
    """
    if min(len(a), len(b)) < ENOUGH:
        return f"Too few seeds to tell a difference in {what} from noise: take {ENOUGH} of each or more."
    if list(a) == list(b):
        return f"No winner: A and B end with the same {what} for every seed."
    one, other = Band.of(a), Band.of(b)
    if one.high < other.low or other.high < one.low:
        lower, higher = ("A", "B") if one.high < other.low else ("B", "A")
        gap = max(one.low, other.low) - min(one.high, other.high)
        apart = f"the bands are {short(gap)} apart" if math.isfinite(gap) else f"{higher} breaks down every time"
        odds = math.comb(len(a) + len(b), len(a)) // 2
        luck = f"Luck alone would part {len(a)} and {len(b)} runs like this once in {odds:,} tries."
        return f"{lower} has the lower {what} for every seed; {apart}. {luck}"
    overlap = min(one.high, other.high) - max(one.low, other.low)
    by = f" by {short(overlap)}" if math.isfinite(overlap) else ""
    text = f"No winner: the bands of A and B overlap{by}, so the difference in {what} may be the seed's."
    return f"{text} {_paired(a, b)}"


def _paired(a: Sequence[float], b: Sequence[float]) -> str:
    """What the seeds say one by one, where A and B share the luck of the seed."""
    pairs = list(zip(a, b, strict=False))
    wins = {"A": sum(one < other for one, other in pairs), "B": sum(other < one for one, other in pairs)}
    lower = max(wins, key=lambda name: wins[name])
    if wins[lower] < len(pairs):
        return f"Seed by seed, A is lower in {wins['A']} of {len(pairs)} and B in {wins['B']}."
    odds = f"once in {2 ** (len(pairs) - 1):,} tries"
    return f"Yet seed by seed {lower} is lower in {len(pairs)} of {len(pairs)}, as by luck {odds}: take more seeds."
