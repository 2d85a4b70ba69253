"""The MLP of makemore part 2 once more, and what its learning rate does: found by a sweep, lowered by a schedule."""

import copy
import math
from collections import deque
from functools import lru_cache
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Curve, Guide, Series
from tutor.lab import Choice, Experiment, Integer, Number, Observation, OwnQuestion, Preset, Switch, figure, question
from tutor.lab.datasets import Sources
from tutor.lab.instruments import loss_curve
from tutor.lab.lr_finder import RangeTest, sweep
from tutor.lab.lr_finder import figure as finder_curve
from tutor.lab.schedules import SCHEDULES, schedule, schedule_curve

BLOCK, BATCH = 3, 32


class MLP(nn.Module):
    """Three letters in, logits for the next letter out."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(27, 10)
        self.hidden = nn.Linear(BLOCK * 10, 200)
        self.tanh = nn.Tanh()
        self.output = nn.Linear(200, 27)

    def forward(self, x: Tensor) -> Tensor:
        h = self.tanh(self.hidden(self.embedding(x).flatten(1)))
        return self.output(h)


class LearningRate(Experiment):
    """An MLP that learns to spell names, at a rate that may change as it goes."""

    knobs = (
        Number("lr", 0.1, low=1e-3, high=10, log=True, live=True, help="learning rate: the schedule's highest"),
        Choice("schedule", "constant", SCHEDULES, live=True, help="how the rate goes over the run"),
        Integer("length", 4000, low=100, high=100_000, log=True, live=True, help="steps that the schedule takes"),
        Number("output_scale", 0.1, low=1e-3, high=100, log=True, help="factor on the first output weights"),
        Switch("swept", True, live=True, help="whether the finder on the page uses the rates it notes"),
    )
    presets = (
        Preset("crawling", {"lr": 0.001}, "A hundred times too low: smooth, dull, and easily mistaken for a bad net."),
        Preset("thrown out", {"lr": 10.0}, "A hundred times too high: the loss jumps to 100 and stays there."),
        Preset("cooled", {"lr": 1.0, "schedule": "cosine"}, "Too high a rate to end with, but it doesn't end there."),
        Preset("warmed", {"lr": 2.0, "schedule": "1-cycle"}, "Up to a rate that throws a cold start out, and down."),
    )

    def build(self) -> None:
        self.names = self.data.names(block=BLOCK)
        self.model = MLP()
        with torch.no_grad():
            self.model.output.weight.mul_(self.k.output_scale)
            self.model.output.bias.zero_()
        self.parameters = list(self.model.parameters())

    def step(self) -> Tensor:
        train = self.names.train
        ix = torch.randint(len(train), (BATCH,), generator=self.rng)
        loss = self.loss(train.x[ix], train.y[ix])
        for p in self.parameters:
            p.grad = None
        loss.backward()
        # The rate of this step: the knob's, times what the schedule makes of the step's number.
        lr = self.k.lr * schedule(self.k.schedule, self.k.length)(self.iteration)
        with torch.no_grad():
            for p in self.parameters:
                p.add_(p.grad, alpha=-lr)
        return loss

    def splits(self):
        return {"train": self.names.train, "val": self.names.val}

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        return loss_curve(seen)

    @figure("Learning rate")
    def rate(self, seen: Observation) -> Curve:
        return schedule_curve(schedule(self.k.schedule, self.k.length), self.k.lr, self.iteration)

    @figure("Loss against time")
    def race(self, seen: Observation) -> Curve:
        # Logarithmic, or a run that is thrown out would flatten all others.
        return Curve("Loss against time", seen.runs, "seconds of training", "nats", log_y=True)

    @figure("The rates of a sweep")
    def spacing(self, seen: Observation) -> Curve:
        # Both go from the lowest rate to the highest; only the first tries every power of ten equally often.
        steps = torch.arange(1000)
        sweeps = {"even exponents": 10 ** torch.linspace(-3, 1, 1000), "even rates": torch.linspace(1e-3, 10, 1000)}
        lines = (Series(label, tuple(steps.tolist()), tuple(rates.tolist())) for label, rates in sweeps.items())
        return Curve("The rates of a sweep", tuple(lines), log_y=True)

    @figure("Learning-rate finder")
    def finder(self, seen: Observation) -> Curve:
        curve = finder_curve(found(type(self), self.data, self.seed, self.k.output_scale, self.k.swept))
        title = curve.title if self.k.swept else "A finder that never uses its rate"
        label = "learning rate" if self.k.swept else "rate noted"
        return Curve(title, curve.series, x_label=label, y_label="loss", log_x=True)

    @question("own-step")
    def own_step(self, seen: Observation, rng: Random) -> OwnQuestion:
        # One batch, one gradient, three lengths of the step along it; and the same batch again.
        train = self.names.train
        ix = torch.randint(len(train), (BATCH,), generator=self.generator(purpose=1))
        x, y = train.x[ix], train.y[ix]
        now = self.loss(x, y)
        gradients = torch.autograd.grad(now, self.parameters)
        losses = {}
        for rate in (0.001, 0.3, 30.0):
            net = copy.deepcopy(self.model)
            with torch.no_grad():
                for p, gradient in zip(net.parameters(), gradients, strict=True):
                    p.add_(gradient, alpha=-rate)
                losses[rate] = F.cross_entropy(net(x), y).item()
        rate = rng.choice(list(losses))
        return OwnQuestion(
            f"At step {self.iteration:,}, 32 examples drawn at random have a loss of {now.item():.3f}. After one step "
            f"on them, from here, at a rate of {rate:g}: what is their loss then?",
            tuple(f"{loss:.3f}" for loss in losses.values()),
            list(losses).index(rate),
            tuple(f"That is where a rate of {other:g} leads from here." for other in losses),
        )

    @figure("Four schedules")
    def schedules(self, seen: Observation) -> Curve:
        steps = range(0, self.k.length + 1, max(self.k.length // 200, 1))
        made = {name: schedule(name, self.k.length) for name in SCHEDULES}
        x = tuple(map(float, steps))
        lines = (Series(name, x, tuple(self.k.lr * factor(at) for at in steps)) for name, factor in made.items())
        return Curve("Four schedules", tuple(lines), y_label="learning rate")

    @figure("A noisy bowl")
    def bowl(self, seen: Observation) -> Curve:
        x = roll(self.k.schedule, self.k.lr)
        width = math.sqrt(self.k.lr / (2 - self.k.lr)) if self.k.lr < 2 else math.inf
        way = Series("x", tuple(map(float, range(len(x)))), x)
        guides = (Guide(width, f"+{width:.2f}"), Guide(-width, f"-{width:.2f}")) if width < math.inf else ()
        return Curve("A noisy bowl", (way,), y_label="x", guides=guides)


@lru_cache(maxsize=8)
def found(kind: type[LearningRate], data: Sources, seed: int, output_scale: float, swept: bool) -> RangeTest:
    """What a sweep of a fresh net finds, over the whole range of the knob."""
    torch.manual_seed(seed)
    fresh = kind({"output_scale": output_scale}, seed, data)
    fresh.build()
    return deque(sweep(fresh, swept=swept), maxlen=1).pop()


ROLLED, START = 1000, 3.0


@lru_cache(maxsize=8)
def roll(name: str, lr: float) -> tuple[float, ...]:
    """SGD in the bowl x²/2, from 3, when each gradient comes with an error of std 1."""
    errors = torch.randn(ROLLED, generator=torch.Generator().manual_seed(1)).tolist()
    factor, x, way = schedule(name, ROLLED), START, [START]
    for step, error in enumerate(errors):
        x -= lr * factor(step) * (x + error)
        x = max(-1e3, min(x, 1e3))
        way.append(x)
    return tuple(way)
