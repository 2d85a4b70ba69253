"""The MLP that opens Karpathy's makemore part 3, and what its first weights do to its first loss."""

import math
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Curve, Guide, HeatMap, Histogram, Histograms, Series, Table
from tutor.figures.numbers import short
from tutor.lab import Choice, Experiment, Number, Observation, OwnQuestion, Preset, figure, metric, question
from tutor.lab.instruments import histogram, loss_curve, spread

BLOCK, EMBEDDING, HIDDEN, BATCH = 3, 10, 200, 32
LECTURE_SEED = 2147483647


class MLP(nn.Module):
    """Three letters in, 200 tanh units, logits for the next letter out; each number drawn from a normal of std 1."""

    def __init__(self, letters: int, rng: torch.Generator) -> None:
        super().__init__()

        def drawn(*shape: int) -> nn.Parameter:
            return nn.Parameter(torch.randn(shape, generator=rng))

        # One generator, so the order of the draws matters: it is the lecture's.
        self.C = drawn(letters, EMBEDDING)
        self.W1 = drawn(BLOCK * EMBEDDING, HIDDEN)
        self.b1 = drawn(HIDDEN)
        self.W2 = drawn(HIDDEN, letters)
        self.b2 = drawn(letters)
        self.tanh = nn.Tanh()

    def hidden(self, x: Tensor) -> Tensor:
        return self.tanh(self.C[x].flatten(1) @ self.W1 + self.b1)

    def forward(self, x: Tensor) -> Tensor:
        return self.hidden(x) @ self.W2 + self.b2


def different(h: Tensor) -> int:
    """How many of the hidden units, the columns of `h`, differ by a thousandth or more."""
    return len((1000 * h.T).round().unique(dim=0))


