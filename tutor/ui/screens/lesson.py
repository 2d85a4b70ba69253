"""The lesson screen: text and questions beside a live model, its figures and its knobs."""

from collections.abc import Iterator
from functools import partial

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal

from tutor.course.lesson import Lesson
from tutor.course.seen import State
from tutor.course.steps import Step
from tutor.link.knobs import Value
from tutor.link.messages import Frame, Pause, Ready, Restart, Trouble, Turn
from tutor.link.trials import Pose, Posed, Tried, Try
from tutor.ui.app import AFTER_THE_FIRST_PAINT
from tutor.ui.keys import LESSON, NEEDS_TRAINING, bindings
from tutor.ui.screens.base import Offer
from tutor.ui.screens.panes import PANES, PanedScreen
from tutor.ui.session import LabSaid
from tutor.ui.widgets.figure_pane import FigurePane
from tutor.ui.widgets.goal_view import outcome
from tutor.ui.widgets.heading import Heading
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.knob_panel import KnobPanel
from tutor.ui.widgets.note import Note
from tutor.ui.widgets.page import Page
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.status_line import StatusLine
from tutor.ui.widgets.timeline import Timeline


class LessonScreen(PanedScreen):
    """One lesson, from its first page to its last."""

    ACTIONS = LESSON
    BINDINGS = bindings(LESSON)
    AUTO_FOCUS = "#reading"
    DEFAULT_CSS = """
    LessonScreen #main { height: 1fr; }
    LessonScreen #reading { width: 46%; padding: 0 1; }
    LessonScreen.-wide #reading { width: 44%; }
    LessonScreen #figures { width: 1fr; padding: 0 0 0 1; }
    LessonScreen #notice { max-height: 4; background: $surface; }
    """

    def __init__(self, lesson: Lesson) -> None:
        """Open `lesson` where it was left."""
        super().__init__(lesson)
        self._applied: set[str] = set()
        self._tried: set[str] = set()
        """The predictions whose trials this lab was asked for."""
        self._branched_at = 0

    def parts(self) -> ComposeResult:
        """A title line; text beside figures; knobs; what is going on; keys."""
        yield Heading(self.tutor.glyphs, id="top")
        with Horizontal(id="main"):
            yield Page(self.sitting, id="reading")
            yield FigurePane(self.tutor.glyphs, id="figures")
        yield KnobPanel(id="knobs")
        yield Prompt(id="prompt")
        yield Note(id="notice")
        yield Timeline(id="timeline")
        yield StatusLine("loading the model …", id="status")
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
            case Tried(question, outcome, trouble):
                self.query_one(Page).settle(question, outcome, trouble)
            case Posed() as posed:
                self.query_one(Page).pose(posed)
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
        self._tried.clear()
        self._send_trials()
        self._show_figures()
        notice, self.tutor.notice = self.tutor.notice, ""
        if notice:
            self._notify(notice, "warn")
        self.tutor.all_is_loaded()

    def _show_frame(self, frame: Frame) -> None:
        if self.session.is_last(frame):
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

    @on(Page.Moved)
    def _show_state(self) -> None:
        frame = self.session.frame
        if frame is not None:
            self.query_one(StatusLine).follow(frame, self.query_one(Page).trains, secret=self.secret)
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
        place = f"page {sitting.index + 1} of {len(self.lesson.steps)}{' ✓' if sitting.done(sitting.step.id) else ''}"
        self.query_one(Heading).say(f"{self.lesson.order} · {self.lesson.title}", place)

    @on(Page.Moved)
    def _send_trials(self) -> None:
        """Have the lab measure, while nothing else is to be done, what a locked prediction is about."""
        if self.session.ready is None:
            return
        for asked in self.sitting.waiting:
            live, name = asked.question.live, asked.question.id
            if live is not None and name not in self._tried:
                self._tried.add(name)
                self.session.send(Try(name, live.metric, live.trials, self._seed))

    @on(Page.WantsOwn)
    def _pose(self) -> None:
        if (asked := self.sitting.asked) is not None:
            self.session.send(Pose(asked.question.id, self.sitting.luck))

    def _can_train(self) -> bool:
        """A prediction comes before the run that it is about, unless it is skipped on purpose."""
        running = self.session.frame is not None and self.session.frame.running
        if self.sitting.owed and not running:
            self._notify("Your prediction first. Or press u, to go on without one.", "warn")
            return False
        return super()._can_train()

    def _show_figures(self) -> None:
        ready = self.session.ready
        if ready is not None:
            every = tuple(figure.name for figure in ready.figures)
            self.query_one(FigurePane).offer(self.sitting.figures or every)

    @on(FigurePane.Rearranged)
    def _show_view(self) -> None:
        """Tell the lab what is on screen and what is to be reached. What lies over this screen has its own view."""
        if not self.is_active:
            return
        pane = self.query_one(FigurePane)
        self.session.view(pane.on_view, pane.columns, self.sitting.goal)

    def _open_settings(self) -> None:
        """Page settings are made when the page is first opened, or as soon as the lab is ready."""
        stage = self.sitting.stage
        if stage is not None and stage.id not in self._applied:
            self._set_up(stage)

    def action_own_settings(self) -> None:
        """Set the knobs as this page wants them, and start from step 0 with the lesson's seed."""
        self._set_up(self.sitting.stage or self.sitting.step)

    def _set_up(self, step: Step) -> None:
        ready = self.session.ready
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
            self.sitting.seen.start_anew()
        self._notify("")

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

    def action_minus(self) -> None:
        """Answer with a negative number."""
        self.query_one(Page).minus()

    def action_go_on(self) -> None:
        """The question's next stage."""
        self.query_one(Page).go_on()

    def action_take_back(self) -> None:
        """Choose anew."""
        self.query_one(Page).take_back()

    def action_skip(self) -> None:
        """No prediction."""
        self.query_one(Page).skip()

    def action_hint(self) -> None:
        """One more hint."""
        self.query_one(Page).hint()

    @on(events.Click, "#status")
    async def _click_status(self) -> None:
        """A click on what the run does changes it."""
        await self.run_action("toggle_run")

    def on_screen_resume(self) -> None:
        """What lay over it may have put the figures out of view."""
        if self.session.frame is not None:
            self._show_view()

    def offers(self) -> Iterator[Offer]:
        """The keys, and all that has a name: presets, knobs, figures, pages."""
        ready = self.session.ready
        no_use = set() if ready is None or ready.trains else set(NEEDS_TRAINING)
        no_use |= {"sample"} if ready is None or not ready.generates else set()
        yield from (offer for offer in super().offers() if offer.action not in no_use)
        for place, page in enumerate(self.lesson.steps):
            yield Offer(f"page {place + 1}: {page.title}", partial(self._turn_to, place))

    def _turn_to(self, place: int) -> None:
        self.action_move(place - self.sitting.index)

    def action_home(self) -> None:
        """Back to the text; from there, back to the list."""
        if self._pane == PANES[0]:
            self.tutor.show_home()
        else:
            self._open_pane(PANES[0])
