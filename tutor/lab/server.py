"""The lab process's main loop: read commands, train in short bursts, answer with frames."""

import itertools
import queue
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from tutor.errors import TutorError
from tutor.lab.datasets import Sources
from tutor.lab.experiment import Experiment
from tutor.lab.goals import Watch, reached
from tutor.lab.guard import LessonError
from tutor.lab.inquiries import Inquiries
from tutor.lab.load import load_experiment
from tutor.lab.pace import Pace
from tutor.lab.pair import Pair
from tutor.lab.runner import Runner
from tutor.lab.studies import begun
from tutor.lab.study import Study
from tutor.link.goals import NEVER, Gauge
from tutor.link.knobs import Value
from tutor.link.messages import (
    Check,
    Command,
    Dissect,
    FigureName,
    Fork,
    Frame,
    Inspect,
    Keep,
    Look,
    Open,
    Pause,
    Ready,
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

BURST = 0.012
"""Seconds of training between looks at the inbox: short against a key press, long against a step."""


class Lab:
    """Serves one lesson to one terminal. `send` delivers a report; commands come through `inbox`, in order."""

    def __init__(self, inbox: "queue.SimpleQueue[Command]", send: Callable[[Report], None]) -> None:
        self._inbox = inbox
        self._send = send
        self._heard = 0
        self._runner: Runner | Pair | None = None
        self._kind: type[Experiment] | None = None
        self._data = Sources()
        self._opened: Open | None = None
        self._knobs: dict[str, Value] = {}
        self._seed = 42
        self._running = False
        self._fell_ill = False
        self._left = NEVER
        """How many steps the run may take yet before it stands still."""
        self._view = View((), 80)
        self._watch = Watch()
        self._inquiries = Inquiries(send)
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
        if any(isinstance(command, Pause) for command in commands):
            self._rest()
        if self._study is not None:
            self._study_on(self._study)
        elif self._running:
            self._burst()

    def _waiting(self) -> list[Command]:
        commands = [] if self._running or self._study else [self._inbox.get()]
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
                self._running = self._kind is not None and self._kind.trains() and not self._ready().halted
                self._inquiries.forget()
                self._rate = Pace()
            case Pause():
                self._running = False
            case Step(count):
                self._running = False
                self._ready().advance(count)
            case Restart(seed):
                self._running = False
                if self._runner is None or self._fell_ill:
                    self._open_again(seed)
                else:
                    self._runner.restart(seed)
                    self._first_measurement()
            case Seek(iteration):
                self._running = False
                self._ready().seek(iteration)
            case Fork(values):
                self._runner = Pair(self._alone(), values)
            case Keep(run):
                if isinstance(self._runner, Pair):
                    self._runner = self._runner.a if run == "a" else self._runner.b
            case Turn(values):
                if self._runner is None:
                    self._knobs |= values
                    self._build()
                    self._first_measurement()
                elif self._runner.turn(values):
                    self._first_measurement()
            case Sweep() | Seeds():
                self._running = False
                self._study = None
                self._study = begun(command, self._alone(), self._data)
            case Stop():
                self._end_study()
            case Dissect() | Inspect() | Sample() | Check():
                self._running = self._running and not isinstance(command, Dissect)
                self._inquiries.answer(command, self._alone)

    def _open(self, command: Open) -> None:
        self._running = False
        self._fell_ill = False
        self._runner = None
        self._study = None
        self._kind = None
        self._opened = command
        self._seed, self._knobs = command.seed, dict(command.knobs)
        names = Path(command.names_file) if command.names_file else None
        self._data = Sources(names)
        self._kind = kind = load_experiment(Path(command.folder))
        self._send(
            Ready(
                about=(kind.__doc__ or "").strip(),
                trains=kind.trains(),
                knobs=kind.knobs,
                presets=kind.presets,
                figures=tuple(FigureName(name, title) for name, title in kind.figures().items()),
                generates=kind.generates(),
            )
        )
        self._build()
        self._first_measurement()

    def _open_again(self, seed: int) -> None:
        """Load a lesson that failed, in case its code has been mended since."""
        if self._opened is None:
            raise TutorError("No lesson is open.")
        if self._runner is not None:
            self._knobs = self._runner.knobs
        self._open(msgspec.structs.replace(self._opened, seed=seed, knobs=self._knobs))

    def _build(self) -> None:
        if self._kind is None:
            raise TutorError("No lesson is open.")
        self._runner = Runner(self._kind, self._data, self._seed, self._knobs)

    def _alone(self) -> Runner:
        """The run to fork; a fork that is still open goes on as A alone."""
        runner = self._ready()
        return runner.a if isinstance(runner, Pair) else runner

    def _ready(self) -> Runner | Pair:
        if self._runner is None:
            raise TutorError("The lesson's model isn't built.", "Restart it with r.")
        return self._runner

    def _first_measurement(self) -> None:
        """A run begins with its splits' losses, so that the first frame already has them."""
        if self._runner is not None:
            self._runner.measure()

    def _burst(self) -> None:
        runner = self._ready()
        chunk = max(1, int(self._rate.value * BURST / 2))
        started = time.perf_counter()
        try:
            taken = runner.train_for(BURST, chunk, min(self._watch.room(runner.iteration), self._left))
            self._left -= taken
            done = self._watch.stops(self._alone()) or not self._left
            if done:
                runner.measure()
        except TutorError as error:
            self._fail(error)
            self._answer()
            return
        self._rate.note(taken, time.perf_counter() - started)
        if runner.halted or done:
            self._running = False
            self._answer()

    def _rest(self) -> None:
        """A run that was paused has its splits measured where it stands; the key is answered before that."""
        run = self._runner
        if run is None or self._running or run.iteration < run.end or run.measured.iteration == run.iteration:
            return
        try:
            run.measure()
        except TutorError as error:
            self._fail(error)
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
        runner = self._runner
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
        run = self._alone()
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
