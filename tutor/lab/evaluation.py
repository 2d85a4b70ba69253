"""Full-split losses, measured in slices between training steps so that training never stalls for them."""

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from tutor.lab.experiment import Experiment

SLICE = 512
"""Examples evaluated in one go: half a millisecond for the small nets of this course, and no cache is emptied."""

HEAD_START = 0.03
"""Seconds of evaluation granted at the start of a run, when the losses change fastest."""

SHARE = 0.006
"""The part of training time that evaluation may take."""


@dataclass(frozen=True)
class Measured:
    """Mean losses over whole splits, of the model as it was at step `iteration`."""

    iteration: int
    losses: dict[str, float]


def measure(experiment: Experiment) -> Measured:
    """All splits' losses now, at once."""
    for result in slices(experiment):
        if result is not None:
            return result
    return Measured(experiment.iteration, {})


def slices(experiment: Experiment) -> Iterator[Measured | None]:
    """Measure a frozen copy of the model, in eval mode, yielding None after each slice and the result at the end."""
    splits = experiment.splits()
    if not splits:
        return
    run = copy.deepcopy(experiment)
    run.model.eval()
    losses: dict[str, float] = {}
    for name, split in splits.items():
        x, y, counts = split.distinct
        total = 0.0
        for start in range(0, len(y), SLICE):
            part = slice(start, start + SLICE)
            with torch.no_grad():
                total += (run.each_loss(x[part], y[part]) * counts[part]).sum(dtype=torch.float64).item()
            yield None
        losses[name] = total / len(split)
    yield Measured(run.iteration, losses)


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
