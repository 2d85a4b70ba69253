"""The loss's gradient at each layer's output and at each parameter, in one batch."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torch import Tensor

from tutor.figures import Histogram, Histograms, Table
from tutor.figures.numbers import short
from tutor.lab.instruments.ratios import log_ratio
from tutor.lab.instruments.values import histogram, rounded_up, spread
from tutor.lab.observation import Layer, Parameter


@dataclass(frozen=True)
class Gradient:
    """The loss's gradient with respect to one tensor."""

    name: str
    mean: float
    std: float
    norm: float
    """Euclidean, over all entries."""
    histogram: Histogram


def output_gradients(layers: Sequence[Layer]) -> tuple[Gradient, ...]:
    """The gradient at each layer's output; layers that none reached are left out."""
    return _gradients((layer.name, layer.gradient) for layer in layers)


def parameter_gradients(parameters: Sequence[Parameter]) -> tuple[Gradient, ...]:
    """The gradient of each parameter; those without one are left out."""
    return _gradients((parameter.name, parameter.gradient) for parameter in parameters)


def _gradients(named: Iterable[tuple[str, Tensor | None]]) -> tuple[Gradient, ...]:
    """Statistics of those that exist, histograms over three times the widest one's spread."""
    reached = [(name, gradient, spread(gradient)) for name, gradient in named if gradient is not None]
    edge = rounded_up(3 * max((std for *_, std in reached), default=0.0))
    return tuple(
        Gradient(
            name,
            gradient.mean().item(),
            std,
            gradient.norm().item(),
            histogram(name, gradient, -edge, edge, note=f"std {std:.1e}"),
        )
        for name, gradient, std in reached
    )


def gradient_histograms(layers: Sequence[Layer], title: str = "Gradients") -> Histograms:
    """One histogram a layer of the loss's gradient at its output, all over three times the widest layer's spread."""
    rows = tuple(gradient.histogram for gradient in output_gradients(layers))
    return Histograms(title, rows, x_label="gradient of the loss at each output")


def parameter_gradient_histograms(parameters: Sequence[Parameter], title: str = "Weight gradients") -> Histograms:
    """One histogram a weight matrix of its gradient, all over three times the widest spread; vectors are left out."""
    rows = tuple(gradient.histogram for gradient in parameter_gradients([p for p in parameters if p.data.ndim > 1]))
    return Histograms(title, rows, x_label="gradient of the loss at each weight")


def gradient_table(parameters: Sequence[Parameter], title: str = "Gradients of the parameters") -> Table:
    """Each parameter's gradient: mean, std, norm, and log10 of std(gradient) / std(data)."""
    data = {parameter.name: parameter.data for parameter in parameters}
    gradients = {parameter.name: parameter.gradient for parameter in parameters}
    rows = []
    for one in parameter_gradients(parameters):
        ratio = log_ratio(gradients[one.name], data[one.name])
        cells = (short(one.mean), short(one.std), short(one.norm), f"{ratio:.1f}" if math.isfinite(ratio) else "-")
        rows.append((one.name, *cells))
    return Table(title, ("tensor", "mean", "std", "norm", "grad:data"), tuple(rows))
