"""Statistics of one tensor, whatever it holds."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from tutor.figures import Histogram


def histogram(label: str, values: Tensor, low: float, high: float, bins: int = 60, note: str = "") -> Histogram:
    """Counts of `values` in equal bins over [low, high]; what lies outside falls into the outermost bin of its side."""
    flat = values.detach().flatten()
    flat = flat[torch.isfinite(flat)].clamp(low, high)
    places = ((flat - low) * (bins / (high - low))).long().clamp_(0, bins - 1)
    return Histogram(label, low, high, tuple(torch.bincount(places, minlength=bins).tolist()), note)


def spread(values: Tensor) -> float:
    """The standard deviation (n - 1), 0 where there are fewer than two values."""
    return values.std().item() if values.numel() > 1 else 0.0


def rounded_up(edge: float) -> float:
    """The next 1, 2 or 5 times a power of ten, so that the axis doesn't move with every frame."""
    if not (edge > 0 and math.isfinite(edge)):
        return 1.0
    power = 10.0 ** math.floor(math.log10(edge))
    return next((step * power for step in (1, 2, 5) if edge <= step * power), 10 * power)


@dataclass(frozen=True)
class Summary:
    """A tensor in five numbers; integers count as the numbers they are."""

    name: str
    shape: tuple[int, ...]
    mean: float
    std: float
    """The standard deviation (n - 1), 0 where there are fewer than two values."""
    low: float
    high: float

    @classmethod
    def of(cls, name: str, values: Tensor) -> "Summary":
        """The summary of `values`; of an empty tensor, NaN throughout but for the std."""
        flat = values.detach().float()
        low, high = (end.item() for end in flat.aminmax()) if flat.numel() else (math.nan, math.nan)
        return cls(name, tuple(values.shape), flat.mean().item(), spread(flat), low, high)
