"""Checks of this lesson's claims that take a run of its net, or the project's names."""

from functools import cache
from pathlib import Path

import torch

from tutor.lab.datasets import Sources
from tutor.lab.instruments import spread
from tutor.lab.load import load_experiment
from tutor.lab.observation import Layer, Observation
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()


def activations() -> dict[str, tuple[float, float]]:
    """The last hidden layer's std and saturated share in percent, at step 0, by gain."""
    return {f"gain {gain:.3g}": _last_layer(gain) for gain in (0.5, 5 / 3, 3.0)}


def gradients_by_layer(gain: float = 5 / 3) -> tuple[float, ...]:
    """The std of the gradient at each tanh output, step 0."""
    return tuple(_gradients(gain=gain))


def first_over_last_by_gain() -> dict[str, float]:
    """How much the gradient grew from the last hidden layer to the first, step 0."""
    return {f"gain {gain:.3g}": _first_over_last(gain=gain) for gain in (0.5, 1.0, 5 / 3, 3.0)}


def sigmoid_gradients() -> tuple[float, ...]:
    """The std of the gradient at each of ten sigmoid outputs, PyTorch's init, step 0."""
    return tuple(_gradients(activation="sigmoid", depth=10, init="default"))


def batchnorm_growth() -> dict[str, float]:
    """First over last gradient through ReLU layers with BatchNorm, by depth."""
    return {f"{depth} layers": _first_over_last(activation="relu", norm="batch", depth=depth) for depth in (10, 30, 50)}


def without_batchnorm() -> dict[str, float]:
    """First over last gradient through thirty layers without a norm, by activation and init."""
    return {
        "relu, gain √2": _first_over_last(activation="relu", depth=30, gain=2**0.5),
        "tanh, gain 1.1": _first_over_last(depth=30, gain=1.1),
        "relu, default": _first_over_last(activation="relu", depth=30, init="default"),
        "tanh, default": _first_over_last(depth=30, init="default"),
    }


def fifty_tanh_layers() -> float:
    """First over last gradient through fifty tanh layers at gain 5/3."""
    return _first_over_last(depth=50)


def batchnorm_ratio_by_gain() -> dict[str, float]:
    """The first update:data ratio of linear 1 under BatchNorm, lr 0.1."""
    return {f"gain {gain:.3g}": _ratios(1, norm="batch", gain=gain)["linear 1"] for gain in (0.5, 1.0, 3.0)}


def ratio_by_rate(steps: int = 1000) -> dict[str, tuple[float, float]]:
    """linear 3's last update:data ratio, and the validation loss, by learning rate."""
    rates = (0.001, 0.01, 0.1, 1.0)
    runs = {rate: _run(steps, lr=rate) for rate in rates}
    return {f"lr {rate:g}": (_noted(run)["linear 3"], run.measure().losses["val"]) for rate, run in runs.items()}


def ratio_by_layer(steps: int = 1000) -> dict[str, tuple[float, float]]:
    """Each matrix's first and last update:data ratio, lr 0.1."""
    first, late = _ratios(1), _ratios(steps)
    return {name: (first[name], late[name]) for name in first}


def validation_by_gain(steps: int = 1000) -> dict[str, float]:
    """Validation loss after so many steps."""
    return {f"gain {gain:.3g}": _run(steps, gain=gain).measure().losses["val"] for gain in (0.5, 5 / 3, 3.0)}


def starved_loss(activation: str = "sigmoid") -> tuple[float, float]:
    """Validation loss of ten layers after 1,000 steps, and that of the training split's letter frequencies."""
    names = _DATA.names(block=3)
    counts = torch.bincount(names.train.y, minlength=names.vocab)
    frequencies = -(counts / counts.sum()).log()[names.val.y].mean().item()
    starved = _run(1000, activation=activation, depth=10, init="default")
    return starved.measure().losses["val"], frequencies


def norms_at_high_rate(steps: int = 1000) -> dict[str, float]:
    """Validation loss at lr 1."""
    return {norm: _run(steps, norm=norm, lr=1.0).measure().losses["val"] for norm in ("none", "batch", "layer")}


@cache
def relu_widths() -> dict[str, tuple[float, ...]]:
    """The stds of the pre-activations of five ReLU layers (gain √2) after 100 steps, without and with BatchNorm."""
    return {norm: tuple(spread(z) for z in _preactivations(norm)) for norm in ("none", "batch")}


def _preactivations(norm: str) -> list[torch.Tensor]:
    run = _run(100, activation="relu", gain=2**0.5, norm=norm)
    return [layer.input for layer in Observation(run.experiment, run.history).of(torch.nn.ReLU)]


def _last_layer(gain: float) -> tuple[float, float]:
    output = _hidden(gain=gain)[-1].output
    return spread(output), 100 * (output.abs() > 0.97).float().mean().item()


def _gradients(**knobs: Value) -> list[float]:
    return [spread(layer.gradient) for layer in _hidden(**knobs)]


def _first_over_last(**knobs: Value) -> float:
    gradients = _gradients(**knobs)
    return gradients[0] / gradients[-1]


def _hidden(**knobs: Value) -> tuple[Layer, ...]:
    run = _run(0, **knobs)
    return run.experiment.hidden(Observation(run.experiment, run.history))


def _ratios(steps: int, **knobs: Value) -> dict[str, float]:
    return _noted(_run(steps, **knobs))


def _noted(run: Runner) -> dict[str, float]:
    return {series.label: series.y[-1] for series in run.history.series("update:data")}


def _run(steps: int, **knobs: Value) -> Runner:
    run = Runner(_KIND, _DATA, 42, knobs)
    run.advance(steps)
    return run
