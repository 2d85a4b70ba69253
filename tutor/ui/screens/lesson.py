"""The lesson screen: text and questions beside a live model, its figures and its knobs."""

from collections.abc import Iterator
from functools import partial

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal

from tutor.course.lesson import Lesson
from tutor.course.sitting import Sitting, State
from tutor.figures.lines import clip
from tutor.link.knobs import Value
from tutor.link.messages import Frame, Pause, Ready, Restart, Trouble, Turn
from tutor.ui.app import AFTER_THE_FIRST_PAINT
from tutor.ui.keys import LESSON, NEEDS_TRAINING, bindings
from tutor.ui.screens.base import Offer
from tutor.ui.screens.claims import ClaimsScreen
from tutor.ui.screens.code import CodeScreen
from tutor.ui.screens.run import RunScreen
from tutor.ui.screens.zoom import ZoomScreen
from tutor.ui.session import LabSaid
from tutor.ui.status import status
from tutor.ui.widgets.figure_pane import FigurePane
from tutor.ui.widgets.goal_view import outcome
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.knob_panel import KnobPanel
from tutor.ui.widgets.lines import Lines
from tutor.ui.widgets.page import Page
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.timeline import Timeline

PANES = ("reading", "knobs", "figures")
"""What `tab` goes through; a narrow screen shows just one of them."""


