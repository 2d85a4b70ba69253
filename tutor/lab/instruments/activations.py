"""What the nonlinearities put out, and how much of it lies where no gradient passes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tutor.figures import HeatMap, Histogram, Histograms, Table
from tutor.figures.numbers import percent, short
from tutor.lab.instruments.values import histogram, rounded_up, spread
from tutor.lab.observation import Layer

SATURATED = 0.97
"""A tanh output beyond this passes on less than 1 - 0.97² = 6 % of the gradient."""

_NAMED = 6
"""How many dead units a title names before it only counts the rest."""


def saturated(values: Tensor) -> float:
    """The share of tanh outputs with |h| > 0.97."""
    return (values.abs() > SATURATED).float().mean().item()


def saturation_mask(module: nn.Module, output: Tensor) -> Tensor | None:
    """Where the nonlinearity `module`, having returned `output`, passes on (next to) nothing of the gradient.

    Tanh and sigmoid where the slope is under 6 % of its peak (|tanh| > 0.97; a sigmoid outside 0.015 to 0.985), ReLU
    where it is exactly 0, leaky ReLU nowhere. A boolean tensor of `output`'s shape; None for any other kind.
    """
    match module:
        case nn.Tanh():
            return output.abs() > SATURATED
        case nn.Sigmoid():
            return (2 * output - 1).abs() > SATURATED  # σ(z) = (1 + tanh(z / 2)) / 2
        case nn.ReLU():
            return output == 0
        case nn.LeakyReLU():
            return torch.zeros_like(output, dtype=torch.bool)
        case _:
            return None


def saturated_share(layer: Layer) -> float:
    """The share of `layer`'s outputs that is saturated by the rule of its kind; NaN if there is no rule for it."""
    mask = saturation_mask(layer.module, layer.output)
    return math.nan if mask is None else mask.float().mean().item()


@dataclass(frozen=True)
class Activations:
    """One layer's outputs over a batch."""

    name: str
    mean: float
    std: float
    saturated: float
    """A share, 0 to 1; NaN for a kind of layer that has no rule for it."""
    histogram: Histogram
    """A ReLU's zeros are left out of it: half of all, they would dwarf the rest. `saturated` counts them."""


def activation_statistics(layers: Sequence[Layer]) -> tuple[Activations, ...]:
    """Mean, std, saturated share and histogram of each layer's outputs; all unbounded ones share one axis."""
    edge = rounded_up(3 * max((spread(layer.output) for layer in layers if not _bounded(layer)), default=0.0))
    return tuple(_activations(layer, edge) for layer in layers)


def _bounded(layer: Layer) -> bool:
    return isinstance(layer.module, nn.Tanh | nn.Sigmoid)


def _activations(layer: Layer, edge: float) -> Activations:
    h, share = layer.output, saturated_share(layer)
    std = spread(h)
    low, high, counted = -edge, edge, h
    match layer.module:
        case nn.Tanh():
            low, high = -1.0, 1.0
        case nn.Sigmoid():
            low, high = 0.0, 1.0
        case nn.ReLU():
            low, counted = 0.0, h[h > 0]
    note = f"std {std:.2f}" if math.isnan(share) else f"{share:.0%} saturated, std {std:.2f}"
    return Activations(layer.name, h.mean().item(), std, share, histogram(layer.name, counted, low, high, note=note))


def activation_histograms(layers: Sequence[Layer], title: str = "Activations") -> Histograms:
    """One histogram a layer, over the range of its kind, with the share saturated and the standard deviation."""
    kinds = ", ".join(dict.fromkeys(type(layer.module).__name__.lower() for layer in layers)) or "tanh"
    above = " above 0" if all(isinstance(layer.module, nn.ReLU) for layer in layers) and layers else ""
    rows = tuple(one.histogram for one in activation_statistics(layers))
    return Histograms(title, rows, x_label=f"{kinds} output{above}")


def activation_table(layers: Sequence[Layer], title: str = "Activations") -> Table:
    """Each layer's mean, std and saturated share, in one batch."""
    rows = tuple(
        (one.name, short(one.mean), short(one.std), "-" if math.isnan(one.saturated) else percent(one.saturated))
        for one in activation_statistics(layers)
    )
    return Table(title, ("layer", "mean", "std", "saturated"), rows)


def saturation_map(layer: Layer, examples: int = 64) -> HeatMap:
    """Which unit (column) is saturated on which of the first `examples` (rows) of a batch, shaded 1 where it is.

    A unit is one number of an example's output, counted from 0. The title names the columns that are saturated on
    the whole batch: dead in this batch, which does not yet make them dead on all the data (`dead_units`). A kind of
    layer without a rule for saturation gives an empty map. Source: Karpathy, "Building makemore part 3".
    """
    mask = saturation_mask(layer.module, layer.output)
    cells: tuple[tuple[float, ...], ...] = ()
    dead: list[int] = []
    if mask is not None and mask.ndim:
        rows = mask.reshape(len(mask), -1)
        dead = rows.all(0).nonzero().flatten().tolist()
        cells = tuple(map(tuple, rows[:examples].float().tolist()))
    title = f"{layer.name}: {_named(dead)}"
    return HeatMap(title, (), (), cells, 0.0, 1.0, row_label="example", column_label="unit", unit="saturated")


def _named(dead: list[int]) -> str:
    """The dead columns in words, few of them by number."""
    if not dead:
        return "no unit dead in this batch"
    rest = f" and {len(dead) - _NAMED} more" if len(dead) > _NAMED else ""
    return f"{len(dead)} dead in this batch: {', '.join(map(str, dead[:_NAMED]))}{rest}"
