"""A lab that trains nothing: it answers as the real one does, at once and always the same."""

import asyncio

from tutor.figures import Curve, Series, Text
from tutor.link.knobs import Choice, Integer, Number, Preset
from tutor.link.messages import FigureName, Frame, Look, Open, Pause, Ready, Restart, Run, Seek, Step, Turn, View

KNOBS = (
    Number("lr", 0.1, low=0.001, high=10, log=True, live=True),
    Integer("batch", 32, low=1, high=1024, log=True),
    Choice("norm", "none", ("none", "batch", "layer")),
)
FIGURES = {
    "loss": Curve("loss", (Series("train", (0.0, 100.0, 200.0), (3.3, 2.6, 2.4)),)),
    "samples": Text("samples", ("emma", "olivia")),
}
READY = Ready(
    about="A net that isn't there.",
    trains=True,
    knobs=KNOBS,
    presets=(Preset("small", {"batch": 1}, "One example a step."), Preset("large", {"batch": 1024}, "All at once.")),
    figures=tuple(FigureName(name, figure.title) for name, figure in FIGURES.items()),
)


class FakeLab:
    """Stands in for a `LabProcess`. It keeps what it was sent; while `mute`, it obeys and answers nothing."""

    def __init__(self, ready=READY, figures=FIGURES, broken=None):
        self.sent = 0
        self.commands = []
        self.mute = False
        self.closed = False
        self._ready = ready
        self._figures = figures
        self._broken = broken
        self._reports = asyncio.Queue()
        self._how = ""
        self._unheard = []
        self._heard = 0
        self._view = ()
        self._knobs = {}
        self._seed = 0
        self._iteration = 0
        self._end = 0
        self._running = False

    def send(self, *commands):
        self.sent += len(commands)
        self.commands += commands
        self._unheard += commands
        if not self.mute:
            self.answer()

    def answer(self):
        """Obey what has come, and send one frame."""
        for command in self._unheard:
            self._obey(command)
        self._heard += len(self._unheard)
        self._end = max(self._end, self._iteration)
        self._unheard = []
        if self._broken is None:
            self.say(self.frame())

    def frame(self, **changes):
        """A frame of how things stand."""
        about = {
            "heard": self._heard,
            "iteration": self._iteration,
            "seed": self._seed,
            "running": self._running,
            "end": self._end,
            "knobs": dict(self._knobs),
            "loss": 2.5 if self._iteration else None,
            "rate": 6410.0 if self._running else 0.0,
            "metrics": {"train": 2.25, "val": 2.5},
            "figures": {name: self._figures[name] for name in self._view},
        }
        return Frame(**about | changes)

    def say(self, report):
        """Report something unasked."""
        self._reports.put_nowait(report)

    def die(self, how):
        """End without being asked to."""
        self._how = how
        self._reports.put_nowait(None)

    async def reports(self):
        while (report := await self._reports.get()) is not None:
            yield report

    async def ended(self):
        return self._how

    async def close(self):
        self.closed = True
        self._reports.put_nowait(None)

    def got(self, *kinds):
        """The commands of these kinds, in the order they came."""
        return [command for command in self.commands if isinstance(command, kinds)]

    def _obey(self, command):
        match command:
            case Open():
                self._seed = command.seed
                self.say(self._broken or self._ready)
                self._knobs = {knob.name: knob.value for knob in self._ready.knobs} | command.knobs
            case View():
                self._view = command.figures
            case Look():
                self._iteration += 100 if self._running else 0
            case Run():
                self._running = True
            case Pause():
                self._running = False
            case Step():
                self._running = False
                self._iteration += command.count
            case Restart():
                self._running, self._iteration, self._end, self._seed = False, 0, 0, command.seed
            case Seek():
                self._running, self._iteration = False, command.iteration
            case Turn():
                self._knobs |= command.values
