"""How large gradients and updates are beside the weights they belong to, and how large the weights are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from tutor.figures import Bars, Curve, Guide, Table
from tutor.lab.instruments.values import spread
from tutor.lab.observation import Observation, Parameter


def log_ratio(part: Tensor | None, data: Tensor) -> float:
    """log10(std(part) / std(data)); NaN without a part, or where one of the two is all alike and so has no spread."""
    if part is None:
        return math.nan
    above, below = spread(part), spread(data)
    return math.log10(above / below) if above > 0 and below > 0 and math.isfinite(above / below) else math.nan


@dataclass(frozen=True)
class Ratios:
    """One parameter's gradient and update beside its data, as decimal logarithms of ratios of standard deviations."""

    name: str
    gradient_to_data: float
    update_to_data: float
    """About -3 is a usual rule of thumb for weight matrices."""


def parameter_ratios(parameters: Sequence[Parameter]) -> tuple[Ratios, ...]:
    """log10 of grad:data and update:data of each parameter; NaN where there is no such ratio."""
    return tuple(Ratios(p.name, log_ratio(p.gradient, p.data), log_ratio(p.update, p.data)) for p in parameters)


def ratio_table(parameters: Sequence[Parameter], title: str = "Ratios to the data, log10") -> Table:
    """grad:data and update:data of each parameter in the observed step, as powers of ten."""
    rows = tuple(
        (one.name, _decimal(one.gradient_to_data), _decimal(one.update_to_data)) for one in parameter_ratios(parameters)
    )
    return Table(title, ("tensor", "grad:data", "update:data"), rows)


def _decimal(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def update_ratio_curve(seen: Observation, title: str = "Update : data") -> Curve:
    """std(update) / std(data) of each weight matrix over the run, on a log axis with the 1e-3 rule of thumb."""
    return Curve(
        title,
        seen.history.series("update:data", seen.columns),
        y_label="std(update) / std(weight)",
        log_y=True,
        guides=(Guide(1e-3, "1e-3"),),
    )


def gradient_ratio_curve(seen: Observation, title: str = "Gradient : data") -> Curve:
    """std(gradient) / std(data) of each weight matrix over the run, on a log axis."""
    series = seen.history.series("grad:data", seen.columns)
    return Curve(title, series, y_label="std(gradient) / std(weight)", log_y=True)


@dataclass(frozen=True)
class WeightNorm:
    """The size of one parameter before the observed step."""

    name: str
    norm: float
    """Euclidean (of a matrix: Frobenius), over all entries."""
    rms: float
    """The norm over √n: the size of a typical entry, comparable between tensors."""


def weight_norms(parameters: Sequence[Parameter]) -> tuple[WeightNorm, ...]:
    """Norm and root mean square of each parameter."""
    norms = [(p.name, p.data.norm().item(), p.data.numel()) for p in parameters]
    return tuple(WeightNorm(name, norm, norm / n**0.5 if n else 0.0) for name, norm, n in norms)


def weight_norm_bars(parameters: Sequence[Parameter], title: str = "Weight norms") -> Bars:
    """The Euclidean norm of each parameter."""
    norms = weight_norms(parameters)
    return Bars(title, tuple(one.name for one in norms), tuple(one.norm for one in norms), digits=2)
