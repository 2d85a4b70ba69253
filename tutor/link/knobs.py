"""Knobs: the settings of an experiment that a learner may turn.

A knob knows its range, how a typed value is read, and what one turn to the left or right does. A *live* knob
takes effect at the next step; any other rebuilds the model and starts the run again from the same seed.
"""

import math
from collections.abc import Mapping, Sequence

import msgspec

from tutor.errors import ExitCode, TutorError
from tutor.suggest import nearest

Value = bool | int | float | str
"""What a knob can be set to."""


def _misuse(what: str, remedy: str) -> TutorError:
    return TutorError(what, remedy, code=ExitCode.MISUSE)


class _Knob(msgspec.Struct, frozen=True, tag=True):
    name: str

    def parse(self, text: str) -> Value:
        """The value that `text`, as typed by a person, stands for; `TutorError` if it stands for none."""
        raise NotImplementedError

    def check(self, value: Value) -> Value:
        """`value` itself, in the knob's own type, or `TutorError` if the knob can't take it."""
        raise NotImplementedError

    def turn(self, value: Value, by: int) -> Value:
        """The value `by` notches up (or down) from `value`, held inside the range."""
        raise NotImplementedError

    def show(self, value: Value) -> str:
        """`value` as a person would write it."""
        raise NotImplementedError

    @property
    def takes(self) -> str:
        """What it can be set to, as the end of a sentence."""
        raise NotImplementedError

    def _it_takes(self) -> str:
        return f"It takes {self.takes}."


class Number(_Knob, frozen=True, tag=True):
    """A real number in [low, high]; with `log`, a turn goes 1-2-5-10 instead of a twentieth of the range."""

    value: float
    low: float
    high: float
    log: bool = False
    live: bool = False
    help: str = ""

    def parse(self, text: str) -> Value:
        """Read a number such as `0.1`, `1e-3` or `5/3`."""
        top, slash, bottom = text.strip().replace(",", "").partition("/")
        try:
            value = float(top) / float(bottom) if slash else float(top)
        except (ValueError, ZeroDivisionError):
            raise _misuse(f"{self.name} can't be '{text}'.", self._it_takes()) from None
        return self.check(value)

    def check(self, value: Value) -> Value:
        """`value` as a float inside the range, or `TutorError`."""
        if isinstance(value, (bool, str)) or not self.low <= value <= self.high:
            raise _misuse(f"{self.name} can't be {value}.", self._it_takes())
        return float(value)

    def turn(self, value: Value, by: int) -> Value:
        """One notch is a 1-2-5 step on a log knob, a twentieth of the range on a linear one."""
        number = float(value)
        if not self.log:
            notch = (self.high - self.low) / 20
            position = round((number - self.low) / notch, 6)
            position = (math.floor(position) if by > 0 else math.ceil(position)) + by
            return min(max(float(f"{self.low + position * notch:.12g}"), self.low), self.high)
        for _ in range(abs(by)):
            number = _one_two_five(number, up=by > 0)
        return min(max(number, self.low), self.high)

    def show(self, value: Value) -> str:
        """Four significant digits, no padding."""
        return f"{float(value):.4g}"

    @property
    def takes(self) -> str:
        """The ends of its range."""
        return f"a number from {self.low:g} to {self.high:g}"


class Integer(_Knob, frozen=True, tag=True):
    """A whole number in [low, high]; with `log`, a turn doubles or halves it. `top` is a word for the highest value."""

    value: int
    low: int
    high: int
    log: bool = False
    live: bool = False
    help: str = ""
    top: str = ""

    def parse(self, text: str) -> Value:
        """Read a whole number such as `32` or `1,000`, or the word for the highest."""
        if self.top and text.strip().lower() == self.top:
            return self.high
        try:
            value = int(text.strip().replace(",", "").replace("_", ""))
        except ValueError:
            raise _misuse(f"{self.name} can't be '{text}'.", self._it_takes()) from None
        return self.check(value)

    def check(self, value: Value) -> Value:
        """`value` if it is a whole number inside the range, else `TutorError`."""
        if isinstance(value, (bool, str)) or not self.low <= value <= self.high or value != int(value):
            raise _misuse(f"{self.name} can't be {value}.", self._it_takes())
        return int(value)

    def turn(self, value: Value, by: int) -> Value:
        """One notch is a power of two on a log knob, one on a linear one."""
        number = int(value)
        if not self.log:
            return min(max(number + by, self.low), self.high)
        exponent = math.log2(max(number, 1))
        exponent = (math.floor(exponent) if by > 0 else math.ceil(exponent)) + by
        return min(max(1 << max(exponent, 0), self.low), self.high)

    def show(self, value: Value) -> str:
        """With a comma every three digits."""
        if self.top and value == self.high:
            return self.top
        return f"{int(value):,}"

    @property
    def takes(self) -> str:
        """The ends of its range."""
        return f"a whole number from {self.low:,} to {self.top or f'{self.high:,}'}"


