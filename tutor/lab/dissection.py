"""A training step taken apart: the run's next one, kept so that its tensors can be looked at one by one."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tutor.errors import TutorError
from tutor.figures import AnyFigure
from tutor.lab.experiment import Experiment
from tutor.lab.guard import lesson_code
from tutor.lab.instruments.stepping import phase_sentences, phase_tables, phases
from tutor.lab.instruments.tensors import tensor_figures
from tutor.lab.observation import Observation, undisturbed
from tutor.lab.runner import Runner
from tutor.link.dissection import Dissected, Phase


class Dissection:
    """The next step of `runner`, in its phases. The run is left as it is."""

    def __init__(self, runner: Runner) -> None:
        seen = Observation(runner.experiment, runner.history)
        with looking_at(runner.experiment):
            found = phases(seen)
            says = phase_sentences(seen)
        self._tensors = (found.forward, found.backward, found.update)
        if not any(self._tensors):
            raise TutorError("This lesson's steps have no layers and no weights to take apart.", "Press s to take one.")
        tables = phase_tables(found)
        self.report = Dissected(runner.iteration, tuple(map(Phase, says, tables)))
        """What the terminal is told of it."""

    def figures(self, phase: int, row: int) -> dict[str, AnyFigure]:
        """The pictures of the tensor in that row of that phase, both counted from 0."""
        tensors = self._tensors[phase] if 0 <= phase < len(self._tensors) else ()
        if not 0 <= row < len(tensors):
            raise TutorError(f"Phase {phase + 1} has no tensor {row + 1}.")
        return tensor_figures(*tensors[row])


@contextmanager
def looking_at(run: Experiment) -> Iterator[None]:
    """Around the lesson's own code: no draw in here reaches the run, and errors come out as `LessonError`."""
    with lesson_code(Path(inspect.getfile(type(run))).parent), undisturbed(run):
        yield