class FirstLoss(Experiment):
    """An MLP that spells names, and starts as sure or as unsure of itself as its first weights make it."""

    knobs = (
        Number("lr", 0.1, low=1e-3, high=10, log=True, live=True, help="learning rate; a tenth after 100,000 steps"),
        Number("output_scale", 1.0, low=1e-3, high=10, log=True, help="factor on the first output weights, W2"),
        Choice("bias", "random", ("random", "zero", "frequencies"), help="the first output bias, b2"),
        Choice(
            "weights",
            "random",
            ("random", "zero output", "zero hidden", "all zero", "all equal"),
            help="which weights don't start at random",
        ),
        Choice("draws", "seed", ("seed", "lecture"), help="lecture draws with the lecture's own seed"),
    )
    presets = (
        Preset("unsure", {"output_scale": 0.01, "bias": "zero"}, "Nearly equal logits: the loss starts near ln 27."),
        Preset(
            "informed",
            {"weights": "zero output", "bias": "frequencies"},
            "It knows how common each letter is, and nothing else: it starts below ln 27.",
        ),
        Preset("all zero", {"weights": "all zero", "bias": "zero"}, "Only b2 learns: letter frequencies, at best."),
        Preset("copies", {"weights": "all equal", "bias": "zero"}, "200 hidden units that stay one and the same."),
        Preset("lecture", {"draws": "lecture"}, "The lecture's seed and draws. On its names: 27.8817."),
        Preset(
            "lecture unsure",
            {"draws": "lecture", "output_scale": 0.01, "bias": "zero"},
            "The same with W2 · 0.01 and b2 · 0. On its names: 3.3221.",
        ),
    )

    def build(self) -> None:
        k = self.k
        if k.draws == "lecture":
            self.rng.manual_seed(LECTURE_SEED)
        self.names = self.data.names(block=BLOCK)
        self.model = net = MLP(self.names.vocab, self.rng)
        with torch.no_grad():
            net.W2 *= k.output_scale
            if k.bias == "zero":
                net.b2.zero_()
            elif k.bias == "frequencies":
                # softmax(log p) is p. A letter that never occurs counts once, for log 0 is no logit.
                counts = torch.bincount(self.names.train.y, minlength=self.names.vocab).clamp(min=1)
                net.b2.copy_((counts / counts.sum()).log())
            if k.weights in ("zero hidden", "all zero"):
                net.W1.zero_()
                net.b1.zero_()
            if k.weights in ("zero output", "all zero"):
                net.W2.zero_()
            if k.weights == "all zero":
                net.C.zero_()
            if k.weights == "all equal":
                net.W1.fill_(0.01)
                net.b1.zero_()
                net.W2.fill_(0.01)
        self.parameters = list(net.parameters())

    def step(self) -> Tensor:
        train = self.names.train
        ix = torch.randint(0, len(train), (BATCH,), generator=self.rng)
        loss = self.loss(train.x[ix], train.y[ix])
        for p in self.parameters:
            p.grad = None
        loss.backward()
        lr = self.k.lr if self.iteration < 100_000 else self.k.lr / 10
        with torch.no_grad():
            for p in self.parameters:
                p += -lr * p.grad
        return loss

    def splits(self):
        return {"train": self.names.train, "val": self.names.val}

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        return loss_curve(seen, guides=(self.ln27(),))

    @figure("What it expects")
    def guesses(self, seen: Observation) -> Table:
        # The first validation examples spell a name, letter by letter.
        x, y, logits = self.examples()
        log_p = logits.log_softmax(1)
        rows = []
        for context, letter, row in zip(x[:7], y[:7], log_p, strict=False):
            favourite = row.argmax()
            expected = f"{self.spell(favourite)}  {row[favourite].exp():.3f}"
            came = f"{self.spell(letter)}  {row[letter].exp():.3f}"
            rows.append((self.spell(*context), expected, came, f"{-row[letter]:.2f}"))
        sure, right = log_p.amax(1).exp().mean(), (logits.argmax(1) == y).float().mean()
        title = f"What it expects: {sure:.0%} sure, {right:.0%} right"
        return Table(title, ("after", "expects", "came", "loss"), tuple(rows))

    @figure("Logits")
    def logits(self, seen: Observation) -> Histograms:
        fresh = type(self)(vars(self.k), self.seed, self.data)
        fresh.build()
        rows = (fresh.logit_histogram("step 0"), self.logit_histogram("now"))
        return Histograms("Logits", rows, x_label="logit")

    @figure("Logits divided by T")
    def squeezed(self, seen: Observation) -> Curve:
        # What a temperature alone would do for the loss: no weight is touched.
        losses = self.losses_by_temperature()
        best = min(losses, key=losses.__getitem__)
        title = f"Logits divided by T: {losses[best]:.2f} at {short(best)}"
        line = Series("loss", tuple(losses), tuple(losses.values()))
        return Curve(title, (line,), x_label="T", y_label="nats", log_x=True, guides=(self.ln27(),))

    @figure("The next step's gradients")
    def gradients(self, seen: Observation) -> Table:
        rows = []
        for p in seen.parameters:
            size = p.gradient.square().mean().sqrt().item()
            zeros = (p.gradient == 0).float().mean().item()
            cells = (f"{p.data.numel():,}", f"{spread(p.data):.3f}", short(size), f"{zeros:.0%}")
            rows.append((p.name, *cells))
        header = ("tensor", "numbers", "std", "grad", "grad = 0")
        return Table("The next step's gradients (rms)", header, tuple(rows))

    @figure("Hidden units")
    def hidden(self, seen: Observation) -> HeatMap:
        with torch.no_grad():
            h = self.model.hidden(self.names.val.x[:100])
        title = f"Hidden units: {different(h)} different of {HIDDEN}"
        cells = tuple(map(tuple, h[:14, -40:].tolist()))
        return HeatMap(title, (), (), cells, -1.0, 1.0, row_label="examples", column_label="the last 40 units")

    @figure("Loss against time")
    def race(self, seen: Observation) -> Curve:
        # Logarithmic, or the first losses would dwarf all others.
        guides = (self.ln27(),)
        return Curve("Loss against time", seen.runs, "seconds of training", "nats", log_y=True, guides=guides)

    @metric("first loss")
    def first_loss(self, seen: Observation) -> float:
        return seen.history.losses[0] if seen.history.losses else seen.loss

    @metric("different units")
    def different_units(self, seen: Observation) -> float:
        with torch.no_grad():
            return different(self.model.hidden(self.names.val.x[:100]))

    @question("own-t")
    def own_t(self, seen: Observation, rng: Random) -> OwnQuestion:
        losses = self.losses_by_temperature()
        best = min(losses, key=losses.__getitem__)
        roles = {1.0: "as it is", 100.0: "with T = 100", best: f"with the best T, {short(best)}"}
        t = rng.choice(list(roles))
        return OwnQuestion(
            f"At step {self.iteration:,} the best T is {short(best)}. "
            f"What is the loss on the figure's thousand examples {roles[t]}?",
            tuple(f"{losses[other]:.3f}" for other in roles),
            list(roles).index(t),
            tuple(f"That is the loss {role}." for role in roles.values()),
        )

    def losses_by_temperature(self) -> dict[float, float]:
        """The loss on the first thousand validation examples, for logits divided by each of many T from 1 to 100."""
        _, y, logits = self.examples()
        temperatures = (10 ** (n / 20) for n in range(41))
        return {t: F.cross_entropy(logits / t, y).item() for t in temperatures}

    def ln27(self) -> Guide:
        """The loss of equal probabilities for all characters."""
        return Guide(math.log(self.names.vocab), f"ln {self.names.vocab}")

    def examples(self) -> tuple[Tensor, Tensor, Tensor]:
        """The first thousand validation examples, always the same: contexts, next letters, the net's logits."""
        x, y = self.names.val.x[:1000], self.names.val.y[:1000]
        with torch.no_grad():
            return x, y, self.model(x)

    def logit_histogram(self, label: str) -> Histogram:
        *_, logits = self.examples()
        return histogram(label, logits, -40, 40, bins=40, note=f"std {spread(logits):.2f}")

    def spell(self, *letters: Tensor) -> str:
        return self.names.decode(int(letter) for letter in letters)
