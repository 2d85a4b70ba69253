"""One sitting at one lesson: the page that is open, the question that is asked, what has been answered; no screen."""

from collections.abc import Set
from typing import NamedTuple, Protocol

import msgspec

from tutor.course.attempt import Attempt, Attempts
from tutor.course.grading import Response, Verdict, grade, shuffled
from tutor.course.lesson import Lesson
from tutor.course.quiz import Bug, Multiple, Order, Question, Spot
from tutor.course.steps import Step
from tutor.link.goals import Gauge, Goal
from tutor.link.knobs import Value


class Keeper(Protocol):
    """Where answers and finished pages are kept."""

    def answer(self, lesson: str, question: str, response: Response, verdict: Verdict) -> None:
        """Keep an answer as given."""

    def finish_step(self, lesson: str, step: str) -> None:
        """Keep that a step is done."""

    def reach_goal(self, lesson: str, step: str, moves: int) -> None:
        """Keep that a step's goal was reached in so many moves."""

    def fewest_moves(self, lesson: str, step: str) -> int | None:
        """The fewest moves in which a step's goal was ever reached, None if it never was."""

    def steps_done(self, lesson: str) -> Set[str]:
        """The ids of the steps that are done."""

    def place(self, lesson: str) -> str | None:
        """The id of the step that was last open."""

    def remember_place(self, lesson: str, step: str) -> None:
        """Keep which step is open."""


class Asked(msgspec.Struct):
    """A question as it stands in this sitting."""

    question: Question
    order: tuple[int, ...]
    """The options as shown, by their authored indices."""

    picked: tuple[int, ...] = ()
    """What is ticked or put in order but not yet given, by authored indices."""

    response: Response | None = None
    """The last answer given."""

    verdict: Verdict | None = None
    """Its verdict."""

    locked: bool = False
    """Whether it is a prediction whose verdict is still to come."""

    hints: int = 0
    """How many hints are shown."""

    @property
    def right(self) -> bool:
        """Whether it has been answered rightly."""
        return self.verdict is not None and self.verdict.right

    @property
    def settled(self) -> bool:
        """Whether there is nothing left to answer: it is right, or was a prediction, which is made once."""
        return self.right or (self.question.predict and self.verdict is not None)

    @property
    def revealed(self) -> bool:
        """Whether the verdict may be shown."""
        return self.verdict is not None and not self.locked


class State(NamedTuple):
    """Where a run is, as far as a prediction cares."""

    iteration: int
    knobs: tuple[tuple[str, Value], ...]


