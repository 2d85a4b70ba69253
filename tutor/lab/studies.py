"""The studies that the terminal can ask for."""

from collections.abc import Mapping

from tutor.errors import ExitCode, TutorError
from tutor.lab.datasets import Sources
from tutor.lab.experiment import Experiment
from tutor.lab.rate_study import RateStudy
from tutor.lab.runner import Runner
from tutor.lab.seed_study import Arm, SeedStudy, in_words
from tutor.lab.study import Study
from tutor.link.knobs import Value, checked
from tutor.link.messages import Seeds, Sweep


def begun(command: Sweep | Seeds, run: Runner, data: Sources) -> Study:
    """The study of `run` that `command` asks for; `TutorError` if it asks for what can't be."""
    if isinstance(command, Sweep):
        return RateStudy(run.experiment, command.low, command.high, command.steps, command.guess, command.swept)
    kind = type(run.experiment)
    if command.count < 1 or command.steps < 1 or not kind.trains():
        raise TutorError("There is nothing to compare.", "It takes a seed and a step or more.", code=ExitCode.MISUSE)
    theirs = checked(kind.knobs, {**run.knobs, **command.changes})
    told = command.name or in_words(kind.knobs, theirs, run.knobs) or "the same"
    unlike = in_words(kind.knobs, run.knobs, theirs)
    ours = unlike if unlike and not command.name else "as it is"
    arms = (_arm(f"A: {ours}", kind, run.knobs, data), _arm(f"B: {told}", kind, theirs, data))
    return SeedStudy(kind, arms, range(run.seed, run.seed + command.count), command.steps)


def _arm(label: str, kind: type[Experiment], knobs: Mapping[str, Value], data: Sources) -> Arm:
    settled = dict(knobs)
    return Arm(label, lambda seed: Runner(kind, data, seed, settled))
