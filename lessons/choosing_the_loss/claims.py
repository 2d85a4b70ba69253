"""Checks of this lesson's claims that take its nets: each function measures one, on the project's digits, seed 42."""

from functools import cache
from pathlib import Path

import torch

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()


def same_run(lr: float = 0.25) -> bool:
    """Whether 300 batch losses of two scores with softmax, at `lr`, are those of one with a sigmoid at 0.5."""
    two, one = (run.history.losses for run in (_run(300, loss="softmax", lr=lr), _run(300, loss="sigmoid")))
    return max(abs(a - b) for a, b in zip(two, one, strict=True)) < 1e-6


def race(lr: float = 0.5) -> list[float]:
    """The val loss after 50 steps, of two scores with softmax at `lr` and of one with a sigmoid at 0.5."""
    return [run.measure().losses["val"] for run in (_run(50, loss="softmax", lr=lr), _run(50, loss="sigmoid"))]


def right(loss: str, task: str = "digit", steps: int = 1000, lr: float = 0.5) -> list[float]:
    """The share of val that is wholly right with this loss, and with the task's usual one."""
    return list(_run(steps, task=task, loss=loss, lr=lr).experiment.shares())


def by_steps(loss: str) -> list[list[float]]:
    """The same on the digits after 100, 300 and 1,000 steps."""
    return [right(loss, steps=steps) for steps in (100, 300, 1000)]


def five_seeds(steps: int) -> list[float]:
    """The share of digits right after softmax twice, and once: means over seeds 42 to 46."""
    shares = [_run(steps, seed, task="digit", loss="softmax twice").experiment.shares() for seed in range(42, 47)]
    return torch.tensor(shares).mean(0).tolist()


def usual(swapped: bool = False) -> list[float]:
    """The share right after 1,000 steps of digits by softmax and tags by sigmoids, or the other way round."""
    losses = ("sigmoid", "softmax") if swapped else ("softmax", "sigmoid")
    return [right(loss, task)[0] for task, loss in zip(("digit", "tags"), losses, strict=True)]


def shared(loss: str = "softmax") -> list[list[float]]:
    """The mean p of the three tags on val's 6s, 0s and 2s, after 1,000 steps."""
    experiment = _run(1000, task="tags", loss=loss).experiment
    p, _ = experiment.probabilities()
    return [p[experiment.val.y == digit].mean(0).tolist() for digit in (6, 0, 2)]


def ten_judges(loss: str = "sigmoid") -> list[float]:
    """Digits after 300 steps at lr 5: the share right, and the least and the largest sum of a row's p."""
    experiment = _run(300, task="digit", loss=loss, lr=5.0).experiment
    sums = experiment.probabilities()[0].sum(1)
    return [experiment.shares()[0], sums.min().item(), sums.max().item()]


def in_company(loss: str = "wrong axis") -> list[float]:
    """The share of val right after 1,000 steps, read in one batch, and one by one."""
    experiment = _run(1000, task="digit", loss=loss).experiment
    return [experiment.shares()[0], experiment.shares(alone=True)[0]]


def late(loss: str = "late T") -> list[float]:
    """How much its batch losses exceed those of softmax, at least and at most, over 300 steps."""
    mine, usual = (_run(300, task="digit", loss=name).history.losses for name in (loss, "softmax"))
    apart = [a - b for a, b in zip(mine, usual, strict=True)]
    return [min(apart), max(apart)]


def same_losses(loss: str = "one-hot") -> bool:
    """Whether 300 batch losses on the digits are those that class indices give."""
    mine, usual = (_run(300, task="digit", loss=name).history.losses for name in (loss, "softmax"))
    return max(abs(a - b) for a, b in zip(mine, usual, strict=True)) < 1e-5


def smoothed(loss: str = "soft") -> list[float]:
    """After 1,000 steps on the digits: the val loss, and the share of val right."""
    run = _run(1000, task="digit", loss=loss)
    return [run.measure().losses["val"], run.experiment.shares()[0]]


@cache
def _run(steps: int, seed: int = 42, **knobs: Value) -> Runner:
    run = Runner(_KIND, _DATA, seed, knobs)
    run.advance(steps)
    return run
