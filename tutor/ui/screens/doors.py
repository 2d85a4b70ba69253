"""The screens that open over a live run: studies of it, and its parts seen larger."""

from textual import on

from tutor.link.knobs import learning_rate
from tutor.ui.screens.claims import ClaimsScreen
from tutor.ui.screens.code import CodeScreen
from tutor.ui.screens.find_rate import FindRateScreen
from tutor.ui.screens.phases import PhasesScreen
from tutor.ui.screens.sampling import SamplingScreen
from tutor.ui.screens.seeds import SeedsScreen
from tutor.ui.screens.tuning import TuningScreen
from tutor.ui.screens.zoom import ZoomScreen
from tutor.ui.widgets.figure_pane import FigurePane
from tutor.ui.widgets.knob_panel import KnobPanel


class DoorsScreen(TuningScreen):
    """Opens each by its key, or says why it can't. A subclass lays out a `FigurePane` too."""

    def action_find_rate(self) -> None:
        """Sweep the learning rate, on a copy of the run."""
        if self.session.frame is None or not self._can_train():
            return
        knob = learning_rate(self.query_one(KnobPanel).knobs)
        if knob is None:
            self._notify("The finder sweeps a learning rate: a knob 'lr' that is live. This lesson has none.", "muted")
            return
        self._stop_clock()
        self.app.push_screen(FindRateScreen(self, knob))

    def action_seeds(self) -> None:
        """Compare two settings over several seeds."""
        if self.session.frame is not None and self._can_train() and self.query_one(KnobPanel).knobs:
            self._stop_clock()
            self.app.push_screen(SeedsScreen(self))

    def action_phases(self) -> None:
        """Walk through the next step, phase by phase."""
        frame = self.session.frame
        if frame is None or not self._can_train():
            return
        if frame.halted:
            self._notify("There is no next step here: wind back with , and <, or restart with r.", "muted")
            return
        self._stop_clock()
        self.app.push_screen(PhasesScreen(self))

    def action_sample(self) -> None:
        """See what the model makes up."""
        ready = self.session.ready
        if ready is None or self.session.frame is None:
            self._notify("The model is still loading.", "muted")
        elif not ready.generates:
            self._notify("This lesson's model makes nothing up.", "muted")
        else:
            self.app.push_screen(SamplingScreen(self))

    def action_zoom(self, name: str = "") -> None:
        """The figure `name`, or the first of those on view, on the whole screen."""
        ready, pane = self.session.ready, self.query_one(FigurePane)
        if ready is None or not ready.figures:
            self._notify("There is no figure yet.", "muted")
            return
        chosen = name or next(iter(pane.on_view or pane.names), ready.figures[0].name)
        self.app.push_screen(ZoomScreen(self, ready.figures, chosen))

    @on(FigurePane.Picked)
    def _zoom_in(self, event: FigurePane.Picked) -> None:
        self.action_zoom(event.name)

    def action_code(self) -> None:
        """The lab's own source."""
        try:
            source = self.lesson.lab_file.read_text(encoding="utf-8")
        except OSError as error:
            self._notify(f"{self.lesson.lab_file} can't be read: {error.strerror}.", "bad")
            return
        self.app.push_screen(CodeScreen(self.lesson.lab_file.name, source))

    def action_claims(self) -> None:
        """Check what the page claims, or else the lesson."""
        secret = self.sitting.secret
        page = self.lesson.claims_of(self.sitting.step)
        shown = tuple(claim for claim in page if claim.id not in secret)
        every = tuple(claim for claim in self.lesson.claims.values() if claim.id not in secret)
        if page and not shown:
            self._notify("Answer the question first: then k runs the check.", "muted")
        elif not every:
            self._notify("This lesson has no claims to check.", "muted")
        else:
            self._notify("")
            self.app.push_screen(ClaimsScreen(self, shown, every))
