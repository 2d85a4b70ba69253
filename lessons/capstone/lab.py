"""A digit classifier of your own choices, a count of the runs it took, and printed logs to audit."""

import copy
from collections.abc import Sequence
from itertools import pairwise
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Bars, Curve, Guide, Table
from tutor.lab import (
    Choice,
    Experiment,
    Integer,
    Number,
    Observation,
    OwnQuestion,
    Preset,
    Switch,
    figure,
    metric,
    question,
)
from tutor.lab.instruments import loss_curve, spread

PIXELS, CLASSES, STEPS = 64, 10, 1000
COUNTED = 100  # steps from which a run counts as one

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "gelu": nn.GELU}
NORMS = {"none": nn.Identity, "batch": nn.BatchNorm1d, "layer": nn.LayerNorm}

# What study notes print, row by row: scores, and the probabilities that are said to follow.
PRINTED = {
    "three rows": (
        ((2.3, 0.5, 1.2, 0.8), (0.7, 0.0861, 0.1751, 0.0388)),
        ((1.1, 3.8, 1.5, 0.9), (0.0396, 0.8023, 0.0651, 0.0931)),
        ((0.8, 1.2, 4.5, 1.0), (0.0203, 0.0301, 0.8214, 0.0282)),
    ),
    "two digits": (
        (
            (0.234, -0.512, 1.823, 0.445, -0.334, 0.112, 0.667, 2.334, 0.889, 0.223),
            (0.082, 0.039, 0.402, 0.103, 0.047, 0.073, 0.126, 0.664, 0.158, 0.081),
        ),
        (
            (-0.445, 0.223, 3.112, 0.556, -0.223, 0.334, 0.445, 1.223, 0.667, -0.112),
            (0.021, 0.041, 0.731, 0.057, 0.026, 0.046, 0.051, 0.111, 0.064, 0.029),
        ),
    ),
}

# A demo's input, as it prints it: rows of torch.randn, and below them the std of each column.
DEMO = {
    "row 1": (0.3367, 0.1288, 0.2345),
    "row 2": (0.2303, -1.1229, -0.1863),
    "row 3": (2.1895, -0.5516, 1.5770),
    "row 4": (-0.8972, 0.5638, 0.1920),
    "std": (1.1910, 0.6982, 0.7249),
}

# Of this process: to wind a run back doesn't give it back, nor does a look at the test split.
runs: dict[tuple[tuple[str, object], ...], float] = {}
looks: set[tuple[tuple[str, object], ...]] = set()


class Normalize(nn.Module):
    """Takes the training images' mean from each pixel and divides by their std."""

    def __init__(self, mean: Tensor, std: Tensor) -> None:
        super().__init__()
        self.mean, self.std = mean, std

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.std


