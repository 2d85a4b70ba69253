"""The curves of a question: those to choose from or the one being drawn, and the run's laid over them."""

import math

from tutor.course.asked import Asked
from tutor.course.quiz import Choice, Draw
from tutor.figures import Curve, Series

NOTCHES = 24
"""Places on the axis that a drawn point can take, less one."""


def sketch(asked: Asked) -> Curve | None:
    """The picture that belongs to a question as it stands, None if it has no curves."""
    question, live = asked.question, asked.question.live
    if live is None or not live.at:
        return None
    x = tuple(map(float, live.at))
    lines: list[Series] = []
    if isinstance(question, Draw):
        drawn = asked.response if isinstance(asked.response, tuple) else asked.points or blank(question)
        lines.append(Series("yours", x, tuple(map(float, drawn))))
        truth, span = question.answer, (question.low, question.high)
    elif isinstance(question, Choice):
        options = [question.options[option] for option in asked.order]
        lines += [Series(str(shown), x, option.points) for shown, option in enumerate(options, start=1)]
        truth, span = (asked.outcome.values[0] if asked.outcome is not None else ()), None
    if asked.revealed and truth:
        lines.append(Series("the run", x, truth))
    return Curve(live.metric, tuple(lines), log_y=live.log, y_span=span)


def blank(question: Draw) -> tuple[float, ...]:
    """The curve before anything is drawn: level, in the middle of its axis."""
    return (_value(question, NOTCHES // 2),) * len(question.answer)


def moved(question: Draw, points: tuple[float, ...], place: int, by: int) -> tuple[float, ...]:
    """`points` with the one at `place` moved by so many notches, inside the axis."""
    notch = min(max(_notch(question, points[place]) + by, 0), NOTCHES)
    return (*points[:place], _value(question, notch), *points[place + 1 :])


def _value(question: Draw, notch: int) -> float:
    share = notch / NOTCHES
    if question.live is not None and question.live.log:
        return float(f"{question.low * (question.high / question.low) ** share:.3g}")
    return float(f"{question.low + (question.high - question.low) * share:.4g}")


def _notch(question: Draw, value: float) -> int:
    if question.live is not None and question.live.log:
        return round(math.log(value / question.low) / math.log(question.high / question.low) * NOTCHES)
    return round((value - question.low) / (question.high - question.low) * NOTCHES)
