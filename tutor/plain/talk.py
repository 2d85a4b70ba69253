"""A lesson as a conversation: what its words act on."""

from collections.abc import Callable
from typing import Literal

from tutor.course.asked import Keeper
from tutor.course.lesson import Lesson
from tutor.course.quiz import Own
from tutor.course.seen import State
from tutor.course.sitting import Sitting
from tutor.errors import ExitCode, TutorError
from tutor.link.knobs import Value
from tutor.link.messages import Command, Frame, Pause, Restart, Turn
from tutor.link.trials import Pose, Posed, Tried, Try
from tutor.plain import questions
from tutor.plain.bench import Bench
from tutor.plain.lab import Lab, LabError
from tutor.plain.prose import linear
from tutor.plain.voice import Voice


class Talk:
    """One learner at one lesson: the sitting, the bench with its model, and the voice."""

    def __init__(
        self,
        lesson: Lesson,
        keeper: Keeper,
        token: str,
        voice: Voice,
        start_lab: Callable[[], Lab],
        seed: int = 42,
        names_file: str = "",
    ) -> None:
        """Open `lesson` where it was left; `token` fixes how options are shuffled."""
        self.lesson = lesson
        self.say = voice.say
        self.sitting = Sitting(lesson, keeper, token)
        self.bench = Bench(lesson.path, start_lab, names_file, voice.say)
        self.over: Literal["", "lessons", "quit"] = ""
        """Whether the conversation is over, and where it goes on."""
        self.seed = seed
        """The run's seed."""
        self.preset = -1
        """The place of the preset that was last put on."""
        self.warned = False
        """Whether the learner was told that a prediction has nothing yet to come out by."""
        self.drawn = 0
        """The seed of the last sample."""
        self._own_seed = seed
        self._applied: set[str] = set()
        self._taken: Frame | None = None
        self._branched_at, self._halted = 0, ""
        self._news: list[str] = []

    @property
    def trains(self) -> bool:
        """Whether the lesson has a run to start, as far as is known."""
        return self.bench.known is None or self.bench.known.trains

    def tell_page(self) -> None:
        """Say the open page: text, figures, goal and question."""
        sitting, step = self.sitting, self.sitting.step
        stop = "" if step.title.endswith("?") else "."
        done = " Done." if sitting.done(step.id) else ""
        self.say("", f"Page {sitting.index + 1} of {len(self.lesson.steps)}: {step.title}{stop}{done}", "")
        self.say(*linear(step.text))
        if sitting.figures:
            self.say("", f"Figures here: {', '.join(sitting.figures)}. Type figures to hear what they show.")
        if self.bench.known is not None:
            # The page's own settings are no move towards its goal.
            self.settle_if_possible()
        self.tell_goal()
        self.tell_question()

    def tell_goal(self) -> None:
        """Say how things stand with the page's goal, if it has one."""
        if self.sitting.attempt is not None:
            self.say("", *questions.goal(self.sitting.attempt, self.trains))

    def tell_question(self) -> None:
        """Say the question being asked, if there is one."""
        if self.sitting.asked is not None:
            self.say("", *questions.question(self.sitting.asked, self.sitting.place, self.trains))

    def tell_outcome(self) -> None:
        """Say what came of the last answer, and what to type now."""
        self.say(*self._outcome())

    def _outcome(self) -> list[str]:
        asked = self.sitting.asked
        if asked is None:
            return []
        return [*questions.outcome(asked), questions.what_next(asked, self.sitting.place, self.trains)]

    def own_settings(self) -> None:
        """Set the knobs as this page wants them, and start from step 0 with the lesson's seed."""
        ready, step = self.bench.ready, self.sitting.stage or self.sitting.step
        self._applied.add(step.id)
        values: dict[str, Value] = {knob.name: knob.value for knob in ready.knobs}
        values |= next((preset.values for preset in ready.presets if preset.name == step.preset), {})
        self.seed = self._own_seed
        self.sitting.attempts.start(step)
        if ready.trains:
            # A page that only sets the stage shows nothing of what was predicted.
            self.sitting.seen.start_anew()
        self._take(self.bench.ask(Pause(), Turn(values | step.set), Restart(self.seed), goal=self.sitting.goal))

    def settle(self) -> None:
        """Wait for the model; a page's own settings are set when it is first open with the model there."""
        frame, stage = self.bench.frame, self.sitting.stage
        if stage is not None and stage.id not in self._applied:
            self.own_settings()
        elif frame is not self._taken:
            self._take(frame)

    def settle_if_possible(self) -> None:
        """`settle`, but a lesson whose model fails can still be read; that it does is said once."""
        if self.bench.works:
            try:
                self.settle()
            except LabError as error:
                self.say(str(error))

    def need_training(self) -> None:
        """`TutorError` in a lesson that trains nothing."""
        self.settle()
        if not self.bench.ready.trains:
            raise TutorError("Nothing trains in this lesson.", "Set its knobs instead: type knobs to hear them.")
        if self.sitting.owed:
            what = "Your prediction first."
            raise TutorError(what, "Or type skip, to go on without one.", code=ExitCode.MISUSE)

    def measure(self) -> None:
        """Have the live model settle the prediction that comes out; if it can't, or Ctrl-C, the author's key counts."""
        asked = self.sitting.asked
        if asked is None or not asked.measuring or asked.question.live is None:
            return
        live, name = asked.question.live, asked.question.id
        self.say("The model is measuring it.")
        try:
            tried = self._tried(Try(name, live.metric, live.trials, self.seed))
        except LabError as error:
            tried = Tried(name, None, str(error))
        except KeyboardInterrupt:
            tried = Tried(name, None, "You stopped it.")
        self.sitting.settle(name, tried.outcome, tried.trouble)

    def _tried(self, command: Try) -> Tried:
        self.bench.send(command, goal=self.sitting.goal)
        while not isinstance(report := self.bench.hear(), Tried):
            pass
        return report

    def pose(self, own: Own) -> None:
        """Ask the question that the lab makes of the run as it stands."""
        self.settle()
        if self.trains and self.bench.frame.iteration < own.steps:
            raise TutorError(
                f"It is about your own run: take it to step {own.steps:,} first.", f"Type run {own.steps}."
            )
        self.bench.send(Pose(own.id, self.sitting.luck), goal=self.sitting.goal)
        while not isinstance(report := self.bench.hear(), Posed):
            pass
        if not self.sitting.pose(report):
            raise TutorError(report.ask)
        self.tell_question()

    def send(self, *commands: Command, figures: tuple[str, ...] = ()) -> Frame:
        """Have the lab obey, and take in what comes of it: the frame that shows it, with `figures`."""
        self.settle()
        frame = self.bench.ask(*commands, figures=figures, goal=self.sitting.goal)
        self._take(frame)
        return frame

    def hear(self, seconds: float) -> Frame | None:
        """What the lab says of the run by itself, taken in; None if it says nothing for `seconds`."""
        report = self.bench.hear(seconds)
        if not isinstance(report, Frame):
            return None
        self._take(report)
        return report

    def _take(self, frame: Frame) -> None:
        """Note what is new in `frame`: a branch, an end, a goal reached, a prediction that comes out."""
        self._taken = frame
        if frame.branched_at not in (0, self._branched_at):
            self._news.append(f"A new branch: from step {frame.branched_at:,} on, the run goes another way.")
        if frame.halted and frame.halted != self._halted:
            self._news.append(f"{frame.halted} Type seek STEP to go back, or restart.")
        self._branched_at, self._halted = frame.branched_at, frame.halted
        attempt = self.sitting.attempt
        if self.sitting.judged(frame.goal, frame.reached, frame.iteration) and attempt is not None:
            self._news.append(questions.reached(attempt, self.trains))
        if self.sitting.saw(State(frame.iteration, tuple(frame.knobs.items())), not frame.running):
            self.measure()
            self._news += ["", "What came of your prediction:", *self._outcome()]

    def tell_news(self) -> None:
        """Say what is new since this was called last."""
        news, self._news = self._news, []
        self.say(*news)
