"""A ladder of nets, five to a rung, trained side by side: up to which rate, and from which start, do they learn?"""

import copy
import math
from itertools import pairwise
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Curve, Guide, Series, Table
from tutor.figures.numbers import short
from tutor.lab import Choice, Experiment, Integer, Number, Observation, OwnQuestion, Preset, figure, metric, question

PIXELS, WIDTH, BATCH = 64, 32, 32
SEEDS = 5  # nets on a rung, each with its own start and its own batches
EVERY = 10  # steps between two looks at the validation split
ENOUGH = 0.9  # right on val: then it "trains"
KINDS = ("plain", "batch", "shaken", "direction", "held", "residual", "both")


class Nets(nn.Module):
    """Rungs x SEEDS nets of one kind, which share nothing but the code: every weight is (rungs, seeds, in, out)."""

    def __init__(self, kind: str, starts: list[Tensor], gains: Tensor, rng: torch.Generator) -> None:
        super().__init__()
        self.kind, self.rng = kind, rng
        self.normalized = kind in {"batch", "shaken", "held", "both"}
        *hidden, last = starts
        each = (len(gains), SEEDS, 1, WIDTH)
        self.weights = nn.ParameterList([w * gains for w in hidden])
        self.scales = nn.ParameterList([torch.ones(each) for _ in hidden])
        self.shifts = nn.ParameterList([torch.zeros(each) for _ in hidden])
        # BatchNorm treats every column by itself, so one layer serves the columns of all nets.
        self.norms = nn.ModuleList([nn.BatchNorm1d(math.prod(each), affine=False) for _ in hidden])
        self.last = nn.Parameter(last.repeat(len(gains), 1, 1, 1))
        self.bias = nn.Parameter(torch.zeros(len(gains), SEEDS, 1, 10))
        self.lengths = [length(w.detach()) for w in self.weights]
        self.first = ()

    def forward(self, x: Tensor) -> Tensor:
        """Logits (rungs, seeds, n, 10) of images x, (n, 64) or (seeds, n, 64)."""
        h = x
        for n, (weight, scale, shift) in enumerate(zip(self.weights, self.scales, self.shifts, strict=True)):
            if self.kind == "direction":
                weight = self.lengths[n] * weight / length(weight)  # weight normalization; `scale` is its g
            z = h @ weight
            if self.normalized:
                columns = z.permute(2, 0, 1, 3)
                z = self.norms[n](columns.flatten(1)).view(columns.shape).permute(1, 2, 0, 3)
            if self.normalized or self.kind == "direction":
                z = z * scale
            z = z + shift
            if self.kind == "shaken" and self.training:
                by, to = torch.rand(2, SEEDS, 1, WIDTH, generator=self.rng)
                z = z * (by + 0.5) + (to - 0.5)  # each unit's own, and new at every step
            h = h + z.relu() if n and self.kind in {"residual", "both"} else z.relu()
        if self.training:
            self.middles = z.detach().mean(2)
            if not self.first:
                self.first = (self.middles, z.detach().std(2))
        return h @ self.last + self.bias

    def moved(self) -> Tensor:
        """How far the means of the last hidden units are from the first batch's, in its stds, (rungs, seeds)."""
        middles, stds = self.first
        return ((self.middles - middles).abs() / stds).mean(2)


def length(weight: Tensor) -> Tensor:
    """How long each unit's weight vector is, (rungs, seeds, 1, out)."""
    return weight.norm(dim=2, keepdim=True)


