"""A stack of layers as deep as you like: how the size of its first weights decides what comes out at the end."""

import math
from collections import OrderedDict
from collections.abc import Callable
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Curve, Guide, Histograms, Series
from tutor.figures.numbers import short
from tutor.lab import Choice, Experiment, Integer, Number, Observation, OwnQuestion, Preset, figure, metric, question
from tutor.lab.instruments import histogram, loss_curve, rounded_up, spread

BLOCK, EMBEDDING, BATCH = 3, 10, 32
ROWS = 1000  # examples in the one-layer demonstration, and units in its layer

ACTIVATIONS = {
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky": nn.LeakyReLU,
    "gelu": nn.GELU,
    "sigmoid": nn.Sigmoid,
    "none": nn.Identity,
}

Function = Callable[[Tensor], Tensor]
Z = torch.arange(-12_000, 12_001, dtype=torch.float64) / 1000
BELL = torch.exp(-Z * Z / 2) / math.sqrt(2 * math.pi)  # the density of a standard normal z


def second_moment(f: Function, std: float = 1.0) -> float:
    """E[f(z)²] for z of mean 0 and this std, by adding up a fine grid."""
    return float((f(std * Z) ** 2 * BELL).sum() * (Z[1] - Z[0]))


def ideal_gain(f: Function) -> float:
    """The gain at which a layer's pre-activations are as wide as the last layer's, if those have std 1."""
    return second_moment(f) ** -0.5


def next_std(f: Function, gain: float, std: float) -> float:
    """The std of the next layer's pre-activations, if this layer's is `std` and the layer is wide."""
    return gain * second_moment(f, std) ** 0.5


