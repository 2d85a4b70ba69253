"""A draft with its experiment, set up to be run; what its code raises becomes a finding."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tutor.check.draft import Draft
from tutor.check.finding import Finding, found
from tutor.course.source import shown_path
from tutor.course.steps import Step
from tutor.errors import TutorError
from tutor.lab.datasets import Sources
from tutor.lab.goals import Watch, reached
from tutor.lab.guard import LessonError
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.goals import Move, SetKnob, Train, UsePreset
from tutor.link.knobs import Value, find

SEED = 42


class Rig:
    """The experiment of `draft`, and the findings that its code made by failing."""

    def __init__(self, draft: Draft, data: Sources) -> None:
        """`LessonError` or another `TutorError` if there is no experiment to be had."""
        self.draft = draft
        self.kind = load_experiment(draft.lesson.path)
        self.data = data
        self.failures: list[Finding] = []

    def run(self, knobs: Mapping[str, Value] = {}, seed: int = SEED) -> Runner:
        """A run at step 0."""
        return Runner(self.kind, self.data, seed, knobs)

    def preset(self, name: str) -> Mapping[str, Value]:
        """The knobs that the preset sets."""
        return next(preset.values for preset in self.kind.presets if preset.name == name)

    def page(self, step: Step, seed: int = SEED) -> Runner:
        """A run at the page's own settings, at step 0."""
        return self.run({**(self.preset(step.preset) if step.preset else {}), **step.set}, seed)

    def move(self, run: Runner, move: Move, watch: Watch) -> bool:
        """Make a move as a learner would; whether it reaches the goal that is watched for."""
        match move:
            case SetKnob(name, text):
                run.turn({name: find(self.kind.knobs, name).parse(text)})
            case UsePreset(name):
                run.turn({knob.name: knob.value for knob in self.kind.knobs} | dict(self.preset(name)))
                run.restart(run.seed)
            case Train(steps):
                end = run.iteration + steps
                while run.iteration < end and not run.halted:
                    run.advance(min(watch.room(run.iteration), end - run.iteration))
                    if watch.stops(run):
                        break
        return reached(watch.judge(run))

    @contextmanager
    def tried(self, doing: str, *, strictly: bool = True, step: Step | None = None) -> Iterator[None]:
        """Note what goes wrong inside, at its line in the lesson's code or else at the goal of `step`.

        Unless `strictly`, what a learner may well try and torch refuses is fine.
        """
        try:
            yield
        except LessonError as error:
            self.failures.append(self._failure(error, doing))
        except TutorError as error:
            if step is not None:
                self.failures.append(self.draft.at_step(step, f"has a goal amiss. {error.what}", error.remedy, "goal"))
            elif strictly:
                finding = found(error, self.draft.lesson.path)
                self.failures.append(Finding(finding.file, finding.line, f"{doing}: {finding.what}", finding.remedy))

    def _failure(self, error: LessonError, doing: str) -> Finding:
        _, _, place = error.where.partition("/")
        file, _, line = place.partition(":")
        folder = self.draft.lesson.path
        if not (folder / file).is_file():
            file, line = "lab.py", "1"
        return Finding(shown_path(folder / file), int(line), f"{doing}: {error.raised}.", "Mend it.")

    def at_name(self, name: str, what: str, remedy: str) -> Finding:
        """A finding where `lab.py` first names a knob, a preset or a figure."""
        return self.draft.at_lab(rf"""["']{re.escape(name)}["']|def {re.escape(name)}\b""", what, remedy)
