"""Checks of this lesson's claims that take a run, or more than a line: its net on the project's digits, seed 42."""

from functools import cache
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Strip
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()
SIZES = (2, 4, 8, 16, 32, 128)
IMAGES = 16_000


def norm(z: Tensor) -> list[float]:
    """PyTorch's own batch norm of a column, without scale and shift."""
    return F.batch_norm(z.reshape(len(z), 1), None, None, training=True).flatten().tolist()


def pull_on_row_0() -> list[float]:
    """How far row 0's normalized value moves with each of four rows' z of the unit."""
    return list(_strip().stages[-1].values)


def pushed(by: float) -> float:
    """Row 0's normalized value, when row 3's z is pushed."""
    return _strip(push=by).stages[1].values[0]


def jitter_by_size() -> list[float]:
    """Std of one normalized value among random neighbours, in batches of 2, 4, 8, 32 and 128."""
    experiment = _run(0).experiment
    return [experiment.among_neighbours(size).std().item() for size in (2, 4, 8, 32, 128)]


def refused() -> list[str | list[int]]:
    """What nn.BatchNorm1d says to a batch of one, and the shape that nn.BatchNorm2d gives for one image."""
    try:
        nn.BatchNorm1d(2)(torch.randn(1, 2))
        said = "nothing"
    except ValueError as error:
        said = str(error).split(",")[0]
    return [said, list(nn.BatchNorm2d(2)(torch.randn(1, 2, 4, 4)).shape)]


@cache
def right_by_size(norm: str = "batch", images: int = IMAGES) -> list[float]:
    """Share of val that is right after so many images, in batches of 2, 4, 8, 16, 32 and 128."""
    return [_accuracy(_run(images // size, norm=norm, batch=size)) for size in SIZES]


def at(size: int, norm: str = "batch", images: int = IMAGES) -> float:
    """Share of val that is right after so many images, in batches of this size."""
    return right_by_size(norm, images)[SIZES.index(size)]


def accumulated(norm: str, steps: int = 0) -> list[float]:
    """16 pieces of 4 against 64 rows at once: the gradients' cosine, and how far apart, as a share of its length."""
    experiment = _run(steps, norm=norm).experiment
    whole, pieces = experiment.gradient(64), experiment.gradient(4)
    return [F.cosine_similarity(whole, pieces, dim=0).item(), ((pieces - whole).norm() / whole.norm()).item()]


@cache
def few(steps: int = 1500, batch: int = 16) -> dict[str, list[float]]:
    """Share of train and of val that is right with 300 images to learn from, the mean of four seeds, by norm."""
    found = {}
    for kind in ("none", "batch", "layer"):
        shares = []
        for seed in range(42, 46):
            run = Runner(_KIND, _DATA, seed, {"norm": kind, "batch": batch, "examples": 300})
            run.advance(steps)
            experiment = run.experiment
            bars = experiment.accuracy(None)
            shares.append([value / 100 for value in bars.values])
        found[kind] = torch.tensor(shares).mean(0).tolist()
    return found


def estimates() -> list[float]:
    """Of batches of 32 from mean 5, std 2: the share within 0.02 of the mean, and the mean errors of mean and std."""
    s = 5 + 2 * torch.randn(20_000, 32)
    off = (s.mean(1) - 5).abs()
    return [(off <= 0.02).float().mean().item(), off.mean().item(), (s.std(1, correction=0) - 2).abs().mean().item()]


def mean_errors() -> list[float]:
    """How far a batch's mean is off, on average, for std 2 and batches of 2, 8, 16, 32 and 256."""
    return [(2 * torch.randn(20_000, size)).mean(1).abs().mean().item() for size in (2, 8, 16, 32, 256)]


def _strip(**knobs: Value) -> Strip:
    return _run(0, batch=4, **knobs).experiment.rows(None)


def _run(steps: int, **knobs: Value) -> Runner:
    run = Runner(_KIND, _DATA, 42, knobs)
    run.advance(steps)
    return run


def _accuracy(run: Runner) -> float:
    return run.measure().accuracies["val"]
