"""What this lesson's checks share: printed logs, and runs of its net on the project's digits, seed 42."""

from functools import cache
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()

DEMO = torch.tensor(
    [[0.3367, 0.1288, 0.2345], [0.2303, -1.1229, -0.1863], [2.1895, -0.5516, 1.5770], [-0.8972, 0.5638, 0.1920]]
)
"""The inputs that the BatchNorm demo prints: four rows, three features."""

SHOWN = torch.tensor(
    [[-0.1076, 0.5358, -0.3032], [-0.1968, -1.2570, -0.8827], [1.4470, -0.4379, 1.5491], [-1.1426, 1.1592, -0.3632]]
)
"""The normalized outputs that it prints."""

GOOD: dict[str, Value] = {"optimizer": "adam", "lr": 0.003, "width": 128, "batch": 32}
DEEP: dict[str, Value] = {**GOOD, "batch": 64, "depth": 2, "norm": "batch", "activation": "relu", "schedule": "cosine"}


def softmax(*scores: float) -> list[float]:
    """The softmax of some scores."""
    return torch.softmax(torch.tensor(scores, dtype=torch.float64), 0).tolist()


def normalized(z: Tensor) -> Tensor:
    """Centred and divided by the std by B, over the rows."""
    return (z - z.mean(0)) / torch.sqrt(z.var(0, correction=0) + 1e-5)


def mlp(*sizes: int, norm: bool = False) -> int:
    """The parameters of linear layers of these sizes, with a BatchNorm after each but the last if there is a norm."""
    layers: list[nn.Module] = []
    for fan_in, units in pairwise(sizes):
        layers.append(nn.Linear(fan_in, units))
        if norm and len(layers) < 2 * len(sizes) - 3:
            layers.append(nn.BatchNorm1d(units))
    return sum(p.numel() for layer in layers for p in layer.parameters())


def conv_net(channels: tuple[int, ...], *sizes: int) -> int:
    """The parameters of 3x3 convolutions with a BatchNorm each, and of linear layers, all but the last with one."""
    pairs = pairwise(channels)
    convs = [layer for a, b in pairs for layer in (nn.Conv2d(a, b, 3), nn.BatchNorm2d(b))]
    return sum(p.numel() for layer in convs for p in layer.parameters()) + mlp(*sizes, norm=len(sizes) > 2)


@cache
def first_epoch(steps: int = 44) -> list[float]:
    """Right answers while the first epoch of 32 at a time goes on, and on val after it."""
    run = _run(0, **GOOD)
    found = []
    experiment = run.experiment
    for start in range(0, 32 * steps, 32):
        x, y = experiment.train.x[start : start + 32], experiment.train.y[start : start + 32]
        with torch.no_grad():
            found.append((experiment.model(x).argmax(1) == y).float().mean().item())
        loss = F.cross_entropy(experiment.model(x), y)
        experiment.optimizer.zero_grad()
        loss.backward()
        experiment.optimizer.step()
    return [sum(found) / max(len(found), 1), experiment.right(experiment.val.x, experiment.val.y)]


@cache
def right_on_val(steps: int, deep: bool = False) -> float:
    """The share of val recognized after so many steps."""
    experiment = _run(steps, **(DEEP if deep else GOOD)).experiment
    return experiment.right(experiment.val.x, experiment.val.y)


@cache
def fed_raw(steps: int = 1000) -> list[float]:
    """The share of val recognized as trained, with pixels from 0 to 1, and from 0 to 16."""
    experiment = _run(steps, **DEEP).experiment
    x, y = experiment.val.x, experiment.val.y
    return [experiment.right(x, y), experiment.right(x, y, whole=False), experiment.right(16 * x, y, whole=False)]


def by_default(steps: int = 1000) -> list[float]:
    """Train, val and test of the settings that the goal begins with, and of ours."""
    found = []
    for knobs in ({}, GOOD):
        e = _run(steps, **knobs).experiment
        found += [e.right(e.train.x, e.y), e.right(e.val.x, e.val.y), e.right(e.test.x, e.test.y)]
    return found


def _run(steps: int, **knobs: Value) -> Runner:
    run = Runner(_KIND, _DATA, 42, knobs)
    run.advance(steps)
    return run
