"""The MLP of Karpathy's makemore part 2 on the 32 examples of five names, and its training loop, right or wrong."""

import copy
from random import Random

import torch
from msgspec.structs import replace
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.errors import TutorError
from tutor.figures import Bars, Curve, Guide, Point, Scatter, Series, Table, Text
from tutor.figures.numbers import short
from tutor.lab import Choice, Experiment, Integer, Number, Observation, OwnQuestion, Preset, figure, metric, question
from tutor.lab.datasets import Names, Split
from tutor.lab.sampling import sampled

FIVE_NAMES = ("emma", "olivia", "ava", "isabella", "sophia")
LETTERS = Names.letters
# What each loop shows in a single step.
LOOPS = {
    "right": "Then each `p.grad` is the gradient, and each number moves by −lr times it.",
    "never clears": "Then `p.grad` holds earlier gradients as well, and isn't this step's alone.",
    "clears late": "Then each `p.grad` is 0 when the update reads it, and no number moves.",
    "uphill": "Then each number moves along its gradient, by +lr times it.",
    "forgets C": "Then C has its `p.grad` and doesn't move, while W2 does.",
}


def examples(names: tuple[str, ...], context: int) -> Split:
    """What comes next, after the last few letters: one example a letter, and one for the dot that ends a name."""
    xs, ys = [], []
    for name in names:
        before = [0] * context
        for letter in name + ".":
            ix = LETTERS.index(letter)
            xs.append(before)
            ys.append(ix)
            before = [*before[1:], ix]
    return Split(torch.tensor(xs), torch.tensor(ys))


class MLP(nn.Module):
    """A few letters in, tanh units, logits for the next letter out; each number drawn from a normal of std 1."""

    def __init__(self, context: int, hidden: int, rng: torch.Generator) -> None:
        super().__init__()

        def drawn(*shape: int) -> nn.Parameter:
            # A Parameter is a tensor with requires_grad=True.
            return nn.Parameter(torch.randn(shape, generator=rng))

        # One generator, so the order of the draws matters: it is the lecture's.
        self.C = drawn(27, 2)
        self.W1 = drawn(context * 2, hidden)
        self.b1 = drawn(hidden)
        self.W2 = drawn(hidden, 27)
        self.b2 = drawn(27)
        self.join, self.tanh = nn.Flatten(), nn.Tanh()

    def forward(self, x: Tensor) -> Tensor:
        emb = self.join(self.C[x])
        h = self.tanh(emb @ self.W1 + self.b1)
        return h @ self.W2 + self.b2