class Gain(Experiment):
    """An MLP that spells names, one to fifty hidden layers deep."""

    knobs = (
        Number("lr", 0.1, low=1e-4, high=10, log=True, live=True, help="learning rate"),
        Number("gain", 5 / 3, low=0.1, high=10, log=True, help="the size of the hidden weights to begin with"),
        Choice("fan_in", "counted", ("counted", "ignored"), help="counted: std gain / √fan_in; ignored: std gain"),
        Choice("activation", "tanh", tuple(ACTIVATIONS), help="the function f after every hidden layer"),
        Integer("depth", 5, low=1, high=50, log=True, help="hidden layers"),
        Integer("width", 100, low=1, high=400, log=True, help="units of a hidden layer: the next one's fan-in"),
        Number("last", 0.1, low=0.001, high=1, log=True, help="gain of the output layer; small: unsure at first"),
    )
    presets = (
        Preset("ignored", {"fan_in": "ignored", "gain": 1.0}, "Unit weights, 100 inputs: ten times too wide."),
        Preset("fading", {"gain": 1.0, "depth": 50}, "tanh without a gain: std 0.38 in layer 5, 0.09 in layer 50."),
        Preset(
            "relu",
            {"activation": "relu", "gain": 2.0, "depth": 50},
            "Gain 2 for √2: by layer 50, z has std 13 million.",
        ),
        Preset("level", {"activation": "relu", "gain": 2**0.5, "depth": 50}, "√2: fifty layers, neither lost nor lit."),
    )

    def build(self) -> None:
        k = self.k
        self.names = self.data.names(block=BLOCK)
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        layers["embedding"] = nn.Embedding(self.names.vocab, EMBEDDING)
        nn.init.normal_(layers["embedding"].weight, generator=self.rng)
        layers["flatten"] = nn.Flatten()
        fan_in = BLOCK * EMBEDDING
        for n in range(1, k.depth + 1):
            layers[f"linear {n}"] = linear = nn.Linear(fan_in, k.width)
            nn.init.normal_(linear.weight, std=self.weight_std(fan_in), generator=self.rng)
            nn.init.zeros_(linear.bias)
            layers[f"{k.activation} {n}"] = ACTIVATIONS[k.activation]()
            fan_in = k.width
        layers["output"] = output = nn.Linear(fan_in, self.names.vocab)
        nn.init.normal_(output.weight, std=k.last / fan_in**0.5, generator=self.rng)
        nn.init.zeros_(output.bias)
        self.model = nn.Sequential(layers)
        self.parameters = list(self.model.parameters())

    def weight_std(self, fan_in: int) -> float:
        return self.k.gain / fan_in**0.5 if self.k.fan_in == "counted" else self.k.gain

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

    def next_logits(self, drawn: Tensor) -> Tensor:
        return self.model(F.pad(drawn, (BLOCK, 0))[:, -BLOCK:])

    @property
    def f(self) -> Function:
        return ACTIVATIONS[self.k.activation]()

    def preactivations(self, seen: Observation) -> list[Tensor]:
        """What each hidden layer hands to f, on one batch."""
        return [layer.output for layer in seen.layers if layer.name.startswith("linear")]

    @metric("spread")
    def spread(self, seen: Observation) -> float:
        """Std of the last hidden layer's pre-activations."""
        return spread(self.preactivations(seen)[-1])

    @figure("Through one layer")
    def one_layer(self, seen: Observation) -> Histograms:
        rng = torch.Generator().manual_seed(42)
        x = torch.randn(ROWS, self.k.width, generator=rng)
        w = torch.randn(self.k.width, ROWS, generator=rng) * self.weight_std(self.k.width)
        z = x @ w
        edge = rounded_up(3 * max(spread(x), spread(z)))
        shown = z.flatten()[::50]
        rows = (
            histogram("x", x, -edge, edge, note=f"std {spread(x):.2f}"),
            histogram("z = x W", shown, -edge, edge, note=f"std {spread(z):.2f}"),
        )
        return Histograms(f"Through one layer, fan-in {self.k.width}", rows)

    @figure("Spread, layer by layer")
    def stack(self, seen: Observation) -> Curve:
        stds = tuple(spread(z) for z in self.preactivations(seen))
        layers = tuple(range(1, len(stds) + 1))
        expected, std = [], stds[0]
        for _ in layers:
            expected.append(std)
            std = next_std(self.f, self.k.gain, std)
        series = [Series("this net", layers, stds)]
        if self.k.fan_in == "counted":
            series.append(Series("a wide one", layers, tuple(expected), style="faint"))
        return Curve(
            f"Std of pre-activations: {short(stds[-1], 3)} in layer {len(stds)}",
            tuple(series),
            x_label="hidden layer",
            log_y=True,
            guides=(Guide(1.0, "1"),),
        )

    @figure("Gain integral")
    def integral(self, seen: Observation) -> Curve:
        kept = Z.abs() <= 4
        z, bell = Z[kept][::80], BELL[kept][::80]
        squared = self.f(z) ** 2 * bell
        moment = second_moment(self.f)
        x = tuple(z.tolist())
        return Curve(
            f"E[f²] = {moment:.4f}, 1/√ = {moment**-0.5:.4f}",
            (Series("bell", x, tuple(bell.tolist()), style="faint"), Series("f² · bell", x, tuple(squared.tolist()))),
            x_label="z",
        )

    @figure("From layer to layer")
    def to_the_next(self, seen: Observation) -> Curve:
        stds = tuple(n / 20 for n in range(1, 61))
        after = tuple(next_std(self.f, self.k.gain, std) for std in stds)
        level = [std for std, new in zip(stds, after, strict=True) if abs(new / std - 1) < 0.02]
        kept = f", level near {level[len(level) // 2]:.2g}" if level and len(level) < 30 else ""
        return Curve(
            f"Gain {short(self.k.gain, 3)}{kept}",
            (Series("std in the next layer", stds, after), Series("the same again", stds, stds, style="faint")),
            x_label="std in this layer",
        )

    @figure("Activations")
    def activations(self, seen: Observation) -> Histograms:
        given = self.preactivations(seen)
        drawn = sorted({round(n * (len(given) - 1) / 4) for n in range(5)})
        outputs = {n: self.f(given[n]) for n in drawn}
        edge = 1.0 if self.k.activation in {"tanh", "sigmoid"} else rounded_up(2 * max(map(spread, outputs.values())))
        rows = (histogram(f"layer {n + 1}", h, -edge, edge, note=f"std {short(spread(h))}") for n, h in outputs.items())
        return Histograms(f"f(z), f = {self.k.activation}", tuple(rows))

    @question("own-gain")
    def own_gain(self, seen: Observation, rng: Random) -> OwnQuestion:
        given = self.preactivations(seen)
        if len(given) > 1 and rng.random() < 0.5:
            return self.a_layer(spread(given[0]), spread(given[-1]), len(given))
        n = rng.randrange(len(given))
        std, moment = spread(given[n]), (self.f(given[n]) ** 2).mean().item()
        gain = std / moment**0.5
        return OwnQuestion.of_numbers(
            f"Step {self.iteration:,}: in layer {n + 1}, z has std {short(std, 3)}, and the mean of f(z)² is "
            f"{short(moment, 3)}. A fresh layer is put on top of it. Which gain makes its z as wide?",
            (gain, f"gain · √{short(moment, 3)} is to be {short(std, 3)}."),
            (1 / moment**0.5, "That makes the next z 1 wide. It is to be as wide as this one."),
            (std / moment, "The mean is of squares: its root is what adds to the std."),
            (1 / gain, "Upside down: the gain is to undo what f takes."),
            (ideal_gain(self.f), "That is the integral's, for z of mean 0 and std 1."),
        )

    def a_layer(self, first: float, last: float, depth: int) -> OwnQuestion:
        factor = last / first
        each = factor ** (1 / (depth - 1))
        return OwnQuestion.of_numbers(
            f"Step {self.iteration:,}: z has std {short(first, 3)} in layer 1, and {short(last, 3)} in layer {depth}. "
            "By what does each layer after the first multiply it, on average?",
            (each, f"{short(each, 3)} to the power of {depth - 1} is {short(factor, 3)}."),
            (factor, "That is what all of them do together."),
            (factor / (depth - 1), "Layers multiply, so it takes a root, not a quotient."),
            (1 / each, "Upside down: the last is divided by the first."),
            (self.k.gain, "That is what the weights began with. f takes its share, and training has moved them."),
        )

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        return loss_curve(seen)