class Sitting:
    """A learner at a lesson, from opening it to closing it. Everything worth keeping goes to the keeper at once."""

    def __init__(self, lesson: Lesson, keeper: Keeper, token: str = "") -> None:
        """Open the lesson where it was left; `token` fixes how options are shuffled."""
        self.lesson = lesson
        self._keeper = keeper
        self._asked = {name: Asked(question, shuffled(question, token)) for name, question in lesson.questions.items()}
        self._done = set(keeper.steps_done(lesson.id))
        self.attempts = Attempts(lesson.steps, lambda step: keeper.fewest_moves(lesson.id, step))
        """The tries at the lesson's goals."""
        ids = [step.id for step in lesson.steps]
        place = keeper.place(lesson.id)
        self.index = ids.index(place) if place in ids else 0
        """Which step is open, from 0."""
        self._queue: tuple[str, ...] = self.step.questions
        self._current = 0
        self._now: State | None = None
        self._then: State | None = None

    @property
    def step(self) -> Step:
        """The open step."""
        return self.lesson.steps[self.index]

    @property
    def figures(self) -> tuple[str, ...]:
        """The figures of this step, or of the last one before it that names any."""
        for step in reversed(self.lesson.steps[: self.index + 1]):
            if step.figures:
                return step.figures
        return ()

    @property
    def asked(self) -> Asked | None:
        """The question being asked, if any: a prediction brought along from the page before, or one of this page's."""
        return self._asked[self._queue[self._current]] if self._queue else None

    @property
    def place(self) -> tuple[int, int]:
        """Which of the page's questions is being asked, from 1, and how many there are."""
        return self._current + 1, len(self._queue)

    def done(self, step: str) -> bool:
        """Whether the learner has done the step `step`."""
        return step in self._done

    def go(self, by: int) -> bool:
        """Open the step `by` further on.

        False at either end. Leaving a page without questions or a goal forwards means it was read.
        """
        target = self.index + by
        if by > 0 and not self.step.questions and not self.step.goal:
            self._finish(self.step)
        if not 0 <= target < len(self.lesson.steps):
            return False
        # A prediction is made on one page and comes out on the next, where the run is.
        before = [name for step in self.lesson.steps[:target] for name in step.questions]
        self.index = target
        carried = [name for name in before if self._asked[name].locked]
        self._queue = tuple(dict.fromkeys((*carried, *self.step.questions)))
        open_ones = (place for place, name in enumerate(self._queue) if not self._asked[name].revealed)
        self._current = next(open_ones, 0)
        self._keeper.remember_place(self.lesson.id, self.step.id)
        return True

    def saw(self, state: State, resting: bool) -> bool:
        """The run is in `state` now; True if that, once it rests, brings out the prediction being asked."""
        self._now = state
        self._then = self._then or state
        if not (resting and self.tried and self.asked is not None and self.asked.locked):
            return False
        self.reveal()
        return True

    def start_anew(self) -> None:
        """The run was set up anew, not by the learner: the next state seen is where everything starts."""
        self._now = self._then = None

    @property
    def tried(self) -> bool:
        """Whether the learner has run something, or turned a knob, since the last prediction was locked."""
        if self._now is None or self._then is None:
            return False
        trained = self._now.iteration not in (0, self._then.iteration)
        return trained or self._now.knobs != self._then.knobs

    def reveal(self) -> None:
        """Show the verdict on the prediction being asked; the next one waits for another change."""
        if self.asked is not None:
            self.asked.locked = False
            self._then = self._now

    def pick(self, shown: int) -> Verdict | None:
        """Choose the option shown at place `shown`, from 0. A single choice is answered by it; others are
        collected for `submit`.

        The verdict if that answered the question.
        """
        asked = self.asked
        if asked is None or asked.settled or not 0 <= shown < len(asked.order):
            return None
        option = asked.order[shown]
        if not isinstance(asked.question, Multiple | Order):
            return self.answer(option + 1 if isinstance(asked.question, Bug) else option)
        if option in asked.picked:
            asked.picked = tuple(other for other in asked.picked if other != option)
        else:
            asked.picked = (*asked.picked, option)
        return None

    def submit(self) -> Verdict | None:
        """Give what has been ticked or put in order; None if there is nothing to give yet."""
        asked = self.asked
        if asked is None or asked.settled or not asked.picked:
            return None
        if isinstance(asked.question, Multiple):
            return self.answer(frozenset(asked.picked))
        if isinstance(asked.question, Order) and len(asked.picked) == len(asked.order):
            return self.answer(asked.picked)
        return None

    def answer(self, response: Response) -> Verdict | None:
        """Answer the question being asked, and keep the answer.

        `ValueError` if the question can't have that response.
        """
        asked = self.asked
        if asked is None or asked.settled:
            return None
        verdict = grade(asked.question, response)
        asked.response, asked.verdict, asked.picked = response, verdict, ()
        if asked.question.predict:
            asked.locked = True
            self._then = self._now
        self._keeper.answer(self.lesson.id, asked.question.id, response, verdict)
        self._finish_if_all_is_done()
        return verdict

    @property
    def secret(self) -> frozenset[str]:
        """The claims that a question is still open about: what their checks give is the answer."""
        return frozenset(
            asked.question.claim
            for asked in self._asked.values()
            if isinstance(asked.question, Spot) and not (asked.settled and asked.revealed)
        )

    def next_question(self) -> bool:
        """Go to the page's next question; False if there is none."""
        if self._current + 1 >= len(self._queue):
            return False
        self._current += 1
        return True

    def hint(self) -> bool:
        """Show one more hint, on the question or else on the goal; False if there is none left."""
        asked = self.asked
        if asked is None or asked.settled or asked.hints >= len(asked.question.hints):
            return self.attempt is not None and self.attempt.hint()
        asked.hints += 1
        return True

    @property
    def attempt(self) -> Attempt | None:
        """The try at this step's goal, if it has one."""
        return self.attempts.at(self.step)

    @property
    def goal(self) -> Goal:
        """What is still to be reached here; nothing once it was."""
        return self.attempt.goal if self.attempt is not None and not self.attempt.reached else ()

    def judged(self, gauges: tuple[Gauge, ...], reached: bool, iteration: int) -> bool:
        """How things stand with the goal; True if it is reached now, which is kept."""
        attempt = self.attempt
        if attempt is None or not attempt.saw(gauges, reached, iteration):
            return False
        self._keeper.reach_goal(self.lesson.id, self.step.id, attempt.moves)
        self._finish_if_all_is_done()
        return True

    def _finish_if_all_is_done(self) -> None:
        attempt = self.attempt
        goal_left = attempt is not None and not attempt.reached and attempt.best is None
        if not goal_left and all(self._asked[name].settled for name in self.step.questions):
            self._finish(self.step)

    def _finish(self, step: Step) -> None:
        if step.id not in self._done:
            self._done.add(step.id)
            self._keeper.finish_step(self.lesson.id, step.id)
