"""A study: a side computation on copies of a run, done in bursts between other work; the run stays as it is."""

import inspect
import time
from collections.abc import Mapping
from pathlib import Path

import torch

from tutor.figures import AnyFigure
from tutor.lab.experiment import Experiment
from tutor.lab.guard import lesson_code
from tutor.link.messages import Studied


class Study:
    """What a study has in common with others: bursts, progress, the time left, reports.

    A subclass works in small pieces, and says at any time what it has found so far.
    """

    def __init__(self, kind: type[Experiment]) -> None:
        """A study of a lesson's experiment."""
        self._folder = Path(inspect.getfile(kind)).parent
        self._spent = 0.0
        self.done = False
        """Whether there is nothing left to do."""

    def work(self, seconds: float) -> None:
        """Go on for about `seconds`, a piece at least, or to the end.

        No draw in here reaches torch's global generator. `LessonError` if the lesson's code fails.
        """
        started, luck = time.perf_counter(), torch.get_rng_state()
        try:
            with lesson_code(self._folder):
                while not self.done:
                    self._piece()
                    if time.perf_counter() - started >= seconds:
                        break
        finally:
            torch.set_rng_state(luck)
            self._spent += time.perf_counter() - started

    def stop(self) -> None:
        """Do no more; what has been found so far is the result."""
        self.done = True

    def report(self, heard: int) -> Studied:
        """How it stands, to a terminal of whose commands `heard` have been read."""
        left = 0.0 if self.done else self.seconds_left
        return Studied(heard, self.done, self.share, left, self.doing, self.figures(), self.says(), dict(self.rates))

    @property
    def share(self) -> float:
        """How much of the work is done, from 0 to 1."""
        raise NotImplementedError

    @property
    def seconds_left(self) -> float:
        """An estimate, at the pace so far."""
        return self._spent * (1 - self.share) / self.share if self.share else 0.0

    @property
    def doing(self) -> str:
        """What it is at, in a few words."""
        return ""

    @property
    def rates(self) -> Mapping[str, float]:
        """Learning rates that it suggests, by the name of the rule."""
        return {}

    def figures(self) -> tuple[AnyFigure, ...]:
        """What has been found so far, in pictures."""
        raise NotImplementedError

    def says(self) -> str:
        """What follows from it, in words."""
        raise NotImplementedError

    def _piece(self) -> None:
        """A piece of work of a few milliseconds at most, if the lesson allows; sets `done` at the end."""
        raise NotImplementedError
