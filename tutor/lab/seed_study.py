"""Is it noise? The same two runs from several seeds, in turns, and what their spread allows to say."""

import math
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tutor.figures import AnyFigure, Bands, Curve, Group, Series
from tutor.figures.bands import Band
from tutor.lab.bands import verdict
from tutor.lab.experiment import Experiment
from tutor.lab.history import means
from tutor.lab.runner import Runner
from tutor.lab.study import Study
from tutor.link.knobs import Knob, Value

AVERAGED = 100
"""How many mini-batch losses a run's last `loss` is the mean of."""

COLUMNS = 60
"""Points of a loss curve."""

PIECE = 0.004
"""Seconds of training between looks at the clock."""


@dataclass
class Arm:
    """One of the kinds of run that are compared, and its finished runs, a seed after the other."""

    label: str
    make: Callable[[int], Runner]
    """The run from a seed, at step 0."""
    finals: list[dict[str, float]] = field(default_factory=list)
    """Of each run its last losses, by name; infinity for a run that broke down."""
    curves: list[tuple[float, ...]] = field(default_factory=list)
    """Of each run the mean mini-batch losses of its stretches."""
    steps: int = 0
    seconds: float = 0.0


class SeedStudy(Study):
    """Trains each arm for `steps` steps from each seed, the arms in turns, so that a stop leaves as many of each."""

    def __init__(self, kind: type[Experiment], arms: Sequence[Arm], seeds: Sequence[int], steps: int) -> None:
        super().__init__(kind)
        self.arms = tuple(arms)
        self._steps = steps
        self._seeds = seeds
        self._todo = [(arm, seed) for seed in seeds for arm in self.arms]
        self._at = 0
        self._runner: Runner | None = None

    @property
    def share(self) -> float:
        """The steps taken, of all."""
        whole = max(self._steps, 1) * len(self._todo)
        return 1.0 if self._at == len(self._todo) else sum(arm.steps for arm in self.arms) / whole

    @property
    def seconds_left(self) -> float:
        """What is left of each arm at its own pace; at the others' for one that hasn't begun."""
        paces = [arm.seconds / arm.steps for arm in self.arms if arm.steps]
        if not paces:
            return 0.0
        usual = statistics.fmean(paces)
        each = self._steps * len(self._seeds)
        return sum((each - arm.steps) * (arm.seconds / arm.steps if arm.steps else usual) for arm in self.arms)

    @property
    def doing(self) -> str:
        """Which run it is at."""
        if self._at == len(self._todo):
            return ""
        arm, seed = self._todo[self._at]
        return f"{arm.label.partition(' ')[0]}, seed {seed}"

    @property
    def complete(self) -> int:
        """How many seeds all arms have finished."""
        return min(len(arm.finals) for arm in self.arms)

    @property
    def judged(self) -> str:
        """The loss that counts: on the validation split, if there is one."""
        return "val" if any("val" in run for arm in self.arms for run in arm.finals) else "loss"

    def values(self, arm: Arm, metric: str) -> list[float]:
        """The last losses of the arm by that name, of the seeds that all arms have finished."""
        return [run.get(metric, math.inf) for run in arm.finals[: self.complete]]

    def bands(self, arm: Arm) -> dict[str, Band]:
        """The spread of each of the arm's last losses."""
        names = dict.fromkeys(name for run in arm.finals[: self.complete] for name in run)
        return {name: Band.of(self.values(arm, name)) for name in names}

    def figures(self) -> tuple[AnyFigure, ...]:
        """The last losses, and the way there."""
        what = _named(self.judged)
        title = f"{what[:1].upper()}{what[1:]} after {self._steps:,} steps, {self.complete} of {len(self._seeds)} seeds"
        groups = tuple(Group(arm.label, tuple(self.values(arm, self.judged))) for arm in self.arms)
        curves = tuple(self._course(arm) for arm in self.arms if self.complete)
        return Bands(title, groups, what), Curve("Mini-batch loss: median and range", curves)

    def _course(self, arm: Arm) -> Series:
        """The median of the arm's loss curves, in the band of their extremes."""
        places, _ = _stretches(range(1, self._steps + 1), self._steps)
        curves = arm.curves[: self.complete]
        columns = list(zip(*curves, strict=True))
        middle = tuple(map(statistics.median, columns))
        return Series(arm.label, places, middle, "line", tuple(map(min, columns)), tuple(map(max, columns)))

    def says(self) -> str:
        """The verdict on two arms; nothing on one."""
        if len(self.arms) != 2 or not (self.done or self.complete > 1):
            return ""
        a, b = (self.values(arm, self.judged) for arm in self.arms)
        return verdict(a, b, _named(self.judged))

    def _piece(self) -> None:
        arm, seed = self._todo[self._at]
        started = time.perf_counter()
        if self._runner is None:
            self._runner = arm.make(seed)
        runner = self._runner
        pace = arm.seconds / arm.steps if arm.steps else PIECE
        taken = runner.advance(min(max(int(PIECE / pace), 1), self._steps - runner.iteration))
        if runner.iteration >= self._steps or not taken:
            arm.finals.append(_finals(runner))
            # The losses that a run which broke down never had are as bad as can be.
            losses = [loss if math.isfinite(loss) else math.inf for loss in runner.history.losses]
            losses += [math.inf] * (self._steps - runner.iteration)
            arm.curves.append(_stretches(losses, self._steps)[1])
            self._runner = None
            self._at += 1
            self.done = self._at == len(self._todo)
            # A run that broke down is over, and its other steps need no time.
            taken += self._steps - runner.iteration
        arm.steps += taken
        arm.seconds += time.perf_counter() - started


def _finals(runner: Runner) -> dict[str, float]:
    """The run's last losses: the mean of the last mini-batches', and the splits' full ones."""
    last = list(runner.history.losses[-AVERAGED:])
    measured = runner.measure().losses
    losses = {"loss": statistics.fmean(last) if last else math.nan}
    losses |= {name: measured[name] for name in runner.experiment.splits() if name in measured}
    return {name: loss if math.isfinite(loss) and not runner.halted else math.inf for name, loss in losses.items()}


def _stretches(values: Sequence[float], steps: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The mean of each stretch of a run of `steps` steps, at its middle step, without a shorter one at the end."""
    size = max(-(-steps // COLUMNS), 1)
    return means(values[: steps - steps % size], COLUMNS)


def _named(metric: str) -> str:
    return "loss" if metric == "loss" else f"{metric} loss"


def in_words(knobs: Iterable[Knob], values: Mapping[str, Value], than: Mapping[str, Value]) -> str:
    """The knobs that are set otherwise than in `than`, as `lr 0.3, batch 64`."""
    return ", ".join(
        f"{knob.name} {knob.show(values[knob.name])}" for knob in knobs if values[knob.name] != than[knob.name]
    )
