"""A lesson that does everything in a way of its own, for `tutor script` to carry over."""

LAB = '''\
"""A lab of oddities."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Text
from tutor.lab import Choice, Experiment, Integer, Number, Observation, Preset, figure
from tutor.lab.datasets import Split
from tutor.lab.schedules import SCHEDULES, schedule

_made = torch.Generator().manual_seed(1)
X = torch.randn(300, 4, generator=_made)
SKIPPED = torch.randn(5, generator=_made)
Y = (X @ torch.randn(4, 3, generator=_made)).argmax(1)
# The widths of the hidden layer.
WIDTHS = {"small": 4}
WIDTHS["big"] = 16
steps = 3
TITLE = "for a figure"


def scaled(x: Tensor, rng: float = math.pi) -> Tensor:
    return x * rng * steps  # neither is the run's


def drawn() -> Text:
    return Text(TITLE, (str(steps),))


class Odd(Experiment):
    """An experiment with a mind of its own."""

    knobs = (
        Number("lr", 0.1, low=1e-3, high=1e38, log=True, live=True),
        Choice("schedule", "cosine", SCHEDULES, help="how the rate falls"),
        Integer("batch", 16, low=1, high=300, log=True, live=True),
        Choice("width", "big", ("small", "big")),
    )
    presets = (Preset("wild", {"lr": 1e30}, "It flies apart."),)
    CLASSES: int = 3

    def build(self) -> None:
        """Make the net."""
        if self.k.width == "none":
            return
        k = self.k
        self.schedule = schedule(k.schedule, 20)
        rng = self.rng
        width = WIDTHS[k.width]
        self.model = nn.Sequential(
            nn.Linear(4, width), nn.BatchNorm1d(width), nn.Dropout(0.2), nn.Linear(width, self.CLASSES)
        )
        nn.init.normal_(self.model[0].weight, generator=self.generator(3))
        self.text: str = f"""{self.k.width}
          {self.iteration} {scaled(X).sum().item():.3f}"""
        # Examples drawn so far, for a figure.
        self.seen = 0
        self.x = torch.rand(1, generator=rng)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=self.k.lr, momentum=0.9)

    @property
    def rate(self) -> float:
        return self.k.lr * self.schedule(self.iteration)

    @staticmethod
    def pick(x, y, ix):
        return x[ix], y[ix]

    # A little more than the usual loss.
    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        return super().loss(x, y) * (1 + self.x.item() * 1e-3)

    def step(self) -> Tensor:
        self.optimizer.param_groups[0]["lr"] = self.rate
        ix = torch.randint(len(X), (self.k.batch,), generator=self.rng)
        x, y = self.pick(X, Y, ix)
        self.seen += len(x)

        def twice():
            self.factor = 2
            return self.factor

        loss = self.loss(x, y) * twice() / 2
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        if self.iteration % 2:
            return loss
        return loss + 0

    def splits(self) -> dict[str, Split]:
        return {"train": Split(X[:200], Y[:200]), "val": Split(X[200:], Y[200:])}

    def each_loss(self, x: Tensor, y: Tensor) -> Tensor:
        return super().each_loss(x, y) + self.iteration + torch.rand(1) + len(self.text)

    @figure("Seen")
    def figure_of_what_was_seen(self, seen: Observation) -> Text:
        return drawn() if self.seen else Text("Seen", ())
'''

PLAIN = '''\
import torch
import torch.nn
from torch import Tensor, nn

from tutor.lab import Experiment, Number
from tutor.lab.observation import undisturbed

F = 1


class Mixin:
    pass


class Plain(Experiment):
    """Fits a line."""

    knobs = (Number("lr", 0.1, low=1e-3, high=1),)

    def build(self) -> None:
        self.model = nn.Linear(2, 2)

    def step(self) -> Tensor:
        x = torch.randn(8, 2, generator=self.rng)
        loss = self.loss(x, x.argmax(1))
        for p in self.model.parameters():
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in self.model.parameters():
                p -= self.k.lr * p.grad
        return loss
'''

READER = '''\
import torch
import torch.nn.functional as F
from torch import nn

from tutor.lab import Experiment, Number
from tutor.lab.datasets import Names

LETTERS = len(Names.letters)


class Reader(Experiment):
    """Reads digits, and knows a name or two."""

    knobs = (Number("lr", 0.1, low=1e-3, high=1), Number("unused", 0.5, low=0, high=1))

    def build(me):
        digits = me.data.digits()
        me.train, me.val = digits.train, digits.val
        me.words = me.data.word_list()[:LETTERS]
        me.start()

    def start(me):
        me.model = nn.Linear(64, me.data.digits().vocab)
        me.count, me.order = 0, []; me.spelled = Names.decode([5, 13, 13, 1])

    @torch.enable_grad()
    def step(me):
        """A step, and every third one from the start."""
        model = me.model
        if me.count == 3: me.start()
        me.count += 1
        ix = torch.randint(len(me.train), (8,), generator=me.rng)
        loss = F.cross_entropy(me.model(me.train.x[ix]), me.train.y[ix]) + len(me.words) * len(me.spelled)
        loss = loss + model.weight.sum().item()  # of the model as it was at the beginning of this step
        me.model.zero_grad()
        loss.backward()
        for p in me.model.parameters():
            p.data -= me.k.lr * p.grad
        return loss

    def splits(me):
        lengths = [len(word) for word in me.data.names(block=2).words]
        return {"train": me.train, f"val{max(lengths)}": me.val}
'''
