"""Driving one experiment: build, train, restart, turn knobs, look. It knows no UI and no process."""

import copy
import inspect
import math
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

import torch

from tutor.figures import AnyFigure, Series
from tutor.lab.autopsy import first_to_go, sound
from tutor.lab.datasets import Sources
from tutor.lab.evaluation import Evaluator, Measured, last_measured, measure, note
from tutor.lab.experiment import Experiment
from tutor.lab.guard import lesson_code
from tutor.lab.history import History
from tutor.lab.looks import Looks
from tutor.lab.noting import noted_step, notes
from tutor.lab.observation import Observation, undisturbed
from tutor.lab.straight import straighten
from tutor.lab.timeline import Timeline
from tutor.link.knobs import Value, checked, find

WORTH_KEEPING = 20
"""Steps after which a run's loss curve is kept to compare the next runs with."""

KEPT = 4
"""How many runs are kept."""

POINTS_AN_OCTAVE = 16
"""How often series are noted as the step number doubles: dense at first, when most happens, and never expensive."""


class Runner:
    """One run of one experiment, from a seed."""

    def __init__(
        self,
        kind: type[Experiment],
        data: Sources,
        seed: int = 42,
        knobs: Mapping[str, Value] | None = None,
    ) -> None:
        """Build the model.

        `TutorError` if a knob is unknown or out of range, `LessonError` if the lesson's code fails.
        """
        self.past: tuple[Series, ...] = ()
        self._kind = kind
        self._folder = Path(inspect.getfile(kind)).parent
        self._data = data
        settled = checked(kind.knobs, knobs or {})
        self._begin(self._built(settled, seed), settled)

    def restart(self, seed: int) -> None:
        """Build the model again from `seed`, with the knobs as they are, at step 0; the run so far joins `past`."""
        self._replace(self.knobs, seed)

    def _replace(self, knobs: dict[str, Value], seed: int) -> None:
        experiment = self._built(knobs, seed)
        self._remember()
        self._begin(experiment, knobs)

    def _remember(self) -> None:
        """Keep the loss curve of a run worth comparing with, under the names of the knobs it had changed."""
        if self.iteration < WORTH_KEEPING:
            return
        label = self._label()
        others = tuple(run for run in self.past if run.label != label)
        self.past = (*others, self.history.loss_by_seconds(label))[-KEPT:]

    def _label(self) -> str:
        changed = [
            f"{knob.name} {knob.show(self._started_with[knob.name])}"
            for knob in self._kind.knobs
            if self._started_with[knob.name] != knob.value
        ]
        return ", ".join(changed) or "defaults"

    def _built(self, knobs: dict[str, Value], seed: int) -> Experiment:
        """A new model; if the lesson's code fails, the run so far is as it was."""
        before = torch.get_rng_state()
        torch.manual_seed(seed)
        try:
            with lesson_code(self._folder):
                experiment = self._kind(knobs, seed, self._data)
                experiment.build()
                straighten(getattr(experiment, "model", None))
        except Exception:
            torch.set_rng_state(before)
            raise
        return experiment

    def _begin(self, experiment: Experiment, knobs: dict[str, Value]) -> None:
        self.experiment = experiment
        self.seed = experiment.seed
        self.knobs = knobs
        self._started_with = dict(knobs)
        self._seconds = 0.0
        self._halt = (-1, "")
        self.branched_at = 0
        self.history = History()
        self._timeline = Timeline(experiment)
        self._randomness = torch.get_rng_state()
        self.measured = Measured(0, {})
        self._evaluator = Evaluator()
        self._looks = Looks()
        self._note_at = 1

    @property
    def iteration(self) -> int:
        """How many steps have been taken."""
        return self.experiment.iteration

    @property
    def end(self) -> int:
        """The last step of the run so far; `iteration` lies before it after a `seek`."""
        return len(self.history.losses)

    @property
    def loss(self) -> float | None:
        """The last mini-batch's loss, None before the first step."""
        return self.history.losses[self.iteration - 1] if self.iteration else None

    @property
    def halted(self) -> str:
        """Why the run can't go on from this step, or nothing."""
        when, why = self._halt
        return why if when == self.iteration else ""

    def seek(self, iteration: int) -> None:
        """Go to the run as it was after step `iteration`, exactly; steps that weren't taken yet are out of reach."""
        target = min(max(iteration, 0), self.end)
        with lesson_code(self._folder):
            self.experiment = self._timeline.at(target)
        self._randomness = torch.get_rng_state()
        self.knobs = {name: getattr(self.experiment.k, name) for name in self.knobs}
        self.measured = last_measured(self.history.until(target))
        self._evaluator = Evaluator()

    def fork(self, changes: Mapping[str, Value]) -> "Runner":
        """A run with the same weights, optimizer, generators and past, and `changes` to its knobs.

        If one of them rebuilds the model there is nothing to share: a new run from the same seed, at step 0.
        """
        new = {name: find(self._kind.knobs, name).check(value) for name, value in changes.items()}
        if not all(find(self._kind.knobs, name).live for name in new):
            return Runner(self._kind, self._data, self.seed, {**self.knobs, **new})
        twin = copy.copy(self)
        twin.experiment = copy.deepcopy(self.experiment)
        twin.history = self.history.until(self.iteration)
        twin._timeline = self._timeline.fork(self.iteration)
        twin._evaluator, twin._looks = Evaluator(), Looks()
        twin.turn(new)
        return twin

    def _branch(self) -> None:
        """Forget what came after this step: the run goes on from here, perhaps another way."""
        if self.iteration < self.end:
            self.history = self.history.until(self.iteration)
            self._timeline.cut(self.iteration)
            self._note_at = self.iteration + 1
            self._seconds = self.history.clock[-1][1]

    def turn(self, values: Mapping[str, Value]) -> bool:
        """Set knobs; True if that rebuilt the model (some changed knob isn't live)."""
        new = {name: find(self._kind.knobs, name).check(value) for name, value in values.items()}
        changed = {name: value for name, value in new.items() if value != self.knobs[name]}
        knobs = {**self.knobs, **changed}
        if not all(find(self._kind.knobs, name).live for name in changed):
            self._replace(knobs, self.seed)
            return True
        self.knobs = knobs
        if changed and self.iteration < self.end:
            self._remember()
            self._branch()
            self.branched_at = self.iteration
        if not self.iteration:
            self._started_with = dict(knobs)
        vars(self.experiment.k).update(changed)
        self._timeline.turned(self.iteration, changed)
        return False

    def advance(self, steps: int) -> int:
        """Take up to `steps` steps, stopping at the last or at a loss that isn't finite; how many were taken."""
        if self.halted or not self._kind.trains():
            return 0
        with lesson_code(self._folder):
            self._branch()
            try:
                return self._train(min(steps, self.experiment.last_step - self.iteration))
            except Exception:
                self.seek(self.iteration)  # A step that raises leaves nothing half done.
                raise

    def _train(self, steps: int) -> int:
        # Another run may have drawn from torch's global generator since.
        torch.set_rng_state(self._randomness)
        experiment, step, append = self.experiment, self.experiment.step, self.history.losses.append
        started, noting, clock = experiment.iteration, notes(experiment), time.perf_counter() - self._seconds
        for now in range(started + 1, started + steps + 1):
            loss = noted_step(experiment, self.history) if now == self._note_at and noting else step().item()
            append(loss)
            experiment.iteration = now
            if now >= self._note_at:
                self._note_at = now + max(1, (1 << now.bit_length() - 1) // POINTS_AN_OCTAVE)
                self.history.clock.append((now, time.perf_counter() - clock))
            if not math.isfinite(loss):
                self._stop_at(now, f"The loss became {loss} at step {now:,}.")
                break
        self._seconds = time.perf_counter() - clock
        self._randomness = torch.get_rng_state()
        return experiment.iteration - started

    def train_for(self, seconds: float, chunk: int, most: int = sys.maxsize) -> int:
        """Train for about `seconds` and at most `most` steps, then a little evaluation.

        How many steps were taken. `chunk` steps go between looks at the clock.
        """
        started, taken = time.perf_counter(), 0
        end = started + seconds
        while time.perf_counter() < end and (count := self.advance(min(chunk, most - taken))):
            taken += count
        self.settle(time.perf_counter() - started)
        return taken

    def settle(self, seconds: float) -> None:
        """After a burst of `seconds` of training: keep a snapshot if one is due, and evaluate a little."""
        self._pass()
        with lesson_code(self._folder), undisturbed(self.experiment):
            result = self._evaluator.after(self.experiment, seconds)
        if result is not None:
            self._keep(result)

    def _stop_at(self, now: int, what: str) -> None:
        """The run ends at step `now`; say which tensor went first."""
        with undisturbed(self.experiment):
            culprit = first_to_go(self._timeline.at(now - 1))
        self._halt = (now, f"{what} First to go: {culprit}." if culprit else what)

    def _pass(self) -> None:
        """When a snapshot is due: see whether the weights are still numbers, and take it."""
        if self.halted or not self._timeline.due:
            return
        torch.set_rng_state(self._randomness)
        if sound(self.experiment):
            self._timeline.passed(self.experiment)
            return
        with lesson_code(self._folder):
            bad = self._timeline.first(lambda run: not sound(run), self.iteration)
            self.seek(bad)
            self._branch()
            self._stop_at(bad, f"A weight stopped being a number at step {bad:,}.")

    def measure(self, given_up: Callable[[], bool] = lambda: False) -> Measured:
        """All splits' losses and accuracies at this very step; the last ones where that is `given_up` halfway."""
        if self.measured.iteration != self.iteration or not self.measured.losses:
            with lesson_code(self._folder), undisturbed(self.experiment):
                self._keep(measure(self.experiment, given_up=given_up))
        return self.measured

    def _keep(self, result: Measured) -> None:
        if result.losses:
            self.measured = result
            if self.iteration == self.end:  # The past was noted when it was the present.
                note(self.history, result)

    def look(self, figures: Sequence[str], columns: int = 80, *, sparing: bool = False) -> dict[str, AnyFigure]:
        """The named figures at this step, or if `sparing`, the costly ones among them as they were a moment ago.

        Names that the lesson doesn't have are left out.
        """
        seen, take, run = self._seen(columns), self._looks.take, self.experiment
        known = [name for name in figures if name in self._kind.figures()]
        with lesson_code(self._folder), undisturbed(run):
            return {name: take(name, partial(getattr(run, name), seen), sparing=sparing) for name in known}

    def read(self, metrics: Collection[str]) -> dict[str, float]:
        """The lesson's own metrics of these names at this step; others are left out."""
        methods, seen = self._kind.metrics(), self._seen()
        with lesson_code(self._folder), undisturbed(self.experiment):
            return {name: float(getattr(self.experiment, methods[name])(seen)) for name in metrics if name in methods}

    def measure_only(self, splits: Collection[str]) -> Measured:
        """These splits at this very step, also such as are held out; it isn't noted."""
        run = self.experiment
        with lesson_code(self._folder), undisturbed(run):
            known = {**run.splits(), **run.held_out()}
            return measure(run, {name: known[name] for name in known if name in splits})

    def _seen(self, columns: int = 80) -> Observation:
        history = self.history if self.iteration == self.end else self.history.until(self.iteration)
        return Observation(self.experiment, history, columns, self.past, f"{self._label()} (now)")
