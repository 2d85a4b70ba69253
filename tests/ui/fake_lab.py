"""A lab that trains nothing: it answers as the real one does, at once and always the same."""

import asyncio

from tutor.figures import Curve, Series, Table, Text
from tutor.link.dissection import Dissect, Dissected, Inspect, Inspected, Phase
from tutor.link.goals import Gauge
from tutor.link.knobs import Choice, Integer, Number, Preset
from tutor.link.messages import (
    FigureName,
    Frame,
    Letter,
    Look,
    Open,
    Pause,
    Ready,
    Restart,
    Run,
    Sample,
    Sampled,
    Seeds,
    Seek,
    Step,
    Stop,
    Studied,
    Sweep,
    Turn,
    View,
)
from tutor.link.trials import Outcome, Pose, Posed, Tried, Try

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
    generates=True,
)
STUDY = (Curve("The sweep", (Series("smoothed", (0.001, 0.1, 10.0), (3.3, 2.6, 9.0)),), log_x=True),)
HEADER = ("tensor", "shape", "mean", "std", "min", "max")
PHASES = tuple(
    Phase(says, Table(title, HEADER, tuple((name, "4", "0", "1", "-2", "2") for name in tensors)))
    for says, title, tensors in (
        ("Four examples go through.", "1. Forward", ("input", "hidden", "loss")),
        ("The loss goes back.", "2. Backward", ("hidden", "hidden.weight")),
        ("The weights move.", "3. Update", ("hidden.weight",)),
    )
)


class FakeLab:
    """Stands in for a `LabProcess`. It keeps what it was sent; while `mute`, it obeys and answers nothing."""

    def __init__(self, ready=READY, figures=FIGURES, broken=None):
        self.sent = 0
        self.commands = []
        self.mute = False
        self.tries_nothing = False
        """Whether it keeps silent about what it is to try."""
        self.outcomes = {}
        """What trials give, by the prediction's id: of each the values."""
        self.made = {}
        """Questions made of the run, by id: what is asked, the options with their whys, the right one's place."""
        self.closed = False
        self._ready = ready
        self._figures = figures
        self._broken = broken
        self._reports = asyncio.Queue()
        self._how = ""
        self._unheard = []
        self._heard = 0
        self._view = ()
        self._goal = ()
        self._studying = False
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
            self.say(self.studied() if self._studying else self.frame())

    def studied(self, **changes):
        """A report of how the study stands: halfway."""
        rates = {"steepest": 0.125, "minimum/10": 0.25} if changes.get("done") else {}
        about = {
            "share": 0.5,
            "seconds_left": 12.0,
            "doing": "B, seed 43",
            "figures": STUDY,
            "says": "",
            "rates": rates,
        }
        return Studied(**{"heard": self._heard, "done": False, **about, **changes})

    def end_study(self, share=1.0):
        """End it, with a verdict."""
        self._studying = False
        self.say(self.studied(done=True, share=share, says="No winner: the bands overlap."))

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
            "measured_at": changes.get("iteration", self._iteration),
            "figures": {name: self._figures[name] for name in self._view},
        }
        values = about["metrics"] | about["knobs"] | {"step": self._iteration}
        about["goal"] = tuple(
            Gauge(condition, values[condition.metric], condition.holds(values[condition.metric]))
            for condition in self._goal
        )
        about["reached"] = not self._running and bool(about["goal"]) and all(gauge.holds for gauge in about["goal"])
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
                self._view, self._goal = command.figures, command.goal
            case Look() | Sample():
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
            case Sweep() | Seeds():
                self._running, self._studying = False, True
            case Stop():
                if self._studying:
                    self.end_study(share=0.5)
        self._tell(command)

    def _tell(self, command):
        """Report what only some commands are answered by."""
        match command:
            case Dissect():
                self._running = False
                self.say(Dissected(self._iteration, PHASES))
            case Inspect(phase, row):
                name = PHASES[phase].tensors.rows[row][0]
                self.say(
                    Inspected(phase, row, {"spread": Text(f"spread of {name}", ()), "map": Text(f"map of {name}", ())})
                )
            case Try(question, _, _, seed) if not self.tries_nothing:
                values = self.outcomes.get(question)
                none = Tried(question, None, "There is no metric 'val'.")
                self.say(Tried(question, Outcome(seed, values)) if values else none)
            case Pose(question):
                self.say(Posed(question, *self.made.get(question, ("There is no such question.",))))
            case Sample(seeds, temperature):
                samples = tuple(f"name{seed}at{self._iteration}" for seed in seeds)
                letters = (Letter("n", 0.25, 0.5, (("n", 0.25), ("m", 0.125))), Letter(".", 0.75, 0.01, ((".", 0.75),)))
                self.say(Sampled(self._iteration, seeds, temperature, samples, letters))
