"""Trials: short runs that the lab makes beside the learner's own, to see how a prediction comes out; and the messages
that ask for them, and for questions made of a run.
"""

import msgspec

from tutor.link.knobs import Value


class Trial(msgspec.Struct, frozen=True):
    """A run with the knobs at their defaults but for `preset` and `set`, looked at after each of the steps `at`."""

    at: tuple[int, ...] = (0,)
    set: dict[str, Value] = {}
    preset: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """What was measured: of each trial, from the same `seed`, one value after each of its steps.

    A run that broke down has infinity there.
    """

    seed: int
    values: tuple[tuple[float, ...], ...]


class Try(msgspec.Struct, frozen=True, tag=True):
    """Make these trials for the prediction `question`, beside the run and whenever it rests; answered by `Tried`."""

    question: str
    metric: str
    trials: tuple[Trial, ...]
    seed: int


class Pose(msgspec.Struct, frozen=True, tag=True):
    """Make the question `question` of the run as it stands, or if one is given of `trial`; answered by `Posed`.

    `luck` seeds what is asked and the wrong answers, and the trial.
    """

    question: str
    luck: int
    trial: Trial | None = None


class Tried(msgspec.Struct, frozen=True, tag=True):
    """What the trials for `question` gave; None, and what went wrong, if they couldn't be made."""

    question: str
    outcome: Outcome | None
    trouble: str = ""


class Posed(msgspec.Struct, frozen=True, tag=True):
    """A question made of a run: what is asked, the options with their whys, and the place of the right one.

    Of a trial, `ask` says its seed, step and knobs first. Without options it can't be asked, and `ask` says why.
    """

    question: str
    ask: str
    options: tuple[tuple[str, str], ...] = ()
    right: int = 0