class LessonScreen(RunScreen):
    """One lesson, from its first page to its last."""

    ACTIONS = LESSON
    BINDINGS = bindings(LESSON)
    AUTO_FOCUS = "#reading"
    DEFAULT_CSS = """
    LessonScreen #top { height: 1; background: $surface; }
    LessonScreen #main { height: 1fr; }
    LessonScreen #reading { width: 46%; padding: 0 1; }
    LessonScreen.-wide #reading { width: 44%; }
    LessonScreen #figures { width: 1fr; padding: 0 0 0 1; }
    LessonScreen #notice { max-height: 4; background: $surface; }
    LessonScreen #status { height: 1; background: $surface; }
    LessonScreen.one-pane #reading, LessonScreen.one-pane #figures, LessonScreen.one-pane #knobs { display: none; }
    LessonScreen.one-pane #goal { dock: none; }
    LessonScreen.one-pane.show-reading #reading { display: block; width: 1fr; }
    LessonScreen.one-pane.show-figures #figures { display: block; padding: 0; }
    LessonScreen.one-pane.show-knobs #knobs { display: block; max-height: 100%; height: 1fr; }
    LessonScreen.one-pane.show-knobs #main { display: none; }
    """

    def __init__(self, lesson: Lesson) -> None:
        """Open `lesson` where it was left."""
        super().__init__(lesson)
        self.sitting = Sitting(lesson, self.tutor.record, self.tutor.record.sitting)
        self._pane = "reading"
        self._applied: set[str] = set()
        self._branched_at = 0

    def parts(self) -> ComposeResult:
        """A title line; text beside figures; knobs; what is going on; keys."""
        yield Lines(id="top")
        with Horizontal(id="main"):
            yield Page(self.sitting, id="reading")
            yield FigurePane(self.tutor.glyphs, id="figures")
        yield KnobPanel(id="knobs")
        yield Prompt(id="prompt")
        yield Lines(id="notice")
        yield Timeline(id="timeline")
        yield Lines([(("loading the model …", "muted"),)], id="status")
        yield KeyBar(LESSON)

    def on_mount(self) -> None:
        """Show the page at once; the lab comes up meanwhile."""
        self._clock = self.set_interval(1 / self.tutor.fps, self._look, pause=True)
        self._show_page()
        self.set_timer(AFTER_THE_FIRST_PAINT, self._start_lab)

    @on(LabSaid)
    def _hear(self, event: LabSaid) -> None:
        match event.report:
            case Ready() as ready:
                self._offer(ready)
            case Frame() as frame:
                self._show_frame(frame)
            case Trouble() as report:
                self._stop_clock()
                place = f"{report.where}: " if report.where else ""
                self._notify(f"{place}{report.what} (The whole traceback: {self.tutor.log_file})", "bad")

    def _offer(self, ready: Ready) -> None:
        panel = self.query_one(KnobPanel)
        if panel.knobs != ready.knobs:
            panel.offer(ready.knobs)
        self.query_one(Page).trains = ready.trains
        if not ready.trains:
            self.query_one(KeyBar).offer(tuple(action for action in LESSON if action.id not in NEEDS_TRAINING))
        self._open_settings()
        self._show_figures()
        notice, self.tutor.notice = self.tutor.notice, ""
        if notice:
            self._notify(notice, "warn")
        self.tutor.all_is_loaded()

    def _show_frame(self, frame: Frame) -> None:
        if self.session.caught_up:
            self.query_one(KnobPanel).set_values(frame.knobs)
            self.query_one(Page).saw(State(frame.iteration, tuple(frame.knobs.items())), not frame.running)
            if not frame.running:
                self._stop_clock()
            if self.query_one(Page).judged(frame.goal, frame.reached, frame.iteration):
                self._goal_reached()
        self._show_state()
        if frame.branched_at not in (0, self._branched_at):
            self._notify(f"A new branch: from step {frame.branched_at:,} on, the run goes another way.", "accent")
        self._branched_at = frame.branched_at
        if frame.halted:
            self._notify(f"{frame.halted} The keys , and < wind back; r restarts.", "bad")
        self.query_one(FigurePane).draw(frame.figures)

    def _show_state(self) -> None:
        frame = self.session.frame
        if frame is not None:
            self.query_one("#status", Lines).show([status(frame, self.query_one(Page).trains, self.size.width)])
            self.query_one(Timeline).follow(frame)

    def _goal_reached(self) -> None:
        self._show_view()
        page, attempt = self.query_one(Page), self.sitting.attempt
        if attempt is not None and not page.region:
            self._notify(f"✓ {outcome(attempt, page.trains)}", "good")

    def _show_page(self) -> None:
        self.query_one(Page).open_page()
        self._open_settings()
        self._show_figures()
        self._show_view()

    @on(Page.Moved)
    def _show_top(self) -> None:
        sitting = self.sitting
        place = f"page {sitting.index + 1} of {len(self.lesson.steps)}{' ✓' if sitting.done(sitting.step.id) else ''} "
        room = self.size.width - len(place)
        title = clip(f" {self.lesson.order} · {self.lesson.title}", room - 1, self.tutor.glyphs)
        self.query_one("#top", Lines).show([((f"{title:<{room}}", "title"), (place, "muted"))])

    def _show_figures(self) -> None:
        ready = self.session.ready
        if ready is not None:
            every = tuple(figure.name for figure in ready.figures)
            self.query_one(FigurePane).offer(self.sitting.figures or every)

    @on(FigurePane.Rearranged)
    def _show_view(self) -> None:
        """Tell the lab what is on screen, and what is to be reached."""
        pane = self.query_one(FigurePane)
        self.session.view(pane.on_view, pane.columns, self.sitting.goal)

    def _open_settings(self) -> None:
        """A page's own knob values are set when the page is first opened with the lab ready."""
        step = self.sitting.step
        if self.session.ready is not None and step.id not in self._applied and (step.set or step.preset or step.goal):
            self.action_own_settings()

    def action_own_settings(self) -> None:
        """Set the knobs as this page wants them, and start from step 0 with the lesson's seed."""
        ready, step = self.session.ready, self.sitting.step
        if ready is None:
            return
        self._applied.add(step.id)
        values: dict[str, Value] = {knob.name: knob.value for knob in ready.knobs}
        values |= next((preset.values for preset in ready.presets if preset.name == step.preset), {})
        self._stop_clock()
        self._seed = self.tutor.seed
        self.session.send(Pause(), Turn(values | step.set), Restart(self._seed))
        self.sitting.attempts.start(step)
        self.query_one(Page).show_goal()
        self._show_view()
        if ready.trains:
            # A page that only sets the stage shows nothing of what was predicted.
            self.sitting.start_anew()
        self._notify("")

    def _moved(self, what: str, before: object, after: object) -> None:
        self.sitting.attempts.moved(what, before, after)
        self.query_one(Page).show_goal()

    def _ran(self) -> None:
        self.sitting.attempts.ran()

    def action_move(self, by: int) -> None:
        """Another page."""
        if self.sitting.go(by):
            self._notify("")
            self._show_page()
        elif by > 0:
            self._notify("This is the last page. Press esc for the list of lessons.", "muted")

    @on(Page.Says)
    def _pass_on(self, event: Page.Says) -> None:
        self._notify(event.text, event.role)

    @on(Page.Asks)
    def _type_answer(self, event: Page.Asks) -> None:
        self.query_one(Prompt).ask(event.label, event.start, event.done, selected=False)

    def action_digit(self, digit: int) -> None:
        """Answer with a digit."""
        self.query_one(Page).digit(digit)

    def action_go_on(self) -> None:
        """The question's next stage."""
        self.query_one(Page).go_on()

    def action_hint(self) -> None:
        """One more hint."""
        self.query_one(Page).hint()

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

    def action_next_pane(self) -> None:
        """Go to the next of text, knobs and figures; the only one shown on a narrow screen."""
        panes = PANES if self.has_class("one-pane") else PANES[:2]
        index = panes.index(self._pane) + 1 if self._pane in panes else 0
        self._open_pane(panes[index % len(panes)])

    def _open_pane(self, pane: str) -> None:
        self._pane = pane
        for name in PANES:
            self.set_class(name == pane, f"show-{name}")
        if pane == "figures":
            self.set_focus(None)
        else:
            self.query_one(f"#{pane}").focus()

    def on_resize(self) -> None:
        """Choose the layout."""
        self.set_class(self.size.width < 80 or self.size.height < 20, "one-pane")
        self.set_class(self._pane == "reading", "show-reading")
        self._show_top()

    @on(events.Click, "#status")
    async def _click_status(self) -> None:
        """A click on what the run does changes it."""
        await self.run_action("toggle_run")

    def on_screen_resume(self) -> None:
        """What lay over it may have put the figures out of view."""
        if self.session.frame is not None:
            self._show_view()

    def offers(self) -> Iterator[Offer]:
        """The keys, and all that has a name: presets, figures, knobs, pages."""
        ready = self.session.ready
        no_use = set() if ready is None or ready.trains else set(NEEDS_TRAINING)
        no_use |= {"sample"} if ready is None or not ready.generates else set()
        yield from (offer for offer in super().offers() if offer.action not in no_use)
        if ready is not None:
            for place, preset in enumerate(ready.presets):
                yield Offer(f"preset {preset.name}: {preset.says}", partial(self._choose_preset, place))
            for figure in ready.figures:
                yield Offer(f"figure: {figure.title}", partial(self._bring, figure.name))
            for knob in ready.knobs:
                yield Offer(f"knob {knob.name}: {knob.help or 'type a value'}", partial(self._ask_value, knob))
        for place, page in enumerate(self.lesson.steps):
            yield Offer(f"page {place + 1}: {page.title}", partial(self._turn_to, place))

    def _turn_to(self, place: int) -> None:
        self.action_move(place - self.sitting.index)

    def _bring(self, name: str) -> None:
        if self.has_class("one-pane"):
            self._open_pane("figures")
        self.query_one(FigurePane).bring(name)

    def action_next_figures(self) -> None:
        """The figures that didn't fit."""
        self.query_one(FigurePane).next_page()

    def action_zoom(self, name: str = "") -> None:
        """The figure `name`, or the first of those on view, on the whole screen."""
        ready, pane = self.session.ready, self.query_one(FigurePane)
        if ready is None or not ready.figures:
            self._notify("There is no figure yet.", "muted")
            return
        chosen = name or next(iter(pane.on_view or self.sitting.figures), ready.figures[0].name)
        self.app.push_screen(ZoomScreen(self, ready.figures, chosen))

    @on(FigurePane.Picked)
    def _zoom_in(self, event: FigurePane.Picked) -> None:
        self.action_zoom(event.name)

    def action_describe(self) -> None:
        """The figures in words, and back."""
        self.query_one(FigurePane).tell()

    def action_code(self) -> None:
        """The lab's own source."""
        try:
            source = self.lesson.lab_file.read_text(encoding="utf-8")
        except OSError as error:
            self._notify(f"{self.lesson.lab_file} can't be read: {error.strerror}.", "bad")
            return
        self.app.push_screen(CodeScreen(self.lesson.lab_file.name, source))

    def action_home(self) -> None:
        """Back to the list."""
        self.tutor.show_home()
