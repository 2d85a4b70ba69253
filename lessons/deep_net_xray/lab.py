"""A deep character-level MLP on names, as in Karpathy's makemore part 3, with its insides on view.

Only the hidden layers are normalized here; the lecture's last version normalizes the logits too.
"""

from collections import OrderedDict
from collections.abc import Sequence
from random import Random
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Bars, Curve, Guide, Histograms, Ridges, Series, Table, Text
from tutor.figures.numbers import nice_limits, short
from tutor.lab import (
    Choice,
    Experiment,
    Integer,
    Layer,
    Number,
    Observation,
    OwnQuestion,
    Preset,
    figure,
    metric,
    question,
)
from tutor.lab.instruments import batchnorm_table, gradient_histograms, histogram, loss_curve, saturated_share, spread

BLOCK, EMBEDDING, HIDDEN, BATCH = 3, 10, 100, 32
LECTURE_SEED = 2147483647
DRAWN = 7  # of fifty layers, as many as a small terminal has lines for

NONLINEAR = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid}
NORMS = {"batch": nn.BatchNorm1d, "layer": nn.LayerNorm}

Item = TypeVar("Item")


class DeepMLP(Experiment):
    """A deep MLP that spells names: six layers to begin with, up to fifty-one."""

    knobs = (
        Number("lr", 0.1, low=1e-4, high=10, log=True, live=True, help="learning rate"),
        Number("gain", 5 / 3, low=0.1, high=10, log=True, help="hidden weights start with std gain / √fan_in"),
        Choice("norm", "none", ("none", "batch", "layer"), help="normalization between linear and nonlinearity"),
        Integer("depth", 5, low=1, high=50, log=True, help="hidden layers; the output layer comes on top"),
        Choice("activation", "tanh", tuple(NONLINEAR), help="the nonlinearity of every hidden layer"),
        Choice("init", "gain", ("gain", "default", "lecture"), help="default is PyTorch's; lecture, its own draws"),
    )
    presets = (
        Preset("saturated", {"gain": 3.0}, "Large weights: four outputs in ten, or more, on the flat parts of tanh."),
        Preset("shrinking", {"gain": 0.5}, "Small weights: the signal fades forwards, the gradient backwards."),
        Preset("batchnorm", {"gain": 0.5, "norm": "batch"}, "The same small weights, normalized: no layer fades."),
        Preset("layernorm", {"gain": 0.5, "norm": "layer"}, "Each name's units among themselves: no batch needed."),
        Preset("vanishing", {"activation": "sigmoid", "depth": 10, "init": "default"}, "Which end starves?"),
        Preset("growing", {"activation": "relu", "depth": 30, "norm": "batch"}, "BatchNorm, and gradients 400-fold."),
        Preset("level", {"activation": "relu", "depth": 30, "gain": 2**0.5}, "Thirty layers, no norm, no fading."),
        Preset("deep", {"depth": 50}, "Gain 5/3 at fifty layers: the gradient grows 90-fold on its way back."),
        Preset("lecture", {"init": "lecture"}, "Its very weights and batches. On its names: 20.25 % in tanh 1."),
    )
    records_updates = True

    def build(self) -> None:
        k = self.k
        self.names = self.data.names(block=BLOCK)
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        layers["embedding"] = embedding = nn.Embedding(self.names.vocab, EMBEDDING)
        if k.init == "lecture":
            self.rng.manual_seed(LECTURE_SEED)
            nn.init.normal_(embedding.weight, generator=self.rng)
        layers["flatten"] = nn.Flatten()
        fan_in = BLOCK * EMBEDDING
        for n in range(1, k.depth + 1):
            # BatchNorm subtracts the mean, and any bias with it: its own shift (beta) is the bias.
            layers[f"linear {n}"] = linear = nn.Linear(fan_in, HIDDEN, bias=k.norm != "batch")
            if k.init != "default":
                self.start(linear, k.gain)
            if k.norm in NORMS:
                layers[f"norm {n}"] = NORMS[k.norm](HIDDEN)
            layers[f"{k.activation} {n}"] = NONLINEAR[k.activation]()
            fan_in = HIDDEN
        layers["output"] = output = nn.Linear(fan_in, self.names.vocab)
        self.start(output, 0.1)  # unsure at first, so that the loss starts near ln 27
        self.model = nn.Sequential(layers)
        self.parameters = list(self.model.parameters())

    def start(self, linear: nn.Linear, gain: float) -> None:
        """Gaussian weights with std gain / √fan_in, and no bias yet."""
        if self.k.init == "lecture":
            # Drawn inputs x outputs, the other way round than nn.Linear keeps them.
            drawn = torch.randn(linear.in_features, linear.out_features, generator=self.rng)
            with torch.no_grad():
                linear.weight.copy_((drawn / linear.in_features**0.5 * gain).T)
        else:
            nn.init.normal_(linear.weight, std=gain / linear.in_features**0.5, generator=self.rng)
        if linear.bias is not None:
            nn.init.zeros_(linear.bias)

    def step(self) -> Tensor:
        train = self.names.train
        ix = torch.randint(len(train), (BATCH,), generator=self.rng)
        x, y = train.x.index_select(0, ix), train.y.index_select(0, ix)
        loss = F.cross_entropy(self.model(x), y)
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

    def hidden(self, seen: Observation) -> tuple[Layer, ...]:
        return seen.of(NONLINEAR[self.k.activation])

    @figure("Activations")
    def activations(self, seen: Observation) -> Histograms:
        layers = thinned(self.hidden(seen))
        low, high, shown = -1.0, 1.0, "outputs"
        if self.k.activation == "sigmoid":
            low = 0.0
        elif self.k.activation == "relu":
            # Half of them are exactly 0, and would dwarf the rest: the note counts those.
            low, high = nice_limits(0.0, 3 * max(spread(layer.output) for layer in layers))
            shown = "outputs above 0"
        rows = []
        for layer in layers:
            h = layer.output
            note = f"std {spread(h):.2f}, {saturated_share(layer):.0%} flat"
            rows.append(histogram(layer.name, h[h > 0] if low == 0 else h, low, high, note=note))
        return Histograms(f"Activations: {self.k.activation} {shown}", tuple(rows))

    @figure("Gradient at each layer")
    def gradients(self, seen: Observation) -> Curve:
        stds = [spread(layer.gradient) for layer in self.hidden(seen) if layer.gradient is not None]
        if not stds:
            return Curve("Gradients", ())
        ratio = stds[0] / stds[-1] if stds[-1] else float("nan")
        return Curve(
            f"Gradients, first/last = {short(ratio)}",
            (Series("std", tuple(range(1, len(stds) + 1)), tuple(stds)),),
            x_label="hidden layer",
            log_y=True,
            guides=(Guide(stds[-1], "level with the last"),),
        )

    @metric("first/last")
    def first_to_last(self, seen: Observation) -> float:
        first, *_, last = (spread(layer.gradient) for layer in self.hidden(seen))
        return first / last

    @metric("first update")
    def first_update(self, seen: Observation) -> float:
        """Update:data of `linear 1` at step 1."""
        ratios = {series.label: series.y for series in seen.history.series("update:data")}
        return ratios["linear 1"][0]

    @question("own-layer")
    def own_layer(self, seen: Observation, rng: Random) -> OwnQuestion:
        layers = thinned(self.hidden(seen))
        measures = {
            "has the largest share of saturated outputs (in %)": [100 * saturated_share(layer) for layer in layers],
            "has outputs with the largest std": [spread(layer.output) for layer in layers],
            "has outputs with the smallest std": [-spread(layer.output) for layer in layers],
            "gets the largest gradient (std)": [spread(layer.gradient) for layer in layers],
            "gets the smallest gradient (std)": [-spread(layer.gradient) for layer in layers],
        }
        # Ask where the answer is clear: the first leads the second by a tenth.
        clear = {what: values for what, values in measures.items() if leads(values)}
        what, values = rng.choice(list((clear or measures).items()))
        names = [layer.name for layer in layers]
        told = [f"{name} is at {short(abs(value))}" for name, value in zip(names, values, strict=True)]
        before = (sum(other > value for other in values) for value in values)
        whys = (f"{now}; {count} of the others come before it." for now, count in zip(told, before, strict=True))
        right = values.index(max(values))
        return OwnQuestion(
            f"At step {self.iteration:,}: which of these layers {what}?",
            tuple(names),
            right,
            tuple(f"{', '.join(told)}." if place == right else why for place, why in enumerate(whys)),
        )

    @figure("Update : data")
    def updates(self, seen: Observation) -> Curve:
        drawn = {f"linear {n}" for n in thinned(range(1, self.k.depth + 1), 3)} | {"output"}
        ratios = seen.history.series("update:data", seen.columns)
        return Curve(
            "Update : data",
            tuple(series for series in ratios if series.label in drawn),
            log_y=True,
            guides=(Guide(1e-3, "1e-3"),),
        )

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        return loss_curve(seen)

    @figure("Saturated")
    def saturation(self, seen: Observation) -> Bars:
        layers = thinned(self.hidden(seen))
        shares = tuple(100 * saturated_share(layer) for layer in layers)
        title = {"tanh": "|h| > 0.97", "sigmoid": "h < 0.015 or > 0.985", "relu": "h = 0"}[self.k.activation]
        return Bars(f"Saturated: {title}", tuple(layer.name for layer in layers), shares, "%", digits=1, top=100)

    @property
    def records_outputs(self):
        return {f"{self.k.activation} {self.k.depth}": (-1.0 if self.k.activation == "tanh" else 0.0, 1.0)}

    @figure("Last layer over time")
    def over_time(self, seen: Observation) -> Ridges:
        (name,) = self.records_outputs
        return seen.history.ridges(name, f"Outputs of {name} over time")

    @figure("Gradient histograms")
    def gradient_shapes(self, seen: Observation) -> Histograms:
        return gradient_histograms(thinned(self.hidden(seen)))

    @figure("BatchNorm statistics")
    def batchnorm(self, seen: Observation) -> Table | Text:
        layers = seen.of(nn.BatchNorm1d)
        if not layers:
            return Text("BatchNorm statistics", ("No BatchNorm in this net: set norm to batch",))
        return batchnorm_table(thinned(layers))


def leads(values: Sequence[float]) -> bool:
    """Whether the largest of `values` lies above the second by a tenth of the largest size among them."""
    second, first = sorted(values)[-2:] if len(values) > 1 else (0.0, 0.0)
    return first - second > 0.1 * max(map(abs, values))


def thinned(items: Sequence[Item], most: int = DRAWN) -> list[Item]:
    """At most `most` of `items`, evenly apart, with the first and the last."""
    if len(items) <= most:
        return list(items)
    return [items[round(i * (len(items) - 1) / (most - 1))] for i in range(most)]
