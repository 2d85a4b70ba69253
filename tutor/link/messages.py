"""The messages on the pipe: small frozen records of plain numbers, words and figures, never tensors.

The terminal sends commands; the lab answers each batch of commands it has read with one `Frame`, and otherwise
sends one only when a run stops by itself. So frames can never queue up: a slow terminal asks less often, and
training goes on at full speed.
"""

from typing import Any, Literal

import msgspec

from tutor.figures import AnyFigure
from tutor.link.dissection import Dissect, Dissected, Inspect, Inspected
from tutor.link.goals import Gauge, Goal
from tutor.link.knobs import Knob, Preset, Value
from tutor.link.trials import Pose, Posed, Tried, Try


class Open(msgspec.Struct, frozen=True, tag=True):
    """Load the lesson in `folder` and build its model; answered by `Ready` and a first `Frame`, or by `Trouble`."""

    folder: str
    seed: int
    knobs: dict[str, Value] = {}
    names_file: str = ""


class View(msgspec.Struct, frozen=True, tag=True):
    """Which figures are on screen, how many points wide, and the goal: later frames hold just these.

    While there is a goal, a run stops by itself where it is reached, and at the last step that it allows.
    """

    figures: tuple[str, ...]
    columns: int
    goal: Goal = ()


class Look(msgspec.Struct, frozen=True, tag=True):
    """Send a frame; it changes nothing."""


class Run(msgspec.Struct, frozen=True, tag=True):
    """Train for `count` steps, then stand still and say so; 0: until told otherwise."""

    count: int = 0


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


class Sample(msgspec.Struct, frozen=True, tag=True):
    """Draw one sample of the model for each of these seeds; answered by `Sampled`."""

    seeds: tuple[int, ...]
    temperature: float = 1.0


class Sweep(msgspec.Struct, frozen=True, tag=True):
    """Sweep the learning rate on a copy of the run as it is; answered by `Studied`.

    The run pauses. `guess` is the learner's own mark, 0 for none; with `swept` off no rate is ever used.
    """

    low: float
    high: float
    steps: int
    guess: float = 0.0
    swept: bool = True


class Seeds(msgspec.Struct, frozen=True, tag=True):
    """Train the knobs as they are (A) and with `changes` (B) from `count` seeds each; answered by `Studied`.

    The run pauses. `name` is what B is called, such as a preset's name; empty for the knobs that differ.
    """

    count: int
    steps: int
    changes: dict[str, Value]
    name: str = ""


class Stop(msgspec.Struct, frozen=True, tag=True):
    """End the study here; answered by its last `Studied`, with what it has found so far."""


class Check(msgspec.Struct, frozen=True, tag=True):
    """Check these claims of the lesson in `folder`, in this order; each is answered by a `Checked`.

    Nothing else is heard meanwhile: it is for a lab of its own, which can be closed at any time.
    """

    folder: str
    claims: tuple[str, ...]


Command = (
    Open
    | View
    | Look
    | Run
    | Pause
    | Step
    | Restart
    | Seek
    | Fork
    | Keep
    | Turn
    | Dissect
    | Inspect
    | Sample
    | Sweep
    | Seeds
    | Stop
    | Try
    | Pose
    | Check
)
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
    generates: bool = False


class Frame(msgspec.Struct, frozen=True, tag=True):
    """The state of the run at one step, with the figures on view.

    `loss` is the last mini-batch's, `metrics` are full-split losses and `accuracies` shares of right answers, with
    the step they were measured at in `measured_at`; `rate` is in steps a second; `goal` is how things stand with the
    goal on view, and `reached` says that all of it holds at this very step; `end` is the run's last step so far, and
    `branched_at` the step from which it went another way than before, or 0; `heard` is how many commands the lab had
    read.
    """

    heard: int
    iteration: int
    seed: int
    running: bool
    knobs: dict[str, Value]
    loss: float | None = None
    rate: float = 0.0
    metrics: dict[str, float] = {}
    accuracies: dict[str, float] = {}
    measured_at: int = 0
    figures: dict[str, AnyFigure] = {}
    goal: tuple[Gauge, ...] = ()
    reached: bool = False
    end: int = 0
    branched_at: int = 0
    fork: str = ""
    halted: str = ""


class Trouble(msgspec.Struct, frozen=True, tag=True):
    """A lesson's own code failed: what it said, where, and the whole traceback."""

    what: str
    where: str
    traceback: str


class Letter(msgspec.Struct, frozen=True):
    """One letter of a sample: its chance, the number from 0 to 1 that chose it, and the likeliest letters there."""

    letter: str
    chance: float
    luck: float
    likeliest: tuple[tuple[str, float], ...]


class Sampled(msgspec.Struct, frozen=True, tag=True):
    """Samples of the model as it is at step `iteration`, one a seed; `letters` tells how the last of them came about.

    A sample without an end is cut, and then ends in an ellipsis.
    """

    iteration: int
    seeds: tuple[int, ...]
    temperature: float
    samples: tuple[str, ...]
    letters: tuple[Letter, ...]


class Studied(msgspec.Struct, frozen=True, tag=True):
    """How the study stands; while one is going on, every batch of commands is answered by this instead of a `Frame`.

    `share` is how much of it is done, from 0 to 1, and `doing` what it is at; `says` is the verdict so far, and
    `rates` are learning rates that it suggests, by rule. The last one, with `done`, comes by itself.
    """

    heard: int
    done: bool
    share: float
    seconds_left: float
    doing: str
    figures: tuple[AnyFigure, ...]
    says: str
    rates: dict[str, float] = {}


class Checked(msgspec.Struct, frozen=True, tag=True):
    """What the check of the claim `id` gave now, as plain data, and whether that is what is recorded.

    `trouble` is what went wrong, empty if nothing did; `counter` is what the counter-setting gave, None if there is
    none; `seed` is torch's seed before each check, and `torch` its version.
    """

    id: str
    measured: Any
    agrees: bool
    seconds: float
    trouble: str = ""
    counter: Any = None
    seed: int = 0
    torch: str = ""


Report = Ready | Frame | Trouble | Dissected | Inspected | Sampled | Studied | Tried | Posed | Checked
"""Anything the lab can say."""
