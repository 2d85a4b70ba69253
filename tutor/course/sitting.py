"""One sitting at one lesson: the page that is open, the question that is asked, what has been answered; no screen."""

import zlib

from tutor.course.asked import Asked, Keeper
from tutor.course.attempt import Attempt, Attempts
from tutor.course.grading import Response, Verdict, grade, shuffled
from tutor.course.lesson import Lesson
from tutor.course.quiz import Bug, Draw, Multiple, Order, Spot
from tutor.course.seen import Seen, State
from tutor.course.steps import Step
from tutor.learner.sure import Sure
from tutor.link.goals import Gauge, Goal
from tutor.link.trials import Outcome, Posed

_CARRIED = 2
"""Over how many pages a prediction is brought along."""


class Sitting:
    """A learner at a lesson, from opening it to closing it. Everything worth keeping goes to the keeper at once."""

    def __init__(self, lesson: Lesson, keeper: Keeper, token: str = "") -> None:
        """Open the lesson where it was left; `token` fixes how options are shuffled."""
        self.lesson = lesson
        self._keeper = keeper
        self._token = token
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
        self.seen = Seen()

    @property
    def step(self) -> Step:
        """The open step."""
        return self.lesson.steps[self.index]

    @property
    def stage(self) -> Step | None:
        """The page whose settings the text here takes for granted: this one, or the nearest before it that has any."""
        pages = reversed(self.lesson.steps[: self.index + 1])
        return next((step for step in pages if step.set or step.preset or step.goal), None)

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
        # A prediction is made on one page and comes out on the next or the one after, where the run is. One that was
        # left behind waits on its own page.
        before = [name for step in self.lesson.steps[max(target - _CARRIED, 0) : target] for name in step.questions]
        self.index = target
        carried = [name for name in before if self._asked[name].locked]
        self._queue = tuple(dict.fromkeys((*carried, *self.step.questions)))
        open_ones = (place for place, name in enumerate(self._queue) if not self._asked[name].revealed)
        self._current = next(open_ones, 0)
        self._keeper.remember_place(self.lesson.id, self.step.id)
        return True

    def saw(self, state: State, resting: bool) -> bool:
        """The run is in `state` now; True if that, once it rests, brings out the prediction being asked."""
        self.seen.saw(state)
        if not (resting and self.seen.tried and self.asked is not None and self.asked.locked):
            return False
        self.reveal()
        return True

    @property
    def due(self) -> bool:
        """Whether the prediction being asked may come out: something was tried, or there is nothing to be tried."""
        return self.seen.tried or (self.asked is not None and self.asked.runless)

    def reveal(self) -> None:
        """Show the verdict on the prediction being asked; the next one waits for another change."""
        if self.asked is not None:
            self.asked.locked = False
            self.seen.mark()

    def pick(self, shown: int) -> Verdict | None:
        """Choose the option shown at place `shown`, from 0. A single choice is answered by it; others are
        collected for `submit`.

        The verdict if that answered the question.
        """
        asked = self.asked
        if asked is None or asked.settled or asked.given is not None or not 0 <= shown < len(asked.order):
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
        """Give what has been ticked, put in order or drawn; None if there is nothing to give yet."""
        asked = self.asked
        if asked is None or asked.settled or not (asked.picked or asked.points):
            return None
        if isinstance(asked.question, Draw):
            return self.answer(asked.points)
        if isinstance(asked.question, Multiple):
            return self.answer(frozenset(asked.picked))
        if isinstance(asked.question, Order) and len(asked.picked) == len(asked.order):
            return self.answer(asked.picked)
        return None

    def answer(self, response: Response) -> Verdict | None:
        """Answer the question being asked, and keep the answer; a prediction only waits for `lock` then.

        `ValueError` if the question can't have that response.
        """
        asked = self.asked
        if asked is None or asked.settled:
            return None
        verdict = grade(asked.question, response)
        if asked.question.predict:
            asked.given = response
            return None
        self._keep(asked, response, verdict)
        return verdict

    def lock(self, sure: Sure) -> bool:
        """Lock the prediction that was made, and keep it; False if there is none."""
        asked = self.asked
        if asked is None or asked.given is None:
            return False
        response, asked.given, asked.sure, asked.locked = asked.given, None, sure, True
        asked.waits = asked.question.live is not None
        self.seen.mark()
        self._keep(asked, response, grade(asked.question, response))
        return True

    def _keep(self, asked: Asked, response: Response, verdict: Verdict) -> None:
        asked.response, asked.verdict, asked.picked = response, verdict, ()
        self._keeper.answer(self.lesson.id, asked.question.id, response, verdict, asked.sure)
        self._finish_if_all_is_done()

    def take_back(self) -> bool:
        """Choose anew, before the prediction is locked; False if there is nothing to take back."""
        asked = self.asked
        if asked is None or asked.given is None:
            return False
        asked.given, asked.picked = None, ()
        return True

    def skip(self) -> bool:
        """Make no prediction, on purpose; it can still be made. False if none is being asked for."""
        asked = self.asked
        if asked is None or not asked.question.predict or asked.settled or asked.skipped:
            return False
        asked.skipped, asked.given = True, None
        self._keeper.skip(self.lesson.id, asked.question.id)
        return True

    @property
    def owed(self) -> bool:
        """Whether this page wants a prediction that the learner has neither made nor skipped, now or ever before."""
        if self.done(self.step.id):
            return False
        page = (self._asked[name] for name in self.step.questions)
        return any(asked.question.predict and not asked.settled and not asked.skipped for asked in page)

    @property
    def waiting(self) -> tuple[Asked, ...]:
        """The predictions that are made, and that the live model is to settle."""
        return tuple(asked for asked in self._asked.values() if asked.waits)

    def settle(self, question: str, outcome: Outcome | None, trouble: str = "") -> bool:
        """What the live model gave for a prediction; None: nothing, because of `trouble`, and the author's key counts.

        True if that prediction is being asked.
        """
        asked = self._asked.get(question)
        if asked is None or not asked.waits:
            return False
        before = asked.verdict
        if asked.settle(outcome, trouble) != before and asked.verdict is not None:
            self._keeper.regrade(self.lesson.id, question, asked.verdict)
        return asked is self.asked

    @property
    def luck(self) -> int:
        """What seeds the question about the learner's own run that is being asked: another in each sitting."""
        return zlib.crc32(f"{self._token} {self.asked.question.id}".encode()) if self.asked is not None else 0

    def pose(self, posed: Posed) -> bool:
        """Ask what the lab has made of the learner's own run; False if that isn't what is being asked for."""
        asked = self._asked.get(posed.question)
        return asked is not None and asked.pose(posed, self._token) and asked is self.asked

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
    def no_hint(self) -> str:
        """Why there is no hint to be had."""
        asked = self.asked
        if asked is not None and asked.settled and asked.hints < len(asked.question.hints):
            return "This is answered: hints come before that."
        return "There is no further hint."

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
