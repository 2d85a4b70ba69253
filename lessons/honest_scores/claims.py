"""Checks of this lesson's claims that take a run of its net, the study note's own code, or many draws."""

import statistics
from functools import cache
from itertools import combinations
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()


@cache
def note_log(lr: float = 0.001) -> dict[str, list[float]]:
    """The note's own code, on its 6,000 random images with random labels: each epoch's loss and accuracies.

    `test loss` is one thing that the note doesn't print.
    """
    torch.manual_seed(42)
    x, y = torch.randn(6000, 784), torch.randint(0, 10, (6000,))
    new_x, new_y = torch.randn(1000, 784), torch.randint(0, 10, (1000,))
    net = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(net.parameters(), lr=lr)
    log: dict[str, list[float]] = {"loss": [], "train": [], "test": [], "test loss": []}
    for _ in range(10):
        losses, right = [], 0
        for batch in torch.randperm(len(x)).split(128):
            logits = net(x[batch])
            loss = F.cross_entropy(logits, y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            right += int((logits.argmax(1) == y[batch]).sum())
        with torch.no_grad():
            logits = net(new_x)
        test = (logits.argmax(1) == new_y).float().mean().item()
        found = (statistics.fmean(losses), right / 6000, test, F.cross_entropy(logits, new_y).item())
        for values, value in zip(log.values(), found, strict=True):
            values.append(value)
    return log


def note_ends(lr: float = 0.001) -> tuple[float, ...]:
    """Of the last epoch: its loss, and the train accuracy; and the lowest and the highest test accuracy of all."""
    log = note_log(lr)
    return log["loss"][-1], log["train"][-1], min(log["test"]), max(log["test"])


def note_train(lr: float = 0.001) -> tuple[list[float], list[float]]:
    """Each epoch's train accuracy and loss."""
    return note_log(lr)["train"], note_log(lr)["loss"]


@cache
def _lot(steps: int) -> tuple[dict[str, float], dict[str, float]]:
    """Accuracies and losses with all training labels drawn by lot."""
    measured = _run(steps, true_labels=0.0).measure()
    return measured.accuracies, measured.losses


def by_lot(steps: int = 3000) -> list[bool]:
    """Whether train accuracy is above 99 % by then, and val within three standard deviations of chance."""
    accuracies, _ = _lot(steps)
    return [accuracies["train"] > 0.99, abs(accuracies["val"] - 0.1) < 3 * 0.0224]


def lot_losses(steps: int = 3000) -> tuple[float, float]:
    """The train and validation loss by then."""
    _, losses = _lot(steps)
    return losses["train"], losses["val"]


def muddled(early: int = 200, late: int = 4000) -> dict[str, tuple[float, ...]]:
    """Four labels in ten drawn by lot: train and val accuracy, and how often a mislabelled image's digit is said."""
    run, found = _run(0, true_labels=0.6), {}
    for name, steps in (("early", early), ("late", late)):
        run.advance(steps - run.iteration)
        accuracies = run.measure().accuracies
        found[name] = (accuracies["train"], accuracies["val"], run.read(["says true digit"])["says true digit"])
    return found


def two_judges(steps: int = 3000) -> dict[str, tuple[float, float]]:
    """Train and val accuracy on muddled labels, without weight decay and with."""
    found = {}
    for name, decay in (("no decay", 0.0), ("decay 3", 3.0)):
        accuracies = _run(steps, true_labels=0.6, weight_decay=decay).measure().accuracies
        found[name] = (accuracies["train"], accuracies["val"])
    return found


@cache
def _by_seed(nets: int = 40) -> list[tuple[float, float]]:
    """The validation and test accuracy of nets that differ in nothing but their seed."""
    scores = []
    for seed in range(nets):
        measured = _run(100, seed, examples=50).measure_only(("val", "test")).accuracies
        scores.append((measured["val"], measured["test"]))
    return scores


def picked(nets: int = 40) -> dict[str, float]:
    """The nets' mean scores, and those of the one with the highest validation score."""
    scores = _by_seed()[:nets]
    val, test = max(scores)
    means = [statistics.fmean(column) for column in zip(*scores, strict=True)]
    return {"mean val": means[0], "mean test": means[1], "best val": val, "its test": test}


def best_guesser(guessers: int = 200) -> tuple[float, float]:
    """The mean best score of so many guessers on 180 questions, and that guesser's mean in a second exam."""
    g = torch.Generator().manual_seed(0)
    best, again = [], []
    for _ in range(min(1000, 200_000 // guessers)):
        scores = (torch.rand(2, guessers, 180, generator=g) < 0.1).double().mean(2)
        place = scores[0].argmax()
        best.append(scores[0, place].item())
        again.append(scores[1, place].item())
    return statistics.fmean(best), statistics.fmean(again)


def sizes() -> tuple[int, ...]:
    """How many digits each split has."""
    digits = _DATA.digits()
    return len(digits.train), len(digits.val), len(digits.test)


def overlaps() -> dict[str, int]:
    """How many images two splits have in common."""
    digits = _DATA.digits()
    splits = {"train": digits.train, "val": digits.val, "test": digits.test}
    images = {name: set(map(tuple, split.x.tolist())) for name, split in splits.items()}
    return {f"{a} and {b}": len(images[a] & images[b]) for a, b in combinations(images, 2)}


def _run(steps: int, seed: int = 42, **knobs: Value) -> Runner:
    run = Runner(_KIND, _DATA, seed, knobs)
    run.advance(steps)
    return run
