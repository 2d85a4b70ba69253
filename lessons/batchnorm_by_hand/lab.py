"""Batch normalization written out: on one column of four numbers, and inside a net that spells names."""

import math
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Curve, Guide, Histograms, Series, Stage, Strip, Table
from tutor.figures.numbers import short
from tutor.lab import Choice, Experiment, Number, Observation, OwnQuestion, Preset, figure, metric, question
from tutor.lab.instruments import histogram, loss_curve, rounded_up, spread

BLOCK, EMBEDDING, HIDDEN, BATCH = 3, 10, 100, 32

# What a study note prints of three neurons, four examples each: z, its variance and its xhat.
PRINTED = {
    "neuron 1": ((0.56, 2.31, 1.78, -0.45), 1.153, (-0.456, 1.174, 0.680, -1.397)),
    "neuron 2": ((-0.23, 0.87, 2.45, 0.12), 1.292, (-0.908, 0.061, 1.451, -0.604)),
    "neuron 3": ((1.45, -1.12, 0.34, 0.89), 0.954, (1.084, -1.545, -0.051, 0.512)),
}


class BatchNorm(nn.Module):
    """Centre each feature over the batch, divide by its std, then scale and shift by what is learned."""

    def __init__(self, features: int, eps: float = 1e-5, divide: str = "B", momentum: float = 0.1) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(features))
        self.beta = nn.Parameter(torch.zeros(features))
        self.register_buffer("running_mean", torch.zeros(features))
        self.register_buffer("running_var", torch.ones(features))
        self.eps, self.divide, self.momentum = eps, divide, momentum

    def forward(self, z: Tensor) -> Tensor:
        if self.training:
            mean = z.mean(0)
            squares = ((z - mean) ** 2).sum(0)
            variance = squares / (len(z) if self.divide == "B" else len(z) - 1)
            with torch.no_grad():  # kept for measuring, when there is no batch
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(squares / (len(z) - 1), self.momentum)
        else:
            mean, variance = self.running_mean, self.running_var
        xhat = (z - mean) / torch.sqrt(variance + self.eps)
        return self.gamma * xhat + self.beta


def backward(g: Tensor, z: Tensor, eps: float) -> tuple[Tensor, Tensor, Tensor]:
    """The gradient g of xhat brought back to z in three steps: centred, freed of xhat's part, divided by the std."""
    std = torch.sqrt(z.var(0, correction=0) + eps)
    xhat = (z - z.mean(0)) / std
    centred = g - g.mean(0)
    freed = centred - xhat * (g * xhat).mean(0)
    return centred, freed, freed / std


