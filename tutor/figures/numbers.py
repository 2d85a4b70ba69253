"""Numbers for readers: where the ticks of an axis fall, and how a value is written in few characters."""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

LARGEST = 1e300
"""Values beyond this are treated as not finite, so that differences of two values are always finite."""

_SUFFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def usable(value: float) -> bool:
    """Whether `value` is a number that can be drawn: neither NaN nor beyond ±1e300."""
    return -LARGEST < value < LARGEST


def extent(values: Iterable[float]) -> tuple[float, float] | None:
    """The lowest and highest usable value, or `None` if there is none."""
    kept = [value for value in values if usable(value)]
    return (min(kept), max(kept)) if kept else None


def ticks(low: float, high: float, most: int) -> list[float]:
    """Multiples of 1, 2 or 5·10^k inside [low, high]: as many as possible, at most `most`.

    A range too narrow for ticks to differ gives its one value; one that isn't finite gives none.
    """
    if most < 1 or not (usable(low) and usable(high)) or low > high:
        return []
    if not _apart(low, high):
        return [low]
    step = _step((high - low) / (most + 1))
    while _floor(high / step) - _ceil(low / step) >= most:
        step = _step(step * 1.5)
    return [_multiple(index, step) for index in range(_ceil(low / step), _floor(high / step) + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """1, 2 and 5 times powers of ten in [low, high]; if over `most`, powers of ten, or every n-th of them."""
    if most < 1 or not (usable(low) and usable(high)) or not 0 < low <= high:
        return []
    bottom, top = math.floor(math.log10(low)), math.ceil(math.log10(high))
    fine = [_power(decade, digit) for decade in range(bottom, top + 1) for digit in (1, 2, 5)]
    fine = [value for value in fine if low <= value <= high]
    if len(fine) <= most:
        return fine
    decades = [decade for decade in range(bottom, top + 1) if low <= _power(decade) <= high]
    every = max(1, math.ceil(len(decades) / most))
    return [_power(decade) for decade in decades if decade % every == 0][:most] or fine[:1]


LEVEL = 1e-3
"""A range narrower than this part of its own magnitude is drawn level: blown up, it would be noise."""


def nice_limits(low: float, high: float, steps: int = 5) -> tuple[float, float]:
    """Limits around [low, high] on multiples of 1, 2 or 5·10^k that are at most `steps` and a rest apart.

    They stay put while the data moves inside them, so an axis doesn't jitter from frame to frame.
    """
    if not (usable(low) and usable(high)) or low > high:
        return 0.0, 1.0
    if not _apart(low, high) or high - low < max(abs(low), abs(high)) * LEVEL:
        margin = max(abs(low), abs(high)) / 10 or 1.0
        low, high = low - margin, high + margin
    step = _step((high - low) / steps)
    return _multiple(_floor(low / step), step), _multiple(_ceil(high / step), step)


def nice_log_limits(low: float, high: float) -> tuple[float, float]:
    """Limits around [low, high], both positive, on 1, 2 or 5 times powers of ten; always apart."""
    if not (usable(low) and usable(high)) or not 0 < low <= high:
        return 1.0, 10.0
    bottom = max(value for value in _around(low) if value <= low)
    top = min(value for value in _around(high) if value >= high)
    return (bottom, top) if bottom < top else (bottom / 10, top * 10)


def short(value: float, digits: int = 3) -> str:
    """`value` to `digits` significant digits (at least 3) in few characters: `12.3k`, `0.0012`, `1e-7`."""
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    rounded = float(f"{value:.{digits}g}")
    for factor, suffix in _SUFFIXES:
        if factor <= abs(rounded) < 1e15:
            return _plain(rounded / factor, digits) + suffix
    return _plain(rounded, digits)


def tick_labels(values: Sequence[float]) -> list[str]:
    """Labels for evenly spaced ticks: one unit, one number of decimals, and never two alike."""
    largest = max(map(abs, values), default=0.0)
    gaps = [after - before for before, after in pairwise(values)]
    step = min(gaps, default=largest)
    if not (usable(largest) and step > 0):
        return [short(value) for value in values]
    units = (unit for unit in _SUFFIXES if unit[0] * 10 <= largest or unit[0] <= step)
    factor, suffix = next(units, (1.0, ""))
    decimals = max(0, -math.floor(math.log10(step / factor) + 1e-9))
    if decimals > 5 or largest >= 1e15:
        digits = 1 + max(0, math.ceil(math.log10(largest / step)))
        return [short(value, digits) for value in values]
    return [f"{value / factor:.{decimals}f}{suffix}" if value else "0" for value in values]


def words(value: float) -> str:
    """`value` as a sentence says it: whole numbers with commas, others with three significant digits."""
    if usable(value) and value == round(value) and abs(value) < 1e15:
        return f"{round(value):,}"
    return f"{float(f'{value:.4g}'):,g}" if 1000 <= abs(value) < 1e6 else short(value)


def percent(share: float) -> str:
    """A share from 0 to 1 as whole percent; a part never reads as nothing or as everything."""
    if 0 < share < 0.005:
        return "<1 %"
    return ">99 %" if 0.995 <= share < 1 else f"{100 * share:.0f} %"


def _plain(value: float, digits: int) -> str:
    text = f"{value:.{digits}g}"
    mantissa, exponent, power = text.partition("e")
    return f"{mantissa}e{int(power)}" if exponent else mantissa


def _power(decade: int, digit: int = 1) -> float:
    return float(f"{digit}e{decade}")


def _around(value: float) -> list[float]:
    decade = math.floor(math.log10(value))
    return [_power(decade + shift, digit) for shift in (-1, 0, 1) for digit in (1, 2, 5)]


def _step(least: float) -> float:
    """The smallest 1, 2 or 5·10^k that is at least `least`."""
    decade = math.floor(math.log10(least))
    steps = (_power(decade + shift, digit) for shift in (-1, 0, 1) for digit in (1, 2, 5))
    return next(step for step in steps if step >= least * (1 - 1e-9) > 0)


def _multiple(index: int, step: float) -> float:
    return float(f"{index * step:.12g}")


def _floor(ratio: float) -> int:
    nearest = round(ratio)
    return nearest if abs(ratio - nearest) < 1e-9 else math.floor(ratio)


def _ceil(ratio: float) -> int:
    return -_floor(-ratio)


def _apart(low: float, high: float) -> bool:
    """Whether the range is wide enough, beside its magnitude, for ticks to differ."""
    return high - low > max(abs(low), abs(high)) * 1e-9 and high - low > 1e-290
