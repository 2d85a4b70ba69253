"""The lesson that is open in the lab: its code, its data, and the run, or the pair of runs, of its model."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from tutor.errors import TutorError
from tutor.lab.datasets import Sources
from tutor.lab.experiment import Experiment
from tutor.lab.load import load_experiment
from tutor.lab.pair import Pair
from tutor.lab.runner import Runner
from tutor.link.knobs import Value
from tutor.link.messages import FigureName, Fork, Keep, Open, Ready, Restart, Turn


class Bench:
    """Holds it. Whatever begins a run has its splits measured at once, so that the first frame already has them."""

    def __init__(self) -> None:
        self.run: Runner | Pair | None = None
        """What trains; none before the model is built, and after code that can't build one."""
        self.data = Sources()
        self._kind: type[Experiment] | None = None
        self._asked: Open | None = None
        self._knobs: dict[str, Value] = {}

    def load(self, asked: Open) -> Ready:
        """Run a lesson's code; what it offers. `LessonError` if it fails."""
        self.run, self._kind = None, None
        self._asked, self._knobs = asked, dict(asked.knobs)
        self.data = Sources(Path(asked.names_file) if asked.names_file else None)
        self._kind = kind = load_experiment(Path(asked.folder))
        return Ready(
            about=(kind.__doc__ or "").strip(),
            trains=kind.trains(),
            knobs=kind.knobs,
            presets=kind.presets,
            figures=tuple(FigureName(name, title) for name, title in kind.figures().items()),
            generates=kind.generates(),
        )

    def build(self) -> None:
        """Build the model of the lesson that was loaded."""
        if self._kind is None or self._asked is None:
            raise TutorError("No lesson is open.")
        self.run = Runner(self._kind, self.data, self._asked.seed, self._knobs)
        self.run.measure()

    def again(self, seed: int) -> Open:
        """What to load a lesson with that failed, in case its code has been mended since."""
        if self._asked is None:
            raise TutorError("No lesson is open.")
        knobs = self._knobs if self.run is None else self.run.knobs
        return msgspec.structs.replace(self._asked, seed=seed, knobs=knobs)

    def built(self) -> Runner | Pair:
        """What trains; `TutorError` if there is none."""
        if self.run is None:
            raise TutorError("The lesson's model isn't built.", "Restart it with r.")
        return self.run

    def alone(self) -> Runner:
        """The run to study; of a fork that is still open, A."""
        run = self.built()
        return run.a if isinstance(run, Pair) else run

    @property
    def can_go_on(self) -> bool:
        """Whether there is a step to take."""
        return self._kind is not None and self._kind.trains() and not self.built().halted

    def change(self, command: Fork | Keep | Turn | Restart) -> None:
        """Let the run be another: forked, one of a fork, with other knobs, from the start."""
        match command:
            case Fork(values):
                self.run = Pair(self.alone(), values)
            case Keep(which):
                self._keep(which)
            case Turn(values):
                self._turn(values)
            case Restart(seed):
                run = self.built()
                run.restart(seed)
                run.measure()

    def _keep(self, which: Literal["a", "b"]) -> None:
        if isinstance(self.run, Pair):
            self.run = self.run.a if which == "a" else self.run.b

    def _turn(self, values: Mapping[str, Value]) -> None:
        if self.run is None:
            self._knobs |= values
            self.build()
        elif self.run.turn(values):
            self.run.measure()
