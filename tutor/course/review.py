"""Reviews: which questions return today and in what order, and a sitting at questions from any lessons."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tutor.course.asked import Asked
from tutor.course.grading import Response, Verdict, shuffled
from tutor.course.lesson import Lesson
from tutor.course.quiz import Bug, Choice, Draw, Multiple, Numeric, Order, Own, Question
from tutor.course.sitting import Sitting
from tutor.course.steps import Step
from tutor.learner.schedule import today
from tutor.link.trials import Posed

if TYPE_CHECKING:
    from tutor.learner.record import Record
    from tutor.learner.sure import Sure

IN_THE_MAKING = "The lab is making this question, of a new run."
"""What stands for a question until a lab has made it."""

PASS = 0.8
"""The share of its questions that is to be right for a lesson to be known."""


class Item(NamedTuple):
    """A question to ask, and its lesson."""

    lesson: Lesson
    question: Question

    @property
    def name(self) -> str:
        """Its name among the questions of all lessons: no id has a slash in it."""
        return f"{self.lesson.id}/{self.question.id}"

    @property
    def page(self) -> Step | None:
        """The first page that asks it."""
        return next((step for step in self.lesson.steps if self.question.id in step.questions), None)


def waiting(lessons: Iterable[Lesson], record: "Record", a_day: int) -> tuple[Item, ...]:
    """What is to be reviewed now, in the order to ask it: of what is due, as much as is left of `a_day`."""
    day = today()
    due = record.due()
    return queue(lessons, due, day, max(a_day - record.reviewed(day), 0) if due else 0)


def why_none(lessons: Iterable[Lesson], record: "Record", a_day: int) -> str:
    """Why nothing is `waiting`, and when something will be."""
    day, due = today(), record.due()
    items = (Item(lesson, question) for lesson in lessons for question in lesson.questions.values())
    keys = ((item.lesson.id, item.question.id) for item in items if can_return(item.question))
    later = [due[key] for key in keys if key in due]
    if not later:
        return "Nothing to review yet: what you answer in the lessons returns here, the next time a day later."
    left = sum(when <= day for when in later)
    if left and record.reviewed(day) >= a_day:
        return f"That was it for today: {a_day} reviews a day. {left} more will wait."
    return f"Nothing to review today. The next question returns {_in_days((min(later) - day).days)}."


def queue(lessons: Iterable[Lesson], due: Mapping[tuple[str, str], date], day: date, room: int) -> tuple[Item, ...]:
    """At most `room` of the questions that are due on `day`, by their lesson and id, longest due first to be chosen.

    Two on one concept never follow each other while there is another way. What no lesson asks any more is left out, and
    so is what can only be asked beside a run.
    """
    items = [
        (day_due, Item(lesson, question))
        for lesson in lessons
        for question in lesson.questions.values()
        if (day_due := due.get((lesson.id, question.id), date.max)) <= day and can_return(question)
    ]
    items.sort(key=lambda pair: pair[0])
    return interleaved([item for _, item in items[:room]])


def interleaved(items: Sequence[Item]) -> tuple[Item, ...]:
    """`items` with no two on one concept next to each other as far as that can be; then, none from one lesson."""
    left, order = list(items), list[Item]()
    while left:
        order.append(_next(left, order[-1] if order else None))
        left.remove(order[-1])
    return tuple(order)


def _next(left: Sequence[Item], before: Item | None) -> Item:
    concepts = Counter(item.question.concept for item in left)

    def unfit(item: Item) -> tuple[bool, int, bool]:
        concept = item.question.concept
        again = before is not None and concept == before.question.concept
        # The commonest concept goes first: what is left of it at the end has nothing to stand between.
        return again, -concepts[concept], before is not None and item.lesson.id == before.lesson.id

    return min(left, key=unfit)


def can_stand_alone(question: Question) -> bool:
    """Whether it can be asked without a lab."""
    return not isinstance(question, Draw | Own) and not (question.live and question.live.at)


def can_return(question: Question) -> bool:
    """Whether it can be reviewed: a lab makes a question of a run anew."""
    return can_stand_alone(question) or isinstance(question, Own)


def whole_quiz(lesson: Lesson) -> tuple[Item, ...]:
    """Every question of a lesson that needs no lab, in the author's order."""
    return tuple(Item(lesson, question) for question in lesson.questions.values() if can_stand_alone(question))


def solution(question: Question) -> str:
    """What is right, in a sentence."""
    match question:
        case Choice() | Multiple():
            right = "; ".join(option.text for option in question.options if option.right)
        case Numeric():
            right = f"{question.answer:g} {question.unit}".rstrip()
        case Order():
            right = ", then ".join(question.items)
        case Bug():
            right = f"line {question.faulty}"
        case _:
            return ""
    return f"The answer: {right.rstrip('.')}."


class _Once(Asked):
    """A question that is answered once: after that, it shows what is right."""

    @property
    def settled(self) -> bool:
        return self.verdict is not None


