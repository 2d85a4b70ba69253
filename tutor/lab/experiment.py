"""The experiment: the one class that a lesson's `lab.py` defines."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, ClassVar, NamedTuple, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import AnyFigure
from tutor.figures.numbers import short
from tutor.lab.datasets import Names, Sources, Split
from tutor.link.goals import NEVER
from tutor.link.knobs import Knob, Preset, Value, checked

FigureMethod = Callable[[Any, Any], AnyFigure]
MetricMethod = Callable[[Any, Any], float]
_Method = TypeVar("_Method", bound=FigureMethod)
_Metric = TypeVar("_Metric", bound=MetricMethod)
_Asking = TypeVar("_Asking", bound=Callable[[Any, Any, Any], "OwnQuestion"])


def figure(title: str) -> Callable[[_Method], _Method]:
    """Mark a method `(self, seen: Observation) -> Figure` as a figure of the lesson, called `title` on screen.

    It is called when a frame is due and the figure is on view, never otherwise.
    """

    def mark(method: _Method) -> _Method:
        method.title = title  # type: ignore[attr-defined]
        return method

    return mark


def metric(name: str) -> Callable[[_Metric], _Metric]:
    """Mark a method `(self, seen: Observation) -> float` as a metric, called `name` in a goal.

    It is called when a goal that names it is judged, never otherwise.
    """

    def mark(method: _Metric) -> _Metric:
        method.metric = name  # type: ignore[attr-defined]
        return method

    return mark


class OwnQuestion(NamedTuple):
    """A question about a run: what is asked, the options, the place of the right one, and a why for each."""

    ask: str
    options: tuple[str, ...]
    right: int
    whys: tuple[str, ...]

    @classmethod
    def of_numbers(cls, ask: str, right: tuple[float, str], *wrong: tuple[float, str]) -> "OwnQuestion":
        """A question whose options are numbers, each with its why.

        A wrong one that lies within a twentieth of another option is left out: it can't be told from it.
        """
        options = [right]
        for value, why in wrong:
            if all(abs(value - other) > 0.05 * abs(other) for other, _ in options):
                options.append((value, why))
        return cls(ask, tuple(short(value, 3) for value, _ in options), 0, tuple(why for _, why in options))


def question(id: str) -> Callable[[_Asking], _Asking]:
    """Mark a method `(self, seen: Observation, rng: random.Random) -> OwnQuestion` as what makes the question `id`.

    `quiz.toml` holds one of kind `own` with that id. The method takes key and wrong options from the run as it is, and
    what it asks about from `rng`.
    """

    def mark(method: _Asking) -> _Asking:
        method.question = id  # type: ignore[attr-defined]
        return method

    return mark


class Experiment:
    """A model, its data and one training step, with knobs to turn and figures to look at.

    The whole state of a run is this object: model, optimizer, generator, step number. A deep copy of it is an
    exact snapshot, which continues bit for bit as the original would. So all that changes while training
    belongs to `self`, and all randomness comes from `self.rng` (or torch's global generator, which is
    snapshotted along).

    A lesson overrides `build`, and `step` if there is something to train; figures are methods marked with `@figure`.
    One that makes up text overrides `next_logits` too.
    """

    knobs: ClassVar[tuple[Knob, ...]] = ()
    """What the learner may turn."""

    presets: ClassVar[tuple[Preset, ...]] = ()
    """Named settings of the knobs that show something."""

    records_updates: ClassVar[bool] = False
    """Whether the run notes the update:data ratio of every weight matrix (`History.series("update:data")`)."""

    alphabet: ClassVar[str] = Names.letters
    """What made-up text consists of, by class number; the first letter ends it."""

    model: nn.Module
    """The network; instruments watch its leaf modules, by the names they have in it."""

    def __init__(self, knobs: Mapping[str, Value], seed: int, data: Sources) -> None:
        """Settle the knobs and seed the generators; the runner calls `build` next."""
        self.k: Any = SimpleNamespace(**checked(self.knobs, knobs))
        """The knobs' values by name, such as `self.k.lr`."""
        self.seed = seed
        self.rng = torch.Generator().manual_seed(seed)
        """The run's own random generator."""
        self.data = data
        """The data sets: `self.data.names(block=3)`, `self.data.digits()`."""
        self.iteration = 0
        """How many steps have been taken."""

    def build(self) -> None:
        """Make `self.model` and whatever else a run needs, from `self.k` and `self.rng`."""
        raise NotImplementedError("build() makes self.model")

    def step(self) -> Tensor:
        """Train one iteration and return its loss, a scalar tensor."""
        raise NotImplementedError

    @property
    def records_outputs(self) -> Mapping[str, tuple[float, float]]:
        """The layers whose outputs the run counts now and then, for `History.ridges`, and over which range."""
        return {}

    @property
    def last_step(self) -> int:
        """The step after which there is nothing left to do, such as the end of a list that is read once."""
        return NEVER

    def splits(self) -> Mapping[str, Split]:
        """The data sets on which the full loss is measured while training, such as `{"train": …, "val": …}`."""
        return {}

    def held_out(self) -> Mapping[str, Split]:
        """What is looked at once, when everything is decided, and never while training, such as `{"test": …}`."""
        return {}

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        """The mean cross-entropy of `self.model` on inputs `x` and classes `y`, in nats."""
        return F.cross_entropy(self.model(x), y)

    def each_loss(self, x: Tensor, y: Tensor) -> Tensor:
        """The loss of each example alone, (n,), as it is averaged over a whole split."""
        return F.cross_entropy(self.model(x), y, reduction="none")

    def next_logits(self, drawn: Tensor) -> Tensor:
        """The logits of the next letter, (n, letters), for n texts whose letters so far are `drawn`, (n, t)."""
        raise NotImplementedError

    @classmethod
    def trains(cls) -> bool:
        """Whether there is anything to train."""
        return cls.step is not Experiment.step

    @classmethod
    def generates(cls) -> bool:
        """Whether it makes up text."""
        return cls.next_logits is not Experiment.next_logits

    @classmethod
    def figures(cls) -> dict[str, str]:
        """Each figure's name and title, in the order in which the class defines them."""
        named: dict[str, str] = {}
        for base in reversed(cls.__mro__):
            for name, member in vars(base).items():
                if hasattr(member, "title") and callable(member):
                    named[name] = member.title
        return named

    @classmethod
    def metrics(cls) -> dict[str, str]:
        """The metrics that the class defines: each one's name in a goal, and its method's."""
        return cls._marked("metric")

    @classmethod
    def questions(cls) -> dict[str, str]:
        """The questions that the class makes of a run: each one's id, and its method's name."""
        return cls._marked("question")

    @classmethod
    def _marked(cls, mark: str) -> dict[str, str]:
        members = {name: member for base in reversed(cls.__mro__) for name, member in vars(base).items()}
        return {getattr(member, mark): name for name, member in members.items() if hasattr(member, mark)}

    def generator(self, purpose: int = 0) -> torch.Generator:
        """A fresh generator fixed by seed, step and `purpose`, for draws that must not disturb the run."""
        return torch.Generator().manual_seed((self.seed * 1_000_003 + self.iteration) * 31 + purpose)
