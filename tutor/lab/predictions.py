"""Trials: how a prediction comes out, measured on runs of its own; and questions made of a run."""

import inspect
import math
import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch

from tutor.errors import TutorError
from tutor.lab.datasets import Sources
from tutor.lab.experiment import Experiment, OwnQuestion
from tutor.lab.goals import Watch
from tutor.lab.guard import lesson_code
from tutor.lab.observation import Observation, undisturbed
from tutor.lab.runner import Runner
from tutor.link.goals import Condition
from tutor.link.knobs import Value
from tutor.link.messages import Report
from tutor.link.trials import Outcome, Pose, Posed, Trial, Tried, Try
from tutor.suggest import nearest

PIECE = 0.004
"""Seconds of a trial between looks at the clock."""

SEEDS = range(42, 47)
"""The seeds that show how much of an outcome is luck."""


class Predictions:
    """Makes trials, and questions of runs, one after the other and a little at a time; `send` takes what comes of them.

    `run` gives the learner's own run, of whose lesson they are; `data` its data.
    """

    def __init__(self, send: Callable[[Report], None], run: Callable[[], Runner], data: Callable[[], Sources]) -> None:
        self._send, self._run, self._data = send, run, data
        self._waiting: deque[Iterator[Report | None]] = deque()

    @property
    def pending(self) -> bool:
        """Whether there is something to do."""
        return bool(self._waiting)

    def take(self, command: Try | Pose) -> None:
        """Put another one at the end of the line; a question about the learner's own run is made at once."""
        work = self._tried(command) if isinstance(command, Try) else self._posed(command)
        if isinstance(command, Pose) and command.trial is None:
            self._waiting.appendleft(work)
            self.work(0.0)
        else:
            self._waiting.append(work)

    def forget(self) -> None:
        """Another lesson is open: what waited is of no use."""
        self._waiting.clear()

    def work(self, seconds: float) -> None:
        """Go on for about `seconds`, a piece at least. No draw in here reaches torch's global generator."""
        end, luck = time.perf_counter() + seconds, torch.get_rng_state()
        try:
            while self._waiting:
                report = next(self._waiting[0], None)
                if report is not None:
                    self._waiting.popleft()
                    self._send(report)
                if time.perf_counter() >= end:
                    break
        finally:
            torch.set_rng_state(luck)

    def _tried(self, command: Try) -> Iterator[Report | None]:
        try:
            for outcome in tried(self._kind, self._data(), command.metric, command.trials, command.seed):
                yield None if outcome is None else Tried(command.question, outcome)
        except TutorError as error:
            yield Tried(command.question, None, str(error))

    def _posed(self, command: Pose) -> Iterator[Report | None]:
        try:
            run, which = self._run(), ""
            if command.trial is not None:
                run = _begun(self._kind, self._data(), command.trial, command.luck)
                for _ in _advanced(run, max(command.trial.at)):
                    yield None
                which = f"{_told(run)}\n\n"
            made = posed(run, command.question, command.luck)
            yield Posed(
                command.question, which + made.ask, tuple(zip(made.options, made.whys, strict=True)), made.right
            )
        except TutorError as error:
            yield Posed(command.question, str(error))

    @property
    def _kind(self) -> type[Experiment]:
        return type(self._run().experiment)


def tried(
    kind: type[Experiment], data: Sources, metric: str, trials: Sequence[Trial], seed: int
) -> Iterator[Outcome | None]:
    """Measure `metric` on `trials` from `seed`: None after each piece of work, and the outcome at the end.

    `TutorError` if the lesson has no such metric, knob or preset, or can't measure it there.
    """
    values = []
    for trial in trials:
        run, found = _begun(kind, data, trial, seed), []
        for step in trial.at:
            for _ in _advanced(run, step):
                yield None
            found.append(_measured(run, metric) if run.iteration == step else math.inf)
            yield None
        values.append(tuple(found))
    yield Outcome(seed, tuple(values))


def outcomes(
    kind: type[Experiment], data: Sources, metric: str, trials: Sequence[Trial], seeds: Sequence[int] = SEEDS
) -> tuple[Outcome, ...]:
    """What `trials` give from each of `seeds`, by whose spread a tolerance is judged; errors as in `tried`."""
    found = (tried(kind, data, metric, trials, seed) for seed in seeds)
    return tuple(outcome for each in found for outcome in each if outcome is not None)


def posed(run: Runner, question: str, luck: int) -> OwnQuestion:
    """The question that the lesson makes of `run` as it stands; `TutorError` if it makes none, or a wrong one."""
    kind, experiment = type(run.experiment), run.experiment
    methods = kind.questions()
    if question not in methods:
        raise TutorError(f"lab.py makes no question '{question}'.", f"Mark one @question.{nearest(question, methods)}")
    seen = Observation(experiment, run.history.until(run.iteration))
    with lesson_code(Path(inspect.getfile(kind)).parent), undisturbed(experiment):
        made: OwnQuestion = getattr(experiment, methods[question])(seen, random.Random(luck))
    count = len(made.options)
    if not (1 < count == len(set(made.options)) == len(made.whys) and 0 <= made.right < count):
        what = f"the question '{question}' can't be asked of this run."
        raise TutorError(what, "It needs two different options or more, a why for each, and a right one among them.")
    return made


def _begun(kind: type[Experiment], data: Sources, trial: Trial, seed: int) -> Runner:
    presets = {preset.name: preset.values for preset in kind.presets}
    if trial.preset and trial.preset not in presets:
        raise TutorError(f"There is no preset '{trial.preset}'.", nearest(trial.preset, presets).strip())
    knobs: dict[str, Value] = {**presets.get(trial.preset, {}), **trial.set}
    return Runner(kind, data, seed, knobs)


def _told(run: Runner) -> str:
    """What the learner is to know of a run that isn't theirs."""
    knobs = (f"{knob.name} {knob.show(run.knobs[knob.name])}" for knob in run.experiment.knobs)
    return f"This run is new: {', '.join((f'seed {run.seed}', f'step {run.iteration:,}', *knobs))}."


def _advanced(run: Runner, step: int) -> Iterator[None]:
    """Train `run` up to `step`, or to where it breaks down, in pieces."""
    chunk = 1
    while run.iteration < step:
        started = time.perf_counter()
        if not run.advance(min(chunk, step - run.iteration)):
            return
        spent = time.perf_counter() - started
        chunk = max(int(chunk * min(PIECE / max(spent, 1e-9), 2)), 1)
        yield


def _measured(run: Runner, metric: str) -> float:
    """`metric` at this very step, infinity if the run has broken down; `TutorError` if it isn't a number there."""
    if run.halted:
        return math.inf
    (gauge,) = Watch((Condition(metric, ">", -math.inf, "-inf"),)).judge(run)
    if gauge.value is None or isinstance(gauge.value, str):
        raise TutorError(f"'{metric}' isn't known at step {run.iteration:,}.", "`loss` is a mean of 100 steps.")
    value = float(gauge.value)
    return value if math.isfinite(value) else math.inf
