"""What BatchNorm gives back: a scale and a shift for each unit, in a net that spells names."""

import copy
import math
from collections import OrderedDict
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.errors import TutorError
from tutor.figures import Curve, Histograms, Point, Scatter, Series, Table
from tutor.figures.numbers import short
from tutor.lab import Choice, Experiment, Integer, Number, Observation, OwnQuestion, Preset, figure, metric, question
from tutor.lab.instruments import batchnorm_histograms, histogram, loss_curve, rounded_up

BLOCK, EMBEDDING, HIDDEN = 3, 10, 100
XHAT = torch.special.ndtri(torch.arange(0.001, 1, 0.002))  # 500 equally likely values of a standard normal x̂

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid}


class GammaBeta(Experiment):
    """Two hidden layers on names, with a BatchNorm before the activation, after it, on the output, or nowhere."""

    knobs = (
        Number("lr", 0.1, low=1e-4, high=10, log=True, live=True, help="learning rate"),
        Choice(
            "place", "before", ("before", "after", "none"), help="the norm: before the activation, after it, nowhere"
        ),
        Choice("affine", "both", ("both", "scale", "shift", "neither"), help="γ and β, γ only, β only, or neither"),
        Choice("output", "bare", ("bare", "norm"), help="whether the logits are normalized too"),
        Choice("bias", "dropped", ("dropped", "kept"), help="the bias of each layer that a norm follows at once"),
        Number("push", 0.0, low=-1000, high=1000, help="where the hidden layers' biases start"),
        Choice("activation", "tanh", tuple(ACTIVATIONS), help="the function f of every hidden layer"),
        Integer("batch", 32, low=2, high=2048, log=True, help="examples a step"),
        Number("gamma", 1.0, low=-10, high=10, live=True, help="γ of the one unit in the figure; the net has its own"),
        Number("beta", 0.0, low=-10, high=10, live=True, help="β of the one unit in the figure; the net has its own"),
    )
    presets = (
        Preset("pushed", {"bias": "kept", "push": 100.0}, "Every hidden bias starts at 100, and nothing happens."),
        Preset("pushed-after", {"place": "after", "push": 100.0}, "The same with the norm after tanh: all of it flat."),
        Preset("relu-after", {"place": "after", "activation": "relu"}, "The next layer gets mean 0 and std 1."),
        Preset("pinned", {"output": "norm", "affine": "neither"}, "Logits of mean 0 and std 1, whatever it learns."),
    )

    def build(self) -> None:
        k = self.k
        self.names = self.data.names(block=BLOCK)
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        layers["embedding"] = nn.Embedding(self.names.vocab, EMBEDDING)
        nn.init.normal_(layers["embedding"].weight, generator=self.rng)
        layers["flatten"] = nn.Flatten()
        fan_in = BLOCK * EMBEDDING
        for n in (1, 2):
            layers[f"linear {n}"] = self.linear(fan_in, HIDDEN, 5 / 3, normed=k.place == "before")
            if layers[f"linear {n}"].bias is not None:
                nn.init.constant_(layers[f"linear {n}"].bias, k.push)
            if k.place == "before":
                layers[f"norm {n}"] = self.norm(HIDDEN)
            layers[f"{k.activation} {n}"] = ACTIVATIONS[k.activation]()
            if k.place == "after":
                layers[f"norm {n}"] = self.norm(HIDDEN)
            fan_in = HIDDEN
        layers["output"] = self.linear(fan_in, self.names.vocab, 0.1, normed=k.output == "norm")
        if k.output == "norm":
            layers["norm out"] = self.norm(self.names.vocab)
        self.model = nn.Sequential(layers)
        self.parameters = [p for p in self.model.parameters() if p.requires_grad]

    def linear(self, fan_in: int, fan_out: int, gain: float, normed: bool) -> nn.Linear:
        """A bias only where no norm follows at once, unless `bias` is kept."""
        linear = nn.Linear(fan_in, fan_out, bias=not normed or self.k.bias == "kept")
        nn.init.normal_(linear.weight, std=gain / fan_in**0.5, generator=self.rng)
        if linear.bias is not None:
            nn.init.zeros_(linear.bias)
        return linear

    def norm(self, units: int) -> nn.BatchNorm1d:
        """PyTorch calls γ `weight` and β `bias`; the one that isn't learned stays at 1 or 0."""
        affine = self.k.affine
        norm = nn.BatchNorm1d(units, affine=affine != "neither")
        if affine in ("scale", "shift"):
            (norm.bias if affine == "scale" else norm.weight).requires_grad_(False)
        return norm

    def step(self) -> Tensor:
        train = self.names.train
        ix = torch.randint(len(train), (self.k.batch,), generator=self.rng)
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

    def batches(self, count: int) -> list[tuple[Tensor, Tensor]]:
        """Fresh training batches, the same ones at each look at a step."""
        train, rng = self.names.train, self.generator()
        drawn = [torch.randint(len(train), (self.k.batch,), generator=rng) for _ in range(count)]
        return [(train.x[ix], train.y[ix]) for ix in drawn]

    @metric("parameters")
    def count(self, seen: Observation) -> float:
        """How many numbers training may change."""
        return sum(p.numel() for p in self.parameters)

    @metric("farthest mean")
    def farthest(self, seen: Observation) -> float:
        """The largest mean of a unit at a hidden norm's output, by size."""
        return max((layer.output.mean(0).abs().max().item() for layer in self.hidden_norms(seen)), default=0.0)

    @metric("bias gradient")
    def bias_gradient(self, seen: Observation) -> float:
        """The largest gradient of a hidden bias, as a share of its layer's largest weight gradient."""
        return max(bias / weight for _, weight, bias, _ in self.gradients(seen)[:2])

    @question("own-unit")
    def own_unit(self, seen: Observation, rng: Random) -> OwnQuestion:
        norms = self.hidden_norms(seen)
        if not norms or self.k.affine == "neither":
            raise TutorError("No hidden norm has γ and β to ask about.", "Press l for this page's own settings.")
        layer = rng.choice(norms)
        norm = self.model.get_submodule(layer.name)
        # One of the ten that have gone farthest, so that no two answers look alike.
        unit = rng.choice((norm.bias.abs() + (norm.weight.abs() - 1).abs()).topk(10).indices.tolist())
        z, y, gamma, beta = layer.input[:, unit], layer.output[:, unit], norm.weight[unit], norm.bias[unit]
        answers = (
            (y, "y has mean β and std |γ|."),
            (F.batch_norm(z[:, None], None, None, training=True), "That is x̂, before γ and β."),
            (z, "That is z. Its own mean and std are taken out, and γ and β don't bring them back."),
            (gamma * z + beta, "That is γz + β. γ and β are applied to x̂, not to z."),
        )
        return OwnQuestion(
            f"At step {self.iteration:,}, unit {unit} of {layer.name} has γ = {gamma:.2f} and β = {beta:.2f}. Over the "
            f"next batch its z has {moments(z)}. What has its y?",
            tuple(moments(x) for x, _ in answers),
            0,
            tuple(why for _, why in answers),
        )

    @figure("One unit's f(γx̂ + β)")
    def bend(self, seen: Observation) -> Curve:
        k = self.k
        y = ACTIVATIONS[k.activation]()(k.gamma * XHAT + k.beta)
        line, share = straight(y)
        x = tuple(XHAT.tolist())
        return Curve(
            f"{k.activation}({scaled(k.gamma, k.beta)}): {share:.1%} straight",
            (Series("best line", x, tuple(line.tolist()), style="faint"), Series("f", x, tuple(y.tolist()))),
            x_label="xhat",
        )

    @figure("One unit, x̂ to y")
    def one_unit(self, seen: Observation) -> Histograms:
        k = self.k
        drawn = torch.randn(2000, generator=torch.Generator().manual_seed(42))
        xhat = (drawn - drawn.mean()) / drawn.std(correction=0)
        z, y = 2 * xhat + 4, k.gamma * xhat + k.beta
        edge = rounded_up(max((x.mean().abs() + 2 * x.std()).item() for x in (z, y)))
        rows = (("z", z), ("xhat", xhat), ("y", y))
        return Histograms(
            f"y = {scaled(k.gamma, k.beta)}",
            tuple(histogram(name, x, -edge, edge, note=moments(x)) for name, x in rows),
        )

    @figure("γ and β")
    def histograms(self, seen: Observation) -> Histograms:
        return batchnorm_histograms(self.hidden_norms(seen), "γ and β of the units")

    @figure("Outputs and what was learned")
    def learned(self, seen: Observation) -> Table:
        rows = []
        for layer in seen.of(nn.BatchNorm1d):
            norm, y = self.model.get_submodule(layer.name), layer.output
            gamma = norm.weight.abs() if norm.affine else None
            columns = [ends(x) for x in (y.mean(0), norm.bias, y.std(0, correction=0), gamma)]
            rows += [
                (f"{layer.name}: {end}", *cells) for end, *cells in zip(("lowest", "highest"), *columns, strict=True)
            ]
        return Table("Over the units of each norm", ("", "mean", "β", "std", "|γ|"), tuple(rows))

    @figure("Undoing BN")
    def undone(self, seen: Observation) -> Scatter:
        """One unit of layer 1, with γ = √(var + ε) and β = mean of batch o, given that batch and another."""
        first = self.model[:3]
        with torch.no_grad():
            z, other = (first(x)[:, 0] for x, _ in self.batches(2))
            var, mean = torch.var_mean(z, correction=0)
            gamma, beta, off, points = torch.sqrt(var + 1e-5), mean, [], []
            for group, (mark, given) in enumerate((("o", z), ("x", other))):
                back = gamma * F.batch_norm(given[:, None], None, None, training=True)[:, 0] + beta
                off.append((back - given).abs().max().item())
                points += [Point(a, b, mark, group) for a, b in zip(given.tolist(), back.tolist(), strict=True)]
        return Scatter(f"Undone? o is off by {short(off[0], 1)}, x by {short(off[1], 2)}", tuple(points), "z", "out")

    @figure("Gradients of weight and bias")
    def bias_gradients(self, seen: Observation) -> Table:
        rows = tuple(
            (name, short(weight, 2), "-" if math.isnan(bias) else short(bias, 2), short(at, 2))
            for name, weight, bias, at in self.gradients(seen)
        )
        return Table("Largest gradients", ("", "weight", "bias", "at one z"), rows)

    @figure("Biases back at 0")
    def at_zero(self, seen: Observation) -> Table:
        as_is, plain = copy.deepcopy(self.model), copy.deepcopy(self.model)  # a BN changes when it is used
        for name, p in plain.named_parameters():
            if name.startswith("linear") and name.endswith("bias"):
                nn.init.zeros_(p)
        ((x, y),) = self.batches(1)
        with torch.no_grad():
            ours, theirs = as_is(x), plain(x)
            z = as_is[:3](x), plain[:3](x)
        rows = (
            ("mean of z, layer 1", *(f"{each.mean().item():z.2f}" for each in z)),
            ("loss", *(f"{F.cross_entropy(each, y).item():.5f}" for each in (ours, theirs))),
            ("logits differ by", short((ours - theirs).abs().max().item(), 2), ""),
        )
        return Table("The same net, biases at 0", ("one batch", "as it is", "at 0"), rows)

    @figure("Parameters")
    def counts(self, seen: Observation) -> Table:
        rows = []
        for name, module in self.model.named_children():
            trained = {kind: p.numel() for kind, p in module.named_parameters() if p.requires_grad}
            if trained or isinstance(module, nn.BatchNorm1d):
                rows.append((name, f"{trained.get('weight', 0):,}", f"{trained.get('bias', 0):,}"))
        return Table(f"{self.count(seen):,} parameters", ("", "weight, γ", "bias, β"), tuple(rows))

    @figure("What the next layer is given")
    def given(self, seen: Observation) -> Histograms:
        rows = [(layer.name, layer.input) for layer in seen.of(nn.Linear)[1:]]
        edge = rounded_up(max(x.std().item() for _, x in rows) * 2)
        notes = (f"{x.mean().item():z.2f} ± {x.std(correction=0).item():.2f}" for _, x in rows)
        return Histograms(
            "Given to the next layer: mean ± std",
            tuple(histogram(name, x, -edge, edge, note=note) for (name, x), note in zip(rows, notes, strict=True)),
        )

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        return loss_curve(seen)

    def hidden_norms(self, seen: Observation):
        return [layer for layer in seen.of(nn.BatchNorm1d) if layer.name != "norm out"]

    def gradients(self, seen: Observation) -> list[tuple[str, float, float, float]]:
        """Of each linear layer the largest gradient of its weights, of its bias (NaN without), and at one output."""
        found = {p.name: p.gradient.abs().max().item() for p in seen.parameters if p.gradient is not None}
        return [
            (name, found[f"{name}.weight"], found.get(f"{name}.bias", math.nan), layer.gradient.abs().max().item())
            for layer in seen.of(nn.Linear)
            if (name := layer.name)
        ]


def straight(y: Tensor) -> tuple[Tensor, float]:
    """The straight line nearest to y, and the share of y's variance that it explains."""
    share = torch.corrcoef(torch.stack((XHAT, y)))[0, 1].square().nan_to_num(1.0)
    slope = (XHAT * (y - y.mean())).mean() / XHAT.square().mean()
    return y.mean() + slope * XHAT, share.item()


def scaled(gamma: float, beta: float) -> str:
    return f"{gamma:g} xhat {'-' if beta < 0 else '+'} {abs(beta):g}"


def ends(x: Tensor | None) -> tuple[str, str]:
    return ("-", "-") if x is None else (f"{x.min().item():z.2f}", f"{x.max().item():z.2f}")


def moments(x: Tensor) -> str:
    return f"mean {x.mean().item():z.2f}, std {x.std(correction=0).item():.2f}"
