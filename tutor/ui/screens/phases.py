"""One training step, walked through: forward, backward, update, with the tensors of each."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from tutor.figures import AnyFigure, Table
from tutor.link.dissection import Dissect, Dissected, Inspect, Inspected
from tutor.ui.keys import PHASES, bindings
from tutor.ui.screens.overlay import RunOverlay
from tutor.ui.session import LabSaid
from tutor.ui.widgets.figure_pane import FigurePane
from tutor.ui.widgets.figure_view import FigureView
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.lines import Lines
from tutor.ui.widgets.note import Note

if TYPE_CHECKING:
    from tutor.ui.screens.tuning import TuningScreen

NAMES = ("forward", "backward", "update")
"""The phases."""

NARROW = 60
"""The width below which some columns are left out."""


class PhasesScreen(RunOverlay):
    """Shows the step that comes next. The run takes it when the update is shown, and not before."""

    ACTIONS = PHASES
    BINDINGS = bindings(PHASES)
    DEFAULT_CSS = """
    PhasesScreen { overflow: hidden; }
    PhasesScreen #top { height: 1; background: $surface; }
    PhasesScreen #says { margin: 0 0 1 0; }
    PhasesScreen #tensors { padding: 0 1; max-height: 50%; }
    PhasesScreen #pictures { padding: 0 1; height: 1fr; margin: 1 0 0 0; }
    PhasesScreen KeyBar { dock: bottom; }
    PhasesScreen.-short #says, PhasesScreen.-short #pictures { margin: 0; }
    PhasesScreen.-short #tensors { max-height: 100%; }
    PhasesScreen.-short #pictures { display: none; }
    PhasesScreen.-short.show-pictures #pictures { display: block; }
    PhasesScreen.-short.show-pictures #says, PhasesScreen.-short.show-pictures #tensors { display: none; }
    """

    def __init__(self, run: "TuningScreen") -> None:
        super().__init__(run)
        self._apart = Dissected(0, ())
        self._phase = 0
        self._rows = [0, 0, 0]
        self._taken = False
        self._wanted = Inspect(-1, -1)
        """The tensor last asked for."""

    def parts(self) -> ComposeResult:
        """Where one is; what the phase does; its tensors; the chosen one; the keys."""
        yield Lines(id="top")
        yield Note("taking the next step apart …", "muted", id="says")
        yield FigureView(self.tutor.glyphs, id="tensors")
        yield FigurePane(self.tutor.glyphs, id="pictures")
        yield KeyBar(PHASES)

    def on_mount(self) -> None:
        """Take the next step apart."""
        self.session.send(Dissect())

    @on(LabSaid)
    def _hear(self, event: LabSaid) -> None:
        match event.report:
            case Dissected() as apart:
                self._apart, self._phase, self._taken = apart, 0, False
                self._wanted = Inspect(-1, -1)
                last = [len(phase.tensors.rows) - 1 for phase in apart.phases]
                self._rows = [min(row, end) for row, end in zip(self._rows, last, strict=True)]
                self._show_phase()
            case Inspected(phase, row, figures) if (phase, row) == (self._phase, self._rows[self._phase]):
                self._show_pictures(figures)
            case _:
                pass

    def _show_pictures(self, figures: dict[str, AnyFigure]) -> None:
        """The chosen tensor's, and of these the kind that was on view before."""
        pane = self.query_one(FigurePane)
        kinds = [name for name in pane.on_view if name in figures]
        pane.offer(tuple(figures))
        if kinds:
            pane.bring(kinds[0])
        pane.draw(figures)

    def action_phase(self, by: int) -> None:
        """The next phase, or the one before; after the last one, the next step."""
        if not self._apart.phases:
            return
        if self._phase + by == len(NAMES):
            self._apart = Dissected(0, ())
            self.session.send(Dissect())
            return
        self._phase = max(self._phase + by, 0)
        if NAMES[self._phase] == "update" and not self._taken:
            self._taken = True
            self.run.action_one_step()
        self._show_phase()

    def action_choose(self, by: int) -> None:
        """Another tensor of this phase."""
        if self._apart.phases:
            last = len(self._apart.phases[self._phase].tensors.rows) - 1
            self._rows[self._phase] = min(max(self._rows[self._phase] + by, 0), last)
            self._show_tensor()

    def action_next_pane(self) -> None:
        """From the tensors to the picture, where there is room for only one of them."""
        self.toggle_class("show-pictures")

    def action_next_figures(self) -> None:
        """Another picture of the tensor."""
        self.query_one(FigurePane).next_page()

    def action_describe(self) -> None:
        """The pictures in words, and back."""
        self.query_one(FigurePane).tell()

    def on_resize(self) -> None:
        """Lay out again."""
        if self._apart.phases:
            self._show_phase()

    def _show_phase(self) -> None:
        narrow = self.size.width < NARROW
        spans = [(f" {'A: step' if self.of_a else 'Step'} {self._apart.iteration + 1:,} ", "title")]
        for place, name in enumerate(NAMES):
            number = "" if narrow else f"{place + 1} "
            spans.append((f" {number}{name} ", "text/cursor" if place == self._phase else "muted"))
        if not narrow:
            spans.append(("  taken" if self._taken else "  not taken yet", "good" if self._taken else "muted"))
        self.query_one("#top", Lines).show([tuple(spans)])
        says = self._apart.phases[self._phase].says
        self.query_one("#says", Note).say(says)
        self._show_tensor()

    def _show_tensor(self) -> None:
        table, row = self._apart.phases[self._phase].tensors, self._rows[self._phase]
        if self.size.width < NARROW:
            table = Table(table.title, _few(table.header), tuple(map(_few, table.rows)))
        view = self.query_one("#tensors", FigureView)
        # Its title, its header, and a row a tensor.
        view.styles.height = len(table.rows) + 2
        view.draw(table, (0, row))
        wanted = Inspect(self._phase, row)
        if wanted != self._wanted:
            self._wanted = wanted
            self.session.send(wanted)


def _few(row: tuple[str, ...]) -> tuple[str, ...]:
    """The name, the shape and the std: the columns that a narrow screen has room for."""
    return row[0], row[1], row[3]