class Choice(_Knob, frozen=True, tag=True):
    """One of a few words."""

    value: str
    options: tuple[str, ...]
    live: bool = False
    help: str = ""

    def parse(self, text: str) -> Value:
        """Read one of the options, whatever its case."""
        return self.check(text.strip().lower())

    def check(self, value: Value) -> Value:
        """`value` if it is one of the options, else `TutorError`."""
        if value not in self.options:
            hint = nearest(str(value), self.options)
            raise _misuse(f"{self.name} can't be '{value}'.", f"{self._it_takes()}{hint}")
        return value

    def turn(self, value: Value, by: int) -> Value:
        """The neighbouring option, stopping at the ends."""
        index = self.options.index(str(value)) + by
        return self.options[min(max(index, 0), len(self.options) - 1)]

    def show(self, value: Value) -> str:
        """The word itself."""
        return str(value)

    @property
    def takes(self) -> str:
        """Its words."""
        return _listed(self.options)


class Switch(_Knob, frozen=True, tag=True):
    """On or off."""

    value: bool
    live: bool = False
    help: str = ""

    def parse(self, text: str) -> Value:
        """Read on/off, yes/no, true/false or 1/0."""
        word = text.strip().lower()
        if word in ("on", "yes", "true", "1"):
            return True
        if word in ("off", "no", "false", "0"):
            return False
        raise _misuse(f"{self.name} can't be '{text}'.", self._it_takes())

    def check(self, value: Value) -> Value:
        """`value` if it is a truth value, else `TutorError`."""
        if not isinstance(value, bool):
            raise _misuse(f"{self.name} can't be {value}.", self._it_takes())
        return value

    def turn(self, value: Value, by: int) -> Value:
        """Up is on, down is off."""
        return by > 0

    def show(self, value: Value) -> str:
        """`on` or `off`."""
        return "on" if value else "off"

    @property
    def takes(self) -> str:
        """Its two words."""
        return "on or off"


Knob = Number | Integer | Choice | Switch
"""Any knob."""


class Preset(msgspec.Struct, frozen=True):
    """A named set of knob values, with one sentence on what it shows."""

    name: str
    values: dict[str, Value]
    says: str


def find(knobs: Sequence[Knob], name: str) -> Knob:
    """The knob called `name`; `TutorError` naming the nearest one if there is none."""
    for knob in knobs:
        if knob.name == name:
            return knob
    names = [knob.name for knob in knobs]
    has = f"This lesson has {_listed(names)}." if names else "This lesson has none."
    raise _misuse(f"There is no knob '{name}'.", f"{has}{nearest(name, names)}")


def learning_rate(knobs: Sequence[Knob]) -> Number | None:
    """The knob `lr`, if it is one that a learning-rate finder can sweep."""
    knob = next((knob for knob in knobs if knob.name == "lr"), None)
    return knob if isinstance(knob, Number) and knob.live and knob.low > 0 else None


def checked(knobs: Sequence[Knob], values: Mapping[str, Value]) -> dict[str, Value]:
    """All knobs' values: the given ones, checked, and the defaults of the others."""
    settings: dict[str, Value] = {knob.name: knob.value for knob in knobs}
    for name, value in values.items():
        settings[name] = find(knobs, name).check(value)
    return settings


def alternative(knobs: Sequence[Knob], presets: Sequence[Preset], text: str) -> tuple[dict[str, Value], str]:
    """The knobs that `text` sets, and the preset's name if it is one.

    `text` is `KNOB=VALUE` or a preset's name, which sets every knob; `TutorError` if it is neither.
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if equals:
        return {name: find(knobs, name).parse(value)}, ""
    for preset in presets:
        if preset.name.lower() == name.lower():
            return {knob.name: knob.value for knob in knobs} | preset.values, preset.name
    near = nearest(name, [preset.name for preset in presets])
    raise _misuse(f"There is no preset '{name}'.", f"Type one, or KNOB=VALUE, such as lr=0.1.{near}")


def _one_two_five(value: float, *, up: bool) -> float:
    """The next 1, 2 or 5 times a power of ten above (or below) `value`."""
    exponent = math.floor(math.log10(value))
    ladder = [float(f"{digit}e{power}") for power in range(exponent - 1, exponent + 2) for digit in (1, 2, 5)]
    if up:
        return min(rung for rung in ladder if rung > value * (1 + 1e-9))
    return max(rung for rung in ladder if rung < value * (1 - 1e-9))


def _listed(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} or {words[-1]}"
