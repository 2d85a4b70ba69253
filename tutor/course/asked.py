"""A question as it stands in a sitting, and who keeps what becomes of it."""

from collections.abc import Set
from typing import Protocol

import msgspec

from tutor.course.grading import Response, Verdict, shuffled
from tutor.course.outcome import filled, judged
from tutor.course.quiz import Choice, Option, Own, Question
from tutor.learner.sure import Sure
from tutor.link.trials import Outcome, Posed


class Keeper(Protocol):
    """Where answers and finished pages are kept."""

    def answer(
        self, lesson: str, question: str, response: Response, verdict: Verdict, sure: Sure | None = None
    ) -> None:
        """Keep an answer as given, and of a prediction how sure the learner was."""

    def regrade(self, lesson: str, question: str, verdict: Verdict) -> None:
        """The live model gave the last answer to `question` in this sitting another verdict."""

    def skip(self, lesson: str, question: str) -> None:
        """Keep that a prediction was skipped on purpose."""

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

    given: Response | None = None
    """A prediction that is made but not locked: how sure the learner is isn't said yet."""

    sure: Sure | None = None
    """How sure the learner was of the prediction."""

    locked: bool = False
    """Whether it is a prediction whose verdict is still to come."""

    skipped: bool = False
    """Whether it is a prediction that the learner chose not to make."""

    waits: bool = False
    """Whether the live model, which settles it, hasn't done so yet."""

    outcome: Outcome | None = None
    """What the live model gave."""

    trouble: str = ""
    """Why the live model could not settle it, where it couldn't."""

    points: tuple[float, ...] = ()
    """The curve as it is drawn so far."""

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
        return self.verdict is not None and not self.locked and not self.waits

    @property
    def runless(self) -> bool:
        """Whether it is a prediction of how things stand at step 0, which takes no run to come out."""
        live = self.question.live
        return live is not None and not any(step for trial in live.trials for step in trial.at)

    @property
    def measuring(self) -> bool:
        """Whether it is to come out, and the live model isn't there yet."""
        return self.waits and not self.locked

    def settle(self, outcome: Outcome | None, trouble: str = "") -> Verdict | None:
        """The verdict by what the live model gave; the author's if that is nothing, or fits nothing that was asked."""
        self.waits, self.trouble = False, trouble
        if outcome is not None and self.response is not None:
            try:
                key = filled(self.question, outcome)
                self.verdict = judged(self.question, outcome, self.response)
                self.question, self.outcome = key, outcome
            except ValueError as error:
                self.trouble = str(error)
        return self.verdict

    def pose(self, posed: Posed, token: str) -> bool:
        """Ask what the lab has made of a run; False if it made nothing, or nothing is to be made here."""
        own = self.question
        if not isinstance(own, Own) or not posed.options:
            return False
        self.question = Choice(
            id=own.id,
            concept=own.concept,
            ask=posed.ask,
            hints=own.hints,
            explain=own.explain,
            options=tuple(
                Option(text=text, why=why, right=place == posed.right)
                for place, (text, why) in enumerate(posed.options)
            ),
        )
        self.order = shuffled(self.question, token)
        return True
