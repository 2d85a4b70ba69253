"""How sure the learner was against how right: over all predictions, and where the two were furthest apart."""

from collections.abc import Sequence

import msgspec

from tutor.learner.record import Answer, Key
from tutor.learner.sure import SURE, Sure


class Confidence(msgspec.Struct, frozen=True):
    """How often the learner was this sure, and how often right then."""

    sure: Sure
    answers: int
    right: int

    @property
    def share(self) -> float | None:
        """The share that was right, None where there is no answer."""
        return self.right / self.answers if self.answers else None


class Surprise(msgspec.Struct, frozen=True):
    """What the learner was sure of and wrong about, last at `at` (UTC, ISO 8601)."""

    lesson: str
    question: str
    at: str
    times: int
    """How often."""
    right_since: bool
    """Whether it was answered rightly since."""


def calibration(answers: Sequence[Answer]) -> tuple[Confidence, ...]:
    """How right `answers` were for each level of sureness; those given without one don't count."""
    return tuple(
        Confidence(level, len(given), sum(answer.right for answer in given))
        for level in SURE
        for given in ([answer for answer in answers if answer.sure == level],)
    )


def surprises(answers: Sequence[Answer]) -> tuple[Surprise, ...]:
    """One for each question that was ever answered surely and wrongly, newest first; `answers` come oldest first."""
    found: dict[Key, Surprise] = {}
    for answer in answers:
        key = answer.lesson, answer.question
        if answer.sure == "know" and not answer.right:
            times = found.pop(key).times + 1 if key in found else 1
            found[key] = Surprise(*key, answer.at, times, right_since=False)
        elif key in found:
            found[key] = msgspec.structs.replace(found[key], right_since=answer.right)
    return tuple(reversed(found.values()))
