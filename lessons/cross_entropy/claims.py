"""Checks of this lesson's claims that take its digit reader: each function measures one."""

from pathlib import Path

import torch

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()


def fallen(digits: int = 64) -> list[int]:
    """How many true scores the first step lowers, from seeds 42 to 46."""
    return [int((_changes(seed, digits=digits) < 0).sum()) for seed in range(42, 47)]


def fallen_by_digit(digits: int = 64) -> dict[int, tuple[int, int]]:
    """For each digit, how many examples it has, and how many of their true scores the first step lowers."""
    run, change = _run(0, digits=digits).experiment, _changes(42, digits=digits)
    return {
        digit: (int((run.y == digit).sum()), int((change[run.y == digit] < 0).sum()))
        for digit in run.y.unique().tolist()
    }


def alone(digits: int = 1) -> tuple[float, float]:
    """What the first step adds to the first digit's true score, and lr · 0.9 · (|x|² + 1)."""
    x = _run(0, digits=digits).experiment.x[0]
    return _changes(42, digits=digits)[0].item(), 0.5 * 0.9 * (x @ x + 1).item()


def reader(**knobs: Value) -> tuple[float, float, float]:
    """After 100 steps: the loss on its own digits, the validation loss and the share of validation digits right."""
    run = _run(100, **knobs)
    measured = run.measure()
    return run.loss, measured.losses["val"], measured.accuracies["val"]


def with_the_sum(lr: float = 0.5) -> list[float]:
    """The mean loss at the first three steps, and the validation loss after 100, while the sum is minimised."""
    run = _run(100, reduction="sum", lr=lr)
    return [*run.history.losses[:3], run.measure().losses["val"]]


def same_losses(lr: float = 0.5 / 64) -> bool:
    """Whether 100 steps with the sum at `lr` and with the mean at 0.5 have the same losses to the last bit."""
    return list(_run(100).history.losses) == list(_run(100, reduction="sum", lr=lr).history.losses)


def _changes(seed: int, **knobs: Value) -> torch.Tensor:
    run = _run(0, seed, **knobs)
    x, y = run.experiment.x, run.experiment.y
    before = run.experiment.model(x).detach()
    run.advance(1)
    return (run.experiment.model(x).detach() - before)[range(len(y)), y]


def _run(steps: int, seed: int = 42, **knobs: Value) -> Runner:
    run = Runner(_KIND, _DATA, seed, knobs)
    run.advance(steps)
    return run
