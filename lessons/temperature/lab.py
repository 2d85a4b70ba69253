"""Softmax with a temperature, on three scores, made-up names, digits and borders. Knobs move it; nothing trains."""

import math
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Bars, Curve, Guide, HeatMap, Point, Regions, Series, Table
from tutor.lab import Experiment, Integer, Number, Observation, OwnQuestion, Preset, Switch, figure, metric, question
from tutor.lab.datasets import Names

BLOCK = 3
WIDE, HIGH = (-4.0, 4.0), (-3.0, 3.0)  # the plane in which the borders are drawn
TEMPERATURES = torch.logspace(math.log10(0.05), math.log10(20), 81, dtype=torch.float64)


def softmax(z: Tensor, T: float | Tensor = 1.0) -> Tensor:
    # Subtracting the largest score changes no ratio, and keeps exp from overflowing when T is small.
    e = torch.exp((z - z.amax(-1, keepdim=True)) / T)
    return e / e.sum(-1, keepdim=True)


def sparsemax(z: Tensor) -> Tensor:
    """The point nearest to z whose entries are at least 0 and sum to 1 (Martins and Astudillo, 2016)."""
    ranked = z.sort(descending=True).values
    threshold = (ranked.cumsum(0) - 1) / torch.arange(1, len(z) + 1)
    kept = int((ranked > threshold).sum())
    return (z - threshold[kept - 1]).clamp_min(0)


def entropy(p: Tensor) -> Tensor:
    return -torch.xlogy(p, p).sum(-1)


def fit(model: nn.Module, x: Tensor, y: Tensor, steps: int, batch: int, lr: float, rng: torch.Generator) -> None:
    parameters = list(model.parameters())
    for _ in range(steps):
        ix = torch.randint(len(x), (batch,), generator=rng)
        loss = F.cross_entropy(model(x[ix]), y[ix])
        for p in parameters:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in parameters:
                p.add_(p.grad, alpha=-lr)


