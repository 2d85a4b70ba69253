"""The lab process's main loop: read commands, train in short bursts, answer with frames."""

import itertools
import queue
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from tutor.errors import TutorError
from tutor.lab.datasets import Sources
from tutor.lab.experiment import Experiment
from tutor.lab.guard import LessonError
from tutor.lab.load import load_experiment
from tutor.lab.pair import Pair
from tutor.lab.runner import Runner
from tutor.link.knobs import Value
from tutor.link.messages import (
    Command,
    FigureName,
    Fork,
    Frame,
    Keep,
    Look,
    Open,
    Pause,
    Ready,
    Report,
    Restart,
    Run,
    Seek,
    Step,
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
        self._view = View((), 80)
        self._rate = _Rate()

    def serve(self) -> None:
        """Work until the process ends."""
        while True:
            self.turn()

    def turn(self) -> None:
        """One round: obey what has come (waiting for it if nothing trains), answer it, train one burst."""
        commands = self._waiting()
        for command in commands:
            self._heard += 1
            try:
                self._obey(command)
            except TutorError as error:
                self._fail(error)
        if commands:
            self._answer()
        if self._running:
            self._burst()

    def _waiting(self) -> list[Command]:
        commands = [] if self._running else [self._inbox.get()]
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
                self._view = command
            case Look():
                pass
            case Run():
                self._running = self._kind is not None and self._kind.trains() and not self._ready().halted
                self._rate.forget()
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

    def _open(self, command: Open) -> None:
        self._running = False
        self._fell_ill = False
        self._runner = None
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
            taken = runner.train_for(BURST, chunk)
        except TutorError as error:
            self._fail(error)
            self._answer()
            return
        self._rate.note(taken, time.perf_counter() - started)
        if runner.halted:
            self._running = False
            self._answer()

    def _answer(self) -> None:
        runner = self._runner
        if runner is None:
            return
        try:
            figures = runner.look(self._view.figures, self._view.columns)
        except TutorError as error:
            self._fail(error)
            figures = {}
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
                measured_at=runner.measured.iteration,
                figures=figures,
                end=runner.end,
                branched_at=runner.branched_at,
                fork=runner.says() if isinstance(runner, Pair) else "",
                halted=runner.halted,
            )
        )

    def _fail(self, error: TutorError) -> None:
        self._running = False
        if isinstance(error, LessonError):
            self._fell_ill = True
            print(error.traceback, file=sys.stderr, flush=True)
            self._send(Trouble(error.raised, error.where, error.traceback))
        else:
            self._send(Trouble(str(error), "", ""))


class _Rate:
    """Steps a second over the last second or so of training."""

    def __init__(self) -> None:
        self._bursts: deque[tuple[int, float]] = deque()
        self._steps = 0
        self._seconds = 0.0

    @property
    def value(self) -> float:
        return self._steps / self._seconds if self._seconds else 0.0

    def note(self, steps: int, seconds: float) -> None:
        self._bursts.append((steps, seconds))
        self._steps += steps
        self._seconds += seconds
        while self._seconds > 1.0 and len(self._bursts) > 1:
            old_steps, old_seconds = self._bursts.popleft()
            self._steps -= old_steps
            self._seconds -= old_seconds

    def forget(self) -> None:
        self.__init__()  # type: ignore[misc]
