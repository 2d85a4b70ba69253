"""A screen with a live run on it: starting and stopping it, winding it back."""

from textual import on
from textual.timer import Timer

from tutor.course.lesson import Lesson
from tutor.course.sitting import Sitting
from tutor.link.messages import Pause, Restart, Run, Seek, Step
from tutor.ui.screens.base import TutorScreen
from tutor.ui.session import LabEnded, Session
from tutor.ui.widgets.knob_panel import KnobPanel
from tutor.ui.widgets.note import Note
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.timeline import Timeline


class RunScreen(TutorScreen):
    """Holds the learner's sitting, a lab's session, and what the one does to the run in the other.

    A subclass lays out a `KnobPanel`, a `Prompt` and `Note#notice`.
    """

    def __init__(self, lesson: Lesson) -> None:
        super().__init__()
        self.lesson = lesson
        self.sitting = Sitting(lesson, self.tutor.record, self.tutor.record.sitting)
        self.session = Session(lesson, self.post_message)
        self._clock: Timer | None = None
        self._seed = self.tutor.seed
        self._meant_to_run = False
        self._scrubbed_to: int | None = None

    def _look(self) -> None:
        """Ask for a frame; one that something covers would be drawn for nobody."""
        if self.is_active and self.tutor.frame_due():
            self.session.look()

    def on_screen_resume(self) -> None:
        """Show what has happened meanwhile."""
        if self._meant_to_run:
            self.session.look()

    def _start_lab(self) -> None:
        self.run_worker(self._serve(), group="lab", exclusive=True)

    async def _serve(self) -> None:
        knobs = self.query_one(KnobPanel).values
        await self.session.serve(await self.tutor.a_lab(), self._seed, knobs, self.tutor.names_file)

    async def on_unmount(self) -> None:
        """The lab ends with its screen."""
        await self.session.close()

    @on(LabEnded)
    def _lab_ended(self, event: LabEnded) -> None:
        self._stop_clock()
        self._notify(f"The lab stopped ({event.how}). Press r to start it again, from step 0.", "bad")
        self._show_state()

    def _show_state(self) -> None:
        """Show what the session's last frame says of the run."""
        raise NotImplementedError

    def _stop_clock(self) -> None:
        self._meant_to_run = False
        if self._clock is not None:
            self._clock.pause()

    def action_toggle_run(self) -> None:
        """Run or pause."""
        if not self._can_train():
            return
        frame = self.session.frame
        running = frame is not None and frame.running if self.session.caught_up else self._meant_to_run
        self._meant_to_run = not running
        if running:
            self.session.send(Pause())
        elif self._clock is not None:
            self._notify("")
            self._ran()
            self.session.send(Run())
            self._clock.resume()

    def action_one_step(self) -> None:
        """One training step."""
        if self._can_train():
            self._notify("")
            self._ran()
            self.session.send(Step())

    def action_restart(self) -> None:
        """From step 0 with the same seed; starts the lab again if it is gone."""
        self._again(self._seed)

    def action_new_seed(self) -> None:
        """From step 0 with the next seed."""
        self._again(self._seed + 1)

    def _again(self, seed: int) -> None:
        self._notify("")
        self._ran()
        self._stop_clock()
        self._seed = seed
        if self.session.alive:
            self.session.send(Restart(seed))
        else:
            self._start_lab()

    def action_scrub(self, hundredths: int) -> None:
        """Wind the run back, or forward again as far as it has been."""
        frame = self.session.frame
        if frame is None or not frame.end:
            self._notify("There is no run yet to wind back: space starts one.", "muted")
            return
        by = hundredths * max(frame.end // 100, 1)
        self._seek(min(max(self._place + by, 0), frame.end))

    def action_go_to(self) -> None:
        """Ask for a step: one that has been is wound back to, one that is still to come is trained up to."""

        def done(text: str) -> None:
            if not self._can_train():
                return
            frame = self.session.frame
            try:
                step = int(text.strip().replace(",", ""))
            except ValueError:
                step = -1
            if step < 0 or frame is None:
                self._notify(f"There is no step '{text.strip()}': type a whole number such as 1,000.", "bad")
            elif step <= frame.end:
                self._seek(step)
            elif self._clock is not None:
                self._notify("")
                self._ran()
                self._meant_to_run = True
                self.session.send(Run(step - self._place))
                self._clock.resume()

        self.query_one(Prompt).ask("go to step", "1,000", done)

    @on(Timeline.Sought)
    def _sought(self, event: Timeline.Sought) -> None:
        if event.iteration != self._place:
            self._seek(event.iteration)

    def _seek(self, iteration: int) -> None:
        self._scrubbed_to = iteration
        self._stop_clock()
        self.session.send(Seek(iteration))

    @property
    def _place(self) -> int:
        """The step that is shown, or will be once the lab has caught up."""
        frame = self.session.frame
        if not self.session.caught_up and self._scrubbed_to is not None:
            return self._scrubbed_to
        return frame.iteration if frame is not None else 0

    @property
    def trains(self) -> bool:
        """Whether the lesson has a run to start."""
        return self.session.ready is None or self.session.ready.trains

    @property
    def secret(self) -> bool:
        """Whether the splits' losses are still to be predicted."""
        return self.sitting.owed

    def _can_train(self) -> bool:
        ready = self.session.ready
        if ready is None or not self.session.alive:
            self._notify(
                "The model is still loading." if self.session.alive else "There is no lab: r starts one.", "muted"
            )
            return False
        if not ready.trains:
            self._notify("Nothing trains in this lesson: turn the knobs (tab) and watch.", "muted")
        return ready.trains

    def _ran(self) -> None:
        """The learner has set the run going, or back to its start."""
        self.sitting.attempts.ran()

    def _notify(self, text: str, role: str = "text") -> None:
        self.query_one("#notice", Note).say(text, role)