class Capstone(Experiment):
    """Width, depth, activation, start, norm, optimizer, rate, schedule, batch: all of it is yours."""

    knobs = (
        Number("lr", 0.01, low=1e-5, high=10, log=True, live=True, help="learning rate"),
        Choice("optimizer", "sgd", ("sgd", "momentum", "adam"), help="what makes a step of a gradient"),
        Choice("schedule", "constant", ("constant", "cosine"), live=True, help="cosine: down to 0 at step 1,000"),
        Integer("batch", 8, low=1, high=256, log=True, live=True, help="images a step"),
        Integer("depth", 1, low=0, high=6, help="hidden layers"),
        Integer("width", 16, low=1, high=256, log=True, help="units of a hidden layer"),
        Choice("activation", "tanh", tuple(ACTIVATIONS), help="the nonlinearity"),
        Choice("norm", "none", tuple(NORMS), help="before each nonlinearity"),
        Number("gain", 1.0, low=0.01, high=100, log=True, help="the weights start with std gain / √fan-in"),
        Choice("labels", "true", ("true", "by lot"), help="what the images are said to be"),
        Choice("log", "three rows", (*PRINTED, "demo"), live=True, help="the printed log under audit"),
        Switch("open_test", False, live=True, help="look at the test split"),
    )
    presets = (
        Preset("hasty", {"lr": 3.0, "depth": 6}, "Deep and fast, no norm: stuck at chance, or near it."),
        Preset("wide start", {"gain": 30.0, "depth": 3}, "Large weights: the first loss is far above ln 10."),
        Preset("by lot", {"labels": "by lot", "optimizer": "adam", "width": 256}, "Labels drawn by lot."),
    )

    def build(self) -> None:
        k = self.k
        digits = self.data.digits()
        self.mean, self.std = digits.train.x.mean(), digits.train.x.std()
        self.train, self.val, self.test = digits.train, digits.val, digits.test
        self.y = self.train.y
        if k.labels == "by lot":
            self.y = torch.randint(CLASSES, self.y.shape, generator=self.generator(purpose=2))
        sizes = [PIXELS, *[k.width] * k.depth, CLASSES]
        layers: list[nn.Module] = [Normalize(self.mean, self.std)]
        for n, (fan_in, units) in enumerate(pairwise(sizes)):
            linear = nn.Linear(fan_in, units)
            nn.init.normal_(linear.weight, std=k.gain / fan_in**0.5, generator=self.rng)
            nn.init.zeros_(linear.bias)
            layers.append(linear)
            if n < k.depth:
                layers += [NORMS[k.norm](units), ACTIVATIONS[k.activation]()]
        self.model = nn.Sequential(*layers)
        parameters = list(self.model.parameters())
        if k.optimizer == "adam":
            self.optimizer = torch.optim.Adam(parameters, lr=k.lr)
        else:
            self.optimizer = torch.optim.SGD(parameters, lr=k.lr, momentum=0.9 if k.optimizer == "momentum" else 0)

    def step(self) -> Tensor:
        size = max(self.k.batch, 2) if self.k.norm == "batch" else self.k.batch
        ix = torch.randint(len(self.y), (size,), generator=self.rng)
        loss = F.cross_entropy(self.model(self.train.x.index_select(0, ix)), self.y.index_select(0, ix))
        share = 1.0
        if self.k.schedule == "cosine":
            share = (1 + torch.cos(torch.tensor(min(self.iteration / STEPS, 1.0) * torch.pi)).item()) / 2
        for group in self.optimizer.param_groups:
            group["lr"] = self.k.lr * share
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss

    def splits(self):
        return {"val": self.val}

    def held_out(self):
        return {"test": self.test}

    @property
    def settings(self) -> tuple[tuple[str, object], ...]:
        """The knobs that make a run what it is."""
        k = self.k
        names = ("depth", "width", "activation", "norm", "gain", "optimizer", "lr", "schedule", "batch", "labels")
        return tuple((name, getattr(k, name)) for name in names)

    def count(self) -> None:
        """Note this run, and a look at the test split, once it has gone on for a while."""
        if self.iteration < COUNTED:
            return
        runs[self.settings] = self.right(self.val.x, self.val.y)
        if self.k.open_test:
            looks.add(self.settings)

    def right(self, x: Tensor, y: Tensor, whole: bool = True) -> float:
        """The share of images recognized in eval mode; `whole` is with the layer that normalizes the pixels."""
        model = copy.deepcopy(self.model).eval()
        with torch.no_grad():
            return ((model if whole else model[1:])(x).argmax(1) == y).float().mean().item()

    @metric("runs")
    def runs_taken(self, seen: Observation) -> float:
        """How many different runs of 100 steps or more were made since the program began."""
        self.count()
        return float(len(runs))

    @metric("looks")
    def looks_taken(self, seen: Observation) -> float:
        """To how many different nets the test split was shown."""
        self.count()
        return float(len(looks))

    @metric("raw right")
    def raw_right(self, seen: Observation) -> float:
        """The share of val recognized if the pixels are handed over as they are, without the training's scale."""
        return self.right(self.val.x, self.val.y, whole=False)

    @figure("Right answers")
    def answers(self, seen: Observation) -> Bars:
        self.count()
        shares = {"train": self.right(self.train.x, self.y), "val": self.right(self.val.x, self.val.y)}
        if self.k.open_test:
            shares["test"] = self.right(self.test.x, self.test.y)
        title = f"Images recognized; runs {len(runs)}, looks at test {len(looks)}"
        return Bars(title, tuple(shares), tuple(100 * share for share in shares.values()), "%", digits=1, top=100)

    @figure("Runs so far")
    def tried(self, seen: Observation) -> Table:
        self.count()
        plain = {knob.name: knob.value for knob in self.knobs}
        rows = []
        for settings, share in list(runs.items())[-9:]:
            turned = [
                f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
                for name, value in settings
                if value != plain[name]
            ]
            rows.append((", ".join(turned) or "as given", f"{100 * share:.1f} %"))
        return Table(f"Runs: {len(runs)}", ("settings", "val"), tuple(rows))

    @figure("Parameters")
    def sizes(self, seen: Observation) -> Table:
        rows = []
        for name, layer in self.model.named_children():
            count = sum(p.numel() for p in layer.parameters())
            if count:
                rows.append((f"{name}: {type(layer).__name__}", f"{count:,}"))
        total = sum(p.numel() for p in self.model.parameters())
        return Table(f"Parameters: {total:,}", ("layer", "numbers"), tuple(rows))

    @figure("Insides")
    def insides(self, seen: Observation) -> Table:
        layers = seen.of(nn.Linear)
        rows = tuple(
            (
                layer.name,
                f"{spread(layer.output):.2f}",
                "-" if layer.gradient is None else f"{spread(layer.gradient):.1e}",
            )
            for layer in layers
        )
        return Table("Outputs of the linear layers", ("layer", "std", "gradient"), rows)

    @figure("As printed")
    def as_printed(self, seen: Observation) -> Table:
        title = f"The log: {self.k.log}"
        if self.k.log == "demo":
            rows = tuple((name, *(f"{x:.4f}" for x in row)) for name, row in DEMO.items())
            return Table(title, ("", "1", "2", "3"), rows)
        return by_class(title, [told for _, told in PRINTED[self.k.log]])

    @figure("As computed")
    def computed(self, seen: Observation) -> Table:
        logs = PRINTED.get(self.k.log, ())
        return by_class("Softmax of its scores", [torch.softmax(torch.tensor(z), 0).tolist() for z, _ in logs])

    @figure("Quick tests")
    def tests(self, seen: Observation) -> Table:
        rows = []
        for number, (scores, told) in enumerate(PRINTED.get(self.k.log, ()), 1):
            first, second = sorted(range(len(scores)), key=lambda place: -scores[place])[:2]
            gap = torch.tensor(scores[first] - scores[second]).exp().item()
            rows.append((f"{number}", f"{sum(told):.4f}", f"{told[first] / told[second]:.2f}", f"{gap:.2f}"))
        return Table("Sum, and first ÷ second", ("row", "sum", "printed", "e^gap"), tuple(rows))

    @figure("Without the scale")
    def unscaled(self, seen: Observation) -> Bars:
        x, y = self.val.x, self.val.y
        shares = (self.right(x, y), self.right(x, y, whole=False), self.right(16 * x, y, whole=False))
        labels = ("as trained", "0 to 1", "0 to 16")
        return Bars("Val, by what is fed in", labels, tuple(100 * share for share in shares), "%", digits=1, top=100)

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        return loss_curve(seen, guides=(Guide(2.3026, "ln 10"),))

    @question("own-forgery")
    def own_forgery(self, seen: Observation, rng: Random) -> OwnQuestion:
        model = copy.deepcopy(self.model).eval()
        with torch.no_grad():
            p = model(self.val.x).softmax(1)
        # Three of the dozen images of which the net is least sure: their rows have something to add up.
        rows = [p[n].tolist() for n in rng.sample(p.amax(1).argsort()[:12].tolist(), 3)]
        forged = rng.randrange(3)
        top = max(rows[forged])
        rows[forged][rows[forged].index(top)] = top + 0.15 if top < 0.5 else top - 0.15
        whys = [f"Its ten numbers sum to {sum(row):.2f}." for row in rows]
        told = tuple(" ".join(f"{x:.2f}" for x in row) for row in rows)
        return OwnQuestion(
            "Two of these rows your net printed for val images. Which one is forged?", told, forged, tuple(whys)
        )


def by_class(title: str, rows: Sequence[Sequence[float]]) -> Table:
    """Probabilities, a column for each row of a log and a line for each class."""
    lines = ((str(n), *(f"{x:.4f}" for x in line)) for n, line in enumerate(zip(*rows, strict=True)))
    return Table(title, ("class", *(f"row {n}" for n in range(1, len(rows) + 1))), tuple(lines))
