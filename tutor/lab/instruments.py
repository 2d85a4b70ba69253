"""Figures of a network's inner life, made from an `Observation`.

Statistics of activations and gradients are those of one mini-batch. Source of the choice of pictures:
Karpathy, "Building makemore part 3" (2022).
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from tutor.figures import Curve, Guide, Histogram, Histograms, Table
from tutor.figures.numbers import short
from tutor.lab.observation import Layer, Observation

SATURATED = 0.97
"""A tanh output beyond this passes on less than 1 - 0.97² = 6 % of the gradient."""


def histogram(label: str, values: Tensor, low: float, high: float, bins: int = 60, note: str = "") -> Histogram:
    """Counts of `values` in equal bins over [low, high]; what lies outside falls into the outermost bin of its side."""
    flat = values.detach().flatten()
    flat = flat[torch.isfinite(flat)].clamp(low, high)
    places = ((flat - low) * (bins / (high - low))).long().clamp_(0, bins - 1)
    return Histogram(label, low, high, tuple(torch.bincount(places, minlength=bins).tolist()), note)


def saturated(values: Tensor) -> float:
    """The share of tanh outputs with |h| > 0.97."""
    return (values.abs() > SATURATED).float().mean().item()


def activation_histograms(layers: Sequence[Layer], title: str = "Activations") -> Histograms:
    """One histogram a layer of tanh outputs in [-1, 1], with the share saturated and the standard deviation."""
    rows = tuple(
        histogram(
            layer.name,
            layer.output,
            -1.0,
            1.0,
            note=f"{saturated(layer.output):.0%} saturated, std {spread(layer.output):.2f}",
        )
        for layer in layers
    )
    return Histograms(title, rows, x_label="tanh output")


def gradient_histograms(layers: Sequence[Layer], title: str = "Gradients") -> Histograms:
    """One histogram a layer of the loss's gradient at its output, all over three times the widest layer's spread."""
    reached = [(layer.name, layer.gradient) for layer in layers if layer.gradient is not None]
    edge = 3 * max((spread(gradient) for _, gradient in reached), default=0.0)
    edge = _rounded_up(edge)
    rows = tuple(
        histogram(name, gradient, -edge, edge, note=f"std {spread(gradient):.1e}") for name, gradient in reached
    )
    return Histograms(title, rows, x_label="gradient of the loss at each output")


def update_ratio_curve(seen: Observation, title: str = "Update : data") -> Curve:
    """std(update) / std(data) of each weight matrix over the run, on a log axis with the 1e-3 rule of thumb."""
    return Curve(
        title,
        seen.history.series("update:data", seen.columns),
        y_label="std(update) / std(weight)",
        log_y=True,
        guides=(Guide(1e-3, "1e-3"),),
    )


def loss_curve(seen: Observation, title: str = "Loss", guides: tuple[Guide, ...] = ()) -> Curve:
    """Every mini-batch's loss (faint), its mean, and the full splits' losses where the experiment has splits."""
    raw, smooth = seen.history.loss_series(seen.columns)
    splits = seen.history.series("splits", seen.columns)
    return Curve(title, (raw, smooth, *splits), y_label="nats", guides=guides)


def race_curve(seen: Observation, title: str = "Loss against time") -> Curve:
    """The mean mini-batch loss against seconds of training: this run, and the last few before it."""
    return Curve(title, seen.runs, x_label="seconds of training", y_label="nats")


def batchnorm_table(layers: Sequence[Layer], title: str = "BatchNorm: this batch's, and running (r.)") -> Table:
    """Each BatchNorm layer's batch mean and variance beside the running ones, averaged over its units.

    The batch variance is the unbiased one (n - 1), as the running variance takes it in. The last column is the
    largest gap between the two means over all units, in running standard deviations.
    """
    rows = []
    for layer in layers:
        norm = layer.module
        if not isinstance(norm, nn.BatchNorm1d) or norm.running_mean is None or norm.running_var is None:
            continue
        mean, variance = _batch_statistics(layer.input)
        gap = ((mean - norm.running_mean).abs() / (norm.running_var + norm.eps).sqrt()).max().item()
        cells = (mean, norm.running_mean, variance, norm.running_var)
        rows.append((layer.name, *(_two_decimals(cell.mean().item()) for cell in cells), _two_decimals(gap)))
    return Table(title, ("layer", "mean", "r.mean", "var", "r.var", "gap"), tuple(rows))


def _two_decimals(value: float) -> str:
    """`value` for a narrow column; a huge one in few characters."""
    return f"{value:z.2f}" if abs(value) < 1000 else short(value)


def _batch_statistics(batch: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and unbiased variance of each unit over a batch of shape (n, units) or (n, units, ...)."""
    dims = tuple(dim for dim in range(batch.ndim) if dim != 1)
    return batch.mean(dims), batch.var(dims)


def spread(values: Tensor) -> float:
    """The standard deviation (n - 1), 0 where there are fewer than two values."""
    return values.std().item() if values.numel() > 1 else 0.0


def _rounded_up(edge: float) -> float:
    """The next 1, 2 or 5 times a power of ten, so that the axis doesn't move with every frame."""
    if not (edge > 0 and math.isfinite(edge)):
        return 1.0
    power = 10.0 ** math.floor(math.log10(edge))
    return next((step * power for step in (1, 2, 5) if edge <= step * power), 10 * power)
