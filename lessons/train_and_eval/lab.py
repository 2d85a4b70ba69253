"""Two lives of a BatchNorm: batch statistics while it trains, running ones afterwards, on handwritten digits."""

import copy
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Curve, Guide, HeatMap, Point, Scatter, Series, Table
from tutor.figures.numbers import short
from tutor.lab import Choice, Experiment, Integer, Number, Observation, OwnQuestion, Preset, figure, metric, question
from tutor.lab.instruments import loss_curve

PIXELS, HIDDEN, CLASSES = 64, 100, 10
SIZES = (2, 3, 4, 6, 9, 12, 18, 30, 45, 60, 90, 180)
BATCHES = ((2.3, 1.5), (2.7, 1.8))  # mean and variance of a study note's two batches; here they take turns


def fold(linear: nn.Linear, norm: nn.BatchNorm1d) -> nn.Linear:
    """One layer that does what `norm(linear(x))` does in eval mode; `linear` has no bias."""
    factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    both = nn.Linear(linear.in_features, linear.out_features)
    both.weight = nn.Parameter(factor[:, None] * linear.weight)
    both.bias = nn.Parameter(norm.bias - factor * norm.running_mean)
    return both


def folded(model: nn.Sequential) -> nn.Sequential:
    """The same net without its BatchNorms."""
    first, norm, relu, second, norm2, relu2, output = model
    return nn.Sequential(fold(first, norm), relu, fold(second, norm2), relu2, output)


