"""What settles a prediction on the learner's own machine: a metric, and the runs on which it is measured."""

from typing import Annotated

import msgspec

from tutor.course.source import FILLED
from tutor.link.goals import Condition, parse_condition
from tutor.link.knobs import Value
from tutor.link.trials import Trial

CHANGE, RATIO = "change", "ratio"
"""What a `when` may name beside the metric: its value less, or over, that of the run `than`."""


class Setting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another run, by what differs from the one that `live` describes; `text` names it when its value is told."""

    steps: int | None = None
    set: dict[str, Value] = {}
    preset: str = ""
    text: str = ""


class Live(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A metric as in a goal, after `steps` steps (a curve: at each of the steps `at`) of a run from step 0.

    The run has the lab's default knobs but for `preset` and `set`, and the learner's seed. `than` is a second run to
    compare with; `runs` are those that an order is about, one an item, whose values may stand either way if they are
    nearer than `tie`. With `log` a curve's distance is measured in powers of ten.
    """

    metric: Annotated[str, msgspec.Meta(pattern=FILLED)]
    steps: int = 0
    at: tuple[int, ...] = ()
    set: dict[str, Value] = {}
    preset: str = ""
    than: Setting | None = None
    runs: tuple[Setting, ...] = ()
    tie: float = 0.0
    highest_first: bool = False
    log: bool = False

    def __post_init__(self) -> None:
        if list(self.at) != sorted({step for step in self.at if step >= 0}) or len(self.at) == 1:
            raise ValueError("'at' makes no curve. Give two steps or more, from 0 on, in order.")
        if self.at and (self.than or self.runs or self.steps):
            raise ValueError("'at' stands alone. A curve is one run, looked at after those steps.")

    @property
    def trials(self) -> tuple[Trial, ...]:
        """The runs to make: those of an order; or else the one, and `than`."""
        if self.at:
            return (Trial(self.at, self.set, self.preset),)
        if self.runs:
            return tuple(map(self._trial, self.runs))
        return (self._trial(Setting()), *((self._trial(self.than),) if self.than else ()))

    def _trial(self, other: Setting) -> Trial:
        steps = self.steps if other.steps is None else other.steps
        return Trial((steps,), {**self.set, **other.set}, other.preset or self.preset)

    def condition(self, text: str) -> Condition:
        """The condition `text` of an option; `TutorError` or `ValueError` if there can be none like it."""
        condition = parse_condition(text)
        known = (self.metric, *((CHANGE, RATIO) if self.than else ()))
        if condition.metric not in known:
            raise ValueError(f"'when' names '{condition.metric}'. It can name {' or '.join(known)}.")
        return condition
