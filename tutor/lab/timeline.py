"""Time travel: snapshots of a run, and the exact way from the nearest of them to any step.

A snapshot is a deep copy of the experiment, with the state of torch's global generator. Any step in between is
reached by taking steps again from the snapshot before it, with the knobs turned where they were turned: the
same run, bit for bit.
"""

import copy
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from tutor.lab.experiment import Experiment
from tutor.link.knobs import Value

APART = 0.2
"""Seconds of training between snapshots, and so about the longest replay."""

BUDGET = 200_000_000
"""Bytes that all snapshots may take together."""


@dataclass(frozen=True)
class Snapshot:
    """A whole run, standing still."""

    experiment: Experiment
    randomness: Tensor
    size: int
    """Bytes of the tensors that are its own."""

    @classmethod
    def of(cls, experiment: Experiment) -> "Snapshot":
        """A snapshot of `experiment` as it is."""
        seen: dict[int, object] = {}
        taken = copy.deepcopy(experiment, seen)
        size = sum(item.numel() * item.element_size() for item in seen.values() if isinstance(item, Tensor))
        return cls(taken, torch.get_rng_state(), size)

    def resume(self) -> Experiment:
        """A run that goes on from here; torch's global generator is put back too."""
        torch.set_rng_state(self.randomness)
        return copy.deepcopy(self.experiment)


class Timeline:
    """The snapshots of one run, from its first step on."""

    def __init__(self, experiment: Experiment, budget: int = BUDGET) -> None:
        """Begin with `experiment` as built."""
        self._budget = budget
        self._snapshots = [Snapshot.of(experiment)]
        self._turns: list[tuple[int, dict[str, Value]]] = []
        self._taken_at = time.perf_counter()

    @property
    def size(self) -> int:
        """Bytes that the snapshots take."""
        return sum(snapshot.size for snapshot in self._snapshots)

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps of which there are snapshots."""
        return tuple(snapshot.experiment.iteration for snapshot in self._snapshots)

    @property
    def due(self) -> bool:
        """Whether the last snapshot is long ago."""
        return time.perf_counter() - self._taken_at >= APART

    def passed(self, experiment: Experiment) -> None:
        """Take a snapshot of `experiment`, which has come further since the last one."""
        if experiment.iteration > self.steps[-1]:
            self._snapshots.append(Snapshot.of(experiment))
            self._taken_at = time.perf_counter()
            if self.size > self._budget:
                self._thin()

    def turned(self, iteration: int, values: Mapping[str, Value]) -> None:
        """Live knobs were set to `values` after step `iteration`."""
        self._turns.append((iteration, dict(values)))

    def at(self, iteration: int) -> Experiment:
        """The run as it was after step `iteration`, ready to go on from there."""
        steps = self.steps
        run = self._snapshots[bisect_right(steps, iteration) - 1].resume()
        for place in range(run.iteration, iteration):
            self._turn(run, place)
            run.step()
            run.iteration = place + 1
        self._turn(run, iteration)
        return run

    def first(self, found: Callable[[Experiment], bool], last: int) -> int:
        """The first step, from the newest snapshot before `last` on, at which `found` holds; else `last`."""
        run = self._snapshots[bisect_right(self.steps, last - 1) - 1].resume()
        for place in range(run.iteration, last):
            if found(run):
                return place
            self._turn(run, place)
            run.step()
            run.iteration = place + 1
        return last

    def fork(self, iteration: int) -> "Timeline":
        """The same past up to step `iteration`, for a run that goes its own way from there."""
        twin = copy.copy(self)
        twin._snapshots, twin._turns = list(self._snapshots), list(self._turns)
        twin.cut(iteration)
        return twin

    def cut(self, iteration: int) -> None:
        """Forget what came after step `iteration`: the run goes another way from there."""
        kept = bisect_right(self.steps, iteration)
        del self._snapshots[max(kept, 1) :]
        self._turns = [turn for turn in self._turns if turn[0] <= iteration]
        self._taken_at = time.perf_counter()

    def _turn(self, run: Experiment, iteration: int) -> None:
        for when, values in self._turns:
            if when == iteration:
                vars(run.k).update(values)

    def _thin(self) -> None:
        """Drop every other snapshot of the older half, but never the first: what is long ago grows sparse."""
        half = len(self._snapshots) // 2
        del self._snapshots[1 : half + 1 : 2]