class _Keeper:
    """Keeps answers under their lessons' own ids, and nothing else."""

    def __init__(self, record: "Record", review: bool) -> None:
        self._record = record
        self._review = review

    def answer(
        self, lesson: str, question: str, response: Response, verdict: Verdict, sure: "Sure | None" = None
    ) -> None:
        lesson, _, question = question.partition("/")
        self._record.answer(lesson, question, response, verdict, sure, review=self._review)

    def regrade(self, lesson: str, question: str, verdict: Verdict) -> None:
        pass

    def skip(self, lesson: str, question: str) -> None:
        pass

    def finish_step(self, lesson: str, step: str) -> None:
        pass

    def reach_goal(self, lesson: str, step: str, moves: int) -> None:
        pass

    def fewest_moves(self, lesson: str, step: str) -> int | None:
        return None

    def steps_done(self, lesson: str) -> frozenset[str]:
        return frozenset()

    def place(self, lesson: str) -> str | None:
        return None

    def remember_place(self, lesson: str, step: str) -> None:
        pass


class Round(Sitting):
    """A sitting at one page that asks `items`, each once and with no run: a review, or the test of one lesson."""

    def __init__(self, items: Sequence[Item], record: "Record", testing: Lesson | None = None) -> None:
        """Ask at least one item; with `testing` they are that lesson's, which is known if enough of them are right."""
        self.items = tuple(items)
        self.testing = testing
        self._record = record
        self.day = today()
        """The day that it is held on."""
        token = f"{record.sitting} {self.day}"
        super().__init__(_as_lesson(items), _Keeper(record, review=testing is None), token)
        self._asked = {name: _Once(q, shuffled(q, token)) for name, q in self.lesson.questions.items()}
        self._making = {name for name, question in self.lesson.questions.items() if isinstance(question, Own)}

    @property
    def item(self) -> Item:
        """What is being asked."""
        return self.items[self.place[0] - 1]

    @property
    def unmade(self) -> tuple[tuple[Item, Own], ...]:
        """What a lab is still to make."""
        return tuple((item, own) for item in self.items if isinstance(own := item.question, Own) and self._waits(item))

    def made(self, item: Item, posed: Posed) -> bool:
        """Ask what a lab has made for `item`, or say why it can't be asked today; True if it is being asked now."""
        asked = self._asked[item.name]
        self._making.discard(item.name)
        if not asked.pose(posed, self._token):
            says = f"This question can't be asked today, and stays due: {posed.ask}"
            asked.question = msgspec.structs.replace(asked.question, ask=says)
        return asked is self.asked

    @property
    def waits(self) -> bool:
        """Whether the question being asked is still being made."""
        return self._waits(self.item)

    @property
    def done_here(self) -> bool:
        """Whether nothing is left to answer here: it is answered, or can't be asked."""
        asked = self.asked
        return asked is not None and (asked.settled or (isinstance(asked.question, Own) and not self.waits))

    def _waits(self, item: Item) -> bool:
        return item.name in self._making

    @property
    def answered(self) -> int:
        """How many were answered."""
        return sum(asked.settled for asked in self._asked.values())

    @property
    def right(self) -> int:
        """How many were answered rightly."""
        return sum(asked.right for asked in self._asked.values())

    def end(self) -> str:
        """What came of it, in a sentence or two; that a lesson is known is kept."""
        count = len(self.items)
        if self.testing is None:
            skipped = f", {count - self.answered} skipped" if self.answered < count else ""
            return f"{self.right} of {self.answered} right{skipped}.{self._next_due()}"
        if self.right >= PASS * count:
            self._record.mark_known(self.testing.id)
            return f"{self.right} of {count} right: you know this lesson. It is marked so, and open all the same."
        enough = f"{100 * PASS:.0f} %"
        return f"{self.right} of {count} right. It takes {enough} to know a lesson beforehand: work through this one."

    def _next_due(self) -> str:
        due = self._record.due()
        days = [day for item in self.items if (day := due.get((item.lesson.id, item.question.id))) and day > today()]
        if not days:
            return ""
        return f" The first of them returns {_in_days((min(days) - today()).days)}."


def _in_days(count: int) -> str:
    return "tomorrow" if count <= 1 else f"in {count} days"


def _as_lesson(items: Sequence[Item]) -> Lesson:
    """A lesson of one page that asks `items`."""
    questions = {item.name: _alone(item) for item in items}
    page = Step("questions", "Questions", "read", (), {}, "", tuple(questions), "", 0)
    return Lesson(
        id="",
        path=Path(),
        title="",
        order=0,
        summary="",
        concepts=(),
        needs=(),
        minutes=0,
        sources=(),
        steps=(page,),
        questions=questions,
        claims={},
        lab_file=Path(),
    )


def _alone(item: Item) -> Question:
    """The question under its name, and settled by its author's key: there is no run to wait for."""
    question = item.question
    if isinstance(question, Own):
        return msgspec.structs.replace(question, id=item.name, ask=IN_THE_MAKING)
    if isinstance(question, Choice):
        options = tuple(msgspec.structs.replace(option, when=(), points=()) for option in question.options)
        return msgspec.structs.replace(question, id=item.name, predict=False, live=None, options=options)
    return msgspec.structs.replace(question, id=item.name, predict=False, live=None)
