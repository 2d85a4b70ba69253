"""What the live model's numbers make of a prediction: the key they give, the verdict, and the numbers in words."""

import math
import statistics
from collections.abc import Sequence

import msgspec

from tutor.course.grading import Response, Verdict, distance, grade, levels
from tutor.course.live import CHANGE, RATIO, Live
from tutor.course.quiz import Choice, Draw, Numeric, Order, Question
from tutor.figures.numbers import short
from tutor.link.trials import Outcome


def filled(question: Question, outcome: Outcome) -> Question:
    """`question` with the key that was measured in place of the author's; an order keeps the author's.

    `ValueError` if the numbers settle nothing: no option fits them, or two do.
    """
    live = question.live
    if live is None:
        return question
    first = outcome.values[0]
    match question:
        case Choice():
            rights = _nearest(question, live, first) if live.at else _fitting(question, live, outcome)
            if rights.count(True) != 1:
                raise ValueError(f"{rights.count(True)} options fit what was measured: {told(question, outcome)}")
            options = zip(question.options, rights, strict=True)
            return msgspec.structs.replace(
                question, options=tuple(msgspec.structs.replace(option, right=right) for option, right in options)
            )
        case Numeric():
            return msgspec.structs.replace(question, answer=first[0])
        case Draw():
            # What left the axis is drawn, and graded, at its end.
            held = (min(max(value, question.low), question.high) for value in first)
            return msgspec.structs.replace(question, answer=tuple(held))
        case _:
            return question


def judged(question: Question, outcome: Outcome, response: Response) -> Verdict:
    """The verdict on `response` by what was measured; `ValueError` as in `filled`."""
    if isinstance(question, Order) and isinstance(response, tuple):
        given = [int(item) for item in response]
        places = _ranking(question, outcome, given)
        return grade(question, tuple(map(places.index, given)))
    return grade(filled(question, outcome), response)


def told(question: Question, outcome: Outcome) -> str:
    """What was measured, in a sentence with its seed."""
    live = question.live
    if live is None:
        return ""
    values, seed = outcome.values, f"Measured here, seed {outcome.seed}:"
    if live.at:
        points = (f"{short(value, 3)} at step {step:,}" for step, value in zip(live.at, values[0], strict=True))
        return f"{seed} {live.metric} is {', '.join(points)}."
    now = short(values[0][0], 4)
    if isinstance(question, Order):
        parts = (f"{item} {short(value[0], 4)}" for item, value in zip(question.items, values, strict=True))
        return f"{seed} {live.metric} is {'; '.join(parts)}."
    if live.than is None:
        return f"{seed} {live.metric} is {now}{_at(live.steps)}."
    other, before = live.trials[1], short(values[1][0], 4)
    named = live.than.text or ", ".join(f"{name} {value}" for name, value in live.than.set.items()) or live.than.preset
    against = f"{before}{f' with {named}' if named else ''}{_at(other.at[0])}"
    return f"{seed} {live.metric} is {now}{_at(live.steps)}, against {against}."


def untold(trouble: str) -> str:
    """Why nothing was measured, in words."""
    return f"Your model couldn't settle this, so what we measured counts. {trouble}"


def _at(step: int) -> str:
    return f" at step {step:,}" if step else ""


def unsteady(question: Question, outcomes: Sequence[Outcome]) -> str:
    """Why luck would be graded, by the outcomes of several seeds; empty if it wouldn't.

    A number's or a drawn curve's tolerance is at least twice the spread (the standard deviation; the mean distance from
    the mean curve); a choice or an order comes out the same, as its author wrote it, from every seed.
    """
    try:
        keys = [filled(question, outcome) for outcome in outcomes]
    except ValueError as error:
        return str(error)
    live = question.live
    if live is None:
        return ""
    firsts = [outcome.values[0] for outcome in outcomes]
    match question:
        case Numeric():
            spread = statistics.stdev(levels([first[0] for first in firsts], question.factor is not None))
            low, high = levels(question.bounds, question.factor is not None)
            if (high - low) / 2 < 2 * spread:
                return f"the tolerance, {(high - low) / 2:.2g}, is less than twice the spread over seeds, {spread:.2g}."
        case Draw():
            mean = [statistics.fmean(column) for column in zip(*firsts, strict=True)]
            spread = statistics.fmean(distance(live.at, first, mean, log=live.log) for first in firsts)
            if question.tolerance < 2 * spread:
                return f"the tolerance, {question.tolerance:g}, is less than twice the spread over seeds, {spread:.2g}."
        case Order():
            right = range(len(question.items))
            if not all(judged(question, outcome, tuple(right)).right for outcome in outcomes):
                return "the items come in another order from some seeds."
    for key, outcome in zip(keys, outcomes, strict=True):
        if isinstance(key, Choice) and key != question:
            return f"another option is right from seed {outcome.seed}: {told(question, outcome)}"
    return ""


def _fitting(question: Choice, live: Live, outcome: Outcome) -> list[bool]:
    now = outcome.values[0][0]
    numbers = {live.metric: now}
    if live.than is not None:
        before = outcome.values[1][0]
        numbers |= {CHANGE: now - before, RATIO: now / before if before else math.nan}
    conditions = ([live.condition(text) for text in option.when] for option in question.options)
    return [all(condition.holds(numbers[condition.metric]) for condition in each) for each in conditions]


def _nearest(question: Choice, live: Live, truth: Sequence[float]) -> list[bool]:
    apart = [distance(live.at, option.points, truth, log=live.log) for option in question.options]
    return [gap == min(apart) for gap in apart]


def _ranking(question: Order, outcome: Outcome, given: Sequence[int]) -> list[int]:
    """The items in the order of their values; those that tie stand as they do in `given`."""
    live = question.live
    values = [value[0] for value in outcome.values]
    tie, sign = (live.tie, -1 if live.highest_first else 1) if live else (0.0, 1)
    order = sorted(range(len(values)), key=lambda item: sign * values[item])
    groups: list[list[int]] = []
    for item in order:
        if groups and abs(values[item] - values[groups[-1][0]]) < tie:
            groups[-1].append(item)
        else:
            groups.append([item])
    return [item for group in groups for item in sorted(group, key=given.index)]
