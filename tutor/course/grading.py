"""Grading: a question and a response in, a verdict out, nothing kept."""

import math
import random
import re
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from tutor.course.quiz import Bug, Choice, Draw, Multiple, Near, Numeric, Order, Own, Question

Response = int | float | frozenset[int] | tuple[int, ...] | tuple[float, ...]
"""What a learner answered.

Choice: the option's index as authored; multiple: the indices ticked; numeric: the number; order: the items'
authored indices in the learner's order; bug: the line, counted from 1; draw: the curve's value at each step.
"""

_NUMBER = re.compile(r"[+-]?(\d+(,\d{3})*|\d*)(\.\d*)?([eE][+-]?\d+)?")
_ROUNDING = 1e-12


class Verdict(msgspec.Struct, frozen=True):
    """Whether a response is right, its score from 0 to 1, and what to tell the learner about it."""

    right: bool
    score: float
    message: str


def grade(question: Question, response: Response) -> Verdict:
    """The verdict on `response`.

    A multiple choice scores the right options ticked less the wrong ones, as a share of all right ones and
    never below 0; an order scores the share of neighbouring pairs that are right; a drawn curve scores the area that
    is allowed over that between it and the run's. `ValueError` for a response the question can't have.
    """
    match question, response:
        case Choice(), int() if 0 <= response < len(question.options):
            option = question.options[response]
            return _all_or_nothing(option.right, option.why)
        case Multiple(), frozenset() if response <= frozenset(range(len(question.options))):
            return _multiple(question, response)
        case Numeric(), int() | float():
            return _numeric(question, float(response))
        case Order(), tuple() if sorted(response) == list(range(len(question.items))):
            return _order(question, tuple(map(int, response)))
        case Bug(), int() if 1 <= response <= len(question.lines):
            whys = {other.line: other.why for other in question.others} | {question.faulty: question.why}
            why = whys.get(response, f"Line {response} does what it should. Look again.")
            return _all_or_nothing(response == question.faulty, why)
        case Draw(), tuple() if len(response) == len(question.answer):
            return _draw(question, response)
    raise ValueError(f"{response!r} is no response to the question '{question.id}'.")


def parse_number(text: str, unit: str = "") -> float:
    """The finite number that `text` stands for: `2.3`, `1,234.5e-3`, `−0.5` or `1/27`.

    It may end with `unit`. `ValueError` with a sentence for the learner if it stands for none.
    """
    plain = text.strip().replace("−", "-")
    if unit and plain.lower().endswith(unit.lower()):
        plain = plain[: -len(unit)]
    top, slash, bottom = plain.partition("/")
    try:
        number = _decimal(top) / _decimal(bottom) if slash else _decimal(top)
    except (ValueError, ZeroDivisionError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"'{text.strip()}' isn't a number: type one such as 2.3, 1,234, 1e-3 or 1/27.")
    return number


def shuffled(question: Question, sitting: str) -> tuple[int, ...]:
    """The order to show a question's options in, as authored indices: the same throughout one sitting.

    Options marked `last` stay below the others, lines of code stay where they are, items to put in order
    never come in the right one, and a numeric question has nothing to shuffle.
    """
    # A text seed goes through SHA-512, so the order is the same in every process; `hash()` of it wouldn't be.
    chance = random.Random(f"{sitting} {question.id}")
    match question:
        case Choice() | Multiple():
            options = question.options
            loose = [index for index, option in enumerate(options) if not option.last]
            chance.shuffle(loose)
            return (*loose, *(index for index, option in enumerate(options) if option.last))
        case Order():
            right = list(range(len(question.items)))
            order = right.copy()
            while order == right:
                chance.shuffle(order)
            return tuple(order)
        case Bug():
            return tuple(range(len(question.lines)))
        case Numeric() | Draw() | Own():
            return ()


def _all_or_nothing(right: bool, why: str) -> Verdict:
    return Verdict(right, float(right), why)


