"""Full-split losses and accuracies, measured in slices between training steps: training never stalls for them."""

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional as F

from tutor.lab.datasets import Split
from tutor.lab.experiment import Experiment
from tutor.lab.history import History

SLICE = 512
"""Examples evaluated in one go: half a millisecond for the small nets of this course, and no cache is emptied."""

HEAD_START = 0.03
"""Seconds of evaluation granted at the start of a run, when the losses change fastest."""

SHARE = 0.006
"""The part of training time that evaluation may take."""


@dataclass(frozen=True)
class Measured:
    """Means over whole splits, by the splits' names, of the model as it was at step `iteration`."""

    iteration: int
    losses: dict[str, float]
    accuracies: dict[str, float] = field(default_factory=dict)
    """The shares of examples whose class got the highest logit.

    Only where the loss is the cross-entropy of the model's output: a lesson with an `each_loss` of its own has none.
    """


def last_measured(history: History) -> Measured:
    """What was measured last in `history`."""
    at, losses = history.last("splits")
    return Measured(at, losses, history.last("accuracy")[1])


def note(history: History, result: Measured) -> None:
    """Keep `result` in `history`."""
    for name, loss in result.losses.items():
        history.add("splits", name, result.iteration, loss)
    for name, accuracy in result.accuracies.items():
        history.add("accuracy", name, result.iteration, accuracy)


def measure(
    experiment: Experiment, splits: Mapping[str, Split] | None = None, given_up: Callable[[], bool] = lambda: False
) -> Measured:
    """The experiment's own splits now, at once, or others; nothing once `given_up`, asked after each slice."""
    for result in slices(experiment, splits):
        if result is not None:
            return result
        if given_up():
            break
    return Measured(experiment.iteration, {})


def slices(experiment: Experiment, splits: Mapping[str, Split] | None = None) -> Iterator[Measured | None]:
    """Measure a frozen copy of the model, in eval mode, yielding None after each slice and the result at the end."""
    splits = experiment.splits() if splits is None else splits
    if not splits:
        return
    run = copy.deepcopy(experiment)
    run.model.eval()
    losses: dict[str, float] = {}
    accuracies: dict[str, float] = {}
    for name, split in splits.items():
        x, y, counts = split.distinct
        total, right = 0.0, 0
        for start in range(0, len(y), SLICE):
            part = slice(start, start + SLICE)
            with torch.no_grad():
                loss, correct = _sums(run, x[part], y[part], counts[part])
            total, right = total + loss, right + correct
            yield None
        losses[name] = total / len(split)
        if _classifies(run):
            accuracies[name] = right / len(split)
    yield Measured(run.iteration, losses, accuracies)


def _sums(run: Experiment, x: Tensor, y: Tensor, counts: Tensor) -> tuple[float, int]:
    """The loss and the number of right answers of these examples, each counted as often as it occurs."""
    if not _classifies(run):
        return (run.each_loss(x, y) * counts).sum(dtype=torch.float64).item(), 0
    logits = run.model(x)
    loss = (F.cross_entropy(logits, y, reduction="none") * counts).sum(dtype=torch.float64).item()
    return loss, int(counts[logits.argmax(1) == y].sum())


def _classifies(run: Experiment) -> bool:
    """Whether the lesson leaves the loss at cross-entropy: one forward then gives loss and accuracy."""
    return type(run).each_loss is Experiment.each_loss


class Evaluator:
    """Spends a fixed share of the training time on measuring the splits, over and over."""

    def __init__(self) -> None:
        self._work: Iterator[Measured | None] | None = None
        self._allowance = HEAD_START

    def after(self, experiment: Experiment, seconds: float) -> Measured | None:
        """Go on measuring after `seconds` of training; the result, if one is complete."""
        self._allowance = min(self._allowance + SHARE * seconds, 1.0)
        while self._allowance > 0:
            # A measurement that raises is given up: the next one starts afresh.
            work, self._work = self._work or slices(experiment), None
            started = time.perf_counter()
            result = next(work, None)
            self._allowance -= time.perf_counter() - started
            if result is not None:
                return result
            if not experiment.splits():
                return None
            self._work = work
        return None
