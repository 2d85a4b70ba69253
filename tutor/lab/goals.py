"""Judging a goal: when a run is looked at for it, and by which values.

A goal is judged at every `EVERY`th step, at the last step that it allows, and wherever the run stands still. What
it says of a split is then measured at that very step, on no other split than those named, and only where everything
else holds: a goal out of reach costs nothing. So where a run reaches its goal depends on its seed and knobs alone,
never on how fast it trains.
"""

from collections.abc import Sequence

from tutor.errors import TutorError
from tutor.lab.evaluation import Measured
from tutor.lab.experiment import Experiment
from tutor.lab.runner import Runner
from tutor.link.goals import NEVER, Gauge, Goal, last_step
from tutor.link.knobs import Value
from tutor.suggest import nearest

EVERY = 100
"""Steps between judgements of a run that goes on: measuring `val` that often takes an eighth of the time."""

AVERAGED = 100
"""How many mini-batch losses the metric `loss` is the mean of."""

_ACCURACY = " accuracy"
_Values = dict[str, Value | None]


class Watch:
    """Watches a run for a goal; without conditions it watches nothing."""

    def __init__(self, goal: Goal = ()) -> None:
        self._goal = goal
        self._last = last_step(goal)
        self._of: Experiment | None = None
        self._measured = Measured(0, {})
        """What was measured last, of the run `_of`."""

    def room(self, iteration: int) -> int:
        """How many steps may be taken from `iteration` before the goal is to be judged."""
        if not self._goal or iteration >= self._last:
            return NEVER
        return min(EVERY - iteration % EVERY, self._last - iteration)

    def stops(self, run: Runner) -> bool:
        """Whether a run that goes on should stand still here: the goal is reached, or this is the last step for it.

        Errors are those of `judge`.
        """
        now = run.iteration
        if now == self._last:
            return True
        return bool(self._goal) and now < self._last and now % EVERY == 0 and reached(self.judge(run))

    def judge(self, run: Runner) -> tuple[Gauge, ...]:
        """Every condition at this very step, unless one that needs no measuring fails: then as `read`.

        `TutorError` if the lesson has no such metric.
        """
        if not self._goal:
            return ()
        values = self._instant(run)
        instant = [condition for condition in self._goal if condition.metric in values]
        if len(instant) < len(self._goal) and all(condition.holds(values[condition.metric]) for condition in instant):
            self._measure(run)
        return self._gauges({**self._split_values(run), **values})

    def read(self, run: Runner) -> tuple[Gauge, ...]:
        """Every condition by what is known without measuring a split."""
        return self._gauges({**self._split_values(run), **self._instant(run)}) if self._goal else ()

    def _instant(self, run: Runner) -> _Values:
        """What is known at every step: the knobs, the step, the mean loss, and the named ones of the lesson's own."""
        values: _Values = dict(run.knobs)
        if run.experiment.trains():
            last = run.history.losses[max(run.iteration - AVERAGED, 0) : run.iteration]
            values |= {"step": run.iteration, "loss": sum(last) / AVERAGED if len(last) == AVERAGED else None}
        return values | run.read([condition.metric for condition in self._goal])

    def _measure(self, run: Runner) -> None:
        known = self._of is run.experiment and self._measured.iteration == run.iteration
        if not known and (run.measured.iteration != run.iteration or not run.measured.losses):
            named = {condition.metric.removesuffix(_ACCURACY) for condition in self._goal}
            self._of, self._measured = run.experiment, run.measure_only(named)

    def _split_values(self, run: Runner) -> _Values:
        """The last values of the splits, None where nothing was measured yet."""
        values = _by_name(run.measured)
        if not values:
            splits = run.experiment.splits()
            values = dict.fromkeys([*splits, *(f"{name}{_ACCURACY}" for name in splits)])
        newer = self._of is run.experiment and self._measured.iteration >= run.measured.iteration
        return values | (_by_name(self._measured) if newer else {})

    def _gauges(self, values: _Values) -> tuple[Gauge, ...]:
        for condition in self._goal:
            if condition.metric not in values:
                what = f"This page's goal names '{condition.metric}', which the lesson doesn't measure."
                raise TutorError(what, f"It has: {', '.join(values)}.{nearest(condition.metric, values)}")
        return tuple(
            Gauge(condition, values[condition.metric], condition.holds(values[condition.metric]))
            for condition in self._goal
        )


def _by_name(measured: Measured) -> _Values:
    """Losses by the splits' names, accuracies as `val accuracy`."""
    return {**measured.losses, **{f"{name}{_ACCURACY}": value for name, value in measured.accuracies.items()}}


def reached(gauges: Sequence[Gauge]) -> bool:
    """Whether a goal with these gauges is reached."""
    return bool(gauges) and all(gauge.holds for gauge in gauges)
