"""A study of a run on a screen of its own: how far it is, what it shows, what follows from it."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widget import Widget

from tutor.link.messages import Command, Look, Pause, Stop, Studied
from tutor.roles import Line
from tutor.ui.screens.overlay import RunOverlay
from tutor.ui.session import LabSaid
from tutor.ui.widgets.figure_pane import FigurePane
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.lines import Lines
from tutor.ui.widgets.note import Note
from tutor.ui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from tutor.ui.screens.tuning import TuningScreen


class StudyScreen(RunOverlay):
    """Follows a study that the lab works on. The run stands still meanwhile, and is as it was when this is left.

    A subclass asks for the study with `begin`.
    """

    DEFAULT_CSS = """
    StudyScreen #top { height: 1; background: $surface; }
    StudyScreen #says { max-height: 50%; }
    StudyScreen #pictures { height: 1fr; padding: 0 1; }
    StudyScreen #progress { height: 1; background: $surface; }
    StudyScreen.-short #says { display: none; max-height: 100%; }
    StudyScreen.-short.telling #says { display: block; }
    StudyScreen.-short.telling #pictures { display: none; }
    """

    TITLE = ""
    AUTO_FOCUS = ""

    def __init__(self, run: "TuningScreen") -> None:
        super().__init__(run)
        self._clock: Timer | None = None
        self._study: Studied | None = None
        """The last report."""
        self._pictures = 0
        self._working = False
        self._awaited = 0
        """How many commands the lab had been sent when the study was asked for: reports from before aren't of it."""

    def parts(self) -> ComposeResult:
        """A title; what this is about; what it shows; what follows; how far it is; typing; keys."""
        yield Lines([((f" {self.TITLE}", "title"),)], id="top")
        yield Note(id="intro")
        yield from self.extras()
        yield FigurePane(self.tutor.glyphs, id="pictures")
        yield Note(id="says")
        yield Lines(id="progress")
        yield Prompt(id="prompt")
        yield KeyBar(self.ACTIONS)

    def extras(self) -> list[Widget]:
        """What a subclass shows besides."""
        return []

    def on_mount(self) -> None:
        """The run stands still."""
        self.session.send(Pause())
        self._clock = self.set_interval(1 / self.tutor.fps, self._look, pause=True)

    def begin(self, study: Command) -> None:
        """Ask for `study`, and follow it."""
        self._study, self._working = None, True
        self.session.send(study)
        self._awaited = self.session.sent
        self.query_one("#says", Note).say("")
        if self._clock is not None:
            self._clock.resume()

    def _look(self) -> None:
        """Ask how it stands, unless that is on its way already."""
        if self.is_active and self.session.caught_up and self.tutor.frame_due():
            self.session.send(Look())

    @on(LabSaid)
    def _hear(self, event: LabSaid) -> None:
        report = event.report
        if not isinstance(report, Studied) or report.heard < self._awaited or not self._working:
            return
        self._study = report
        if report.done:
            self._working = False
            if self._clock is not None:
                self._clock.pause()
        self.show_study(report)

    def show_study(self, study: Studied) -> None:
        """Show what the lab tells of the study."""
        pane = self.query_one(FigurePane)
        figures = {str(place): figure for place, figure in enumerate(study.figures)}
        if len(figures) != self._pictures:
            self._pictures = len(figures)
            pane.offer(tuple(figures))
        pane.draw(figures)
        self.say(study.says)
        hint = "tab: verdict" if study.says and self.has_class("-short") else ""
        self.query_one("#progress", Lines).show([progress(study, self.size.width, hint)])

    def say(self, text: str, role: str = "text") -> None:
        """Show what follows from it all."""
        self.query_one("#says", Note).say(text, role)
        # A verdict can wait for the learner to ask; an answer to a key can't.
        self.set_class(bool(text) and role != "text", "telling")

    def explain(self, text: str) -> None:
        """Show what this is about."""
        self.query_one("#intro", Note).say(text, "muted")

    def on_resize(self) -> None:
        """Lay out again."""
        if self._study is not None:
            self.show_study(self._study)

    def action_stop(self) -> None:
        """End the study here; its last report follows."""
        if self._working:
            self.session.send(Stop())

    def action_back(self) -> None:
        """Back to the lesson, which is as it was; a study that is going on ends."""
        if self.is_current and self._working:
            self._working = False
            self.session.send(Stop())
        super().action_back()

    def action_next_pane(self) -> None:
        """From the pictures to what follows from them, where there is room for only one of them."""
        self.toggle_class("telling")

    def action_next_figures(self) -> None:
        """The other picture."""
        self.query_one(FigurePane).next_page()

    def action_describe(self) -> None:
        """The pictures in words, and back."""
        self.query_one(FigurePane).tell()


def progress(study: Studied, width: int, hint: str = "") -> Line:
    """A bar, and how long it takes yet, as `━━━━─────  43 % · 12 s left · A, seed 44`; or `hint` once that is over."""
    if study.done:
        how = "done" if study.share >= 1 else f"stopped at {100 * study.share:.0f} %"
        told = f" {' · '.join(filter(None, (how, hint)))} "
    else:
        left = study.seconds_left
        minutes, seconds = divmod(round(left), 60)
        time = f"{minutes} min {seconds} s" if minutes else f"{seconds} s" if left >= 1 else "under 1 s"
        told = f" {100 * study.share:.0f} % · {time} left · {study.doing} ".replace("·  ", "")
    room = max(width - len(told) - 2, 0)
    full = min(round(study.share * room), room)
    return ((" " + "━" * full, "accent"), ("─" * (room - full) + " ", "muted"), (told, "text"))
