"""Checks of this lesson's claims that take a net: this lesson's on names, or a small one on the 8x8 digits."""

from functools import cache
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.observation import Observation
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()
_SEEDS = range(42, 47)


class NoteBatchNorm:
    """The study note's class, in training mode: γ and β are plain tensors, in a class that is no nn.Module."""

    def __init__(self, features: int) -> None:
        self.gamma, self.beta = torch.ones(features), torch.zeros(features)

    def forward(self, x: Tensor) -> Tensor:
        return self.gamma * (x - x.mean(0)) / torch.sqrt(x.var(0, correction=0) + 1e-5) + self.beta


def note_class_learns() -> dict[str, float]:
    """After a backward pass through it: how many tensors could be handed to an optimizer, and γ's gradients."""
    norm = NoteBatchNorm(3)
    norm.forward(torch.randn(8, 3, requires_grad=True)).pow(3).sum().backward()
    found = [tensor for tensor in vars(norm).values() if isinstance(tensor, nn.Parameter) or tensor.requires_grad]
    return {"learnable": len(found), "gradients": sum(tensor.grad is not None for tensor in (norm.gamma, norm.beta))}


def after_bn(steps: int = 2000) -> dict[str, tuple[float, float]]:
    """Lowest and highest over the units of both norms: mean and std of the output in one batch, β and γ."""
    run = _run(steps)
    layers = run.experiment.hidden_norms(Observation(run.experiment, run.history))
    norms = [run.experiment.model.get_submodule(layer.name) for layer in layers]
    found = {
        "mean": torch.cat([layer.output.mean(0) for layer in layers]),
        "std": torch.cat([layer.output.std(0, correction=0) for layer in layers]),
        "β": torch.cat([norm.bias for norm in norms]),
        "γ": torch.cat([norm.weight for norm in norms]),
    }
    return {name: (values.min().item(), values.max().item()) for name, values in found.items()}


def bias_gradients(push: float = 0.0) -> list[float]:
    """The largest hidden bias gradient as a share of the largest weight gradient: norm before tanh, norm after."""
    runs = (_run(0, bias="kept", push=push), _run(0, place="after", push=push))
    return [run.experiment.bias_gradient(Observation(run.experiment, run.history)) for run in runs]


def pushed(steps: int = 2000) -> dict[str, list[float]]:
    """Validation loss with the hidden biases starting at 0 and at 100, by the norm's place."""
    return {
        "before": [_val(steps, bias="kept", push=push) for push in (0.0, 100.0)],
        "after": [_val(steps, place="after", push=push) for push in (0.0, 100.0)],
    }


def bands(activation: str = "tanh", steps: int = 2000) -> dict[str, list[float]]:
    """Lowest, median and highest validation loss of five seeds, by the norm's place."""
    return {place: _band(steps, activation=activation, place=place) for place in ("before", "after", "none")}


def affine_band(steps: int = 2000) -> dict[str, list[float]]:
    """Lowest, median and highest validation loss of three seeds, with γ and β in the hidden norms and without."""
    return {affine: _band(steps, range(42, 45), affine=affine) for affine in ("both", "neither")}


def on_output(steps: int = 2000) -> dict[str, float]:
    """Validation loss with bare logits, and with normalized ones by what their norm may learn."""
    found = {affine: _val(steps, output="norm", affine=affine) for affine in ("both", "shift", "scale", "neither")}
    return {"bare": _val(steps), **found}


def counts() -> dict[str, int]:
    """How many parameters the net has, by its settings."""
    settings: dict[str, dict[str, Value]] = {
        "no norm": {"place": "none"},
        "norm": {"bias": "kept"},
        "norm, no useless bias": {},
    }
    return {name: int(_run(0, **knobs).experiment.count(None)) for name, knobs in settings.items()}


def momenta(steps: int = 5000) -> dict[str, float]:
    """Validation loss by the momentum of the running statistics."""
    found = {}
    for momentum in (0.1, 0.001):
        run = _run(0)
        for norm in run.experiment.model:
            if isinstance(norm, nn.BatchNorm1d):
                norm.momentum = momentum
        run.advance(steps)
        found[str(momentum)] = run.measure().losses["val"]
    return found


def digits_by_place(steps: int = 600) -> dict[str, list[float]]:
    """Validation accuracies of three seeds: two layers of 64 ReLUs, batches of 64, lr 0.1, by the norm's place."""
    return {place: [_digits(place, seed, steps) for seed in range(42, 45)] for place in ("before", "after", "none")}


def digits_output(steps: int = 600) -> dict[str, list[float]]:
    """The same with the norm before the ReLU, and with one on the logits as well."""
    return {
        "bare": [_digits("before", seed, steps) for seed in range(42, 45)],
        "norm": [_digits("before", seed, steps, output=True) for seed in range(42, 45)],
    }


@cache
def _digits(place: str, seed: int, steps: int, output: bool = False) -> float:
    digits = _DATA.digits()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for _ in range(2):
            hidden = {"linear": nn.Linear(64, 64), "norm": nn.BatchNorm1d(64), "relu": nn.ReLU()}
            order = {"before": "linear norm relu", "after": "linear relu norm", "none": "linear relu"}[place]
            layers += [hidden[name] for name in order.split()]
        model = nn.Sequential(*layers, nn.Linear(64, 10), *([nn.BatchNorm1d(10)] if output else []))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(steps):
            ix = torch.randint(len(digits.train), (64,))
            optimizer.zero_grad()
            F.cross_entropy(model(digits.train.x[ix]), digits.train.y[ix]).backward()
            optimizer.step()
    with torch.no_grad():
        return (model.eval()(digits.val.x).argmax(1) == digits.val.y).float().mean().item()


def _run(steps: int, seed: int = 42, **knobs: Value) -> Runner:
    run = Runner(_KIND, _DATA, seed, knobs)
    run.advance(steps)
    return run


def _val(steps: int, seed: int = 42, **knobs: Value) -> float:
    return _cached(steps, seed, tuple(sorted(knobs.items())))


@cache
def _cached(steps: int, seed: int, knobs: tuple[tuple[str, Value], ...]) -> float:
    return _run(steps, seed, **dict(knobs)).measure().losses["val"]


def _band(steps: int, seeds: range = _SEEDS, **knobs: Value) -> list[float]:
    values = sorted(_val(steps, seed, **knobs) for seed in seeds)
    return [values[0], values[len(values) // 2], values[-1]]