class WhatBatchNormBuys(Experiment):
    """Two kinds of net on 8x8 digits, on the same rungs, from the same five starts and with the same batches."""

    knobs = (
        Choice("a", "plain", KINDS, help="what the nets of A have"),
        Choice("b", "batch", KINDS, help="what the nets of B have"),
        Choice("along", "lr", ("lr", "gain"), help="in what the rungs differ"),
        Number("lowest", 0.01, low=1e-4, high=10, log=True, help="the lowest rung's learning rate, or gain"),
        Number("times", 2.0, low=1.1, high=10, log=True, help="from rung to rung, it is so many times higher"),
        Integer("rungs", 12, low=1, high=12, help="how many"),
        Number("lr", 0.08, low=1e-4, high=100, log=True, help="of the rung looked at; on a ladder of gains, of all"),
        Number("gain", 2**0.5, low=0.01, high=100, log=True, help="gain of the hidden weights, if it is the same"),
        Integer("depth", 3, low=1, high=40, log=True, help="hidden layers of 32 ReLUs"),
    )
    presets = (
        Preset("gains", {"along": "gain", "lowest": 0.05, "lr": 0.1}, "The same rate, and weights from far too small."),
        Preset("deep", {"depth": 40, "rungs": 3, "times": 4.0}, "Forty layers: BN alone does not save them."),
        Preset(
            "deep-residual",
            {"depth": 40, "rungs": 3, "times": 4.0, "a": "residual", "b": "both"},
            "Forty layers with residuals: without BN, a gain of √2 is too much.",
        ),
        Preset("shaken", {"a": "batch", "b": "shaken", "depth": 9}, "BN, and then every unit shifted and scaled anew."),
    )

    def build(self) -> None:
        k = self.k
        digits = self.data.digits()
        self.x, self.y, self.val = digits.train.x, digits.train.y, digits.val
        self.ladder = torch.tensor([k.lowest * k.times**n for n in range(k.rungs)]).view(-1, 1, 1, 1)
        self.steps_on = tuple(self.ladder.flatten().tolist())
        self.names, self.axis = (f"A {k.a}", f"B {k.b}"), "learning rate" if k.along == "lr" else "gain"
        same = torch.ones_like(self.ladder)
        self.rates, gains = (self.ladder, k.gain * same) if k.along == "lr" else (k.lr * same, self.ladder)
        sizes = pairwise([PIXELS, *[WIDTH] * k.depth, digits.vocab])
        starts = [torch.randn(SEEDS, fan_in, out, generator=self.rng) / fan_in**0.5 for fan_in, out in sizes]
        shaking = torch.Generator().manual_seed(self.seed)  # its own, so that all kinds get the same batches
        self.model = nn.ModuleList([Nets(kind, starts, gains, shaking) for kind in (k.a, k.b)])
        self.parameters = list(self.model.parameters())
        self.taken = 0
        self.reached = torch.full((2, k.rungs, SEEDS), math.inf)  # the step at which each was first right enough
        self.notes = []  # every so many steps: step, right, and the means of the last hidden units
        self.note()

    def step(self) -> Tensor:
        ix = torch.randint(len(self.x), (SEEDS, BATCH), generator=self.rng)
        losses = torch.stack([self.each(nets, self.x[ix], self.y[ix]) for nets in self.model])
        for p in self.parameters:
            p.grad = None
        losses.sum().backward()  # no net is in another's loss, so each gets the gradient of its own
        with torch.no_grad():
            for p in self.parameters:
                if p.grad is not None:
                    # What is no number any more becomes 0: that net is lost, and the others go on.
                    p.sub_(self.rates * p.grad).nan_to_num_(0.0, 1e9, -1e9)
            for nets in self.model:
                if nets.kind == "held":
                    for w, first in zip(nets.weights, nets.lengths, strict=True):
                        w.mul_(first / length(w))
        self.taken = self.iteration + 1
        if self.taken % EVERY == 0:
            self.note()
        return losses.detach().clamp(max=100).nanmedian()

    def each(self, nets: Nets, x: Tensor, y: Tensor) -> Tensor:
        """Every net's mean loss, (rungs, seeds), on its seed's batch."""
        logits = nets(x)
        y = y.expand(logits.shape[:3])
        return F.cross_entropy(logits.flatten(0, 2), y.flatten(), reduction="none").view(y.shape).mean(2)

    def note(self) -> None:
        """See how much of the validation split each net has right, (2, rungs, seeds), and how its units have moved."""
        self.model.eval()
        with torch.no_grad():
            right = torch.stack([(nets(self.val.x).argmax(3) == self.val.y).float().mean(2) for nets in self.model])
        self.model.train()
        now = torch.tensor(float(self.taken))
        self.reached = torch.where((right >= ENOUGH) & self.reached.isinf(), now, self.reached)
        moved = torch.stack([nets.moved() for nets in self.model]) if self.taken else torch.zeros_like(right)
        self.notes.append((self.taken, right, moved))

    @property
    def looked_at(self) -> int:
        """The rung that some figures are about: the one whose rate is nearest `lr`, or the middle one of the gains."""
        if self.k.along == "gain":
            return self.k.rungs // 2
        return int((self.rates.flatten().log() - math.log(self.k.lr)).abs().argmin())

    @property
    def rung(self) -> str:
        return f"{self.k.along} {short(self.steps_on[self.looked_at], 3)}"

    def banded(self, values: Tensor, x: tuple[float, ...]) -> tuple[Series, ...]:
        """A and B, (2, points, seeds), as medians over the seeds within their extremes."""
        low, middle, high = values.min(2).values, values.median(2).values, values.max(2).values
        return tuple(
            Series(name, x, tuple(m.tolist()), low=tuple(lo.tolist()), high=tuple(hi.tolist()))
            for name, m, lo, hi in zip(self.names, middle, low, high, strict=True)
        )

    def best(self, which: int) -> float:
        """The share of val that the best rung has right, the median of its seeds."""
        return self.notes[-1][1][which].median(1).values.max().item()

    def top(self, which: int) -> float:
        """The highest rung at which the median seed has enough right now; 0 if there is none."""
        passed = self.notes[-1][1][which].median(1).values >= ENOUGH
        return self.ladder.flatten()[passed].max().item() if passed.any() else 0.0

    def fewest(self, which: int) -> float:
        """The fewest steps to enough right, over the rungs, the median of the seeds."""
        return self.reached[which].median(1).values.min().item()

    @question("own-quickest")
    def own_quickest(self, seen: Observation, rng: Random) -> OwnQuestion:
        which = rng.choice((0, 1))
        steps = self.reached.median(2).values
        # Of rungs that are equally quick the highest is asked for, and no other is offered.
        best, others = (int(steps[n].eq(steps[n].min()).nonzero().max()) for n in (which, 1 - which))
        slower = (n for n in (others, 0, self.k.rungs - 1) if steps[which, n] > steps[which, best])
        took = {n: min(steps[which, n].item(), self.taken) for n in (best, *slower)}
        return OwnQuestion(
            f"At which of these rungs did the nets of {self.names[which]} get to 90 % of val in the fewest steps?",
            tuple(f"{self.axis} {short(self.steps_on[n], 3)}" for n in took),
            0,
            tuple(f"Its median seed took {count:.0f} steps{' or more' * (n != best)}." for n, count in took.items()),
        )

    @metric("best A")
    def best_a(self, seen: Observation) -> float:
        return self.best(0)

    @metric("rungs B")
    def rungs_b(self, seen: Observation) -> float:
        return self.passing(1)

    @metric("top B / top A")
    def ratio(self, seen: Observation) -> float:
        return self.top(1) / self.top(0) if self.top(0) else math.inf

    @figure("Rung by rung")
    def rungs(self, seen: Observation) -> Curve:
        series = self.banded(100 * self.notes[-1][1], self.steps_on)
        return Curve(
            "Right on val, %", series, x_label=self.axis, log_x=True, guides=(Guide(90, "90 %"),), y_span=(0, 100)
        )

    @figure("What it comes to")
    def summary(self, seen: Observation) -> Table:
        def told(value: float) -> str:
            return short(value, 3) if 0 < value < math.inf else "none"

        rows = [
            (f"highest {self.k.along} that trains", told(self.top(0)), told(self.top(1))),
            ("rungs that train", *(str(self.passing(n)) for n in (0, 1))),
            ("best rung, right on val", *(f"{self.best(n):.1%}" for n in (0, 1))),
            ("fewest steps to 90 %", told(self.fewest(0)), told(self.fewest(1))),
        ]
        return Table(f"Step {self.taken:,}, medians of {SEEDS} seeds", ("", *self.names), tuple(rows))

    def passing(self, which: int) -> int:
        return int((self.notes[-1][1][which].median(1).values >= ENOUGH).sum())

    @figure("Steps to 90 %")
    def speed(self, seen: Observation) -> Curve:
        # A seed that hasn't got there by now is drawn where the run stands, a rung whose median hasn't, not at all.
        values = torch.where(self.reached.median(2, keepdim=True).values.isinf(), math.nan, self.reached)
        series = self.banded(values.clamp(max=self.taken), self.steps_on)
        return Curve("Steps to 90 %", series, x_label=self.axis, log_x=True, log_y=True)

    @figure("How far the units move")
    def drift(self, seen: Observation) -> Curve:
        values = torch.stack([moved[:, self.looked_at] for _, _, moved in self.notes], 1)
        steps = tuple(float(step) for step, _, _ in self.notes)
        return Curve(f"Means moved, in stds, {self.rung}", self.banded(values, steps))

    @figure("Along the gradient")
    def slope(self, seen: Observation) -> Curve:
        lengths, losses = self.downhill()
        return Curve(
            f"Loss after / before a step, {self.rung}",
            self.banded(losses, lengths),
            x_label="rate of that step",
            log_x=True,
            log_y=True,
            guides=(Guide(1.0, "no gain"),),
        )

    def downhill(self) -> tuple[tuple[float, ...], Tensor]:
        """Rates of a single step, and the loss of 256 images after it over that before, (2, rates, seeds)."""
        lengths = tuple(0.01 * 2**n for n in range(12))
        x, y, rung = self.x[:256], self.y[:256], self.looked_at
        found = []
        for nets in copy.deepcopy(self.model):
            before = self.each(nets, x, y)
            before.sum().backward()
            after, at = [], 0.0
            with torch.no_grad():
                for rate in lengths:
                    for p in nets.parameters():
                        if p.grad is not None:
                            p.sub_((rate - at) * p.grad)
                    at = rate
                    after.append((self.each(nets, x, y) / before)[rung].clamp(max=100))
            found.append(torch.stack(after))
        return lengths, torch.stack(found).detach()

    @figure("How long the weights get")
    def growth(self, seen: Observation) -> Curve:
        grown = [
            torch.stack([(length(w) / first).mean((2, 3)) for w, first in zip(nets.weights, nets.lengths, strict=True)])
            for nets in self.model
        ]
        values = torch.stack([each.mean(0) for each in grown]).detach()
        values[values > 100] = math.nan  # lost nets would leave no room for the others
        return Curve(
            "Length of weights, now over first",
            self.banded(values, self.steps_on),
            x_label=self.axis,
            log_x=True,
            log_y=True,
            guides=(Guide(1.0, "as at first"),),
        )
