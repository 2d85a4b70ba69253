"""The MLP of Karpathy's makemore part 3, and where its hidden units pass on no gradient."""

from functools import cache
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Curve, HeatMap, Histograms, Series, Table
from tutor.figures.numbers import short
from tutor.lab import Choice, Experiment, Layer, Number, Observation, OwnQuestion, Preset, figure, metric, question
from tutor.lab.datasets import Split
from tutor.lab.instruments import histogram, loss_curve, rounded_up, spread

BLOCK, EMBEDDING, HIDDEN, BATCH = 3, 10, 200, 32
FLAT = 0.99  # a tanh output beyond this passes on less than 2 % of the gradient
LECTURE_SEED = 2147483647
DRAWN = 40  # units in the map, as many as a small terminal has columns for

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "leaky": nn.LeakyReLU}


@cache
def contexts(split: Split) -> Tensor:
    """Each different context of `split` once, (n, 3)."""
    return split.distinct[0].unique(dim=0)


class MLP(nn.Module):
    """Three letters in, 200 hidden units, logits for the next letter out."""

    def __init__(self, letters: int, activation: str, rng: torch.Generator) -> None:
        super().__init__()
        # One generator, so the order of the draws matters: it is the lecture's.
        self.C = nn.Parameter(torch.randn((letters, EMBEDDING), generator=rng))
        self.W1 = nn.Parameter(torch.randn((BLOCK * EMBEDDING, HIDDEN), generator=rng))
        self.b1 = nn.Parameter(torch.randn(HIDDEN, generator=rng) * 0.01)
        self.W2 = nn.Parameter(torch.randn((HIDDEN, letters), generator=rng) * 0.01)
        self.b2 = nn.Parameter(torch.randn(letters, generator=rng) * 0)
        self.activation = ACTIVATIONS[activation]()

    def preactivations(self, x: Tensor) -> Tensor:
        return self.C[x].flatten(1) @ self.W1 + self.b1

    def forward(self, x: Tensor) -> Tensor:
        h = self.activation(self.preactivations(x))
        return h @ self.W2 + self.b2


