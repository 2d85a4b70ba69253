"""A conv net on 8x8 digits with residual blocks, and an RNN on names: where the norms of both take their means."""

import copy
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.errors import TutorError
from tutor.figures import Bars, Curve, Guide, Image, Images, Series, Table
from tutor.lab import Choice, Experiment, Integer, Number, Observation, OwnQuestion, Preset, figure, metric, question
from tutor.lab.datasets import Split
from tutor.lab.instruments import loss_curve

CHANNELS, HIDDEN, LETTERS = 8, 48, 8  # of the conv net; of the RNN; how many letters the RNN reads
NORMS = {"none": lambda c: nn.Identity(), "batch": nn.BatchNorm2d, "layer": lambda c: nn.GroupNorm(1, c)}
ROWS = {"none": nn.Identity, "batch": nn.BatchNorm1d, "layer": nn.LayerNorm}


def conv() -> nn.Conv2d:
    return nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, bias=False)


class Block(nn.Module):
    """A pre-activation block: norm and ReLU before each of two convolutions, then the shortcut."""

    def __init__(self, norm: str, shortcut: bool) -> None:
        super().__init__()
        make = NORMS[norm]
        self.f = nn.Sequential(make(CHANNELS), nn.ReLU(), conv(), make(CHANNELS), nn.ReLU(), conv())
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        return x + self.f(x) if self.shortcut else self.f(x)


class Recurrent(nn.Module):
    """A tanh RNN: the same weights at every letter, and a norm before the tanh."""

    def __init__(self, norm: str, vocab: int) -> None:
        super().__init__()
        self.read = nn.Embedding(vocab, HIDDEN)
        self.keep = nn.Linear(HIDDEN, HIDDEN, bias=False)
        self.norm = ROWS[norm](HIDDEN)
        self.say = nn.Linear(HIDDEN, vocab)

    def forward(self, x: Tensor) -> Tensor:
        h = torch.zeros(len(x), HIDDEN)
        for t in range(x.shape[1]):
            h = torch.tanh(self.norm(self.read(x[:, t]) + self.keep(h)))
        return self.say(h)


