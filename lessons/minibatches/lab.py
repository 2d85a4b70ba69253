"""The character-level MLP of Bengio et al. (2003), as in Karpathy's makemore part 2, trained on mini-batches."""

from collections import OrderedDict
from functools import cache
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Bars, Curve, Histograms, Point, Scatter, Series, Table, Text
from tutor.lab import Choice, Experiment, Integer, Number, Observation, OwnQuestion, Preset, figure, metric, question
from tutor.lab.instruments import activation_histograms, loss_curve, race_curve
from tutor.lab.sampling import sampled

BLOCK = 3


# How an optimizer changes parameter p, given its gradient g. m and s are what it remembers of the earlier
# gradients of p: a running sum or mean, and a running mean of squares. t is the step, counted from 1.
# The constants and conventions are those of torch.optim.


def sgd(p, g, m, s, t, lr):
    p.add_(g, alpha=-lr)


def momentum(p, g, m, s, t, lr):
    m.mul_(0.9).add_(g)
    p.add_(m, alpha=-lr)


def rmsprop(p, g, m, s, t, lr):
    s.mul_(0.99).addcmul_(g, g, value=0.01)
    p.addcdiv_(g, s.sqrt().add_(1e-8), value=-lr)


def adam(p, g, m, s, t, lr):
    m.mul_(0.9).add_(g, alpha=0.1)
    s.mul_(0.999).addcmul_(g, g, value=0.001)
    # m and s start at 0; the divisors make up for that.
    scale = (s / (1 - 0.999**t)).sqrt_().add_(1e-8)
    p.addcdiv_(m, scale, value=-lr / (1 - 0.9**t))


RULES = {"sgd": sgd, "momentum": momentum, "rmsprop": rmsprop, "adam": adam}