class BatchNormByHand(Experiment):
    """Two hidden layers on names, each with a BatchNorm; beside it, one column to work through."""

    knobs = (
        Number("lr", 0.1, low=1e-4, high=10, log=True, live=True, help="learning rate"),
        Choice("layer", "hand", ("hand", "torch", "none"), help="the class in lab.py, nn.BatchNorm1d, or no norm"),
        Number("scale", 0.2, low=0.001, high=10, log=True, help="std of the hidden weights to begin with"),
        Choice("divide", "B", ("B", "B-1"), help="the hand-made variance: the sum of squares by B, or by B - 1"),
        Number("eps", 1e-5, low=1e-12, high=10, log=True, help="added to the variance, under the root"),
        *(
            Number(name, value, low=-1e6, high=1e6, live=True, help=f"z of example {n} in the column")
            for n, (name, value) in enumerate(zip("abcd", PRINTED["neuron 1"][0], strict=True), 1)
        ),
    )
    presets = (
        Preset("neuron-2", dict(zip("abcd", PRINTED["neuron 2"][0], strict=True)), "The column of the second neuron."),
        Preset("neuron-3", dict(zip("abcd", PRINTED["neuron 3"][0], strict=True)), "The column of the third neuron."),
        Preset("wrong-root", {"divide": "B-1"}, "B - 1 instead of B: of four, an output 13 % too small."),
        Preset("torch", {"layer": "torch"}, "PyTorch's layer in its place: the same losses, to six decimals."),
        Preset("none", {"layer": "none", "scale": 3.0}, "No norm and wide weights: z with std 30 in layer 2."),
    )

    def build(self) -> None:
        self.names = self.data.names(block=BLOCK)
        self.model = nn.Sequential(
            nn.Embedding(self.names.vocab, EMBEDDING),
            nn.Flatten(),
            nn.Linear(BLOCK * EMBEDDING, HIDDEN, bias=False),
            self.norm(),
            nn.Tanh(),
            nn.Linear(HIDDEN, HIDDEN, bias=False),
            self.norm(),
            nn.Tanh(),
            nn.Linear(HIDDEN, self.names.vocab, bias=False),
        )
        nn.init.normal_(self.model[0].weight, generator=self.rng)
        for layer in (self.model[2], self.model[5]):
            nn.init.normal_(layer.weight, std=self.k.scale, generator=self.rng)
        nn.init.normal_(self.model[8].weight, std=0.1 / HIDDEN**0.5, generator=self.rng)
        self.parameters = list(self.model.parameters())

    def norm(self) -> nn.Module:
        k = self.k
        if k.layer == "hand":
            return BatchNorm(HIDDEN, k.eps, k.divide)
        return nn.BatchNorm1d(HIDDEN, k.eps) if k.layer == "torch" else nn.Identity()

    def step(self) -> Tensor:
        train = self.names.train
        ix = torch.randint(len(train), (BATCH,), generator=self.rng)
        loss = F.cross_entropy(self.model(train.x.index_select(0, ix)), train.y.index_select(0, ix))
        for p in self.parameters:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            # p += -lr * p.grad for every p, in one call: one by one takes twice as long.
            torch._foreach_add_(self.parameters, [p.grad for p in self.parameters], alpha=-self.k.lr)
        return loss

    def splits(self):
        return {"train": self.names.train, "val": self.names.val}

    def held_out(self):
        return {"test": self.names.test}

    @property
    def column(self) -> Tensor:
        """The four z, in float64, so that what is shown is the arithmetic and not its rounding."""
        return torch.tensor([self.k.a, self.k.b, self.k.c, self.k.d], dtype=torch.float64)

    def normalized(self, z: Tensor) -> Tensor:
        by_hand = BatchNorm(1, self.k.eps, self.k.divide).double()
        return by_hand(z.reshape(-1, 1)).flatten().detach()

    @metric("largest")
    def largest(self, seen: Observation) -> float:
        """The largest |xhat| in the column."""
        return self.normalized(self.column).abs().max().item()

    @metric("xhat.std()")
    def printed_std(self, seen: Observation) -> float:
        return self.normalized(self.column).std().item()

    @figure("One column, step by step")
    def steps(self, seen: Observation) -> Strip:
        z = self.column
        centred, xhat = z - z.mean(), self.normalized(z)
        n = len(z) if self.k.divide == "B" else len(z) - 1
        variance = (centred**2).sum().item() / n
        stages = (
            Stage("z", tuple(z.tolist())),
            Stage("centred", legible(centred), f"- {short(z.mean().item(), 4)}"),
            Stage("squared", legible(centred**2), "²"),
            Stage("xhat", legible(xhat), f"centred÷{short((variance + self.k.eps) ** 0.5, 4)}"),
            Stage("relu", legible(xhat.relu()), "max(0, ·)"),
        )
        return Strip(f"Mean {short(z.mean().item(), 4)}, variance {short(variance, 4)}", tuple("1234"), stages)

    @figure("Checks on the column")
    def checks(self, seen: Observation) -> Table:
        z = self.column
        xhat = self.normalized(z)
        rows = (
            ("variance of z, ÷ B", z.var(correction=0)),
            ("variance of z, ÷ (B - 1)", z.var()),
            ("xhat: mean", xhat.mean()),
            ("xhat: squares added up", (xhat**2).sum()),
            ("xhat: std, ÷ B", xhat.std(correction=0)),
            ("xhat.std() in torch", xhat.std()),
            ("xhat: largest, by size", xhat.abs().max()),
        )
        return Table(
            "Checks on the column", ("", "value"), tuple((name, f"{value.item():z.4f}") for name, value in rows)
        )

    @figure("As the note prints it")
    def printed(self, seen: Observation) -> Table:
        rows = []
        for name, (z, variance, xhat) in PRINTED.items():
            true = torch.tensor(z, dtype=torch.float64).var(correction=0).item()
            squares = sum(value * value for value in xhat)
            rows.append((name, f"{variance:.3f}", f"{true:.4f}", f"{squares:.2f}"))
        return Table("A note's three columns", ("variance", "printed", "true", "Σ xhat²"), tuple(rows))

    @figure("B or B - 1")
    def roots(self, seen: Observation) -> Curve:
        sizes = [2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256]
        ratio = tuple(((n - 1) / n) ** 0.5 for n in sizes)
        return Curve(
            "Std ÷ B, as a share of std ÷ (B - 1)",
            (Series("share", tuple(map(float, sizes)), ratio),),
            x_label="batch size",
            log_x=True,
            guides=(Guide(1.0, "1"),),
        )

    @figure("What epsilon does")
    def epsilon(self, seen: Observation) -> Curve:
        stds = torch.logspace(-5, 1, 61, dtype=torch.float64)
        left = stds / torch.sqrt(stds**2 + self.k.eps)
        return Curve(
            f"ε = {short(self.k.eps)}: std of xhat",
            (Series("xhat", tuple(stds.tolist()), tuple(left.tolist())),),
            x_label="std of z",
            log_x=True,
            guides=(Guide(1.0, "1"),),
        )

    @figure("The way back")
    def way_back(self, seen: Observation) -> Strip:
        z = self.column.requires_grad_()
        g = torch.tensor([1.0, 0, 0, 0], dtype=torch.float64)
        xhat = (z - z.mean()) / torch.sqrt(z.var(correction=0) + self.k.eps)
        (found,) = torch.autograd.grad(xhat, z, g)
        centred, freed, ours = backward(g, z.detach(), self.k.eps)
        stages = (
            Stage("at xhat", tuple(g.tolist())),
            Stage("centred", tuple(centred.tolist()), "- its mean"),
            Stage("freed", tuple(freed.tolist()), "- xhat part"),
            Stage("at z", tuple(ours.tolist()), "÷ std"),
            Stage("autograd", tuple(found.tolist())),
        )
        return Strip("A gradient on example 1 alone", tuple("1234"), stages)

    @figure("By hand and by torch")
    def against(self, seen: Observation) -> Table:
        z = self.first_z(seen).clone().requires_grad_()
        g = torch.randn(z.shape, generator=torch.Generator().manual_seed(42))
        ours, theirs = BatchNorm(HIDDEN, self.k.eps, self.k.divide), nn.BatchNorm1d(HIDDEN, self.k.eps)
        results = []
        for layer in (ours, theirs):
            out = layer(z)
            results.append((out, *torch.autograd.grad(out, (z, *layer.parameters()), g)))
        written = backward(g, z.detach(), self.k.eps)[2]
        names = ("output", "gradient at z", "gradient of γ", "gradient of β")
        rows = [(name, apart(mine, its)) for name, mine, its in zip(names, *results, strict=True)]
        rows.append(("backward() at z", apart(written, results[1][1])))
        return Table("Farthest apart from nn.BatchNorm1d", (f"{len(z)} x {HIDDEN}", "by"), tuple(rows))

    @figure("Before and after")
    def before_and_after(self, seen: Observation) -> Histograms:
        z = self.first_z(seen)
        after = next(layer.input for layer in seen.of(nn.Tanh))
        edge = rounded_up(2 * max(spread(z), spread(after)))
        rows = {"z": z, "to tanh": after}.items()
        shown = (histogram(name, x, -edge, edge, note=f"std {spread(x):.2f}") for name, x in rows)
        return Histograms("Layer 1, before and after the norm", tuple(shown))

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        return loss_curve(seen)

    @question("own-xhat")
    def own_xhat(self, seen: Observation, rng: Random) -> OwnQuestion:
        # One of ten units whose mean is far from 0 and whose std is far from 1, so that no two answers look alike.
        batch = self.first_z(seen).double()
        unit = rng.choice((batch.mean(0).abs() * batch.std(0).log().abs()).topk(10).indices.tolist())
        column = batch[:, unit]
        mean, variance = column.mean().item(), column.var(correction=0).item()
        z = rng.choice(sorted(column.tolist(), key=lambda z: abs(z - mean))[-8:])
        std = (variance + self.k.eps) ** 0.5
        xhat = (z - mean) / std
        given = f"Step {self.iteration:,}: in the next batch of {BATCH}, unit {unit} has z with mean {short(mean)}"
        if rng.random() < 0.5:
            return OwnQuestion.of_numbers(
                f"{given}, and squared distances from it that add up to {short(variance * BATCH)}. One z is "
                f"{short(z)}. What is its x̂?",
                (xhat, f"The variance is {short(variance)}, its root {short(std)}."),
                (z / std, "Its mean comes off first."),
                ((z - mean) / std**2, "That is divided by the variance. The std is its root."),
                ((z - mean) / (std * BATCH**0.5), "The variance is the mean of those squares, not their sum."),
            )
        return OwnQuestion.of_numbers(
            f"{given} and variance {short(variance)}. One x̂ is {short(xhat)}. What was its z?",
            (z, f"The root of the variance is {short(std)}. Times x̂, plus the mean."),
            (xhat * std, "The mean was taken off, and has to come back."),
            (mean + xhat * std**2, "It was divided by the std, the variance's root."),
            ((xhat - mean) / std, "That normalizes x̂ once more. The way back undoes each step."),
        )

    def first_z(self, seen: Observation) -> Tensor:
        return seen.of(nn.Linear)[0].output


def apart(mine: Tensor, its: Tensor) -> str:
    return short((mine - its).abs().max().item(), 2)


def legible(column: Tensor) -> tuple[float, ...]:
    """The column without digits below a thousandth of its largest value, so that all of it fits."""
    places = 3 - math.floor(math.log10(column.abs().max().item() or 1))
    return tuple(round(value, places) for value in column.tolist())
