"""Checks of this lesson's claims that take a run, or more than a line: its nets on the project's digits, seed 42."""

import copy
from functools import cache
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()


@cache
def _run(steps: int, **knobs: Value) -> Runner:
    run = Runner(_KIND, _DATA, 42, knobs)
    run.advance(steps)
    return run


def shares(names: str, steps: int = 500, **knobs: Value) -> list[float]:
    """The shares of val that these nets have right, after a run of all ten."""
    experiment = _run(steps, **knobs).experiment
    return [experiment.share(name) for name in names.split()]


def modes(name: str = "batch", steps: int = 500) -> list[float]:
    """The shares of val in training mode, in batches of 1, 2, 4 and 32, and at inference."""
    experiment = _run(steps).experiment
    return [experiment.share(name, size) for size in (1, 2, 4, 32, 0)]


def counts(groups: str = "3") -> dict[str, int]:
    """How many averages each norm takes over 4 images, 6 channels and 8 positions."""
    experiment = _run(0, groups=groups).experiment
    return {row[0]: int(row[1]) for row in experiment.counts(None).rows}


def ends_of_group_norm() -> list[bool]:
    """Whether one group gives layer norm, and one group a channel instance norm."""
    x = torch.randn(4, 6, 5, 5)
    return [
        torch.allclose(F.group_norm(x, 1), F.layer_norm(x, x.shape[1:]), atol=1e-5),
        torch.allclose(F.group_norm(x, 6), F.instance_norm(x), atol=1e-5),
    ]


def layer_by_hand() -> bool:
    x = torch.randn(3, 7)
    by_hand = (x - x.mean(1, keepdim=True)) / torch.sqrt(x.var(1, correction=0, keepdim=True) + 1e-5)
    return torch.allclose(F.layer_norm(x, (7,)), by_hand, atol=1e-5)


def instance_by_hand() -> bool:
    x = torch.randn(4, 6, 5, 5)
    by_hand = (x - x.mean((2, 3), keepdim=True)) / torch.sqrt(x.var((2, 3), correction=0, keepdim=True) + 1e-5)
    return torch.allclose(nn.InstanceNorm2d(6)(x), by_hand, atol=1e-5)


def matrix(norm: str) -> list[list[float]]:
    """What a norm leaves of a study note's matrix."""
    return [list(row) for row in _run(0, norm=norm).experiment.erased(None).values]


def renormalized() -> list[bool]:
    """Whether the note's formula is batch norm; and whether xhat * r + d, unlimited, is inference."""
    x = torch.randn(4, 3) * 2 + 1
    mean, std = x.mean(0), (x.var(0, correction=0) + 1e-5).sqrt()
    kept_mean, kept_std = torch.tensor([0.5, 0.4, 0.3]), torch.tensor([1.5, 1.2, 2.0])
    xhat = (x - mean) / std
    renormed = xhat * (std / kept_std) + (mean - kept_mean) / kept_std
    return [
        torch.allclose(xhat, F.batch_norm(x, None, None, training=True), atol=1e-4),
        torch.allclose(renormed, (x - kept_mean) / kept_std, atol=1e-4),
    ]


def moved_by_others(norm: str) -> float:
    """How far an image's normalized numbers move when its batch gets other images."""
    return _run(0).experiment.coupling(norm)


def same_at_one(other: str = "instance", steps: int = 100) -> float:
    """How far apart the weights of the nets with batch norm and another end, trained one image at a time."""
    nets = _run(steps, batch=1).experiment.nets
    return (_flat(nets["batch"]) - _flat(nets[other])).abs().max().item()


def weight_norm_parts() -> bool:
    """Whether PyTorch's weight norm is g v / |v|, with one g an output unit."""
    layer = parametrizations.weight_norm(nn.Linear(6, 4))
    g, v = layer.parametrizations.weight.original0, layer.parametrizations.weight.original1
    return g.shape == (4, 1) and torch.allclose(layer.weight, g * v / v.norm(dim=1, keepdim=True))


def lengths(steps: int = 500) -> list[float]:
    """|v| of the first layer's first channel, before and after training under weight norm."""
    return [float(_run(n).experiment.lengths(None).rows[0][2]) for n in (0, steps)]


def iterated(iterations: tuple[int, ...] = (1, 5, 10, 25)) -> list[float]:
    """The share of layer 2's largest singular value that so many power iterations find."""
    found = _run(0).experiment.iterations(None).series[1].y
    return [found[n - 1] for n in iterations]


def tracked(steps: int = 500) -> list[float]:
    """The largest singular value of the spectral net's three layers, by SVD."""
    net = copy.deepcopy(_run(steps).experiment.nets["spectral"]).eval()
    return [torch.linalg.svdvals(net[place].weight.flatten(1))[0].item() for place in (1, 4, 8)]


def _flat(net: nn.Module) -> Tensor:
    return torch.cat([p.detach().flatten() for p in net.parameters()])
