"""A digit classifier with BatchNorm, LayerNorm or neither, and what the rest of a batch does to one example."""

import copy
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.errors import TutorError
from tutor.figures import Bars, Curve, Guide, Histograms, Series, Stage, Strip, Table
from tutor.figures.numbers import short
from tutor.lab import Choice, Experiment, Integer, Number, Observation, OwnQuestion, Preset, figure, metric, question
from tutor.lab.instruments import histogram, loss_curve, spread

PIXELS, HIDDEN = 64, 64
SHOWN = 4  # rows of the batch in the strip
DRAWS = 400  # batches that one example is put into
NORMS = {"none": nn.Identity, "batch": nn.BatchNorm1d, "layer": nn.LayerNorm}


class Neighbours(Experiment):
    """Two hidden layers on 8x8 digits; the norm stands before each tanh."""

    knobs = (
        Number("lr", 0.1, low=1e-3, high=10, log=True, live=True, help="learning rate"),
        Choice("norm", "batch", tuple(NORMS), help="over the batch, over each example's own units, or no norm"),
        Integer("batch", 32, low=1, high=256, log=True, help="examples a step; BatchNorm needs two"),
        Integer("examples", 1437, low=100, high=1437, log=True, help="how many images there are to learn from"),
        Number("push", 0.0, low=-1e6, high=1e6, live=True, help="added to the z of the strip's last example"),
    )
    presets = (
        Preset("pairs", {"batch": 2}, "A batch of two: every unit says +1 or -1. 8,000 steps: 84 % right on val."),
        Preset(
            "pairs-layer",
            {"batch": 2, "norm": "layer"},
            "The same pairs, each example by itself: 99 % after 8,000 steps.",
        ),
        Preset(
            "few", {"examples": 300, "batch": 16}, "300 images, soon known by heart. Does the jitter help on others?"
        ),
    )

    def build(self) -> None:
        k = self.k
        digits = self.data.digits()
        self.x, self.y = digits.train.x[: k.examples], digits.train.y[: k.examples]
        self.val = digits.val
        norm = NORMS[k.norm]
        self.model = nn.Sequential(
            nn.Linear(PIXELS, HIDDEN, bias=False),
            norm(HIDDEN),
            nn.Tanh(),
            nn.Linear(HIDDEN, HIDDEN, bias=False),
            norm(HIDDEN),
            nn.Tanh(),
            nn.Linear(HIDDEN, digits.vocab),
        )
        for layer in self.model:
            if isinstance(layer, nn.Linear):
                nn.init.normal_(layer.weight, std=layer.in_features**-0.5, generator=self.rng)
        nn.init.zeros_(self.model[6].bias)
        self.parameters = list(self.model.parameters())

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
        return 2 if self.k.norm == "batch" else 1  # nn.BatchNorm1d refuses a batch of one

    def splits(self):
        return {"val": self.val}

    def held_out(self):
        return {"test": self.data.digits().test}

    def first(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """z of the first layer, and what its norm makes of it in training."""
        z = self.model[0](x)
        return z, copy.deepcopy(self.model[1]).train()(z)

    @metric("jitter")
    def jitter(self, seen: Observation) -> float:
        """Std of one unit's normalized value, for one example among neighbours drawn anew."""
        return spread(self.among_neighbours(max(self.k.batch, self.fewest)))

    def among_neighbours(self, size: int, unit: int = 0, image: int = 0) -> Tensor:
        """What the norm makes of a unit for an image, in batches whose other images are drawn at random, (DRAWS,)."""
        rng = torch.Generator().manual_seed(42)
        ix = torch.randint(len(self.x), (DRAWS, size), generator=rng)
        ix[:, 0] = image
        with torch.no_grad():
            z = self.model[0](self.x)
            if self.k.norm != "batch":
                return self.first(self.x[[image]])[1][0, unit].repeat(DRAWS)
            z, norm = z[:, unit][ix], self.model[1]
            xhat = (z - z.mean(1, keepdim=True)) / (z.var(1, correction=0, keepdim=True) + norm.eps).sqrt()
            return norm.weight[unit] * xhat[:, 0] + norm.bias[unit]

    @question("own-jitter")
    def own_jitter(self, seen: Observation, rng: Random) -> OwnQuestion:
        if self.k.norm != "batch":
            raise TutorError("Without a BN nothing jitters.", "Set norm to batch.")
        image, unit = rng.randrange(len(self.x)), rng.randrange(HIDDEN)
        # From 16 on the rule holds for nearly every image.
        small, large = rng.choice(((16, 64), (32, 128), (16, 256)))
        times = large // small
        before, after = (spread(self.among_neighbours(size, unit, image)) for size in (small, large))
        whys = {
            f"{after:.2f}": f"{times} times the batch: some {round(times**0.5)} times less jitter.",
            f"{before / times:.2f}": f"That is {times} times less. The jitter of a mean goes with the root, √{times}.",
            f"{before:.2f}": "That is the same. But a larger batch knows its mean and its std better.",
            f"{before * times**0.5:.2f}": "That is more. The fewer neighbours, the more each of them decides.",
        }
        ask = (
            f"At step {self.iteration:,}, image {image} and unit {unit}: in batches of {small} the normalized value "
            f"has a jitter (std) of {before:.2f}. In batches of {large}?"
        )
        return OwnQuestion(ask, tuple(whys), 0, tuple(whys.values()))

    @figure("One image, many batches")
    def jitters(self, seen: Observation) -> Histograms:
        rows = []
        for size in (2, 4, 8, 32, 128):
            if size > max(self.k.batch, 2):
                break
            values = self.among_neighbours(size)
            rows.append(histogram(f"batch {size}", values, -4, 4, note=f"std {spread(values):.2f}"))
        return Histograms("Image 0, unit 0, in 400 batches", tuple(rows))

    @figure("Jitter by batch size")
    def jitter_curve(self, seen: Observation) -> Curve:
        sizes = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
        stds = tuple(spread(self.among_neighbours(size)) for size in sizes)
        return Curve(
            "Std of one normalized value",
            (Series(self.k.norm, tuple(map(float, sizes)), stds),),
            x_label="batch size",
            log_x=True,
        )

    @figure("A batch, row by row")
    def rows(self, seen: Observation) -> Strip:
        count = min(SHOWN, max(self.k.batch, self.fewest))
        z, _ = self.first(self.x[:count])
        z = z.detach().clone()
        z[-1] += self.k.push
        z.requires_grad_()
        out = copy.deepcopy(self.model[1]).train()(z)
        (gradient,) = torch.autograd.grad(out[0, 0], z)
        stages = (
            Stage("z", tuple(z[:, 0].tolist())),
            Stage("normalized", tuple(out[:, 0].tolist()), f"{self.k.norm} norm"),
            # Row by row: how far the first row's normalized value moves, if this row's z of the unit does.
            Stage("moves row 0", tuple(gradient[:, 0].tolist())),
        )
        return Strip(f"Unit 0 of {count} rows", tuple(str(n) for n in range(count)), stages)

    @figure("64 rows, at once or in pieces")
    def accumulated(self, seen: Observation) -> Table:
        whole = self.gradient(64)
        rows = []
        for size in (32, 16, 8, 4, 2):
            pieces = self.gradient(size)
            cosine = F.cosine_similarity(whole, pieces, dim=0).item()
            apart = ((pieces - whole).norm() / whole.norm()).item()
            rows.append((f"{64 // size} of {size}", f"{cosine:.3f}", short(apart, 2)))
        return Table(f"Gradient of 64 rows, norm {self.k.norm}", ("pieces", "cosine", "apart, |g|"), tuple(rows))

    def gradient(self, size: int) -> Tensor:
        """The mean gradient over 64 fixed images in pieces of `size`, as accumulation adds it up, in float64."""
        model = copy.deepcopy(self.model).double().train()
        for x, y in zip(self.x[:64].double().split(size), self.y[:64].split(size), strict=True):
            (F.cross_entropy(model(x), y) * len(x) / 64).backward()
        return torch.cat([p.grad.flatten() for p in model.parameters()])

    @figure("Right answers")
    def accuracy(self, seen: Observation) -> Bars:
        model = copy.deepcopy(self.model).eval()
        with torch.no_grad():
            shares = [
                100 * (model(x).argmax(1) == y).float().mean().item()
                for x, y in ((self.x, self.y), (self.val.x, self.val.y))
            ]
        return Bars("Images recognized", ("train", "val"), tuple(shares), "%", digits=1, top=100)

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        return loss_curve(seen, guides=(Guide(2.3026, "ln 10"),))
