"""The lesson's claims that take a run or the project's data; each function returns what it measured."""

import math
import sys
from functools import cache
from pathlib import Path

import torch

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner

DATA = Sources()
EVERYTHING = 262_144


@cache
def lesson():
    return load_experiment(Path(__file__).parent)


def runner(**knobs) -> Runner:
    return Runner(lesson(), DATA, 42, knobs)


def losses(run: Runner, steps: int) -> tuple[float, float]:
    """Full train and validation loss after `steps` more steps."""
    run.advance(steps)
    measured = run.measure().losses
    return round(measured["train"], 3), round(measured["val"], 3)


def sizes() -> tuple[int, int]:
    """Training examples, and parameters of the default net."""
    run = runner()
    return len(run.experiment.names.train), sum(p.numel() for p in run.experiment.parameters)


def bigram() -> float:
    """Train loss of counting letter pairs."""
    train = DATA.names(block=1).train
    counts = torch.bincount(train.x[:, 0] * 27 + train.y, minlength=27 * 27).view(27, 27).float()
    p = counts / counts.sum(1, keepdim=True)
    return round(-p[train.x[:, 0], train.y].log().mean().item(), 3)


def cosines(later: int = 1000) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Agreement of batches of 1, 8, 32, 256 and 2,048 with the full gradient, at step 0 and `later`."""
    run = runner()
    before = run.look(["agreement"])["agreement"].values
    run.advance(later)
    return rounded(before), rounded(run.look(["agreement"])["agreement"].values)


def equal_steps(steps: int = 20) -> tuple[float, float]:
    """Train loss after so many steps: batch 32, full batch."""
    return losses(runner(), steps)[0], losses(runner(batch=EVERYTHING), steps)[0]


def one_epoch(lr: float = 0.1) -> tuple[float, float]:
    """Train loss after 39,165 examples: batch 32, full batch."""
    return losses(runner(lr=lr), 1224)[0], losses(runner(batch=EVERYTHING, lr=lr), 1)[0]


def seen_in_an_epoch() -> float:
    """The share of distinct examples among those that 1,224 batches of 32 draw."""
    run = runner()
    drawn = torch.randint(39_165, (1224, 32), generator=run.experiment.rng)
    return round(drawn.unique().numel() / 39_165, 3)


def default_run() -> tuple[float, float]:
    """Train and validation loss after 3,000 steps with the default knobs."""
    return losses(runner(), 3000)


def adam_run() -> tuple[float, float]:
    """Train and validation loss after 3,000 steps of the preset."""
    return losses(runner(optimizer="adam", lr=0.002), 3000)


def goal_by_batch() -> tuple[float, float]:
    """Train and validation loss after 3,000 steps of batch 128 at lr 0.5."""
    return losses(runner(batch=128, lr=0.5), 3000)


def goal_by_adam() -> tuple[float, float]:
    """The same after 2,000 steps of Adam at lr 0.005 and 1,000 at 0.0005, batch 32."""
    run = runner(optimizer="adam", lr=0.005)
    run.advance(2000)
    run.turn({"lr": 0.0005})
    return losses(run, 1000)


def valley_steps(lr: float = 0.018) -> tuple[str, ...]:
    """Steps down the valley, for each optimizer."""
    return tuple(series.label for series in runner(lr=lr).look(["descents"])["descents"].series)


def aslant_valley_steps(degrees: float = 45) -> dict[str, int]:
    """The same at lr 0.018 for a valley turned by so much, in at most 2,500 steps."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turn = torch.tensor([[cos, -sin], [sin, cos]])
    hessian = turn @ torch.diag(torch.tensor([1.0, 100.0])) @ turn.T
    steps = {}
    for name, update in vars(sys.modules[lesson().__module__])["RULES"].items():
        p, m, s = turn @ torch.ones(2), torch.zeros(2), torch.zeros(2)
        steps[name] = 1
        for t in range(1, 2501):
            update(p, hessian @ p, m, s, t, 0.018)
            if p @ hessian @ p / 2 >= 1e-6:
                steps[name] = t + 1
    return steps


def rounded(values: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(round(value, 2) for value in values)