class TrainAndEval(Experiment):
    """A net with two BatchNorms that reads digits, and everything that can go wrong once it is trained."""

    knobs = (
        Number("lr", 0.1, low=1e-4, high=10, log=True, live=True, help="learning rate"),
        Integer("batch", 32, low=2, high=1024, log=True, live=True, help="images in a training batch"),
        Number("momentum", 0.1, low=0, high=1, live=True, help="how a running statistic takes in a batch"),
        Choice("sense", "torch", ("torch", "notes"), live=True, help="momentum weighs the new batch, or the old value"),
        Choice("mode", "eval", ("eval", "train"), live=True, help="the mode in which the net is tested"),
        Choice("order", "shuffled", ("shuffled", "sorted"), live=True, help="the order in which it is tested"),
        Integer("rows", 18, low=2, high=180, log=True, live=True, help="images in a batch of the test"),
    )
    presets = (
        Preset("notes", {"momentum": 0.9, "sense": "notes"}, "0.9 of the old value is kept: PyTorch's 0.1."),
        Preset("mistaken", {"momentum": 0.9}, "The note's 0.9, given to PyTorch: hardly more than the last batch."),
        Preset("slow", {"momentum": 0.001}, "A thousandth: 300 batches in, the running statistics are far behind."),
        Preset("left-in-train", {"mode": "train", "order": "sorted"}, "eval() forgotten, and all zeros come first."),
    )

    def build(self) -> None:
        self.digits = self.data.digits()
        layers = []
        for fan_in in (PIXELS, HIDDEN):
            linear = nn.Linear(fan_in, HIDDEN, bias=False)
            nn.init.normal_(linear.weight, std=(2 / fan_in) ** 0.5, generator=self.rng)
            layers += [linear, nn.BatchNorm1d(HIDDEN), nn.ReLU()]
        output = nn.Linear(HIDDEN, CLASSES)
        nn.init.normal_(output.weight, std=0.1 / HIDDEN**0.5, generator=self.rng)
        nn.init.zeros_(output.bias)
        self.model = nn.Sequential(*layers, output)

    @property
    def share(self) -> float:
        """The weight of a new batch in a running statistic, which is what PyTorch calls momentum."""
        return self.k.momentum if self.k.sense == "torch" else 1 - self.k.momentum

    def step(self) -> Tensor:
        self.model[1].momentum = self.model[4].momentum = self.share
        train = self.digits.train
        ix = torch.randint(len(train), (self.k.batch,), generator=self.rng)
        loss = F.cross_entropy(self.model(train.x[ix]), train.y[ix])
        self.model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in self.model.parameters():
                p -= self.k.lr * p.grad
        return loss

    def splits(self):
        return {"train": self.digits.train, "val": self.digits.val}

    def in_mode(self, mode: str) -> nn.Sequential:
        """A copy of the model in this mode: in train mode a BN changes whenever it is used."""
        model = copy.deepcopy(self.model).train(mode == "train")
        model[1].momentum = model[4].momentum = self.share
        return model

    @torch.no_grad()
    def answers(self, mode: str, order: str, rows: int) -> Tensor:
        """The net's answer to every validation image, given in batches of about `rows`, all of one size or nearly."""
        model, x, y = self.in_mode(mode), self.digits.val.x, self.digits.val.y
        shuffled = torch.randperm(len(y), generator=torch.Generator().manual_seed(42))
        images, found = shuffled if order == "shuffled" else y.argsort(stable=True), torch.empty_like(y)
        for ix in images.tensor_split(-(-len(y) // rows)):
            found[ix] = model(x[ix]).argmax(1)
        return found

    def right(self, mode: str, order: str, rows: int) -> float:
        """The share of validation images that are answered rightly."""
        return (self.answers(mode, order, rows) == self.digits.val.y).float().mean().item()

    @torch.no_grad()
    def after_passes(self, given: Tensor) -> list[float]:
        """Validation accuracy in eval mode, before and after each pass of `given` in train mode, without gradients."""
        val, model, found = self.digits.val, self.in_mode("train"), []
        for _ in range(21):
            found.append((model.eval()(val.x).argmax(1) == val.y).float().mean().item())
            model.train()(given)
        return found

    @torch.no_grad()
    def first_z(self) -> Tensor:
        return self.model[0](self.digits.train.x)  # of all training images

    @metric("tested")
    def tested(self, seen: Observation) -> float:
        """The share of right answers in the `mode` and `order` and batches that the knobs say."""
        return self.right(self.k.mode, self.k.order, self.k.rows)

    @metric("off")
    def off(self, seen: Observation) -> float:
        """The farthest of the running means in the first BN, in stds of its unit."""
        z = self.first_z()
        return ((self.model[1].running_mean - z.mean(0)) / z.std(0)).abs().max().item()

    @metric("after negatives")
    def after_negatives(self, seen: Observation) -> float:
        """Accuracy in eval mode after 20 passes of the negatives in train mode."""
        return self.after_passes(1 - self.digits.val.x)[-1]

    @question("own-next-mean")
    def own_next_mean(self, seen: Observation, rng: Random) -> OwnQuestion:
        place = rng.choice((1, 4))
        layer = seen.of(nn.BatchNorm1d)[place // 3]
        before, batch = self.model[place].running_mean, layer.input.mean(0)
        # One of the ten units that this batch pulls farthest, so that no two answers look alike.
        unit = rng.choice((batch - before).abs().topk(10).indices.tolist())
        old, new, after = (means[unit].item() for means in (before, batch, layer.module.running_mean))
        whys = {
            f"{after:z.4f}": f"The new batch has the weight {short(self.share)}, the old value the rest.",
            f"{self.share * old + (1 - self.share) * new:z.4f}": "That mixes them the other way round.",
            f"{new:z.4f}": "That is the batch's mean alone, and nothing of the past.",
            f"{old:z.4f}": "That is as it was. In train mode every batch pulls it.",
        }
        sense = "PyTorch's" if self.k.sense == "torch" else "the notes'"
        ask = (
            f"Step {self.iteration:,}, momentum {self.k.momentum:g} in {sense} sense. In unit {unit} of BN "
            f"{place // 3 + 1} the running mean is {old:z.4f}, and the next batch's mean {new:z.4f}. "
            "What is the running mean after it?"
        )
        return OwnQuestion(ask, tuple(whys), 0, tuple(whys.values()))

    @figure("Two batches, by hand")
    def by_hand(self, seen: Observation) -> Table:
        new, mean, variance, rows = self.share, 0.0, 1.0, [("start", "", "0", "1", "100 %")]
        for n in range(1, 101):
            batch_mean, batch_variance = BATCHES[(n - 1) % 2]
            mean += new * (batch_mean - mean)
            variance += new * (batch_variance - variance)
            if n in (1, 2, 44, 100):
                left = f"{100 * (1 - new) ** n:.3g} %"
                rows.append((str(n), f"{batch_mean}", f"{mean:.3f}", f"{variance:.3f}", left))
        header = ("batch", "mean", "r.mean", "r.var", "start's")
        return Table(f"{short(1 - new)} × running + {short(new)} × batch", header, tuple(rows))

    @figure("A running mean, batch by batch")
    def stream(self, seen: Observation) -> Curve:
        """Of one unit of the first layer, its weights as they are now."""
        z, rng, means, running = self.first_z(), self.generator(), [], [0.0]
        unit = z[:, (z.mean(0) / z.std(0)).argmax()]
        for _ in range(100):
            means.append(unit[torch.randint(len(z), (self.k.batch,), generator=rng)].mean().item())
            running.append(running[-1] + self.share * (means[-1] - running[-1]))
        n = tuple(range(101))
        series = (Series("batch", n[1:], tuple(means), style="faint"), Series("running", n, tuple(running)))
        truth = (Guide(unit.mean().item(), "all of train"),)
        return Curve(f"New batch weighs {short(self.share)}", series, x_label="batch", guides=truth)

    @figure("Running means and true ones")
    def means(self, seen: Observation) -> Scatter:
        z, running = self.first_z(), self.model[1].running_mean
        points = (Point(x, y, "o") for x, y in zip(z.mean(0).tolist(), running.tolist(), strict=True))
        return Scatter(f"Layer 1: off by up to {self.off(seen):.2f} stds", tuple(points), "true mean", "running")

    @figure("One image in company")
    def company(self, seen: Observation) -> Table:
        val = self.digits.val
        others = torch.arange(1, len(val))
        company = {"alone": others[:0], "one other": others[:1], "17 others": others[:17]}
        company |= {"16 more 5s": others[val.y[1:] == 5], "25 6s": others[val.y[1:] == 6]}
        rows, nets = [], [self.in_mode(mode) for mode in ("train", "eval")]
        for name, mates in company.items():
            x = torch.cat((val.x[:1], val.x[mates]))
            rows.append((name, *(taken_for(net, x) for net in nets)))
        return Table("A 5 is taken for", ("with", "train mode", "eval mode"), tuple(rows))

    @figure("Class by class")
    def by_class(self, seen: Observation) -> HeatMap:
        k, y = self.k, self.digits.val.y
        found = self.answers(k.mode, k.order, k.rows)
        counts = torch.bincount(CLASSES * y + found, minlength=CLASSES**2).reshape(CLASSES, CLASSES)
        shares = tuple(map(tuple, (100 * counts / counts.sum(1, keepdim=True)).round().tolist()))
        title = f"{k.mode}, {k.order}, by {k.rows}: {(found == y).float().mean():.1%}"
        names = tuple(map(str, range(CLASSES)))
        return HeatMap(title, names, names, shares, 0.0, 100.0, "is", "taken for", "%", numbers=True)

    @figure("Every batch size")
    def sizes(self, seen: Observation) -> Curve:
        series = []
        for mode, order in (("eval", "sorted"), ("train", "shuffled"), ("train", "sorted")):
            series.append(Series(f"{mode} {order}", SIZES, tuple(100 * self.right(mode, order, n) for n in SIZES)))
        return Curve("Right, %", tuple(series), x_label="batch of the test", log_x=True, y_span=(0, 100))

    @figure("Passes in train mode")
    def passes(self, seen: Observation) -> Curve:
        x, y, series = self.digits.val.x, self.digits.val.y, []
        for name, given in (("val", x), ("zeros only", x[y == 0]), ("negatives", 1 - x)):
            series.append(Series(name, tuple(range(21)), tuple(100 * share for share in self.after_passes(given))))
        return Curve("Right in eval, %", tuple(series), x_label="passes, no_grad", y_span=(0, 100))

    @figure("One unit, folded")
    @torch.no_grad()
    def one_unit(self, seen: Observation) -> Table:
        linear, norm, x = self.model[0], self.model[1], self.digits.val.x[:1]
        both = fold(linear, norm)
        rows = (
            ("z = w·x", linear(x)[0]),
            ("running mean", norm.running_mean),
            ("running variance", norm.running_var),
            ("γ", norm.weight),
            ("β", norm.bias),
            ("BN(z)", self.in_mode("eval")[:2](x)[0]),
            ("b'", both.bias),
            ("w'·x + b'", both(x)[0]),
        )
        factor = norm.weight[0] / torch.sqrt(norm.running_var[0] + norm.eps)
        shown = tuple((name, f"{values[0].item():z.5f}") for name, values in rows)
        return Table(f"Unit 1, one image: factor {factor:.5f}", ("", "value"), shown)

    @figure("The whole net, folded")
    @torch.no_grad()
    def folding(self, seen: Observation) -> Table:
        x, model, double = self.digits.val.x, self.in_mode("eval"), self.in_mode("eval").double()
        logits, ours = model(x), folded(model)(x)
        rows = (
            ("layers", str(len(model)), str(len(folded(model)))),
            ("same answers", "", f"{(logits.argmax(1) == ours.argmax(1)).sum()} of {len(x)}"),
            ("logits apart by", "", apart(logits, ours)),
            ("in float64", "", apart(double(x.double()), folded(double)(x.double()))),
            ("from train mode", "", apart(self.in_mode("train")(x), ours)),
        )
        return Table("With BN, and folded", ("", "with BN", "folded"), rows)

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        return loss_curve(seen)


@torch.no_grad()
def taken_for(model: nn.Module, x: Tensor) -> str:
    try:
        sure, answer = model(x)[0].softmax(0).max(0)
    except ValueError as refused:
        return type(refused).__name__
    return f"{answer.item()} ({sure.item():.0%})"


def apart(one: Tensor, other: Tensor) -> str:
    return short((one - other).abs().max().item(), 2)
