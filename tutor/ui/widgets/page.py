"""A page of the lesson: its text, the question below it, and the goal."""

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.message import Message

from tutor.course.grading import parse_number
from tutor.course.quiz import Bug, Draw, Numeric, Own
from tutor.course.seen import State
from tutor.course.sitting import Sitting
from tutor.learner.sure import SURE
from tutor.link.goals import Gauge
from tutor.link.trials import Outcome, Posed
from tutor.ui.widgets.goal_view import GoalView
from tutor.ui.widgets.question_view import QuestionView
from tutor.ui.widgets.reading import Reading

DIGITS = 9
"""The most options that a digit each can pick; beyond, the number is typed."""


class Page(VerticalScroll):
    """Shows where a sitting stands, and takes the learner's answers to it."""

    class Says(Message):
        """Something to tell the learner, in a role."""

        def __init__(self, text: str, role: str) -> None:
            super().__init__()
            self.text = text
            self.role = role

    class Asks(Message):
        """A line of text is needed; `done` takes it."""

        def __init__(self, label: str, start: str, done: Callable[[str], None]) -> None:
            super().__init__()
            self.label = label
            self.start = start
            self.done = done

    class Moved(Message):
        """The sitting has changed: another page, or an answer."""

    class WantsOwn(Message):
        """The lab is to make the question that is asked of the learner's own run."""

    def __init__(self, sitting: Sitting, id: str | None = None) -> None:
        super().__init__(id=id)
        self.sitting = sitting
        self.trains = True
        """Whether the lesson has a run to start."""
        self._warned = False

    def compose(self) -> ComposeResult:
        """The text above the question, and the goal always in view."""
        yield Reading(id="text")
        yield QuestionView(id="question")
        yield GoalView(id="goal")

    def open_page(self) -> None:
        """Show the sitting's page from its top."""
        step = self.sitting.step
        self.query_one(Reading).open_page(step.title, step.text)
        self.query_one(QuestionView).ask(self.sitting.asked, self.sitting.place, self.trains)
        self.show_goal()
        self.scroll_home(animate=False)
        self.post_message(self.Moved())

    def saw(self, state: State, resting: bool) -> None:
        """The run is in `state`; that may bring out a prediction."""
        if self.sitting.saw(state, resting):
            self._show_question()

    def settle(self, question: str, outcome: Outcome | None, trouble: str) -> None:
        """What the live model gave for a prediction, None if it can't because of `trouble`."""
        if self.sitting.settle(question, outcome, trouble):
            self._show_question()

    def pose(self, posed: Posed) -> None:
        """Ask what the lab has made of the learner's own run, or say why it can't."""
        if self.sitting.pose(posed):
            self._show_question()
        elif not posed.options:
            self.post_message(self.Says(posed.ask, "warn"))

    def judged(self, gauges: tuple[Gauge, ...], reached: bool, iteration: int) -> bool:
        """How things stand with the page's goal; True if it is reached now."""
        now = self.sitting.judged(gauges, reached, iteration)
        self.show_goal()
        if now:
            self.post_message(self.Moved())
        return now

    def show_goal(self) -> None:
        """Show the goal as the sitting has it."""
        self.query_one(GoalView).follow(self.sitting.attempt, self.trains)

    @on(QuestionView.Picked)
    def _clicked(self, event: QuestionView.Picked) -> None:
        event.stop()
        self.digit(event.shown + 1)

    def digit(self, digit: int) -> None:
        """Pick an option of the question, or begin to type a number if that is what is asked for."""
        asked = self.sitting.asked
        if asked is None or asked.settled:
            return
        question = asked.question
        if asked.given is not None:
            if 0 < digit <= len(SURE):
                self.sitting.lock(SURE[digit - 1])
                self.post_message(self.Says("", "text"))
                self._show_question()
            return
        if isinstance(question, Numeric) or (isinstance(question, Bug) and len(question.lines) > DIGITS):
            self._type(question, str(digit))
            return
        self.sitting.pick(digit - 1)
        self._show_question()

    def minus(self) -> None:
        """Begin to type a negative number, if a number is asked for."""
        asked = self.sitting.asked
        if asked is not None and not asked.settled and asked.given is None and isinstance(asked.question, Numeric):
            self._type(asked.question, "-")

    def go_on(self) -> None:
        """Give the answer, see a prediction's outcome, or take the next question."""
        asked = self.sitting.asked
        if asked is None:
            return
        question = asked.question
        if asked.given is not None:
            self.post_message(self.Says("How sure are you? Press 1, 2 or 3.", "muted"))
        elif asked.locked:
            if self.sitting.due or not self.sitting.next_question():
                self._reveal()
        elif asked.measuring:
            self.sitting.settle(question.id, None)
        elif asked.settled:
            self.sitting.next_question()
        elif isinstance(question, Own):
            self._ask_for(question)
        elif isinstance(question, Draw):
            self.query_one(QuestionView).draw()
            self.call_after_refresh(self.scroll_end, animate=False)
            return
        elif isinstance(question, Numeric | Bug):
            self._type(question, "")
        else:
            self.sitting.submit()
        self._show_question()

    def hint(self) -> None:
        """One more hint, on the question or on the goal."""
        attempt = self.sitting.attempt
        told = attempt.hints if attempt is not None else ()
        if not self.sitting.hint():
            self.post_message(self.Says(self.sitting.no_hint, "muted"))
        if attempt is None or attempt.hints == told:
            self._show_question()
            return
        self.show_goal()
        self.call_after_refresh(self.query_one(GoalView).scroll_visible, animate=False)

    def take_back(self) -> None:
        """Choose anew, before the prediction is locked."""
        if self.sitting.take_back():
            self._show_question()

    def skip(self) -> None:
        """Go on without making the prediction."""
        if not self.sitting.skip():
            self.post_message(self.Says("There is no prediction to skip.", "muted"))
            return
        self.sitting.next_question()
        self.post_message(self.Says("Skipped, and noted so. Watching without predicting teaches less.", "muted"))
        self._show_question()

    @on(QuestionView.Left)
    def _drawn(self, event: QuestionView.Left) -> None:
        event.stop()
        self.focus()
        if event.done:
            self.sitting.submit()
        self._show_question()

    def _ask_for(self, question: Own) -> None:
        if self.trains and self.sitting.seen.iteration < question.steps:
            says = f"It is about your own run: take it to step {question.steps:,} first."
            self.post_message(self.Says(says, "warn"))
        else:
            self.post_message(self.WantsOwn())

    def _reveal(self) -> None:
        if self.sitting.due or self._warned:
            self.sitting.reveal()
            self._warned = False
            self.post_message(self.Says("", "text"))
            return
        self._warned = True
        how = "space runs it" if self.trains else "tab goes to the knobs"
        says = f"Nothing has changed yet: {how}. Enter again shows the outcome anyway."
        self.post_message(self.Says(says, "warn"))

    def _type(self, question: Numeric | Bug, start: str) -> None:
        unit = question.unit if isinstance(question, Numeric) else ""

        def done(text: str) -> None:
            try:
                number = parse_number(text, unit)
                self.sitting.answer(number if isinstance(question, Numeric) else int(number))
            except ValueError as error:
                self.post_message(self.Says(str(error), "bad"))
            self._show_question()

        label = "the faulty line:" if isinstance(question, Bug) else f"your answer{', in ' + unit if unit else ''}:"
        self.post_message(self.Asks(label, start, done))

    def _show_question(self) -> None:
        view = self.query_one(QuestionView)
        view.ask(self.sitting.asked, self.sitting.place, self.trains)
        self.post_message(self.Moved())
        asked = self.sitting.asked
        if asked is not None and (asked.given is not None or asked.locked):
            # What is to be pressed next stands at its end.
            self.call_after_refresh(self.scroll_end, animate=False)
        elif view.outcome[1]:
            self.call_after_refresh(self._show_outcome)
        else:
            self.call_after_refresh(view.scroll_visible, animate=False)

    def _show_outcome(self) -> None:
        """Bring what is said to an answer into view, where it isn't; of what is too long, the beginning."""
        view = self.query_one(QuestionView)
        top, rows = view.outcome
        region = Region(0, top + view.virtual_region.y, view.size.width, min(rows, self.size.height))
        self.scroll_to_region(region, animate=False)