class TrainingLoop(Experiment):
    """An MLP that learns five names by heart, if its loop is right."""

    knobs = (
        Number("lr", 0.1, low=1e-3, high=10, log=True, live=True, help="learning rate"),
        Choice("loop", "right", tuple(LOOPS), live=True, help="the loop as it should be, or with one bug in it"),
        Integer("context", 3, low=1, high=8, help="letters that the net sees"),
        Integer("hidden", 100, low=1, high=1000, log=True, help="tanh units"),
    )
    presets = (
        Preset("no clearing", {"loop": "never clears"}, "A line is missing. For 30 steps it is ahead of a right loop."),
        Preset("silent", {"loop": "forgets C"}, "One of five tensors isn't updated. The loss hardly minds."),
        Preset(
            "one letter", {"context": 1}, "It sees one letter, so it can't tell the contexts apart: a higher floor."
        ),
        Preset("too small", {"hidden": 2}, "A right loop and two tanh units: too few to learn 32 examples by heart."),
        Preset("inherited", {"loop": "never clears", "lr": 0.5, "hidden": 8}, "Somebody else's loop. It needs you."),
    )

    def build(self) -> None:
        k = self.k
        self.names = self.data.names(block=k.context)
        self.batch = examples(FIVE_NAMES, k.context)
        self.model = MLP(k.context, k.hidden, self.rng)
        self.parameters = list(self.model.parameters())
        self.first_C = self.model.C.detach().clone()
        # What the last step left in p.grad. A copy of a tensor comes without its grad, and this run gets copied:
        # to be looked at, and to be wound back.
        self.last_grads = [torch.zeros_like(p) for p in self.parameters]

    def step(self) -> Tensor:
        k = self.k
        # Forward: from the letters to one number.
        loss = F.cross_entropy(self.model(self.batch.x), self.batch.y)
        # Backward: backward() adds to p.grad, so clear it first.
        for p, last in zip(self.parameters, self.last_grads, strict=True):
            p.grad = last if k.loop == "never clears" else None
        loss.backward()
        if k.loop == "clears late":
            for p in self.parameters:
                p.grad = torch.zeros_like(p)
        # Update: a small step against the gradient.
        trained = self.parameters[1:] if k.loop == "forgets C" else self.parameters
        lr = -k.lr if k.loop == "uphill" else k.lr
        with torch.no_grad():
            for p in trained:
                p -= lr * p.grad
        self.last_grads = [p.grad for p in self.parameters]
        return loss

    def splits(self):
        return {"train": self.batch, "val": self.names.val}

    def next_logits(self, drawn: Tensor) -> Tensor:
        # The last letters; where there are fewer, dots, number 0, stand before them.
        return self.model(F.pad(drawn, (self.k.context, 0))[:, -self.k.context :])

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        batch = replace(seen.history.loss_series(seen.columns)[0], label="batch", style="line")
        floor = Guide(self.floor, f"floor {self.floor:.4f}")
        now = Series("now", (float(self.iteration),), (self.above_floor(seen) + self.floor,), "points")
        return Curve("Loss on the 32 examples", (batch, now), y_label="nats", log_y=True, guides=(floor,))

    @figure("The 32 examples")
    def contexts(self, seen: Observation) -> Table:
        # Each context's part of the mean loss, and what of it is left to the best guesser there is.
        y, p, best = self.batch.y, self.chances(), self.shares()
        contexts, which = self.batch.x.unique(dim=0, return_inverse=True)
        rows = []
        for number, context in enumerate(contexts):
            here = which == number
            came = "".join(dict.fromkeys(self.spell(y[here])))
            parts = [abs(chance[here].log().sum().item()) / len(y) for chance in (p, best)]
            cells = (self.spell(context), came, f"{p[here].mean():.3f}", f"{parts[0]:.4f}", f"{parts[1]:.4f}")
            rows.append((parts[0], cells))
        rows.sort(key=lambda row: -row[0])
        title = f"{len(y)} examples: loss {-p.log().mean():.4f}, floor {self.floor:.4f}"
        return Table(title, ("after", "comes", "p", "of loss", "of floor"), tuple(cells for _, cells in rows))

    @figure("The first letter")
    def first(self, seen: Observation) -> Bars:
        with torch.no_grad():
            p = self.model(torch.zeros(1, self.k.context, dtype=torch.long)).softmax(1)[0]
        letters = [name[0] for name in FIVE_NAMES]
        known = [p[LETTERS.index(letter)].item() for letter in letters]
        title = f"What it expects after {'.' * self.k.context}"
        return Bars(title, (*letters, "others"), (*known, 1 - sum(known)), top=1.0)

    @figure("Forward, in shapes")
    def shapes(self, seen: Observation) -> Table:
        x = self.batch.x
        with torch.no_grad():
            emb = self.model.C[x]
            joined = emb.flatten(1)
            h = torch.tanh(joined @ self.model.W1 + self.model.b1)
            logits = h @ self.model.W2 + self.model.b2
            loss = F.cross_entropy(logits, self.batch.y)
        made = {"X": x, "emb = C[X]": emb, "joined": joined, "h": h, "logits": logits, "loss": loss}
        first = {"X": self.spell(x[0]), "loss": f"{loss:.4f}"}
        rows = []
        for name, values in made.items():
            numbers = " ".join(map(short, values[0].flatten()[:3].tolist())) if values.ndim else ""
            rows.append((name, str(tuple(values.shape)), first.get(name, numbers)))
        return Table("Forward, in shapes", ("", "shape", "first example"), tuple(rows))

    @figure("The next step, tensor by tensor")
    def tensors(self, seen: Observation) -> Table:
        rows = []
        for p in seen.parameters:
            gradient = torch.zeros(()) if p.gradient is None else p.gradient
            sizes = (short(values.square().mean().sqrt().item()) for values in (gradient, p.update))
            rows.append((p.name, "×".join(map(str, p.data.shape)), f"{p.data.numel():,}", *sizes))
        total = sum(p.numel() for p in self.parameters)
        return Table(f"{total:,} parameters: the next step", ("", "shape", "numbers", "grad", "step"), tuple(rows))

    @question("own-loop")
    def own_loop(self, seen: Observation, rng: Random) -> OwnQuestion:
        gradients = torch.autograd.grad(F.cross_entropy(self.model(self.batch.x), self.batch.y), self.parameters)
        # One number of each tensor, the one with the largest gradient.
        at = {name: (i, int(gradients[i].abs().argmax())) for i, name in ((0, "C"), (3, "W2"))}

        def number(tensors, name: str) -> float:
            i, place = at[name]
            return tensors[i].flatten()[place].item()

        sizes = [(abs(number(gradients, name)), abs(number(self.last_grads, name))) for name in at]
        if not all(0 < size < 1e6 for size, _ in sizes):
            raise TutorError("No gradient of use is left in this run.", "Begin again with r, or wind back with <.")
        # Where little was left in p.grad, a loop that never clears can't be told from a right one.
        loops = [loop for loop in LOOPS if loop != "never clears" or all(last > 0.2 * size for size, last in sizes)]
        run = copy.deepcopy(self)
        run.k.loop = rng.choice(loops)
        run.step()
        told = [
            f"- in {name}: gradient {short(number(gradients, name))}, `p.grad` {short(number(run.last_grads, name))}, "
            f"moved by {short(number(run.parameters, name) - number(self.parameters, name))}"
            for name in at
        ]
        return OwnQuestion(
            f"From step {self.iteration:,}, with lr {self.k.lr:g}, one of the five loops took a step, whatever the "
            "knob says. Two of the numbers:\n\n" + "\n".join(told) + "\n\nWhich loop was it?",
            tuple(loops),
            loops.index(run.k.loop),
            tuple(LOOPS[loop] for loop in loops),
        )

    @figure("Printed, and true")
    def printed(self, seen: Observation) -> Table:
        now = -self.chances().log().mean().item()
        past = f"{seen.history.losses[-1]:.5f}" if seen.history.losses else "nothing"
        rows = (("what the last step printed", past), ("the loss, computed anew", f"{now:.5f}"))
        return Table("Printed, and true", ("", ""), rows)

    @figure("The letters, as the net sees them")
    def letters(self, seen: Observation) -> Scatter:
        C = self.model.C.detach()
        moved = (self.first_C != C).any(1).tolist()
        points = zip(C.nan_to_num().tolist(), LETTERS, moved, strict=True)
        title = f"C: {sum(moved)} letters have moved, {len(moved) - sum(moved)} have not"
        return Scatter(title, tuple(Point(x, y, letter, group=int(has)) for (x, y), letter, has in points))

    @figure("Names it makes up")
    def samples(self, seen: Observation) -> Text:
        return Text("Names it makes up", sampled(self, range(1, 13)).samples)

    @metric("above floor")
    def above_floor(self, seen: Observation) -> float:
        return -self.chances().log().mean().item() - self.floor

    def chances(self) -> Tensor:
        """The probability that the net gives the letter that comes, for each of the examples."""
        with torch.no_grad():
            p = self.model(self.batch.x).double().softmax(1)
        return p[range(len(p)), self.batch.y]

    def shares(self) -> Tensor:
        """The same of the best guesser there is: how often that letter comes in that context, by counting."""
        _, which = self.batch.x.unique(dim=0, return_inverse=True)
        counts = torch.zeros(int(which.max()) + 1, 27, dtype=torch.float64)
        counts.index_put_((which, self.batch.y), torch.ones(len(which), dtype=torch.float64), accumulate=True)
        p = counts / counts.sum(1, keepdim=True)
        return p[which, self.batch.y]

    @property
    def floor(self) -> float:
        """The lowest mean loss that the 32 examples allow."""
        return -self.shares().log().mean().item()

    @staticmethod
    def spell(letters: Tensor) -> str:
        return "".join(LETTERS[letter] for letter in letters.tolist())