class Saturation(Experiment):
    """An MLP that spells names, whose hidden units can be flat, asleep or dead."""

    knobs = (
        Number("lr", 0.1, low=1e-3, high=10, log=True, live=True, help="learning rate; a tenth after 100,000 steps"),
        Number("scale", 0.2, low=0.01, high=10, log=True, help="factor on the first hidden weights, W1"),
        Number("shift", 0.0, low=-20, high=20, help="added to every first hidden bias, b1"),
        Choice("activation", "tanh", tuple(ACTIVATIONS), help="the nonlinearity of the hidden units"),
        Choice("letters", "learned", ("learned", "frozen"), live=True, help="whether C, the embedding, is trained"),
        Choice("draws", "seed", ("seed", "lecture"), help="lecture draws with the lecture's own seed"),
    )
    presets = (
        Preset("saturated", {"scale": 1.0}, "Weights as drawn: two outputs in three are flat, no unit is dead."),
        Preset("linear", {"scale": 0.01}, "Tiny weights: tanh is a straight line, and passes the gradient whole."),
        Preset("shifted", {"activation": "relu", "shift": -5.0}, "ReLUs born dead: all but two, on every context."),
        Preset("killed", {"activation": "relu", "scale": 1.0, "lr": 0.5}, "ReLUs that die on the job: 42 by step 300."),
        Preset("leaky", {"activation": "leaky", "scale": 1.0, "lr": 0.5}, "The same with slope 0.01: none is lost."),
        Preset("lecture", {"draws": "lecture"}, "The lecture's draws, W1 · 0.2. On its names: 2.0356, 2.1027."),
    )

    def build(self) -> None:
        k = self.k
        if k.draws == "lecture":
            self.rng.manual_seed(LECTURE_SEED)
        self.names = self.data.names(block=BLOCK)
        self.model = MLP(self.names.vocab, k.activation, self.rng)
        with torch.no_grad():
            self.model.W1 *= k.scale
            self.model.b1 += k.shift
        self.parameters = list(self.model.parameters())

    def step(self) -> Tensor:
        train = self.names.train
        ix = torch.randint(0, len(train), (BATCH,), generator=self.rng)
        loss = F.cross_entropy(self.model(train.x.index_select(0, ix)), train.y.index_select(0, ix))
        for p in self.parameters:
            p.grad = None
        loss.backward()
        lr = self.k.lr if self.iteration < 100_000 else self.k.lr / 10
        learning = self.parameters if self.k.letters == "learned" else self.parameters[1:]  # C is the first
        with torch.no_grad():
            # p += -lr * p.grad for every p, in two calls: one by one takes longer.
            torch._foreach_add_(learning, torch._foreach_mul([p.grad for p in learning], -lr))
        return loss

    def splits(self):
        return {"train": self.names.train, "val": self.names.val}

    def held_out(self):
        return {"test": self.names.test}

    def next_logits(self, drawn: Tensor) -> Tensor:
        return self.model(F.pad(drawn, (BLOCK, 0))[:, -BLOCK:])

    def flat(self, z: Tensor) -> Tensor:
        """Where the activation passes on (next to) nothing, given the pre-activations z. A leaky ReLU: a hundredth."""
        return z.tanh().abs() > FLAT if self.k.activation == "tanh" else z <= 0

    def awake(self) -> Tensor:
        """For each unit, the share of all contexts in the training split on which it isn't flat."""
        with torch.no_grad():
            return 1 - self.flat(self.model.preactivations(contexts(self.names.train))).float().mean(0)

    @metric("dead")
    def dead(self, seen: Observation) -> float:
        return float((self.awake() == 0).sum())

    def hidden(self, seen: Observation) -> Layer:
        return seen.of(*ACTIVATIONS.values())[0]

    @figure("Examples x units")
    def flat_map(self, seen: Observation) -> HeatMap:
        # Lit where a unit (column) is flat on an example (row). Every fifth unit, the flattest to the left.
        flat = self.flat(self.hidden(seen).input)
        order = self.awake().argsort(stable=True)[:: HIDDEN // DRAWN]
        columns = int(flat.all(0).sum())
        return HeatMap(
            f"Lit: {flat.float().mean():.0%} flat, {columns} of {HIDDEN} columns all lit",
            (),
            (),
            tuple(map(tuple, flat[:, order].float().tolist())),
            0.0,
            1.0,
            row_label="32 examples",
            column_label="every 5th unit, the flattest first",
        )

    @figure("Pre-activations")
    def preactivations(self, seen: Observation) -> Histograms:
        z = self.hidden(seen).input
        edge = rounded_up(max(2.0, 2 * spread(z) + abs(z.mean().item())))
        return Histograms("Pre-activations", (histogram("z", z, -edge, edge, note=f"std {short(spread(z))}"),))

    @figure("Activations")
    def activations(self, seen: Observation) -> Histograms:
        layer = self.hidden(seen)
        edge = 1.0 if self.k.activation == "tanh" else rounded_up(2 * spread(layer.input))
        note = f"{self.flat(layer.input).float().mean():.0%} flat"
        return Histograms(f"Activations: {self.k.activation}", (histogram("h", layer.output, -edge, edge, note=note),))

    @figure("Awake on how many contexts?")
    def alive(self, seen: Observation) -> Histograms:
        awake = self.awake()
        row = histogram("units", awake, 0.0, 1.0, bins=50, note=f"{int((awake == 0).sum())} dead")
        return Histograms(f"Awake on a share of {len(contexts(self.names.train)):,} contexts", (row,))

    @figure("Dead and alive")
    def census(self, seen: Observation) -> Table:
        awake = self.awake()
        kinds = {"dead": awake == 0, "awake on < 1 %": (awake > 0) & (awake < 0.01), "the others": awake >= 0.01}
        moves = {p.name: p.update.abs() for p in seen.parameters}
        farthest = torch.maximum(moves["W1"].amax(0), moves["b1"])
        rows = tuple(
            (kind, str(int(units.sum())), short(farthest[units].max().item()) if units.any() else "-")
            for kind, units in kinds.items()
        )
        return Table("How far the next step moves their weights", ("", "units", "at most"), rows)

    @figure("The activation and its slope")
    def slope(self, seen: Observation) -> Curve:
        z = (torch.arange(-60, 61) / 10).requires_grad_()
        f = self.model.activation(z)
        (slope,) = torch.autograd.grad(f.sum(), z)
        x = tuple(z.tolist())
        curves = Series(self.k.activation, x, tuple(f.tolist())), Series("slope", x, tuple(slope.tolist()))
        return Curve("The activation and its slope", curves, x_label="z")

    @question("own-dead")
    def own_dead(self, seen: Observation, rng: Random) -> OwnQuestion:
        flat, awake = self.flat(self.hidden(seen).input), self.awake()
        asleep = (flat.all(0) & (awake > 0)).nonzero().flatten().tolist()
        if asleep and rng.random() < 0.5:
            return self.asleep(rng.choice(asleep), awake, seen)
        lit, dead, share = int(flat.all(0).sum()), int((awake == 0).sum()), flat.float().mean().item()
        packed = round(share * HIDDEN)
        others = (
            (dead, lit, "The dead are lit in every batch: they can't outnumber the lit."),
            (lit, lit, "That a column is lit in one batch of 32 doesn't prove its death."),
            (packed, packed, "That counts pixels as if they came in whole columns."),
            (HIDDEN, HIDDEN, "Then every pixel would be lit, in this batch and in any other."),
            (0, 0, f"Columns lit throughout there are, {lit} of them."),
        )
        right = f"The dead are lit in every batch, so they are among the {lit}. Any others wake up elsewhere."
        whys = {f"{lit} lit throughout, {dead} dead": right}
        for columns, units, why in others:
            if len(whys) < 4:
                whys.setdefault(f"{columns} lit throughout, {units} dead", why)
        return OwnQuestion(
            f"Step {self.iteration:,}: {100 * share:.1f} % of the 32 x {HIDDEN} pixels of the map are lit. How many of "
            f"the {HIDDEN} columns are lit from top to bottom, and how many units are dead?",
            tuple(whys),
            0,
            tuple(whys.values()),
        )

    def asleep(self, unit: int, awake: Tensor, seen: Observation) -> OwnQuestion:
        moves = {p.name: p.update.abs() for p in seen.parameters}
        farthest = max(moves["W1"][:, unit].max().item(), moves["b1"][unit].item())
        still = farthest == 0
        told = f"The step moves them by {short(farthest)} at most. In another batch something will wake the unit."
        return OwnQuestion(
            f"Step {self.iteration:,}: unit {unit} is flat on all 32 examples of the next batch, and awake on "
            f"{100 * awake[unit]:.2f} % of all contexts. What does the next step do to its weights, and is it dead?",
            ("Exactly nothing, and it isn't dead", "Exactly nothing, so it is dead", "A little, and it isn't dead"),
            0 if still else 2,
            (
                told if still else f"Its slope isn't 0: the step moves them by {short(farthest)}.",
                "Dead would be flat in every context, and it is awake in some.",
                "On each of the 32 its slope is exactly 0, and so is every term of its gradient." if still else told,
            ),
        )

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        return loss_curve(seen)
