"""The home screen: the lessons, and what is done."""

from collections.abc import Iterator
from functools import partial

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.course.outline import Outline
from tutor.errors import TutorError
from tutor.learner.record import Progress
from tutor.ui.app import AFTER_THE_FIRST_PAINT
from tutor.ui.keys import HOME, bindings
from tutor.ui.screens.base import Offer, TutorScreen
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.lines import Lines
from tutor.ui.widgets.note import Note

TITLE = (("tutor", "accent"), ("  how neural networks train, by training them", "muted"))


class HomeScreen(TutorScreen):
    """Choose a lesson."""

    ACTIONS = HOME
    BINDINGS = bindings(HOME)
    DEFAULT_CSS = """
    HomeScreen #top { height: 2; padding: 0 1; }
    HomeScreen OptionList, HomeScreen OptionList:focus {
        height: 1fr; border: none; padding: 0 1; background: $background; background-tint: transparent;
    }
    HomeScreen.-short #about { display: none; }
    """

    def parts(self) -> ComposeResult:
        """A title, the list, the chosen lesson's summary, the keys."""
        yield Lines([TITLE], id="top")
        yield OptionList(id="lessons")
        yield Note(id="about")
        yield Note(id="notice")
        yield KeyBar(HOME)

    def on_mount(self) -> None:
        """Say what there is to say."""
        notice, self.tutor.notice = self.tutor.notice, ""
        self._tell(notice, "warn")

    def on_screen_resume(self) -> None:
        """List the titles at once; what is done, which takes reading every lesson, follows after the first paint."""
        outlines = self.tutor.catalog.outlines
        options = self.query_one(OptionList)
        before = options.highlighted
        options.clear_options()
        options.add_options(Option(_entry(outline), outline.id) for outline in outlines)
        last = self.tutor.record.last_lesson()
        ids = [outline.id for outline in outlines]
        if ids:
            options.highlighted = before if before is not None else ids.index(last) if last in ids else 0
        options.focus()
        self.set_timer(AFTER_THE_FIRST_PAINT, self._complete)

    def _complete(self) -> None:
        """Add what is done and what is broken, and have a lab ready for the lesson that will be chosen."""
        if not self.is_current:
            return
        catalog, options = self.tutor.catalog, self.query_one(OptionList)
        done = self.tutor.record.progress(catalog.lessons)
        for lesson in catalog.lessons:
            options.replace_option_prompt(lesson.id, _entry(lesson, done[lesson.id]))
        # A broken lesson may have the id of one that isn't.
        usable = {lesson.id for lesson in catalog.lessons}
        for name in [option.id for option in options.options if option.id and option.id not in usable]:
            options.remove_option(name)
        options.add_options(
            Option(Text.assemble((f"   {lesson.id}  ", "bold"), f"can't be opened: {lesson.error}"), disabled=True)
            for lesson in catalog.broken
        )
        self._say_what_is_due()
        self.run_worker(self.tutor.warm_a_lab())

    def _say_what_is_due(self) -> None:
        # The home screen is there before the course's questions are: they take time to import.
        from tutor.course.review import waiting

        count = len(waiting(self.tutor.catalog.lessons, self.tutor.record, self.tutor.reviews_a_day))
        due = (("r ", "accent"), (f"{count} {'question' if count == 1 else 'questions'} to review today", "text"))
        self.query_one("#top", Lines).show([TITLE, due] if count else [TITLE])

    @on(OptionList.OptionHighlighted)
    def _summarise(self, event: OptionList.OptionHighlighted) -> None:
        summary = next(outline.summary for outline in self.tutor.catalog.outlines if outline.id == event.option_id)
        self.query_one("#about", Note).say(summary, "muted")

    def offers(self) -> Iterator[Offer]:
        """The keys, and each lesson."""
        yield from super().offers()
        for outline in self.tutor.catalog.outlines:
            yield Offer(f"lesson {outline.order}: {outline.title}", partial(self._open_lesson, outline.id))

    @on(OptionList.OptionSelected)
    def _open(self, event: OptionList.OptionSelected) -> None:
        self._open_lesson(str(event.option_id))

    def _open_lesson(self, name: str) -> None:
        try:
            self.tutor.open_lesson(self.tutor.catalog.get(name))
        except TutorError as error:
            self._tell(str(error), "bad")

    def action_review(self) -> None:
        """Ask what is due."""
        self._tell(self.tutor.open_review())

    @on(events.Click, "#top")
    def _click_top(self) -> None:
        self.action_review()

    def action_surprises(self) -> None:
        """How sure, how right."""
        from tutor.ui.screens.ledger import LedgerScreen

        self.app.push_screen(LedgerScreen())

    def action_test_out(self) -> None:
        """Ask the questions of the lesson under the bar before it is worked through."""
        from tutor.course.review import Round, whole_quiz

        chosen = self.query_one(OptionList).highlighted_option
        if chosen is None:
            return
        try:
            lesson = self.tutor.catalog.get(str(chosen.id))
        except TutorError as error:
            self._tell(str(error), "bad")
            return
        items = whole_quiz(lesson)
        if items:
            self.tutor.open_round(Round(items, self.tutor.record, testing=lesson))
        else:
            self._tell("This lesson has no questions to take first.")

    def _tell(self, text: str, role: str = "muted") -> None:
        self.query_one("#notice", Note).say(text, role)

    def action_open(self) -> None:
        """Open the lesson under the bar."""
        self.query_one(OptionList).action_select()


def _entry(lesson: Outline, done: Progress | None = None) -> Text:
    """One line: number, title, and how long it takes or, once it is begun, what is done."""
    begun = done is not None and bool(done.steps_done or done.right or done.known)
    mark, says = " ", f"{lesson.minutes} min"
    if done is not None and begun:
        complete = done.known or (done.steps > 0 and done.steps_done == done.steps)
        mark = "✓" if complete else "▸"
        says = f"{done.steps_done}/{done.steps} pages · {done.right}/{done.questions} right"
        says = f"{done.right}/{done.questions} right · known" if done.known else says
    entry = Text.assemble((f"{mark} {lesson.order:>2}  {lesson.title}", "bold"), f"  {says}")
    entry.no_wrap, entry.overflow = True, "ellipsis"
    return entry
