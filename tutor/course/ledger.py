"""The surprise ledger: how sure the learner was against how right, and what each surprise was about."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tutor.course.lesson import Lesson
from tutor.course.review import Item
from tutor.figures import Bars
from tutor.learner.calibration import Confidence, Surprise, calibration, surprises
from tutor.learner.record import Answer
from tutor.learner.schedule import day_of

SAID = {"guess": "guessed", "think": "thought", "know": "knew"}
"""What the learner did, by what was said of an answer."""


class Entry(NamedTuple):
    """A surprise, and the question that it was about."""

    surprise: Surprise
    item: Item

    @property
    def asks(self) -> str:
        """The question's first words: a paragraph, and the one that it leads to."""
        first, *others = self.item.question.ask.strip().split("\n\n")
        return "\n\n".join((first, *others[: first.endswith(":")]))

    @property
    def where(self) -> str:
        """Its lesson and the page that asks it."""
        page = self.item.page
        return f"{self.item.lesson.title}{f', page “{page.title}”' if page is not None else ''}"

    @property
    def when(self) -> str:
        """The day, how often, and whether it was right since."""
        times = f", {self.surprise.times} times" if self.surprise.times > 1 else ""
        since = "; right since" if self.surprise.right_since else ""
        return f"{day_of(self.surprise.at)}{times}{since}"


class Ledger(NamedTuple):
    """All predictions in figures, and every surprise that a lesson still asks about, the newest first."""

    levels: tuple[Confidence, ...]
    entries: tuple[Entry, ...]

    @property
    def predictions(self) -> int:
        """How many answers were given with how sure the learner was."""
        return sum(level.answers for level in self.levels)

    @property
    def verdict(self) -> str:
        """What the figures say about the learner's sureness."""
        know = self.levels[-1]
        if not self.predictions:
            return "No prediction yet: each is locked with how sure you are, and is counted here."
        if know.share is None:
            return "You never said that you knew. Dare to: a sure error is the one that teaches most."
        wrong = know.answers - know.right
        if wrong == 0:
            return f"Whenever you said that you knew, {_times(know.answers)}, you were right."
        return f"You said that you knew {_times(know.answers)}; {_times(wrong)} you were wrong."


def ledger(lessons: Iterable[Lesson], answers: Sequence[Answer]) -> Ledger:
    """The ledger of `answers`, oldest first."""
    items = {(each.id, name): Item(each, question) for each in lessons for name, question in each.questions.items()}
    entries = (
        Entry(surprise, items[surprise.lesson, surprise.question])
        for surprise in surprises(answers)
        if (surprise.lesson, surprise.question) in items
    )
    return Ledger(calibration(answers), tuple(entries))


def figure(levels: Sequence[Confidence]) -> Bars:
    """A bar for each level of sureness that there was: the share that was right, in percent."""
    shares = {f"{SAID[level.sure]} ({level.answers})": 100 * level.share for level in levels if level.share is not None}
    return Bars(
        "right, of what you",
        tuple(shares),
        tuple(shares.values()),
        unit="%",
        digits=0,
        top=100,
    )


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
