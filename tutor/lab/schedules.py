"""Learning-rate schedules: by what factor the learning rate is multiplied at each step.

A schedule is a pure function of the step number, which counts from 0, so a run that is wound back finds the same rates:

    lr = self.k.lr * self.schedule(self.iteration)
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

from tutor.figures import Curve, Series

POINTS = 400
"""How many steps of a schedule its curve shows, at most."""


@dataclass(frozen=True)
class Schedule(ABC):
    """A factor for each step of a run of `steps` steps; after the last of them it stays what it was."""

    steps: int

    @abstractmethod
    def __call__(self, step: int) -> float:
        """The factor at `step`, the first being step 0."""


@dataclass(frozen=True)
class Constant(Schedule):
    """The same rate throughout."""

    def __call__(self, step: int) -> float:
        """Always 1."""
        return 1.0


@dataclass(frozen=True)
class StepDecay(Schedule):
    """The rate times `gamma` after every `every` steps (`torch.optim.lr_scheduler.StepLR`)."""

    every: int
    gamma: float = 0.1

    def __call__(self, step: int) -> float:
        """`gamma` to the power of how often it was due."""
        return float(self.gamma ** (min(step, self.steps - 1) // self.every))


@dataclass(frozen=True)
class Cosine(Schedule):
    """Half a cosine from 1 down to `floor` (Loshchilov and Hutter, "SGDR", 2016; `CosineAnnealingLR`)."""

    floor: float = 0.0

    def __call__(self, step: int) -> float:
        """From 1 at step 0 to `floor` at step `steps`."""
        return _between(1.0, self.floor, min(step / self.steps, 1.0))


@dataclass(frozen=True)
class OneCycle(Schedule):
    """Up to 1 over the share `warmup` of the steps and then down to all but nothing, both along half a cosine.

    Smith and Topin, "Super-Convergence" (2017). The numbers are those of PyTorch's `OneCycleLR`, which also turns the
    momentum the other way round; this leaves the momentum alone.
    """

    warmup: float = 0.3
    start: float = 1 / 25
    end: float = 1 / 250_000

    def __call__(self, step: int) -> float:
        """`start` at step 0, 1 at the end of the warm-up, `end` at the last step."""
        peak, last = max(self.warmup * self.steps - 1, 0.0), self.steps - 1
        if step >= last:
            return self.end
        if step < peak:
            return _between(self.start, 1.0, step / peak)
        return _between(1.0, self.end, (step - peak) / (last - peak))


def _between(start: float, end: float, share: float) -> float:
    """The point at `share` of half a cosine from `start` to `end`."""
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2


SCHEDULES = ("constant", "step", "cosine", "1-cycle")
"""The names that `schedule` knows: the options of a lesson's knob."""


def schedule(name: str, steps: int) -> Schedule:
    """The schedule of that name for a run of `steps` steps; step decay divides the rate by ten halfway."""
    made = {
        "constant": Constant(steps),
        "step": StepDecay(steps, every=max(steps // 2, 1)),
        "cosine": Cosine(steps),
        "1-cycle": OneCycle(steps),
    }
    return made[name]


def schedule_curve(schedule: Schedule, lr: float, now: int) -> Curve:
    """The learning rate `lr` times the schedule's factor against the step, with step `now` marked."""
    end = max(schedule.steps - 1, now)
    count = min(POINTS, end + 1)
    steps = [round(place * end / max(count - 1, 1)) for place in range(count)]
    line = Series("schedule", tuple(map(float, steps)), tuple(lr * schedule(step) for step in steps))
    return Curve("Learning rate", (line, Series("now", (float(now),), (lr * schedule(now),), "points")))