class Temperature(Experiment):
    """Softmax and its temperature, computed anew whenever a knob moves."""

    knobs = (
        Number("T", 1.0, low=0.05, high=20, log=True, live=True, help="temperature, which divides every score"),
        Number("z1", 3.0, low=-10, high=10, live=True, help="score of class 1"),
        Number("z2", 2.0, low=-10, high=10, live=True, help="score of class 2"),
        Number("z3", 1.0, low=-10, high=10, live=True, help="score of class 3"),
        Number("s", 2.0, low=0, high=20, live=True, help="the odd score out in [0, 0, s]"),
        Integer("digit_steps", 512, low=16, high=2048, log=True, help="training steps of the digit net"),
        Switch("hidden", False, help="a hidden layer for the net that draws borders"),
    )
    presets = (
        Preset("cold", {"T": 0.05}, "All but one-hot: entropy is nearly 0, and the names come from a few."),
        Preset("hot", {"T": 20.0}, "All but uniform: entropy is within 0.001 of ln 3, and the names are noise."),
        Preset("tie", {"T": 0.05, "z2": 3.0}, "Two scores tie for first place: even the coldest softmax halves."),
        Preset("tenth", {"z1": 0.3, "z2": 0.2, "z3": 0.1}, "Scores a tenth the size: exactly T = 10."),
        Preset("early", {"digit_steps": 64}, "Stopped early, the digit net is too modest: its best T is 0.8."),
        Preset("late", {"digit_steps": 2048}, "Trained for long, the digit net is too sure: its best T is 1.8."),
        Preset("bent", {"hidden": True}, "A hidden layer bends the borders between the classes."),
    )

    def build(self) -> None:
        names, digits = self.data.names(block=BLOCK), self.data.digits()
        self.namer = nn.Sequential(
            nn.Embedding(27, 8), nn.Flatten(), nn.Linear(BLOCK * 8, 64), nn.Tanh(), nn.Linear(64, 27)
        )
        fit(self.namer, names.train.x, names.train.y, 1500, 64, 0.5, self.rng)
        self.listed = set(names.words)

        # 100 digits are few enough to know by heart, so the net has time to grow sure of itself.
        x, y = digits.train.x[:100], digits.train.y[:100]
        reader = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
        fit(reader, x, y, self.k.digit_steps, 32, 0.5, self.generator(1))
        self.digit_z, self.digit_y = reader(digits.val.x).detach().double(), digits.val.y

        # Three classes of 100 points in the plane: the first is wide, the second tight.
        self.blob_y = torch.arange(3).repeat_interleave(100)
        spread = torch.tensor([1.3, 0.4, 0.6])[self.blob_y, None]
        center = torch.tensor([[-0.6, 0.0], [1.0, -0.5], [0.8, 1.8]])[self.blob_y]
        self.blob_x = center + spread * torch.randn(300, 2, generator=self.generator(2))
        linear, deep = nn.Linear(2, 3), nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 3))
        self.model = deep if self.k.hidden else linear
        fit(self.model, self.blob_x, self.blob_y, 400, 300, 1.0, self.generator(3))

    @property
    def z(self) -> Tensor:
        return torch.tensor([self.k.z1, self.k.z2, self.k.z3], dtype=torch.float64)

    @figure("softmax(z / T)")
    def probabilities(self, seen: Observation) -> Bars:
        labels = tuple(f"z{i} = {score:g}" for i, score in enumerate(self.z.tolist(), start=1))
        return Bars(f"softmax(z / T) at T = {self.k.T:g}", labels, tuple(softmax(self.z, self.k.T).tolist()), top=1.0)

    @figure("Step by step")
    def arithmetic(self, seen: Observation) -> Table:
        scaled = self.z / self.k.T
        rows = {"z": self.z, "z / T": scaled, "exp": scaled.exp(), "p": softmax(scaled)}
        cells = ((name, *map(brief, (*row.tolist(), row.sum().item()))) for name, row in rows.items())
        return Table("Step by step", ("", "1", "2", "3", "sum"), tuple(cells))

    @figure("Entropy against T")
    def entropies(self, seen: Observation) -> Curve:
        curve, now = entropy(softmax(self.z, TEMPERATURES[:, None])), entropy(softmax(self.z, self.k.T))
        return self.against_T("Entropy", "nats", {"entropy": curve}, {"now": now}, (Guide(math.log(3), "ln 3"),))

    @figure("Probabilities against T")
    def ends(self, seen: Observation) -> Curve:
        p = softmax(self.z, TEMPERATURES[:, None])
        return self.against_T("Probabilities", "p", {f"class {i + 1}": p[:, i] for i in range(3)}, {})

    @figure("Names at four temperatures")
    def samples(self, seen: Observation) -> Table:
        columns = {}
        for title, T in (("T = 0.3", 0.3), ("T = 1", 1.0), ("T = 2", 2.0), (f"now {self.k.T:g}", self.k.T)):
            names = self.sample(200, T)
            listed = sum(name in self.listed for name in names)
            columns[title] = (f"{len(set(names))} kinds", f"{listed} real", *names[:5])
        return Table("Made-up names, 200 each", tuple(columns), tuple(zip(*columns.values(), strict=True)))

    @figure("Slopes for [0, 0, s]")
    def saturation(self, seen: Observation) -> Curve:
        s = torch.linspace(0, 20, 81, dtype=torch.float64)
        series = (Series(name, tuple(s.tolist()), tuple(y.tolist())) for name, y in slopes(s).items())
        return Curve("Largest slope", tuple(series), x_label="s", log_y=True)

    @figure("[0, 0, s], now")
    def saturated(self, seen: Observation) -> Table:
        p = softmax(torch.tensor([0, 0, self.k.s], dtype=torch.float64))
        values = {f"p{i + 1}": p[i : i + 1] for i in range(3)} | slopes(torch.tensor([self.k.s]).double())
        rows = tuple((name, brief(value.item())) for name, value in values.items())
        return Table(f"Scores [0, 0, {self.k.s:g}]: p, and largest slopes", ("", "value"), rows)

    @figure("Softmax beside sparsemax")
    def sparse(self, seen: Observation) -> Bars:
        pairs = torch.stack((softmax(self.z, self.k.T), sparsemax(self.z / self.k.T)), 1)
        labels = tuple(f"{name} {i}" for i in (1, 2, 3) for name in ("soft", "sparse"))
        return Bars(f"Softmax beside sparsemax at T = {self.k.T:g}", labels, tuple(pairs.flatten().tolist()))

    @figure("Digits: loss against T")
    def nll(self, seen: Observation) -> Curve:
        losses, now = self.digits(TEMPERATURES)["NLL"], self.digits(torch.tensor([self.k.T]))["NLL"]
        lowest = Guide(losses.min().item(), f"lowest {losses.min():.3f}")
        return self.against_T("Digits", "nats", {"NLL": losses}, {"now": now}, (lowest,), log_y=True)

    @question("own-ratio")
    def own_ratio(self, seen: Observation, rng: Random) -> OwnQuestion:
        # A digit whose second choice is behind, and not out of sight. At a ratio of 4, half and root are the same.
        tops = self.digit_z.topk(2)
        gaps = tops.values[:, 0] - tops.values[:, 1]
        fit = (gaps - 3).abs() + 100 * ((gaps - math.log(4)).abs() < 0.1)
        picture = rng.choice(fit.argsort()[:20].tolist())
        (first, second), ratio, T = tops.indices[picture].tolist(), gaps[picture].exp().item(), rng.choice((0.5, 2))
        half, twice = f"e to half the gap, the square root of {ratio:.1f}.", f"e to twice the gap, {ratio:.1f} squared."
        offers = [
            (ratio, "That is the ratio at T = 1. The gap is measured in units of T, so the ratio changes with T."),
            (ratio / T, "That divides the ratio by T. It is the gap, in the exponent, that T divides."),
            (ratio**0.5, half),
            (ratio**2, twice),
        ]
        right = offers[2] if T == 2 else offers[3]
        rng.shuffle(offers)
        return OwnQuestion(
            f"Digit {picture + 1} of 180: at T = 1 your reader says {first}, {ratio:.1f} times as probable "
            f"as its second choice, {second}. And at T = {T:g}?",
            tuple(f"{value:.1f} times" for value, _ in offers),
            offers.index(right),
            tuple(why for _, why in offers),
        )

    @metric("kinds")
    def kinds(self, seen: Observation) -> float:
        return len(set(self.sample(200, self.k.T)))

    @metric("NLL")
    def nll_now(self, seen: Observation) -> float:
        return self.digits(torch.tensor([self.k.T]))["NLL"].item()

    @metric("accuracy")
    def accuracy(self, seen: Observation) -> float:
        return self.digits(torch.tensor([self.k.T]))["accuracy"].item()

    @figure("Digits: accuracy and confidence against T")
    def confidence(self, seen: Observation) -> Curve:
        curves, now = self.digits(TEMPERATURES), self.digits(torch.tensor([self.k.T]))
        shown = {name: curves[name] for name in ("accuracy", "confidence")}
        return self.against_T("Digits", "share", shown, {"now": now["confidence"]})

    @figure("Which class wins")
    def winners(self, seen: Observation) -> HeatMap:
        right = (self.model(self.blob_x).argmax(1) == self.blob_y).float().mean().item()
        winners = tuple(map(tuple, self.on_grid(24, 80).argmax(2).tolist()))
        points = zip(self.blob_x[::6].tolist(), self.blob_y[::6].tolist(), strict=True)
        drawn = tuple(Point(*place, f"{group + 1}", group) for place, group in points)
        return Regions(f"Winner, {right:.1%} right", ("1", "2", "3"), winners, WIDE, HIGH, drawn)

    @figure("How probable the winner is")
    def certainty(self, seen: Observation) -> HeatMap:
        p = softmax(self.on_grid(8, 40), self.k.T).amax(2)
        rows = tuple(map(tuple, p.tolist()))
        title = f"Its probability, mean {p.mean():.3f}"
        return HeatMap(title, (), (), rows, 1 / 3, 1, row_label="x2", column_label="x1")

    def against_T(
        self,
        title: str,
        unit: str,
        curves: dict[str, Tensor],
        now: dict[str, Tensor],
        guides: tuple[Guide, ...] = (),
        log_y: bool = False,
    ) -> Curve:
        x = tuple(TEMPERATURES.tolist())
        lines = (Series(name, x, tuple(y.tolist())) for name, y in curves.items())
        points = (Series(name, (self.k.T,), (y.item(),), "points") for name, y in now.items())
        return Curve(title, (*lines, *points), "T", unit, log_x=True, log_y=log_y, guides=guides)

    def sample(self, count: int, T: float) -> list[str]:
        """Make up names of at most 12 letters; every T is given the same luck."""
        rng = self.generator()
        context, drawn = torch.zeros(count, BLOCK, dtype=torch.long), []
        for _ in range(12):
            with torch.no_grad():
                p = softmax(self.namer(context), T)
            drawn.append(torch.multinomial(p, 1, generator=rng))
            context = torch.cat((context[:, 1:], drawn[-1]), 1)
        return [Names.decode(row).partition(".")[0] for row in torch.cat(drawn, 1).tolist()]

    def digits(self, T: Tensor) -> dict[str, Tensor]:
        """What the digit net scores on the validation split at each of the temperatures."""
        log_p = torch.log_softmax(self.digit_z / T[:, None, None], 2)
        confidence, guess = log_p.exp().max(2)
        return {
            "NLL": -log_p[:, torch.arange(len(self.digit_y)), self.digit_y].mean(1),
            "accuracy": (guess == self.digit_y).double().mean(1),
            "confidence": confidence.mean(1),
        }

    @torch.no_grad()
    def on_grid(self, rows: int, columns: int) -> Tensor:
        y, x = torch.meshgrid(torch.linspace(*HIGH[::-1], rows), torch.linspace(*WIDE, columns), indexing="ij")
        return self.model(torch.stack((x, y), 2)).double()


def slopes(s: Tensor) -> dict[str, Tensor]:
    """For the scores [0, 0, s] the largest slope, in size, of p (the Jacobian) and of three losses (gradients)."""
    z = torch.stack((torch.zeros_like(s), torch.zeros_like(s), s), 1)
    p = softmax(z)
    jacobian = torch.diag_embed(p) - p[:, :, None] * p[:, None, :]
    first, third = torch.eye(3).double()[[0, 2]]
    squared = (jacobian @ (2 * (p - first))[:, :, None]).squeeze(2)
    sizes = {
        "dp/dz": jacobian.flatten(1),
        "NLL, right": p - third,
        "NLL, wrong": p - first,
        "squared, wrong": squared,
    }
    return {name: size.abs().amax(1) for name, size in sizes.items()}


def brief(value: float) -> str:
    return f"{value:.4g}" if value == 0 or 1e-3 <= abs(value) < 1e5 else f"{value:.1e}"
