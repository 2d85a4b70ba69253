"""Checks of this lesson's claims that take a run, or more than a line: its nets on the project's data, seed 42."""

from functools import cache
from pathlib import Path

import torch
from torch import Tensor, nn

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()


@cache
def run(steps: int, **knobs: Value) -> Runner:
    """This lesson's run after so many steps, seed 42."""
    made = Runner(_KIND, _DATA, 42, knobs)
    made.advance(steps)
    return made


@cache
def deep(steps: int = 200) -> dict[str, float]:
    """Share of val that is right with 12 blocks: plain, with BatchNorm, with shortcuts begun at 0, and with both."""
    nets = {
        "plain": {"norm": "none", "shortcut": "no"},
        "BN": {"shortcut": "no"},
        "shortcuts": {"norm": "none", "last": 0.0},
        "both": {},
    }
    return {name: run(steps, blocks=12, batch=16, **net).measure().accuracies["val"] for name, net in nets.items()}


def taken_out(shortcut: str, steps: int = 200) -> list[float]:
    """Share of val that is right with the whole net, without block 1, without block 6, and without block 12."""
    net = run(steps, blocks=12, batch=16, shortcut=shortcut).experiment
    return [net.right(block) for block in (0, 1, 6, 12)]


def refused(layer: nn.Module, *shape: int) -> str:
    """What the layer says to an input of this shape."""
    try:
        layer(torch.zeros(shape))
    except (ValueError, RuntimeError) as error:
        return str(error)
    return "nothing"


def note_net(side: int, channels: int = 3) -> str:
    """What the note's net of two convolutions says to an image of this size."""
    net = nn.Sequential(
        nn.Conv2d(3, 64, 3, padding=1),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(64, 128, 3, padding=1),
        nn.BatchNorm2d(128),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(128 * 7 * 7, 10),
    )
    return refused(net, 2, channels, side, side)


def into_fc1(side: int) -> int:
    """How many numbers three convolutions with padding and three poolings make of an image, with 256 channels."""
    return 256 * (side // 2 // 2 // 2) ** 2


def per_channel() -> float:
    """How far BatchNorm2d is from one mean and one variance per channel, over batch, height and width."""
    x = 3 + 2 * torch.randn(4, 6, 5, 5)
    mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), correction=0, keepdim=True)
    return (nn.BatchNorm2d(6)(x) - (x - mean) / (var + 1e-5).sqrt()).abs().max().item()


def spread(letter: int, steps: int = 1000) -> float:
    """Std of z in the RNN with BatchNorm at the letter read first, second, and so on."""
    return run(steps, net="rnn").experiment.by_letter()[letter - 1][0].mean().sqrt().item()


def by_statistics(steps: int = 1000) -> list[float]:
    """Loss on val of the RNN with BatchNorm: with its running statistics, and with each letter's own."""
    return list(run(steps, net="rnn").experiment.losses_by_statistics())


def names(norm: str, steps: int = 1000) -> float:
    """Loss on val of the RNN with this norm."""
    return run(steps, net="rnn", norm=norm).measure().losses["val"]


def cell(x: Tensor, h: Tensor, norm: nn.Module, bias: float = 0.0) -> Tensor:
    """The note's cell: a norm on the input's part only; `bias` is added before it."""
    torch.manual_seed(42)
    read, keep = nn.Linear(4, 8), nn.Linear(8, 8)
    return torch.tanh(norm(read(x) + bias) + keep(h))


def input_part(bias: float) -> list[float | list[int]]:
    """The shape that the note's cell gives, and how much a bias before its BatchNorm moves it."""
    x, h = torch.randn(3, 4), torch.zeros(3, 8)
    plain, moved = (cell(x, h, nn.BatchNorm1d(8), b) for b in (0.0, bias))
    return [list(plain.shape), round((plain - moved).abs().max().item(), 4)]
