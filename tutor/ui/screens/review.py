"""Questions without a lesson around them: the reviews of a day, and the test of one lesson."""

from textual import on
from textual.app import ComposeResult

from tutor.course import posing
from tutor.course.asked import Asked
from tutor.course.quiz import Choice, Multiple, Own
from tutor.course.review import Round, solution
from tutor.ui.keys import REVIEW, bindings
from tutor.ui.posing import made
from tutor.ui.screens.base import TutorScreen
from tutor.ui.widgets.goal_view import GoalView
from tutor.ui.widgets.heading import Heading
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.note import Note
from tutor.ui.widgets.page import Page
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.question_view import QuestionView
from tutor.ui.widgets.reading import Reading


class ReviewScreen(TutorScreen):
    """Asks the questions of a round, one after the other."""

    ACTIONS = REVIEW
    BINDINGS = bindings(REVIEW)
    AUTO_FOCUS = "#page"
    DEFAULT_CSS = """
    ReviewScreen #page { height: 1fr; padding: 0 1; }
    ReviewScreen #question { max-width: 90; }
    ReviewScreen #notice { max-height: 4; background: $surface; }
    """

    def __init__(self, round: Round) -> None:
        super().__init__()
        self.round = round
        self._over = False

    def parts(self) -> ComposeResult:
        """Where the question comes from; the question; the keys."""
        yield Heading(self.tutor.glyphs, id="top")
        yield _Questions(self.round, id="page")
        yield Prompt(id="prompt")
        yield Note(id="notice")
        yield KeyBar(REVIEW)

    def on_mount(self) -> None:
        """Ask the first; labs make meanwhile what is to be asked of new runs."""
        self.query_one(Page).open_page()
        if self.round.unmade:
            self.run_worker(self._make_questions())

    async def _make_questions(self) -> None:
        for item, own in self.round.unmade:
            posed = posing.unmade(posing.STRANGE)
            if self.tutor.trust.covers(item.lesson.path):
                commands = posing.to_make(item.lesson, own, self.round.day, self.tutor.names_file)
                posed = await made(await self.tutor.a_lab(), commands)
            if self.round.made(item, posed):
                self.query_one(_Questions).show_made()

    @on(Page.Moved)
    def _show_top(self) -> None:
        number, count = self.round.place
        what = "Test" if self.round.testing else "Review"
        self.query_one(Heading).say(f"{what} · {self.round.item.lesson.title}", f"{number} of {count}")
        asked = self.round.asked
        if asked is None or not asked.settled or asked.right:
            return
        # An option that is right is marked where it stands.
        if not isinstance(asked.question, Choice | Multiple):
            self._notify(solution(asked.question), "text")

    @on(Page.Says)
    def _tell(self, event: Page.Says) -> None:
        self._notify(event.text, event.role)

    @on(Page.Asks)
    def _type_answer(self, event: Page.Asks) -> None:
        self.query_one(Prompt).ask(event.label, event.start, event.done, selected=False)

    def _notify(self, text: str, role: str = "muted") -> None:
        self.query_one("#notice", Note).say(text, role)

    def action_digit(self, digit: int) -> None:
        """Answer with a digit."""
        if not self._over:
            self.query_one(Page).digit(digit)

    def action_minus(self) -> None:
        """Answer with a negative number."""
        self.query_one(Page).minus()

    def action_go_on(self) -> None:
        """Give the answer; after it, the next question, or the end."""
        if self._over or self.round.done_here:
            self.action_next_one()
        elif self.round.waits:
            self._notify("It isn't made yet: ] goes on without it.")
        else:
            self.query_one(Page).go_on()

    def action_next_one(self) -> None:
        """The next question, whether this one was answered or not; after the last, the end."""
        self._notify("")
        if self._over:
            self.action_back()
        elif self.round.next_question():
            self.query_one(Page).open_page()
        else:
            self._over = True
            # What is still being made is of no use any more.
            self.workers.cancel_node(self)
            self.query_one(_Questions).end(f"{self.round.end()}\n\nPress enter for the list of lessons.")

    def action_hint(self) -> None:
        """One more hint."""
        if not self._over:
            self.query_one(Page).hint()

    def action_its_page(self) -> None:
        """Open the page that the question comes from, with its model."""
        item = self.round.item
        if self._over:
            return
        if self.round.asked is not None and not self.round.asked.settled:
            self._notify("Answer it first: its page may give the answer away.")
        elif item.page is not None:
            self.tutor.open_page(item.lesson, item.page.id)

    def action_back(self) -> None:
        """Back to the list of lessons; what was answered is kept."""
        self.tutor.show_home()


class _Questions(Page):
    """The round's questions; at its end, what came of it."""

    def compose(self) -> ComposeResult:
        """No text stands above a question; the rest is as on a lesson's page."""
        yield Reading(id="text")
        yield _Question(id="question")
        yield GoalView(id="goal")

    def open_page(self) -> None:
        """Show the question that is asked from its top."""
        super().open_page()
        self.query_one(Reading).display = False

    def show_made(self) -> None:
        """Show the question that a lab has made."""
        self._show_question()

    def end(self, text: str) -> None:
        """Show `text` in place of the questions."""
        self.query_one(QuestionView).ask(None, (0, 0), True)
        self.query_one(Reading).open_page("That was it", text)
        self.query_one(Reading).display = True
        self.scroll_home(animate=False)


class _Question(QuestionView):
    """A question after which comes the next one, and no page."""

    def _next_key(self, asked: Asked) -> str:
        if isinstance(asked.question, Own):
            return "]: go on without it"
        return "enter: go on · o: its page" if asked.settled else super()._next_key(asked)
