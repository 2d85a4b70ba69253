"""Cross-entropy and its gradient: of four scores that you set, and of a linear softmax that learns to read digits."""

import math
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.errors import TutorError
from tutor.figures import Bars, Curve, HeatMap, Image, Images, Series, Stage, Strip, Table
from tutor.figures.numbers import short
from tutor.lab import Choice, Experiment, Integer, Number, Observation, OwnQuestion, Preset, figure, metric, question
from tutor.lab.instruments import loss_curve

CLASSES = ("1", "2", "3", "4")
NUDGE = 0.001

# Two more predictions, which make a batch of three with yours: their scores, and their true classes.
OTHER_SCORES = torch.tensor([[1.1, 3.8, 1.5, 0.9], [0.8, 1.2, 4.5, 1.0]], dtype=torch.float64)
OTHER_TRUTHS = (1, 2)


class CrossEntropy(Experiment):
    """Four scores, their loss and its slopes; and a linear softmax that learns to read digits."""

    knobs = (
        Number("z1", 2.3, low=-10, high=10, live=True, help="score of class 1"),
        Number("z2", 0.5, low=-10, high=10, live=True, help="score of class 2"),
        Number("z3", 1.2, low=-10, high=10, live=True, help="score of class 3"),
        Number("z4", 0.8, low=-10, high=10, live=True, help="score of class 4"),
        Choice("truth", "1", CLASSES, live=True, help="which class is the true one"),
        Choice("reduction", "mean", ("mean", "sum"), live=True, help="what is made of the losses of a batch"),
        Number("lr", 0.5, low=1e-3, high=10, log=True, live=True, help="learning rate of the digit reader"),
        Integer("digits", 64, low=1, high=1437, log=True, top="all", help="how many digits it learns from"),
    )
    presets = (
        Preset("undecided", {"z1": 0.0, "z2": 0.0, "z3": 0.0, "z4": 0.0}, "Equal scores: each class has p = 0.25."),
        Preset("sure and right", {"z1": 10.0}, "The loss is 0.0003, and next to no gradient is left."),
        Preset("sure and wrong", {"z1": -10.0}, "The loss is 12.0; the gradient is −1, and can't be larger."),
        Preset("one digit", {"digits": 1}, "No other digit pulls at the weights, so its true score rises."),
        Preset("sum", {"reduction": "sum"}, "64 times the gradient at the same lr: the first step overshoots."),
    )

    def build(self) -> None:
        # 64 pixels in, 10 scores out. All 650 numbers start at 0, so that every digit has p = 0.1.
        digits = self.data.digits()
        self.val = digits.val
        ix = torch.randperm(len(digits.train), generator=self.rng)[: self.k.digits]
        self.x, self.y = digits.train.x[ix], digits.train.y[ix]
        self.model = nn.Linear(64, 10)
        nn.init.zeros_(self.model.weight)
        nn.init.zeros_(self.model.bias)
        self.parameters = list(self.model.parameters())

    def step(self) -> Tensor:
        losses = F.cross_entropy(self.model(self.x), self.y, reduction="none")
        loss = losses.sum() if self.k.reduction == "sum" else losses.mean()
        for p in self.parameters:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in self.parameters:
                p -= self.k.lr * p.grad
        # The mean is what is drawn, whatever was minimised: so two runs can be compared.
        return losses.mean()

    def splits(self):
        return {"val": self.val}

    @figure("One prediction, one number")
    def price(self, seen: Observation) -> Table:
        z, y = self.scores()
        p = torch.softmax(z, 0)
        terms = -torch.xlogy(y, p)
        columns = {"z": z, "p": p, "y": y, "−y·ln p": terms}
        return by_class(f"Loss {fine(terms.sum())}", columns, summed=("p", "y", "−y·ln p"))

    @figure("A or B?")
    def charts(self, seen: Observation) -> Curve:
        p = torch.linspace(0.01, 0.99, 99)
        lines = {"A": -(1 - p).log(), "B": -p.log()}
        series = (Series(name, tuple(p.tolist()), tuple(y.tolist())) for name, y in lines.items())
        return Curve("A or B?", tuple(series), x_label="p of the true class", y_label="nats")

    @figure("Loss against p, and its slope")
    def slope(self, seen: Observation) -> Curve:
        z, y = self.scores()
        now = (torch.softmax(z, 0) @ y).item()
        loss = -math.log(now)
        p = torch.linspace(max(min(now, 0.01), 1e-3), 1, 200)
        # A line of slope -1 / now through the point meets the axes here.
        tangent = ((0.0, loss + 1), (now * (loss + 1), 0.0))
        series = (
            Series("−ln p", tuple(p.tolist()), tuple((0 - p.log()).tolist())),
            Series("tangent", *zip(*tangent, strict=True)),
            Series("now", (now,), (loss,), "points"),
        )
        title = f"Loss: slope {short(-1 / now)} at p = {short(now)}"
        return Curve(title, series, x_label="p of the true class", y_label="nats")

    @figure("What a nudge does")
    def nudges(self, seen: Observation) -> Table:
        z, y = self.scores()
        p, before, after = torch.softmax(z, 0), F.cross_entropy(z, y), nudged(z, y)
        rows = (
            (name, f"{z[i]:g}", f"{p[i]:.3f}", f"{after[i]:.6f}", f"{(after[i] - before) / NUDGE:+.3f}")
            for i, name in enumerate(CLASSES)
        )
        title = f"Loss {before:.6f}; then one z + {NUDGE}"
        return Table(title, ("class", "z", "p", "loss then", "slope"), tuple(rows))

    @figure("The gradient, three ways")
    def gradient(self, seen: Observation) -> Table:
        z, y = self.scores()
        z.requires_grad_()
        loss = F.cross_entropy(z, y)
        loss.backward()
        z, loss, autograd = z.detach(), loss.detach(), z.grad
        p = torch.softmax(z, 0)
        columns = {"p": p, "p − y": p - y, "autograd": autograd, "nudge": (nudged(z, y) - loss) / NUDGE}
        return by_class("The gradient, three ways", columns, summed=("p", "p − y", "autograd"))

    @figure("p − y")
    def pull(self, seen: Observation) -> Bars:
        z, y = self.scores()
        labels, values = tuple(f"class {name}" for name in CLASSES), torch.softmax(z, 0) - y
        return Bars(f"p − y, at a loss of {fine(F.cross_entropy(z, y))}", labels, tuple(values.tolist()), digits=4)

    @figure("How p answers to z")
    def jacobian(self, seen: Observation) -> HeatMap:
        z, _ = self.scores()
        J = torch.autograd.functional.jacobian(lambda z: torch.softmax(z, 0), z)
        cells = torch.cat((J, J.sum(1, keepdim=True)), 1)
        rows, columns = (tuple(f"{name}{i}" for i in CLASSES) for name in ("p", "z"))
        return matrix("dp/dz", rows, (*columns, "sum"), cells, 3)

    @figure("Back through softmax")
    def chain(self, seen: Observation) -> Strip:
        z, y = self.scores()
        p = torch.softmax(z, 0)
        dp = -y / p
        dz = dp @ (torch.diag(p) - torch.outer(p, p))
        stages = {"z": (z, ""), "p": (p, "softmax"), "dL/dp": (dp, "−y ÷ p"), "dL/dz": (dz, "× dp/dz")}
        cells = (Stage(name, rounded(values), how) for name, (values, how) in stages.items())
        return Strip("Back through softmax", CLASSES, tuple(cells))

    @figure("The gradient of a batch")
    def batch(self, seen: Observation) -> HeatMap:
        z, y = self.scores()
        z = torch.cat((z[None], OTHER_SCORES)).requires_grad_()
        truths = torch.tensor((int(y.argmax()), *OTHER_TRUTHS))
        loss = F.cross_entropy(z, truths, reduction=self.k.reduction)
        loss.backward()
        title = f"Gradient of the {self.k.reduction}, {loss:.3f}"
        return matrix(title, ("yours", "row 2", "row 3"), CLASSES, z.grad, 4)

    @figure("Digits to learn from")
    def images(self, seen: Observation) -> Images:
        shown = zip(self.x[:64].view(-1, 8, 8).tolist(), self.y[:64].tolist(), strict=True)
        images = (Image(str(digit), tuple(map(tuple, pixels))) for pixels, digit in shown)
        return Images(f"{len(self.y):,} digits to learn from", tuple(images), 0.0, 1.0)

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        return loss_curve(seen)

    @figure("Who falls, digit by digit")
    def by_digit(self, seen: Observation) -> Table:
        change = self.changes(seen)
        found = []
        for digit in self.y.unique().tolist():
            own = change[self.y == digit]
            found.append((len(own), digit, own.mean(), int((own < 0).sum())))
        rows = ((str(digit), str(count), f"{mean:+.3f}", str(fell)) for count, digit, mean, fell in sorted(found))
        title = f"Next step: {(change < 0).sum()} of {len(change)} true scores fall"
        return Table(title, ("digit", "examples", "mean change", "fall"), tuple(rows))

    @metric("falling")
    def falling(self, seen: Observation) -> float:
        return float((self.changes(seen) < 0).sum())

    @question("own-slope")
    def own_slope(self, seen: Observation, rng: Random) -> OwnQuestion:
        p = torch.softmax(self.model(self.x).detach(), 1)
        n, mean = len(p), self.k.reduction == "mean"
        unsure = [i for i in range(n) if 0.01 < p[i, self.y[i]] < 0.99]
        if not unsure:
            raise TutorError("The net is sure of each of its digits.", "Wind back with <, or take more digits.")
        # One of these digits, and its score for the truth or for the likeliest wrong class.
        i = rng.choice(unsure)
        true = self.y[i].item()
        wrong = p[i].index_fill(0, self.y[i], 0).argmax().item()
        at = rng.choice((true, wrong))
        there, y = p[i, at].item(), int(at == true)
        share = n if mean else 1
        slope = (there - y) / share
        others = (
            (slope * n if mean else slope / n, f"That is the slope of the {'sum' if mean else 'mean'}."),
            (-slope, "To raise the true score lowers the loss; to raise a wrong one raises it. This is the other way."),
            ((there + y - 1) / share, f"That is as if {at} were {'a wrong' if y else 'the true'} class."),
        )
        why = f"p − y = {there:.3f} − {y}" + (f", divided by {n}: the loss is a mean." if mean else ".")
        return OwnQuestion.of_numbers(
            f"Step {self.iteration:,}, loss: the {self.k.reduction} over {n} digits. One of them, a {true}, is given "
            f"p = {p[i, true]:.3f} as {true} and {p[i, wrong]:.3f} as {wrong}. What is the slope of the loss along its "
            f"score for {at}?",
            (slope, why),
            *others,
        )

    def scores(self) -> tuple[Tensor, Tensor]:
        """Your four scores z, and y, which is 1 for the true class and 0 for the others."""
        z = torch.tensor([self.k.z1, self.k.z2, self.k.z3, self.k.z4], dtype=torch.float64)
        return z, F.one_hot(torch.tensor(CLASSES.index(self.k.truth)), len(CLASSES)).double()

    def changes(self, seen: Observation) -> Tensor:
        """How much the next step adds to the score of each digit's true class."""
        change = (seen.stepped(self.x) - self.model(self.x)).detach()
        return change[range(len(self.y)), self.y]


