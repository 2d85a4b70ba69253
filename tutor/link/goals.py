"""Goals: what a page asks the learner to reach, as conditions on live metrics, and the moves that reach it.

A goal is a few conditions that must hold at once, each written `METRIC OP VALUE`: `val < 2.60`, `step <= 1,000`,
`norm = batch`. A metric is `step`, `loss` (the mean of the last 100 mini-batch losses), a split's full loss by the
split's name (`val`), its accuracy (`val accuracy`), any knob, or whatever the lesson's lab marks with `@metric`.
"""

import math
import operator
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from tutor.errors import TutorError
from tutor.link.knobs import Value

Op = Literal["<", "<=", ">", ">=", "="]
"""How a metric is compared with a value."""

_HOLDS: Mapping[Op, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
_SIGNS: Mapping[Op, str] = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "=": "="}
_CONDITION = re.compile(r"\s*(?P<metric>[^<>=]*[^<>=\s])\s*(?P<op><=|>=|<|>|=)\s*(?P<value>[^<>=]*[^<>=\s])\s*")
_NUMBER = re.compile(r"[-+]?(\d[\d,]*)?(\.\d+)?(e[-+]?\d+)?(?P<percent>\s*%)?", re.IGNORECASE)
_SWITCH = {"on": True, "off": False}

NEVER = sys.maxsize
"""A step that no run reaches."""


class Condition(msgspec.Struct, frozen=True):
    """One thing that must hold: `metric` compared with `value`, which the author wrote as `shown`."""

    metric: str
    op: Op
    value: Value
    shown: str

    def holds(self, now: Value | None) -> bool:
        """Whether it holds while the metric is `now`; None, a metric not known yet, meets nothing."""
        if now is None or isinstance(now, str) != isinstance(self.value, str):
            return False
        return _HOLDS[self.op](now, self.value)

    @property
    def says(self) -> str:
        """The condition as it is shown: `step ≤ 1,000`."""
        return f"{self.metric} {_SIGNS[self.op]} {self.shown}"

    def show(self, now: Value | None) -> str:
        """`now` as precisely as it takes to see on which side of the bound it lies."""
        if now is None:
            return "–"
        if isinstance(now, str):
            return now
        if isinstance(now, bool):
            return "on" if now else "off"
        if "e" in self.shown.lower():
            return f"{now:.3g}"
        scale, unit = (100, " %") if self.shown.endswith("%") else (1, "")
        decimals = len(self.shown.rstrip(" %").partition(".")[2])
        if not decimals and float(now * scale).is_integer():
            return f"{now * scale:,.0f}{unit}"
        while decimals < 6:
            decimals += 1
            if self.holds(round(now * scale, decimals) / scale) == self.holds(now):
                break
        return f"{now * scale:,.{decimals}f}{unit}"


Goal = tuple[Condition, ...]
"""Conditions that must hold at once; without any there is no goal."""


class Gauge(msgspec.Struct, frozen=True):
    """A condition, the metric's latest value (None: not known yet), and whether it meets the condition."""

    condition: Condition
    value: Value | None
    holds: bool


class SetKnob(msgspec.Struct, frozen=True):
    """A move: set `knob` to what `text` stands for, as a person would type it."""

    knob: str
    text: str

    @property
    def what(self) -> str:
        """What it turns."""
        return self.knob

    @property
    def says(self) -> str:
        """What to do."""
        return f"Set {self.knob} to {self.text}."


class UsePreset(msgspec.Struct, frozen=True):
    """A move: put on a preset."""

    preset: str

    @property
    def what(self) -> str:
        """What it turns."""
        return "a preset"

    @property
    def says(self) -> str:
        """What to do."""
        return f"Press p until it says {self.preset}."


class Train(msgspec.Struct, frozen=True):
    """Train `steps` steps; it counts as no move."""

    steps: int

    @property
    def says(self) -> str:
        """What to do."""
        return f"Run {self.steps:,} steps."


Move = SetKnob | UsePreset | Train
"""What a reference solution is made of."""


def parse_condition(text: str) -> Condition:
    """The condition written as `text`, such as `val < 2.60`; `TutorError` if it is none."""
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise TutorError(f"the goal '{text}' isn't a condition.", "Write a metric, one of < <= > >= =, and a value.")
    metric, shown = match["metric"], match["value"]
    op = next(op for op in _HOLDS if op == match["op"])
    number = _NUMBER.fullmatch(shown)
    if number is not None and any(map(str.isdigit, shown)):
        value = float(shown.rstrip(" %").replace(",", ""))
        return Condition(metric, op, value / 100 if number["percent"] else value, shown)
    if op != "=" or metric == "step":
        raise TutorError(f"the goal '{text}' compares with a word, '{shown}'.", "Write a number; only = takes a word.")
    return Condition(metric, op, _SWITCH.get(shown.lower(), shown), shown)


def parse_move(text: str) -> Move:
    """The move written as `gain=1.1`, `preset adam` or `run 1000`; `TutorError` if it is none."""
    knob, sign, value = (part.strip() for part in text.partition("="))
    if sign and knob and value:
        return SetKnob(knob, value)
    verb, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    if verb == "preset" and rest and not sign:
        return UsePreset(rest)
    steps = rest.replace(",", "").replace("_", "")
    if verb == "run" and steps.isdecimal() and int(steps):
        return Train(int(steps))
    raise TutorError(f"the reference '{text}' isn't a move.", "Write `knob=value`, `preset NAME` or `run STEPS`.")


def count_moves(reference: Sequence[Move]) -> int:
    """How many of the moves count: all but training."""
    return sum(not isinstance(move, Train) for move in reference)


def last_step(goal: Goal) -> int:
    """The last step at which `goal` can hold, `NEVER` if any may do."""
    bounds = [_last_step(condition) for condition in goal if condition.metric == "step"]
    return min(bounds, default=NEVER)


def _last_step(condition: Condition) -> int:
    bound = float(condition.value)
    if condition.op == "<":
        return math.ceil(bound) - 1
    return int(bound) if condition.op in ("<=", "=") else NEVER
