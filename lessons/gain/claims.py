"""Checks of this lesson's claims that take a net: this lesson's on the project's names, seed 42, or the x-rayed one."""

from pathlib import Path

import torch

from tutor.lab.datasets import Sources
from tutor.lab.instruments import spread
from tutor.lab.load import load_experiment
from tutor.lab.observation import Observation
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_LESSONS = Path(__file__).parents[1]
_KIND = load_experiment(_LESSONS / "gain")
_XRAY = load_experiment(_LESSONS / "deep_net_xray")
_DATA = Sources()


def raw_sum(fan_ins: tuple[int, ...] = (10, 100, 400)) -> dict[str, float]:
    """Std of x W at unit weights, by fan-in, for x of std 1."""
    found = {}
    for n in fan_ins:
        rng = torch.Generator().manual_seed(42)
        x, w = torch.randn(1000, n, generator=rng), torch.randn(n, 1000, generator=rng)
        found[str(n)] = spread(x @ w)
    return found


def fading(gain: float = 1.0) -> list[float]:
    """Std of the pre-activations of tanh layers 1, 2, 3, 4, 5, 10, 20 and 50, before training."""
    stds = _stds(_run(0, gain=gain, depth=50))
    return [stds[n - 1] for n in (1, 2, 3, 4, 5, 10, 20, 50)]


def deepest(activation: str, gain: float, depth: int = 50) -> float:
    """Std of the last hidden layer's pre-activations, before training."""
    return _stds(_run(0, activation=activation, gain=gain, depth=depth))[-1]


def tanh_outputs() -> dict[str, list[float]]:
    """Std of the outputs of five tanh layers, before training, by gain."""
    return {f"{gain:.4g}": _output_stds(_run(0, gain=gain)) for gain in (0.5, 1.0, 5 / 3, 3.0)}


def validation_by_gain(steps: int = 1000) -> dict[str, float]:
    """Validation loss of five tanh layers, by gain."""
    return {f"{gain:.4g}": _val(_run(steps, gain=gain)) for gain in (0.5, 1.0, 5 / 3, 3.0)}


def three_starts(steps: int = 5000) -> list[float]:
    """Validation loss of one layer of 200: unit weights throughout, a small last layer, and gain / √fan-in too."""
    starts: tuple[dict[str, Value], ...] = (
        {"fan_in": "ignored", "gain": 1.0, "last": 1.0},
        {"fan_in": "ignored", "gain": 1.0, "last": 0.1},
        {"gain": 5 / 3, "last": 0.1},
    )
    return [_val(_run(steps, depth=1, width=200, **start)) for start in starts]


def gain_with_and_without_norm(steps: int = 1000) -> dict[str, list[float]]:
    """Validation loss of the x-rayed net at gains 1 and 5/3, without a norm and with BatchNorm."""
    found = {}
    for norm in ("none", "batch"):
        runs = [Runner(_XRAY, _DATA, 42, {"gain": gain, "norm": norm}) for gain in (1.0, 5 / 3)]
        for run in runs:
            run.advance(steps)
        found[norm] = [_val(run) for run in runs]
    return found


def _run(steps: int, **knobs: Value) -> Runner:
    run = Runner(_KIND, _DATA, 42, knobs)
    run.advance(steps)
    return run


def _stds(run: Runner) -> list[float]:
    seen = Observation(run.experiment, run.history)
    return [spread(z) for z in run.experiment.preactivations(seen)]


def _output_stds(run: Runner) -> list[float]:
    seen = Observation(run.experiment, run.history)
    return [spread(z.tanh()) for z in run.experiment.preactivations(seen)]


def _val(run: Runner) -> float:
    return run.measure().losses["val"]
