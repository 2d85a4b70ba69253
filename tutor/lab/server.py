"""The lab process's main loop: read commands, train in short bursts, answer with frames."""

import itertools
import queue
import sys
import time
from collections.abc import Callable

from tutor.errors import TutorError
from tutor.lab.bench import Bench
from tutor.lab.goals import Watch, reached
from tutor.lab.guard import LessonError
from tutor.lab.inquiries import Inquiries
from tutor.lab.pace import Pace
from tutor.lab.pair import Pair
from tutor.lab.predictions import Predictions
from tutor.lab.studies import begun
from tutor.lab.study import Study
from tutor.link.dissection import Dissect, Inspect
from tutor.link.goals import NEVER, Gauge
from tutor.link.messages import (
    Check,
    Command,
    Fork,
    Frame,
    Keep,
    Look,
    Open,
    Pause,
    Report,
    Restart,
    Run,
    Sample,
    Seeds,
    Seek,
    Step,
    Stop,
    Sweep,
    Trouble,
    Turn,
    View,
)
from tutor.link.trials import Pose, Try

BURST = 0.012
"""Seconds of training between looks at the inbox: short against a key press, long against a step."""


class Lab:
    """Serves one lesson to one terminal. `send` delivers a report; commands come through `inbox`, in order."""

    def __init__(self, inbox: "queue.SimpleQueue[Command]", send: Callable[[Report], None]) -> None:
        self._inbox = inbox
        self._send = send
        self._heard = 0
        self._bench = Bench()
        self._running = False
        self._fell_ill = False
        self._unrested = False
        """Whether the run has come to stand where its splits aren't measured yet."""
        self._left = NEVER
        """How many steps the run may take yet before it stands still."""
        self._view = View((), 80)
        self._watch = Watch()
        self._inquiries = Inquiries(send)
        self._predictions = Predictions(send, self._bench.alone, lambda: self._bench.data)
        self._rate = Pace()
        self._study: Study | None = None

    def serve(self) -> None:
        """Work until the process ends."""
        while True:
            self.turn()

    def turn(self) -> None:
        """One round: obey what has come (waiting for it if there is nothing to do), answer it, train one burst."""
        commands = self._waiting()
        for command in commands:
            self._heard += 1
            try:
                self._obey(command)
            except TutorError as error:
                self._fail(error)
        if commands:
            self._answer()
        self._unrested |= any(isinstance(command, Pause | Seek) for command in commands)
        if self._unrested and self._inbox.empty():
            self._rest()
        if self._study is not None:
            self._study_on(self._study)
        elif self._running:
            self._burst()
        elif self._predictions.pending:
            self._predictions.work(BURST)

    def _waiting(self) -> list[Command]:
        busy = self._running or self._study is not None or self._predictions.pending
        commands = [] if busy else [self._inbox.get()]
        while not self._inbox.empty():
            commands.append(self._inbox.get())
        # Of several jumps in a row only the last is worth the way.
        return [
            Look() if isinstance(now, Seek) and isinstance(after, Seek) else now
            for now, after in itertools.zip_longest(commands, commands[1:])
        ]

    def _obey(self, command: Command) -> None:
        match command:
            case Open():
                self._open(command)
            case View():
                if command.goal != self._view.goal:
                    self._watch = Watch(command.goal)
                self._view = command
            case Look():
                pass
            case Run(count):
                self._left = count or NEVER
                self._running = self._bench.can_go_on
                self._inquiries.forget()
                self._rate = Pace()
            case Pause():
                self._running = False
            case Step(count):
                self._running = False
                self._bench.built().advance(count)
            case Restart(seed):
                self._running = False
                if self._bench.run is None or self._fell_ill:
                    self._open(self._bench.again(seed))
                else:
                    self._bench.change(command)
            case Seek(iteration):
                self._running = False
                self._bench.built().seek(iteration)
            case Fork() | Keep() | Turn():
                self._bench.change(command)
            case Sweep() | Seeds():
                self._running = False
                self._study = None
                self._study = begun(command, self._bench.alone(), self._bench.data)
            case Stop():
                self._end_study()
            case Try() | Pose():
                self._predictions.take(command)
            case Dissect() | Inspect() | Sample() | Check():
                self._running = self._running and not isinstance(command, Dissect)
                self._inquiries.answer(command, self._bench.alone)

    def _open(self, command: Open) -> None:
        self._running = self._fell_ill = False
        self._study = None
        self._predictions.forget()
        self._send(self._bench.load(command))
        self._bench.build()

    def _burst(self) -> None:
        runner = self._bench.built()
        chunk = max(1, int(self._rate.value * BURST / 2))
        started = time.perf_counter()
        try:
            taken = runner.train_for(BURST, chunk, min(self._watch.room(runner.iteration), self._left))
            self._left -= taken
            done = self._watch.stops(self._bench.alone()) or not self._left
            if done:
                runner.measure()
        except TutorError as error:
            self._fail(error)
            self._answer()
            return
        self._rate.note(taken, time.perf_counter() - started)
        if runner.halted or done or not taken:
            self._running = False
            self._answer()

    def _rest(self) -> None:
        """A run that stands still has its splits measured there: after the key is answered, and until the next one."""
        run, self._unrested = self._bench.run, False
        if run is None or self._running or self._study is not None or run.measured.iteration == run.iteration:
            return
        try:
            self._unrested = run.measure(lambda: not self._inbox.empty()).iteration != run.iteration
        except TutorError as error:
            self._fail(error)
        if not self._unrested:
            self._answer()

    def _study_on(self, study: Study) -> None:
        try:
            study.work(BURST)
        except TutorError as error:
            self._study = None
            self._fail(error)
            self._answer()
            return
        if study.done:
            self._end_study()

    def _end_study(self) -> None:
        study, self._study = self._study, None
        if study is not None:
            study.stop()
            self._send(study.report(self._heard))

    def _answer(self) -> None:
        if self._study is not None:
            self._send(self._study.report(self._heard))
            return
        runner = self._bench.run
        if runner is None:
            return
        try:
            figures = runner.look(self._view.figures, self._view.columns, sparing=self._running)
        except TutorError as error:
            self._fail(error)
            figures = {}
        gauges = self._gauges()
        self._send(
            Frame(
                heard=self._heard,
                iteration=runner.iteration,
                seed=runner.seed,
                running=self._running,
                knobs=runner.knobs,
                loss=runner.loss,
                rate=self._rate.value,
                metrics=runner.measured.losses,
                accuracies=runner.measured.accuracies,
                measured_at=runner.measured.iteration,
                figures=figures,
                goal=gauges,
                reached=not self._running and reached(gauges),
                end=runner.end,
                branched_at=runner.branched_at,
                fork=runner.says() if isinstance(runner, Pair) else "",
                halted=runner.halted,
            )
        )

    def _gauges(self) -> tuple[Gauge, ...]:
        """How things stand with the goal: judged where the run stands still."""
        run = self._bench.alone()
        try:
            return self._watch.read(run) if self._running else self._watch.judge(run)
        except TutorError as error:
            # It would fail at every frame.
            self._watch = Watch()
            self._fail(error)
            return ()

    def _fail(self, error: TutorError) -> None:
        self._running = False
        if isinstance(error, LessonError):
            self._fell_ill = True
            print(error.traceback, file=sys.stderr, flush=True)
            self._send(Trouble(error.raised, error.where, error.traceback))
        else:
            self._send(Trouble(str(error), "", ""))
