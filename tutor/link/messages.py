"""The messages on the pipe: small frozen records of plain numbers, words and figures, never tensors.

The terminal sends commands; the lab answers each batch of commands it has read with one `Frame`, and otherwise
sends one only when a run stops by itself. So frames can never queue up: a slow terminal asks less often, and
training goes on at full speed.
"""

from typing import Literal

import msgspec

from tutor.figures import AnyFigure
from tutor.link.knobs import Knob, Preset, Value


class Open(msgspec.Struct, frozen=True, tag=True):
    """Load the lesson in `folder` and build its model; answered by `Ready` and a first `Frame`, or by `Trouble`."""

    folder: str
    seed: int
    knobs: dict[str, Value] = {}
    names_file: str = ""


class View(msgspec.Struct, frozen=True, tag=True):
    """Which figures are on screen, and how many points wide: later frames hold just these."""

    figures: tuple[str, ...]
    columns: int


class Look(msgspec.Struct, frozen=True, tag=True):
    """Send a frame; it changes nothing."""


class Run(msgspec.Struct, frozen=True, tag=True):
    """Train until told otherwise."""


class Pause(msgspec.Struct, frozen=True, tag=True):
    """Stop training after the current step."""


class Step(msgspec.Struct, frozen=True, tag=True):
    """Take this many steps, then stand still."""

    count: int = 1


class Restart(msgspec.Struct, frozen=True, tag=True):
    """Build the model again from `seed`, with the knobs as they are, at step 0."""

    seed: int


class Seek(msgspec.Struct, frozen=True, tag=True):
    """Stand still at this step of the run so far, exactly as it was."""

    iteration: int


class Fork(msgspec.Struct, frozen=True, tag=True):
    """Split the run: B goes on beside A with these knobs set differently."""

    values: dict[str, Value]


class Keep(msgspec.Struct, frozen=True, tag=True):
    """End a fork: go on with A (`"a"`) or B (`"b"`) alone."""

    run: Literal["a", "b"]


class Turn(msgspec.Struct, frozen=True, tag=True):
    """Set knobs; rebuilds the model if any of them isn't live."""

    values: dict[str, Value]


Command = Open | View | Look | Run | Pause | Step | Restart | Seek | Fork | Keep | Turn
"""Anything the terminal can say."""


class FigureName(msgspec.Struct, frozen=True):
    """A figure that the lesson can draw."""

    name: str
    title: str


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The lesson is loaded: what it offers."""

    about: str
    trains: bool
    knobs: tuple[Knob, ...]
    presets: tuple[Preset, ...]
    figures: tuple[FigureName, ...]
    notice: str = ""


class Frame(msgspec.Struct, frozen=True, tag=True):
    """The state of the run at one step, with the figures on view.

    `loss` is the last mini-batch's, `metrics` are full-split means with the step they were measured at in
    `measured_at`; `rate` is in steps a second; `end` is the run's
    last step so far, and `branched_at` the step from which it went another way than before, or 0; `heard` is
    how many commands the lab had read.
    """

    heard: int
    iteration: int
    seed: int
    running: bool
    knobs: dict[str, Value]
    loss: float | None = None
    rate: float = 0.0
    metrics: dict[str, float] = {}
    measured_at: int = 0
    figures: dict[str, AnyFigure] = {}
    end: int = 0
    branched_at: int = 0
    fork: str = ""
    halted: str = ""


class Trouble(msgspec.Struct, frozen=True, tag=True):
    """A lesson's own code failed: what it said, where, and the whole traceback."""

    what: str
    where: str
    traceback: str


Report = Ready | Frame | Trouble
"""Anything the lab can say."""