class ConvNetsAndShortcuts(Experiment):
    """Two nets whose weights are used in many places: at every pixel, or at every letter."""

    knobs = (
        Number("lr", 0.1, low=1e-3, high=10, log=True, live=True, help="learning rate"),
        Choice("net", "conv", ("conv", "rnn"), help="a conv net on digits, or an RNN on names"),
        Choice("norm", "batch", tuple(NORMS), help="over the batch, over each example, or no norm"),
        Integer("blocks", 1, low=0, high=20, help="blocks of two convolutions each"),
        Choice("shortcut", "yes", ("yes", "no"), help="does a block add its input to its output?"),
        Number("last", 1.0, low=0, high=1, help="what a block's last weights are multiplied by at the start"),
        Integer("batch", 32, low=1, high=256, log=True, help="examples a step; the RNN's BatchNorm needs two"),
        Integer("image", 0, low=0, high=179, live=True, help="the validation image that the maps are of"),
    )
    presets = (
        Preset("one", {"batch": 1}, "One image a step: BatchNorm2d still has its 16 pixels."),
        Preset(
            "deep",
            {"blocks": 12, "batch": 16},
            "25 convolutions, with shortcuts: 93 % of val after 200 steps.",
        ),
        Preset(
            "deep-plain",
            {"blocks": 12, "batch": 16, "shortcut": "no"},
            "The same without shortcuts: 63 %, and no block can be spared.",
        ),
        Preset("names", {"net": "rnn"}, "BatchNorm in an RNN: one running mean for eight letters. Val suffers."),
    )

    def build(self) -> None:
        k = self.k
        data = self.data.digits() if k.net == "conv" else self.data.names(LETTERS)
        self.x, self.y = self.shaped(data.train.x), data.train.y
        self.val, self.test = (Split(self.shaped(part.x), part.y) for part in (data.val, data.test))
        if k.net == "conv":
            self.model = nn.Sequential(
                nn.Conv2d(1, CHANNELS, 3, padding=1, bias=False),
                nn.MaxPool2d(2),
                *(Block(k.norm, k.shortcut == "yes") for _ in range(k.blocks)),
                NORMS[k.norm](CHANNELS),
                nn.ReLU(),
                nn.Flatten(),
                nn.Linear(CHANNELS * 4 * 4, data.vocab),
            )
        else:
            self.model = Recurrent(k.norm, data.vocab)
        for layer in self.model.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=self.rng)
            elif isinstance(layer, nn.Linear):
                nn.init.normal_(layer.weight, std=layer.in_features**-0.5, generator=self.rng)
            elif isinstance(layer, nn.Embedding):
                nn.init.normal_(layer.weight, generator=self.rng)
            if isinstance(layer, nn.Linear) and layer.bias is not None:
                nn.init.zeros_(layer.bias)
        for layer in self.model.modules():
            if isinstance(layer, Block):
                layer.f[5].weight.data *= k.last
        self.parameters = list(self.model.parameters())

    def shaped(self, x: Tensor) -> Tensor:
        """Images as the conv net takes them, (n, 1, 8, 8); letters as they are."""
        return x.view(-1, 1, 8, 8) if self.k.net == "conv" else x

    def step(self) -> Tensor:
        ix = torch.randint(len(self.x), (max(self.k.batch, self.fewest),), generator=self.rng)
        loss = F.cross_entropy(self.model(self.x.index_select(0, ix)), self.y.index_select(0, ix))
        for p in self.parameters:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            torch._foreach_add_(self.parameters, [p.grad for p in self.parameters], alpha=-self.k.lr)
        return loss

    @property
    def fewest(self) -> int:
        return 2 if self.k.net == "rnn" and self.k.norm == "batch" else 1  # one row of features has no std

    def splits(self):
        return {"val": self.val}

    def held_out(self):
        return {"test": self.test}

    @figure("Filters")
    def filters(self, seen: Observation) -> Images:
        weights = self.model[0].weight[:, 0] if self.k.net == "conv" else torch.empty(0)
        grids = tuple(Image(f"filter {c}", _pixels(w)) for c, w in enumerate(weights))
        return Images("3x3 filters of the first layer", grids)

    @figure("Feature maps")
    def maps(self, seen: Observation) -> Images:
        if self.k.net != "conv":
            return Images("Feature maps", ())
        x = self.val.x[self.k.image]
        with torch.no_grad():
            maps = self.model[0](x.unsqueeze(0))[0]
        found = tuple(Image(f"map {c}", _pixels(m)) for c, m in enumerate(maps))
        return Images(f"A {self.val.y[self.k.image]} and its maps", (Image("image", _pixels(x[0])), *found))

    @figure("Numbers in a mean")
    def counts(self, seen: Observation) -> Table:
        b = self.k.batch
        sizes = (("1d, 64 units", 1), ("2d, 4x4 pixels", 16), ("2d, 8x8", 64), ("2d, 28x28", 784))
        rows = tuple((name, f"{b:,} x {size}", f"{b * size:,}") for name, size in sizes)
        return Table(f"Numbers in one mean, batch {b}", ("BatchNorm", "B x pixels", "numbers"), rows)

    @figure("Statistics by channel")
    def channels(self, seen: Observation) -> Table:
        """Of what the first norm (without one: the first ReLU) is given at the next step."""
        title, header = "Into the first norm, by channel", ("channel", "mean", "std", "running", "run. std")
        layers = seen.of(nn.BatchNorm2d, nn.GroupNorm, nn.ReLU)
        if not layers:
            return Table(title, header, ())
        z, module = layers[0].input, layers[0].module
        columns = [z.mean((0, 2, 3)), z.std((0, 2, 3), correction=0)]
        if isinstance(module, nn.BatchNorm2d):
            columns += [module.running_mean, module.running_var.sqrt()]
        else:
            header = header[:3]
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return Table(title, header, tuple((str(c), *(f"{v:.2f}" for v in row)) for c, row in enumerate(rows)))

    @figure("Gradient by layer")
    def gradients(self, seen: Observation) -> Curve:
        weights = [p.gradient for p in seen.parameters if p.data.dim() == 4 and p.gradient is not None]
        sizes = tuple(g.square().mean().sqrt().item() for g in weights)
        places = tuple(float(n) for n in range(1, len(sizes) + 1))
        kind = f"norm {self.k.norm}, shortcut {self.k.shortcut}"
        return Curve("Gradient, rms", (Series(kind, places, sizes),), x_label="convolution", log_y=True)

    @figure("One block taken out")
    def without(self, seen: Observation) -> Bars:
        blocks = self.k.blocks if self.k.net == "conv" else 0
        names = ("whole", *(f"without {n}" for n in range(1, blocks + 1)))
        shares = tuple(100 * self.right(n) for n in range(blocks + 1))
        return Bars("Right on val", names, shares, "%", digits=0, top=100)

    @metric("without 6")
    def without_6(self, seen: Observation) -> float:
        """Share of val that is right when block 6 is taken out of the trained net."""
        return self.right(6 if self.k.blocks >= 6 and self.k.net == "conv" else 0)

    @question("own-block")
    def own_block(self, seen: Observation, rng: Random) -> OwnQuestion:
        blocks = self.k.blocks
        if self.k.net != "conv" or self.k.shortcut == "no" or blocks < 5:
            raise TutorError(
                "This question is about blocks with shortcuts.", "Put on the preset deep, and run 200 steps."
            )
        n = rng.choice((1, *range(5, blocks + 1)))
        whole, without, first = (100 * self.right(taken) for taken in (0, n, 1))
        if n == 1:
            answers = {
                without: "Its f is as large as x, and all the other blocks have learned to build on it.",
                100 * self.right(blocks): f"So much is left without block {blocks}. The first is missed more.",
            }
        else:
            answers = {
                without: "One addend is missing, and not a large one: x goes past the block.",
                first: "So much is left without block 1, whose f is as large as x.",
                whole / 2: "Some blocks come before it and some behind, but nothing is cut in two: x goes past.",
            }
        ask = (
            f"Your whole net has {whole:.0f} % of val right. Block {n} of {blocks} is taken out. How much is right now?"
        )
        return OwnQuestion(ask, tuple(f"{share:.0f} %" for share in answers), 0, tuple(answers.values()))

    def right(self, taken: int = 0) -> float:
        """Share of val that is right, with block number `taken` left out (0: none)."""
        model = copy.deepcopy(self.model).eval()
        if taken:
            model[1 + taken] = nn.Identity()
        with torch.no_grad():
            return (model(self.val.x).argmax(1) == self.val.y).float().mean().item()

    def by_letter(self) -> list[tuple[Tensor, Tensor]]:
        """For each letter read: the variance of z over 2,000 training rows, and the state of val's rows.

        BatchNorm takes each letter's own mean and variance over those rows here.
        """
        x, norm = torch.cat((self.x[:2000], self.val.x)), self.model.norm
        h, found = torch.zeros(len(x), HIDDEN), []
        with torch.no_grad():
            for t in range(LETTERS):
                z = self.model.read(x[:, t]) + self.model.keep(h)
                mean, var = z[:2000].mean(0), z[:2000].var(0, correction=0)
                own = isinstance(norm, nn.BatchNorm1d)
                h = torch.tanh(F.batch_norm(z, mean, var, norm.weight, norm.bias) if own else norm(z))
                found.append((var, h[2000:]))
        return found

    @figure("Spread by letter")
    def spreads(self, seen: Observation) -> Curve:
        title = "Std of z, letter by letter"
        if self.k.net == "conv":
            return Curve(title, ())
        stds = tuple(var.mean().sqrt().item() for var, _ in self.by_letter())
        kept = getattr(self.model.norm, "running_var", None)
        guides = () if kept is None else (Guide(kept.mean().sqrt().item(), "running"),)
        places = tuple(float(t) for t in range(1, LETTERS + 1))
        return Curve(title, (Series(self.k.norm, places, stds),), x_label="letter read", guides=guides)

    @figure("Whose statistics?")
    def whose(self, seen: Observation) -> Bars:
        if self.k.net == "conv":
            return Bars("Loss on val", (), ())
        return Bars("Loss on val", ("one for all", "letter's own"), self.losses_by_statistics(), "nats")

    def losses_by_statistics(self) -> tuple[float, float]:
        """Val's loss with the norm's running statistics, and with each letter's own."""
        with torch.no_grad():
            model = copy.deepcopy(self.model).eval()
            shared = F.cross_entropy(model(self.val.x), self.val.y).item()
            own = F.cross_entropy(model.say(self.by_letter()[-1][1]), self.val.y).item()
        return shared, own

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        return loss_curve(seen)


def _pixels(grid: Tensor) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, grid.tolist()))
