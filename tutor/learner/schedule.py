"""When a question returns: FSRS on the answers given to it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fsrs import Scheduler

DAY_BEGINS = timedelta(hours=4)
"""How long after midnight, on the learner's clock, a new day begins."""

_A_DAY = timedelta(days=1)


class Given(NamedTuple):
    """What the schedule needs to know of an answer."""

    at: str
    """In UTC (ISO 8601)."""

    right: bool
    sure: str | None


def due_after(answers: Iterable[Given]) -> date:
    """The day on which the question is due next, after these answers to it: oldest first, and at least one.

    The first answer of a day counts: right is FSRS's Good, wrong its Again; those after it were given knowing what
    was wrong. After a wrong answer that the learner was sure of, that is the next day, whatever FSRS says.
    """
    from fsrs import Card, Rating

    card, due = Card(card_id=0), date.min
    for day, same_day in groupby(answers, lambda answer: day_of(answer.at)):
        given = list(same_day)
        rating = Rating.Good if given[0].right else Rating.Again
        # FSRS counts in days of 24 hours, we in the learner's own: both agree on days that begin in UTC.
        card, _ = _scheduler().review_card(card, rating, datetime.combine(day, time(), UTC))
        surprised = any(answer.sure == "know" and not answer.right for answer in given)
        due = day + _A_DAY if surprised else card.due.date()
    return due


def day_of(at: str) -> date:
    """The day of the learner's that holds the moment `at` (ISO 8601)."""
    return (datetime.fromisoformat(at).astimezone() - DAY_BEGINS).date()


def today() -> date:
    """The day that it is for the learner."""
    return (datetime.now().astimezone() - DAY_BEGINS).date()


@cache
def _scheduler() -> "Scheduler":
    from fsrs import Scheduler

    # Whole days and no chance: a lesson's questions don't return the same hour, and the same answers give the same day.
    return Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