class Minibatches(Experiment):
    """An MLP that learns to spell names, a few examples at a time."""

    knobs = (
        Number("lr", 0.1, low=1e-4, high=10, log=True, live=True, help="learning rate"),
        Integer("batch", 32, low=1, high=262_144, log=True, live=True, top="all", help="examples a step"),
        Choice("optimizer", "sgd", tuple(RULES), help="what a step does with the gradient"),
        Integer("hidden", 200, low=1, high=1000, log=True, help="tanh units"),
        Integer("embedding", 10, low=1, high=64, log=True, help="numbers that stand for a letter"),
        Number("output_scale", 0.1, low=1e-3, high=10, log=True, help="factor on the first output weights"),
    )
    presets = (
        Preset("one", {"batch": 1}, "One example a step: the cheapest step there is, and the noisiest."),
        Preset("full", {"batch": 262_144}, "The whole training split in every step: exact, and slow."),
        Preset("adam", {"optimizer": "adam", "lr": 0.002}, "Adam, at a fiftieth of SGD's learning rate."),
        Preset(
            "two numbers",
            {"embedding": 2},
            "Two numbers a letter: the map of the letters is all the net knows.",
        ),
        Preset("confident", {"output_scale": 10.0}, "Large output weights: wrong and sure of it at step 0."),
        Preset("bouncing", {"lr": 10.0}, "A learning rate a hundred times too high: it never settles."),
    )
    records_updates = True

    def build(self) -> None:
        k = self.k
        self.names = self.data.names(block=BLOCK)
        # Three letters in, logits for the next letter out.
        self.model = nn.Sequential(
            OrderedDict(
                embedding=nn.Embedding(27, k.embedding),
                flatten=nn.Flatten(),
                hidden=nn.Linear(BLOCK * k.embedding, k.hidden),
                tanh=nn.Tanh(),
                output=nn.Linear(k.hidden, 27),
            )
        )
        with torch.no_grad():
            self.model.output.weight.mul_(k.output_scale)
            self.model.output.bias.zero_()
        self.parameters = list(self.model.parameters())
        self.update = RULES[k.optimizer]
        self.memory = [(torch.zeros_like(p), torch.zeros_like(p)) for p in self.parameters]
        self.drawn = 0
        self.seen_all = False

    def step(self) -> Tensor:
        # One iteration: draw a mini-batch, forward, backward, update.
        x, y = self.batch()
        loss = self.loss(x, y)
        for p in self.parameters:
            p.grad = None
        loss.backward()
        update, t, lr = self.update, self.iteration + 1, self.k.lr
        with torch.no_grad():
            for p, (m, s) in zip(self.parameters, self.memory, strict=True):
                update(p, p.grad, m, s, t, lr)
        return loss

    def batch(self) -> tuple[Tensor, Tensor]:
        train, examples = self.names.train, len(self.names.train)
        count = min(self.k.batch, examples)
        self.drawn += count
        if count == examples:
            self.seen_all = True
            return train.x, train.y
        ix = torch.randint(examples, (count,), generator=self.rng)
        # This is train.x[ix] and train.y[ix], and saves 4 % of a step.
        return train.x.index_select(0, ix), train.y.index_select(0, ix)

    def splits(self):
        return {"train": self.names.train, "val": self.names.val}

    def held_out(self):
        return {"test": self.names.test}

    def next_logits(self, drawn: Tensor) -> Tensor:
        # The last three letters; where there are fewer, the mark for start and end, number 0, stands before them.
        return self.model(F.pad(drawn, (BLOCK, 0))[:, -BLOCK:])

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        return loss_curve(seen)

    @figure("Names it makes up")
    def samples(self, seen: Observation) -> Text:
        return Text("Names it makes up", sampled(self, range(1, 9)).samples)

    @figure("Loss against time")
    def race(self, seen: Observation) -> Curve:
        return race_curve(seen)

    @figure("The letters, as the net sees them")
    def letters(self, seen: Observation) -> Scatter:
        # The embedding's two directions of largest spread (its first two principal components).
        table = self.model.embedding.weight.detach()
        table = F.pad(table - table.mean(0), (0, 1)).nan_to_num()
        places = table @ torch.linalg.svd(table, full_matrices=False).Vh[:2].T
        # A direction has no sign of its own: "e" stays right and up, so that the map doesn't flip.
        places *= places[5].sign()
        points = (
            Point(x, y, letter, group=int(letter in "aeiouy"))
            for (x, y), letter in zip(places.tolist(), self.names.letters, strict=True)
        )
        return Scatter("The letters, as the net sees them", tuple(points))

    @figure("Hidden activations")
    def activations(self, seen: Observation) -> Histograms:
        return activation_histograms(seen.of(nn.Tanh), "Hidden activations, one batch")

    @figure("Cosine to the full gradient")
    def agreement(self, seen: Observation) -> Bars:
        means = self.cosines()
        labels = tuple(f"batch {size:,}" for size in means)
        return Bars("Cosine to the full gradient", labels, tuple(means.values()), digits=2, top=1.0)

    @metric("cosine of 32")
    def agreement_of_32(self, seen: Observation) -> float:
        return self.cosines()[32]

    @question("own-agreement")
    def own_agreement(self, seen: Observation, rng: Random) -> OwnQuestion:
        # Sizes so far apart that no luck of the draw puts them out of order.
        means = {size: cosine for size, cosine in self.cosines().items() if size in (8, 256, 2048)}
        size = rng.choice(list(means))
        return OwnQuestion(
            f"At step {self.iteration:,}: the mean cosine of batch {size:,} to the full gradient?",
            tuple(f"{cosine:.3f}" for cosine in means.values()),
            list(means).index(size),
            tuple(f"At these weights that is the cosine of batch {other:,}." for other in means),
        )

    def cosines(self) -> dict[int, float]:
        """For each batch size the mean cosine of its gradient to the full one, at the weights as they are now."""
        # The full gradient is exact, but evaluates each different example only once.
        train, rng = self.names.train, self.generator(purpose=1)
        x, y, counts = train.distinct
        full = self.gradient((self.each_loss(x, y) * counts).sum() / len(train))
        means = {}
        for size, draws in {1: 16, 8: 16, 32: 16, 256: 8, 2048: 2}.items():
            batches = torch.randint(len(train), (draws, size), generator=rng)
            gradients = [self.gradient(self.loss(train.x[ix], train.y[ix])) for ix in batches]
            means[size] = F.cosine_similarity(torch.stack(gradients), full).mean().item()
        return means

    @figure("Steps, batches, epochs")
    def count(self, seen: Observation) -> Table:
        examples = len(self.names.train)
        batch = min(self.k.batch, examples)
        # Draws are with replacement: an example escapes all of them with probability (1 - 1/N)^drawn.
        unseen = 0.0 if self.seen_all else (1 - 1 / examples) ** self.drawn
        rows = (
            ("training examples, N", f"{examples:,}"),
            ("examples a step, B", f"{batch:,}"),
            ("steps an epoch, N/B", f"{examples / batch:,.0f}"),
            ("steps taken", f"{self.iteration:,}"),
            ("examples drawn", f"{self.drawn:,}"),
            ("epochs, drawn/N", f"{self.drawn / examples:.2f}"),
            ("seen at least once", f"{100 * (1 - unseen):.1f} %"),
        )
        return Table("Steps, batches, epochs", ("", ""), rows)

    @figure("The narrow valley")
    def valley(self, seen: Observation) -> Curve:
        # The walls are two contours of f, which in so long a valley are straight lines here.
        corners = ((-0.4, 1), (1.1, 1), (1.1, -1), (-0.4, -1))
        walls = [(x, side * y) for y in (0.35, 0.9) for x, side in corners]
        path = [(x, max(-1.5, min(y, 1.5))) for x, y in descend(self.update, self.k.lr)]
        contours = Series("walls", *zip(*walls, strict=True), style="faint")
        way = Series(self.k.optimizer, *zip(*path, strict=True))
        return Curve("The narrow valley", (contours, way), x_label="x", y_label="y")

    @figure("Steps down the valley")
    def descents(self, seen: Observation) -> Curve:
        runs = []
        for name, update in RULES.items():
            f = [height(x, y) for x, y in descend(update, self.k.lr)]
            steps = max(t for t, value in enumerate(f) if value >= ARRIVED) + 1
            end = f"{steps}" if steps < len(f) else "out" if f[-1] > THROWN_OUT else "still going"
            x = tuple(float(t) for t in range(len(f[: steps + 1])))
            runs.append(Series(f"{name}: {end}", x, tuple(f[: steps + 1])))
        return Curve("Steps down the valley", tuple(runs), y_label="f", log_y=True)

    def gradient(self, loss: Tensor) -> Tensor:
        """The gradient of `loss` with respect to every parameter, as one long vector."""
        return torch.cat([g.flatten() for g in torch.autograd.grad(loss, self.parameters)])


ARRIVED, THROWN_OUT, LONGEST = 1e-6, 1e4, 500


def height(x: float, y: float) -> float:
    """The narrow valley f: a hundred times as steep across as along."""
    return (x**2 + 100 * y**2) / 2


@cache
def descend(update, lr: float) -> list[tuple[float, float]]:
    """An optimizer's way down the valley from (1, 1), unless it is thrown out."""
    p, curvature = torch.ones(2), torch.tensor([1.0, 100.0])
    m, s = torch.zeros(2), torch.zeros(2)
    path = [(1.0, 1.0)]
    while len(path) <= LONGEST and height(*path[-1]) <= THROWN_OUT:
        update(p, curvature * p, m, s, len(path), lr)
        path.append(tuple(p.tolist()))
    return path
