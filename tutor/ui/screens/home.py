"""The home screen: the lessons, and what is done."""

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.course.lesson import Lesson
from tutor.errors import TutorError
from tutor.learner.record import Progress
from tutor.ui.keys import HOME, bindings, key_line
from tutor.ui.screens.base import TutorScreen
from tutor.ui.screens.help import HelpScreen
from tutor.ui.widgets.lines import Lines


class HomeScreen(TutorScreen):
    """Choose a lesson."""

    BINDINGS = bindings(HOME)
    DEFAULT_CSS = """
    HomeScreen #top { height: 2; padding: 0 1; }
    HomeScreen OptionList, HomeScreen OptionList:focus { height: 1fr; border: none; padding: 0 1; background:
    $background; } HomeScreen #notice, HomeScreen #about { padding: 0 1; }
    HomeScreen.-short #about { display: none; }
    """

    def parts(self) -> ComposeResult:
        """A title, the list, the chosen lesson's summary, the keys."""
        yield Lines([(("tutor", "accent"), ("  how neural networks train, by training them", "muted"))], id="top")
        yield OptionList(id="lessons")
        yield Lines(id="about")
        yield Lines(id="notice")
        yield Lines(id="keys")

    def on_mount(self) -> None:
        """Say what there is to say; warm a lab once the screen has been painted."""
        if self.tutor.notice:
            self.query_one("#notice", Lines).show([((self.tutor.notice, "warn"),)])
        self.call_after_refresh(self._warm)

    def _warm(self) -> None:
        self.run_worker(self.tutor.warm_a_lab())

    def on_screen_resume(self) -> None:
        """List the lessons anew: something may have been done since."""
        catalog, record = self.tutor.catalog, self.tutor.record
        done = record.progress(catalog.lessons)
        options = self.query_one(OptionList)
        before = options.highlighted
        options.clear_options()
        options.add_options(Option(_entry(lesson, done[lesson.id]), lesson.id) for lesson in catalog.lessons)
        options.add_options(
            Option(
                Text.assemble((f"    {broken.id}  ", "dim"), f"can't be opened: {broken.error}"),
                disabled=True,
            )
            for broken in catalog.broken
        )
        last = record.last_lesson()
        ids = [lesson.id for lesson in catalog.lessons]
        options.highlighted = before if before is not None else ids.index(last) if last in ids else 0
        options.focus()
        self._show_keys()

    def on_resize(self) -> None:
        """The key line may hold more or fewer keys."""
        self._show_keys()

    def _show_keys(self) -> None:
        self.query_one("#keys", Lines).show([key_line(HOME, self.size.width)])

    @on(OptionList.OptionHighlighted)
    def _summarise(self, event: OptionList.OptionHighlighted) -> None:
        lesson = self.tutor.catalog.get(str(event.option_id))
        self.query_one("#about", Lines).show([((lesson.summary, "muted"),)])

    @on(OptionList.OptionSelected)
    def _open(self, event: OptionList.OptionSelected) -> None:
        try:
            self.tutor.open_lesson(self.tutor.catalog.get(str(event.option_id)))
        except TutorError as error:
            self.query_one("#notice", Lines).show([((str(error), "bad"),)])

    def action_help(self) -> None:
        """Show the keys."""
        self.app.push_screen(HelpScreen(HOME))

    def action_quit_app(self) -> None:
        """Leave."""
        self.app.exit()


def _entry(lesson: Lesson, done: Progress) -> Text:
    """One line: number, title, minutes, what is done."""
    complete = done.steps and done.steps_done == done.steps
    mark = "✓" if complete else "▸" if done.steps_done or done.right else " "
    return Text.assemble(
        (f"{mark} {lesson.order:>2}  ", "bold green" if complete else "bold"),
        (f"{lesson.title}", "bold"),
        (
            f"  {lesson.minutes} min · page {done.steps_done}/{done.steps} · answered {done.right}/{done.questions}",
            "dim",
        ),
    )
