"""Driving one experiment: build, train, restart, turn knobs, look. It knows no UI and no process."""

import inspect
import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from tutor.figures import AnyFigure, Series
from tutor.lab.datasets import Sources
from tutor.lab.evaluation import Evaluator, Measured, measure
from tutor.lab.experiment import Experiment
from tutor.lab.guard import lesson_code
from tutor.lab.history import History
from tutor.lab.observation import Observation, undisturbed
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
        self.halted = ""
        self.history = History()
        self.measured = Measured(0, {})
        self._evaluator = Evaluator()
        self._note_at = 1

    @property
    def iteration(self) -> int:
        """How many steps have been taken."""
        return self.experiment.iteration

    @property
    def loss(self) -> float | None:
        """The last mini-batch's loss, None before the first step."""
        return self.history.losses[-1] if self.history.losses else None

    def turn(self, values: Mapping[str, Value]) -> bool:
        """Set knobs; True if that rebuilt the model (some changed knob isn't live)."""
        new = {name: find(self._kind.knobs, name).check(value) for name, value in values.items()}
        changed = {name: value for name, value in new.items() if value != self.knobs[name]}
        knobs = {**self.knobs, **changed}
        if not all(find(self._kind.knobs, name).live for name in changed):
            self._replace(knobs, self.seed)
            return True
        self.knobs = knobs
        if not self.iteration:
            self._started_with = dict(knobs)
        vars(self.experiment.k).update(changed)
        return False

    def advance(self, steps: int) -> int:
        """Take up to `steps` steps, stopping at a loss that isn't finite; how many were taken."""
        if self.halted or not self._kind.trains():
            return 0
        with lesson_code(self._folder):
            return self._train(steps)

    def _train(self, steps: int) -> int:
        experiment, step, append = self.experiment, self.experiment.step, self.history.losses.append
        started, notes, clock = experiment.iteration, experiment.records_updates, time.perf_counter() - self._seconds
        for now in range(started + 1, started + steps + 1):
            loss = self._noted_step() if now == self._note_at and notes else step().item()
            append(loss)
            experiment.iteration = now
            if now >= self._note_at:
                self._note_at = now + max(1, (1 << now.bit_length() - 1) // POINTS_AN_OCTAVE)
                self.history.clock.append((now, time.perf_counter() - clock))
            if not math.isfinite(loss):
                self.halted = f"The loss became {loss} at step {now:,}."
                break
        self._seconds = time.perf_counter() - clock
        return experiment.iteration - started

    def _noted_step(self) -> float:
        """One step that also notes std(update) / std(data) of every weight matrix."""
        weights = [(name, tensor) for name, tensor in self.experiment.model.named_parameters() if tensor.ndim > 1]
        before = [tensor.detach().clone() for _, tensor in weights]
        loss = self.experiment.step().item()
        for (name, tensor), old in zip(weights, before, strict=True):
            ratio = ((tensor.detach() - old).std() / old.std()).item()
            self.history.add("update:data", name.removesuffix(".weight"), self.iteration + 1, ratio)
        return loss

    def train_for(self, seconds: float, chunk: int) -> int:
        """Train for about `seconds`, then a little evaluation.

        How many steps were taken. `chunk` steps go between looks at the clock.
        """
        started = time.perf_counter()
        end = started + seconds
        taken = 0
        while time.perf_counter() < end and (count := self.advance(chunk)):
            taken += count
        self._evaluate_within(time.perf_counter() - started)
        return taken

    def _evaluate_within(self, seconds: float) -> None:
        with lesson_code(self._folder), undisturbed(self.experiment):
            result = self._evaluator.after(self.experiment, seconds)
        if result is not None:
            self._keep(result)

    def measure(self) -> Measured:
        """All splits' losses at this very step."""
        if self.measured.iteration != self.iteration or not self.measured.losses:
            with lesson_code(self._folder), undisturbed(self.experiment):
                self._keep(measure(self.experiment))
        return self.measured

    def _keep(self, result: Measured) -> None:
        self.measured = result
        for name, loss in result.losses.items():
            self.history.add("splits", name, result.iteration, loss)

    def look(self, figures: Sequence[str], columns: int = 80) -> dict[str, AnyFigure]:
        """The named figures at this step; names that the lesson doesn't have are left out."""
        known = self._kind.figures()
        current = self.history.loss_by_seconds(f"{self._label()} (now)", columns)
        seen = Observation(self.experiment, self.history, columns, (*self.past, current))
        with lesson_code(self._folder), undisturbed(self.experiment):
            return {name: getattr(self.experiment, name)(seen) for name in figures if name in known}
