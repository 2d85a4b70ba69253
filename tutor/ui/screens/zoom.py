"""One figure on the whole screen, live, with a cursor that reads its values."""

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.timer import Timer

from tutor.errors import TutorError
from tutor.figures import Curve, Figure, Text
from tutor.figures.base import Place
from tutor.figures.together import SideBySide
from tutor.link.messages import FigureName, Frame
from tutor.ui.keys import NEEDS_TRAINING, ZOOM, bindings
from tutor.ui.saving import save_figure
from tutor.ui.screens.overlay import RunOverlay
from tutor.ui.session import LabSaid
from tutor.ui.widgets.figure_view import FigureView
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.note import Note
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from tutor.ui.screens.tuning import TuningScreen


class ZoomScreen(RunOverlay):
    """Shows one of the lesson's figures at a time. The run below goes on, and obeys its keys."""

    ACTIONS = ZOOM
    BINDINGS = bindings(ZOOM)
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    ZoomScreen #figure { height: 1fr; padding: 0 1; }
    ZoomScreen #read { max-height: 3; background: $surface; }
    """

    def __init__(self, run: "TuningScreen", names: tuple[FigureName, ...], chosen: str) -> None:
        """Open on the figure called `chosen`; `names` are all that the lesson has."""
        super().__init__(run)
        self._names = tuple(figure.name for figure in names)
        self._index = self._names.index(chosen)
        self._cursor: Place | None = None
        self._x: float | None = None
        """Where the cursor stands on a curve, kept from one curve to the next."""
        self._in_words = False
        self._said = ("", "")
        """What came of saving, in a role, until the next key."""
        self._figure: Figure = Text("", ("",))
        self._clock: Timer | None = None

    def parts(self) -> ComposeResult:
        """The figure; what the cursor reads; a line to type in; how the run stands; the keys."""
        yield FigureView(self.tutor.glyphs, id="figure")
        yield Note(id="read")
        yield Prompt(id="prompt")
        yield StatusLine(id="status")
        yield KeyBar(ZOOM if self.run.trains else tuple(action for action in ZOOM if action.id not in NEEDS_TRAINING))

    def on_mount(self) -> None:
        """Ask for the figure."""
        self._clock = self.set_interval(1 / self.tutor.fps, self._follow, pause=True)

    def on_resize(self) -> None:
        """As many points as the figure is wide."""
        self._look()

    def on_screen_resume(self) -> None:
        """Show what has happened meanwhile."""
        self._look()

    def _look(self) -> None:
        self.session.show((self._names[self._index],), max(self.size.width - 8, 10))

    def _follow(self) -> None:
        if self.is_active and self.tutor.frame_due():
            self.session.look()

    @on(LabSaid)
    def _hear(self, event: LabSaid) -> None:
        if not isinstance(event.report, Frame):
            return
        frame = event.report
        self.query_one(StatusLine).follow(frame, self.run.trains, secret=self.run.secret)
        if self._clock is not None and self.session.is_last(frame):
            (self._clock.resume if frame.running else self._clock.pause)()
        figure = frame.figures.get(self._names[self._index])
        if figure is not None:
            self._figure = figure
            self._show_figure()

    def _show_figure(self) -> None:
        figure = self._figure
        curve = _first(figure)
        if self._x is not None and isinstance(curve, Curve):
            self._cursor = curve.nearest(self._x)
        told = Text(figure.title, (figure.describe(),)) if self._in_words else figure
        self.query_one("#figure", FigureView).draw(told, None if self._in_words else self._cursor)
        text = figure.read(self._cursor) if self._cursor is not None else ""
        text, role = self._said if self._said[0] else (text, "accent")
        self.query_one(Note).say(text, role)

    def action_read(self, across: int, down: int) -> None:
        """Move the cursor; it begins at the last place of a curve, and at the first of anything else."""
        places = self._figure.places
        if not all(places):
            return
        curve = _first(self._figure)
        if self._cursor is None:
            column, row = (places[0] - 1, 0) if isinstance(curve, Curve) else (0, 0)
        else:
            # In a figure with one row or one column, all arrows go along it.
            along = across + down
            column = self._cursor[0] + (along if places[1] == 1 else across)
            row = self._cursor[1] + (along if places[0] == 1 else down)
        self._cursor = min(max(column, 0), places[0] - 1), min(max(row, 0), places[1] - 1)
        self._x = curve.at(self._cursor) if isinstance(curve, Curve) else self._x
        self._in_words, self._said = False, ("", "")
        self._show_figure()

    def action_next_figures(self) -> None:
        """The lesson's next figure; a cursor on a curve stays at its step."""
        self._index = (self._index + 1) % len(self._names)
        self._cursor, self._said = None, ("", "")
        self._look()

    def action_describe(self) -> None:
        """The figure in words, and back."""
        self._in_words = not self._in_words
        self._show_figure()

    def action_save(self) -> None:
        """Ask where to."""
        frame = self.session.frame
        step = frame.iteration if frame is not None else 0
        name = f"{self.run.lesson.id}-{self._names[self._index]}-{step}.svg"
        self.query_one(Prompt).ask("save as (.svg, .txt, .csv)", name, self._save)

    def _save(self, name: str) -> None:
        if not name.strip():
            return
        path, view = Path(name.strip()).expanduser(), self.query_one("#figure", FigureView)
        cursor = None if self._in_words else self._cursor
        try:
            ground = self.styles.background if self.styles.background.a else self.background_colors[1]
            save_figure(
                self._figure,
                path,
                self.tutor.palette,
                ground,
                (view.size.width, view.size.height),
                self.tutor.glyphs,
                cursor,
            )
        except TutorError as error:
            self._say(str(error), "bad")
            return
        self._say(f"Saved as {path.absolute()}.", "good")

    def _say(self, text: str, role: str) -> None:
        self._said = text, role
        self._show_figure()

    def action_toggle_run(self) -> None:
        """Run or pause the training."""
        self.run.action_toggle_run()

    def action_one_step(self) -> None:
        """One training step."""
        self.run.action_one_step()

    def action_scrub(self, hundredths: int) -> None:
        """Wind the run back, or forward again."""
        self.run.action_scrub(hundredths)


def _first(figure: Figure) -> Figure:
    """The picture that a cursor goes by: the left one of two."""
    return figure.left if isinstance(figure, SideBySide) else figure
