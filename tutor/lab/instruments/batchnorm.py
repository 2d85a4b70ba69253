"""What BatchNorm layers see in a batch, what they remember, and what they have learned to make of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from tutor.figures import Histograms, Point, Scatter, Table
from tutor.figures.numbers import short
from tutor.lab.instruments.values import histogram, rounded_up
from tutor.lab.observation import Layer

_BatchNorm = nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d
_MARKS = "123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class BatchNormUnits:
    """One BatchNorm layer, unit by unit; running statistics, γ and β as they are after the observed step."""

    name: str
    mean: tuple[float, ...]
    """Over the batch."""
    running_mean: tuple[float, ...]
    variance: tuple[float, ...]
    """Over the batch, unbiased (n - 1), as the running variance takes it in; the batch is normalized by the biased."""
    running_variance: tuple[float, ...]
    gamma: tuple[float, ...]
    """The learned scale (`weight`); empty if the layer has none."""
    beta: tuple[float, ...]
    """The learned shift (`bias`); empty if the layer has none."""


def batchnorm_units(layers: Sequence[Layer]) -> tuple[BatchNormUnits, ...]:
    """The statistics of each layer that keeps running ones; others are left out."""
    found = []
    for layer, norm, (running_mean, running_variance) in _normalizing(layers):
        mean, variance = _batch_statistics(layer.input)
        tensors = (mean, running_mean, variance, running_variance, norm.weight, norm.bias)
        found.append(BatchNormUnits(layer.name, *(() if t is None else tuple(t.tolist()) for t in tensors)))
    return tuple(found)


def batchnorm_table(layers: Sequence[Layer], title: str = "BatchNorm: this batch's, and running (r.)") -> Table:
    """Each BatchNorm layer's batch mean and variance beside the running ones, averaged over its units.

    The batch variance is the unbiased one (n - 1), as the running variance takes it in. The last column is the
    largest gap between the two means over all units, in running standard deviations.
    """
    rows = []
    for layer, norm, (running_mean, running_variance) in _normalizing(layers):
        mean, variance = _batch_statistics(layer.input)
        gap = ((mean - running_mean).abs() / (running_variance + norm.eps).sqrt()).max().item()
        cells = (mean, running_mean, variance, running_variance)
        rows.append((layer.name, *(_two_decimals(cell.mean().item()) for cell in cells), _two_decimals(gap)))
    return Table(title, ("layer", "mean", "r.mean", "var", "r.var", "gap"), tuple(rows))


def batchnorm_mean_scatter(layers: Sequence[Layer], title: str = "BatchNorm means") -> Scatter:
    """Each unit's batch mean against its running mean; the mark is the layer's number among those shown, from 1."""
    return Scatter(
        title,
        _points([(units.running_mean, units.mean) for units in batchnorm_units(layers)]),
        "running mean",
        "batch mean",
    )


def batchnorm_variance_scatter(layers: Sequence[Layer], title: str = "BatchNorm variances") -> Scatter:
    """Each unit's batch variance against its running variance, marked like the means."""
    return Scatter(
        title,
        _points([(units.running_variance, units.variance) for units in batchnorm_units(layers)]),
        "running variance",
        "batch variance",
    )


def batchnorm_histograms(layers: Sequence[Layer], title: str = "BatchNorm's γ and β") -> Histograms:
    """Two histograms a layer over one axis: its learned scales γ and its learned shifts β, that start at 1 and 0."""
    learned = [
        (f"{layer.name} {sign}", values.detach())
        for layer, norm, _ in _normalizing(layers)
        for sign, values in (("γ", norm.weight), ("β", norm.bias))
        if values is not None
    ]
    edge = rounded_up(max((values.abs().max().item() for _, values in learned), default=0.0))
    rows = tuple(histogram(name, values, -edge, edge, note=f"mean {values.mean():z.2f}") for name, values in learned)
    return Histograms(title, rows)


def _normalizing(layers: Sequence[Layer]) -> list[tuple[Layer, _BatchNorm, tuple[Tensor, Tensor]]]:
    """The layers whose module keeps running statistics, with that module and its running mean and variance."""
    return [
        (layer, norm, (norm.running_mean, norm.running_var))
        for layer in layers
        if isinstance(norm := layer.module, _BatchNorm)
        and norm.running_mean is not None
        and norm.running_var is not None
    ]


def _batch_statistics(batch: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and unbiased variance of each unit over a batch of shape (n, units) or (n, units, ...)."""
    dims = tuple(dim for dim in range(batch.ndim) if dim != 1)
    return batch.mean(dims), batch.var(dims)


def _two_decimals(value: float) -> str:
    """`value` for a narrow column; a huge one in few characters."""
    return f"{value:z.2f}" if abs(value) < 1000 else short(value)


def _points(layers: Sequence[tuple[Sequence[float], Sequence[float]]]) -> tuple[Point, ...]:
    return tuple(
        Point(x, y, _MARKS[number % len(_MARKS)], number)
        for number, (across, up) in enumerate(layers)
        for x, y in zip(across, up, strict=True)
    )