def nudged(z: Tensor, y: Tensor) -> Tensor:
    """The loss after each score in turn, and no other, is raised by NUDGE."""
    return torch.stack([F.cross_entropy(row, y) for row in z + NUDGE * torch.eye(len(z)).double()])


def by_class(title: str, columns: dict[str, Tensor], summed: tuple[str, ...]) -> Table:
    """The columns' numbers class by class, and below them the sums of some."""
    rows = [(name, *(fine(column[i]) for column in columns.values())) for i, name in enumerate(CLASSES)]
    sums = (fine(column.sum()) if name in summed else "" for name, column in columns.items())
    return Table(title, ("class", *columns), (*rows, ("sum", *sums)))


def matrix(title: str, rows: tuple[str, ...], columns: tuple[str, ...], cells: Tensor, decimals: int) -> HeatMap:
    """A matrix with its numbers, shaded alike on both sides of 0."""
    values = tuple(rounded(row, decimals) for row in cells)
    reach = max(abs(value) for row in values for value in row) or 1.0
    return HeatMap(title, rows, columns, values, -reach, reach, numbers=True)


def rounded(values: Tensor, decimals: int = 4) -> tuple[float, ...]:
    # Adding 0 takes the sign off a -0.
    return tuple(round(value, decimals) + 0.0 for value in values.tolist())


def fine(value: Tensor) -> str:
    """Three decimals, or four where three would hide it; none for 0 and 1."""
    number = round(value.item(), 6) + 0.0
    if number in (0, 1):
        return f"{number:.0f}"
    return f"{number:.3f}" if abs(number) >= 0.001 else f"{number:.4f}"