def _multiple(question: Multiple, ticked: frozenset[int]) -> Verdict:
    wanted = frozenset(index for index, option in enumerate(question.options) if option.right)
    wrong, missed = ticked - wanted, wanted - ticked
    score = max(0.0, (len(ticked & wanted) - len(wrong)) / len(wanted))
    if ticked == wanted:
        return Verdict(True, 1.0, _whys(question, wanted))
    parts = [_whys(question, wrong)] if wrong else []
    if missed:
        parts.append(f"{len(missed)} right {'option isn' if len(missed) == 1 else 'options aren'}'t ticked yet.")
    return Verdict(False, score, "\n\n".join(parts))


def _whys(question: Multiple, indices: frozenset[int]) -> str:
    return "\n\n".join(f"{question.options[index].text}: {question.options[index].why}" for index in sorted(indices))


def _numeric(question: Numeric, number: float) -> Verdict:
    if _within(number, *question.bounds):
        return Verdict(True, 1.0, question.why_right)
    why = next((near.why for near in question.near if _holds(near, number)), question.why_wrong)
    return Verdict(False, 0.0, why)


def _holds(near: Near, number: float) -> bool:
    if near.value is not None and near.tolerance is not None:
        return _within(number, near.value - near.tolerance, near.value + near.tolerance)
    return near.low is not None and near.high is not None and _within(number, near.low, near.high)


def _within(number: float, low: float, high: float) -> bool:
    """Whether `number` lies in [`low`, `high`], but for a float's rounding: 3.35 is within 0.05 of 3.3."""
    slack = _ROUNDING * max(abs(low), abs(high))
    return low - slack <= number <= high + slack


def _order(question: Order, response: tuple[int, ...]) -> Verdict:
    if list(response) == sorted(response):
        return Verdict(True, 1.0, question.why)
    pairs = len(response) - 1
    together = sum(after == before + 1 for before, after in pairwise(response))
    message = f"{together} of the {pairs} neighbouring pairs {'is' if together == 1 else 'are'} right."
    return Verdict(False, together / pairs, message)


def _draw(question: Draw, drawn: Sequence[float]) -> Verdict:
    at = question.live.at if question.live else ()
    log = question.live is not None and question.live.log
    apart = distance(at, drawn, question.answer, log=log)
    score = 1.0 if apart <= question.tolerance else question.tolerance / apart
    gaps = [abs(one - other) for one, other in zip(levels(drawn, log), levels(question.answer, log), strict=True)]
    worst = gaps.index(max(gaps))
    mean, enough = (f"a factor of {10**gap:.2f}" if log else f"{gap:.2g}" for gap in (apart, question.tolerance))
    far = f"Farthest at step {at[worst]:,}: you {drawn[worst]:.3g}, the run {question.answer[worst]:.3g}."
    near = f"Between your curve and the run's lies {mean} on average; {enough} is near enough."
    return Verdict(apart <= question.tolerance, score, f"{near} {far}\n\n{question.why}")


def distance(at: Sequence[float], one: Sequence[float], other: Sequence[float], *, log: bool = False) -> float:
    """The area between two curves with straight lines between the places `at`, over its width.

    With `log` that between their logarithms to base 10.
    """
    gaps = [a - b for a, b in zip(levels(one, log), levels(other, log), strict=True)]
    areas = ((right - left) * _between(*ends) for (left, right), ends in zip(pairwise(at), pairwise(gaps), strict=True))
    return sum(areas) / (at[-1] - at[0])


def levels(values: Sequence[float], log: bool) -> list[float]:
    """`values`, or with `log` their logarithms to base 10."""
    return [math.log10(value) if value > 0 else -math.inf for value in values] if log else list(values)


def _between(left: float, right: float) -> float:
    """The mean of |d| where d goes straight from `left` to `right`."""
    if left * right >= 0 or not math.isfinite(left * right):
        return (abs(left) + abs(right)) / 2
    return (left**2 + right**2) / (2 * (abs(left) + abs(right)))


def _decimal(text: str) -> float:
    """A plain decimal number; a comma may only stand before each three digits."""
    plain = text.strip()
    if not _NUMBER.fullmatch(plain):
        raise ValueError(text)
    return float(plain.replace(",", ""))
