"""Before a stranger's lesson runs for the first time: what that means, its code, and yes or no."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from tutor.course.lesson import Lesson
from tutor.course.source import Source
from tutor.errors import TutorError
from tutor.learner.trust import warning
from tutor.roles import Line
from tutor.ui.keys import CONSENT, bindings
from tutor.ui.prose import laid_out
from tutor.ui.screens.base import TutorScreen
from tutor.ui.screens.code import CodeScreen
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.lines import Lines


class ConsentScreen(TutorScreen):
    """Asks whether the code of `lesson` may run; no lab has it yet."""

    ACTIONS = CONSENT
    BINDINGS = bindings(CONSENT)
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    ConsentScreen #top { height: 1; background: $surface; }
    ConsentScreen VerticalScroll { height: 1fr; padding: 1 1 0 1; }
    """

    def __init__(self, lesson: Lesson) -> None:
        super().__init__()
        self._lesson = lesson

    def parts(self) -> ComposeResult:
        """The lesson's title; what running it means; the keys."""
        yield Lines([((f" {self._lesson.title}", "title"),)], id="top")
        with VerticalScroll(can_focus=False):
            yield _Question(self._lesson)
        yield KeyBar(CONSENT)

    def action_agree(self) -> None:
        """Run it, now and later."""
        try:
            self.tutor.trust.grant(self._lesson.path)
        except TutorError as error:
            self.tutor.notify(str(error), severity="warning")
        self.tutor.pop_screen()
        self.tutor.open_lesson(self._lesson)

    def action_code(self) -> None:
        """Show what would run."""
        try:
            source = "\n".join(Source.read(self._lesson.lab_file).lines)
        except TutorError as error:
            self.tutor.notify(str(error), severity="error")
            return
        self.app.push_screen(CodeScreen(self._lesson.lab_file.name, source))

    def action_back(self) -> None:
        """Run nothing."""
        self.tutor.show_home()


class _Question(Lines):
    """What to know, wrapped to the screen."""

    def __init__(self, lesson: Lesson) -> None:
        super().__init__()
        self._lesson = lesson

    def lay_out(self, width: int) -> list[Line]:
        said = (warning(self._lesson.path), "Nothing of it has run so far. c shows its model's code, lab.py.")
        asked = "Run it, now and whenever you open it later? y or n"
        rows = [row for text in said for row in (*laid_out(text, width, "text"), ())]
        return [*rows, *laid_out(asked, width, "accent")]
