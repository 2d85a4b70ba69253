"""The bigram model of names once more, as a neural net: one layer, whose 729 weights gradient descent finds."""

import copy
import math
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.errors import TutorError
from tutor.figures import Curve, Guide, HeatMap, Point, Scatter, Series, Table
from tutor.lab import Choice, Experiment, Integer, Number, Observation, OwnQuestion, Preset, figure, metric, question
from tutor.lab.datasets import Names, Split
from tutor.lab.instruments import loss_curve
from tutor.lab.sampling import sampled

LETTERS = Names.letters


class Bigram(nn.Module):
    """The logits of the next letter: the last letter as a one-hot vector, times W."""

    def __init__(self, W: Tensor) -> None:
        super().__init__()
        self.W = nn.Parameter(W)

    def forward(self, x: Tensor) -> Tensor:
        return F.one_hot(x[:, -1], 27).float() @ self.W


class NeuralBigram(Experiment):
    """A linear softmax from one letter to the next, trained on every pair of letters at once."""

    knobs = (
        Number("lr", 50.0, low=0.1, high=1000, log=True, live=True, help="learning rate"),
        Number("l2", 0.0, low=0, high=1, live=True, help="how strongly the weights are pulled toward 0"),
        Integer("names", 7067, low=64, high=7067, log=True, top="all", help="how many names it learns from"),
        Choice("start", "zeros", ("zeros", "random", "log counts"), help="the first weights"),
        Choice("after", "a", tuple(LETTERS), live=True, help="the letter whose row is shown"),
        Number("fake", 0.0, low=0, high=100, live=True, help="fake count, added to every cell of the counted table"),
    )
    presets = (
        Preset(
            "random", {"start": "random"}, "It starts worse than knowing nothing, at 3.68, and ends on the same line."
        ),
        Preset("counted", {"start": "log counts"}, "It starts where it would end: the logarithms of the counts."),
        Preset("bouncing", {"lr": 100.0}, "It stays above the line: two rows of 27 jump to and fro for ever."),
        Preset("smooth", {"l2": 1.0}, "The weights are held near 0 and the rows near uniform: the loss stays at 2.70."),
        Preset("few names", {"names": 64}, "434 pairs: it learns them, down to 2.01, while val goes up to 3.30."),
    )

    def build(self) -> None:
        names = self.data.names(block=1)
        self.val = names.val
        if self.k.names == 7067:
            # All names, as when they were counted: none are left to validate on.
            parts = (names.train, names.val, names.test)
            x, y = torch.cat([part.x for part in parts]), torch.cat([part.y for part in parts])
        else:
            x, y = names.train.x, names.train.y
            ends = (y == 0).nonzero()[: self.k.names]
            x, y = x[: ends[-1] + 1], y[: ends[-1] + 1]
        # Each different pair once, and how often it occurs: the same mean, and a hundredth of the work.
        self.x, self.y, self.counts = Split(x, y).distinct
        self.N = torch.zeros(27, 27)
        self.N[self.x[:, 0], self.y] = self.counts.float()
        W = torch.zeros(27, 27)
        if self.k.start == "random":
            W = torch.randn(27, 27, generator=self.rng)
        elif self.k.start == "log counts":
            # A pair that never occurs would need ln 0, minus infinity; -30 is a p of about e^-30.
            W = self.N.log().clamp(min=-30)
        self.model = Bigram(W)

    def step(self) -> Tensor:
        losses = F.cross_entropy(self.model(self.x), self.y, reduction="none")
        nll = (losses * self.counts).sum() / self.counts.sum()
        W = self.model.W
        loss = nll + self.k.l2 * W.square().mean()
        W.grad = None
        loss.backward()
        with torch.no_grad():
            W -= self.k.lr * W.grad
        # Drawn is the loss on the names alone, without what l2 adds.
        return nll

    def splits(self):
        return {} if self.k.names == 7067 else {"val": self.val}

    def next_logits(self, drawn: Tensor) -> Tensor:
        # Before the first letter there is a dot.
        return self.model(F.pad(drawn, (1, 0)))

    @property
    def row(self) -> int:
        return LETTERS.index(self.k.after)

    def net(self) -> Tensor:
        """p of each letter after each letter, (27, 27), as the net has it."""
        return self.model.W.detach().double().softmax(1)

    def table(self, fake: float = 0.0) -> Tensor:
        """The same by counting: the counts, each plus `fake`, divided by their row's sum."""
        N = self.N.double() + fake
        N[N.sum(1) == 0] = 1
        return N / N.sum(1, keepdim=True)

    def nll(self, P: Tensor) -> float:
        """The mean of -ln p over the pairs that are learned from."""
        return (-torch.xlogy(self.N, P).sum() / self.N.sum()).item()

    @metric("gap")
    def gap(self, seen: Observation) -> float:
        """How far the net's loss lies above the counted table's."""
        return self.nll(self.net()) - self.nll(self.table())

    @metric("unseen")
    def unseen(self, seen: Observation) -> float:
        """The probability that the net gives to pairs which never occur, averaged over the pairs that do."""
        return self.wasted(self.net())

    @metric("entropy")
    def entropy(self, seen: Observation) -> float:
        """The mean entropy of the net's 27 rows; at most ln 27."""
        P = self.net()
        return -torch.xlogy(P, P).sum(1).mean().item()

    def wasted(self, P: Tensor) -> float:
        often = self.N.sum(1) / self.N.sum()
        return ((P * (self.N == 0)).sum(1) @ often.double()).item()

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        counted = self.nll(self.table())
        now = Series("now", (float(self.iteration),), (self.nll(self.net()),), "points")
        lines = loss_curve(seen).series
        return Curve("Loss", (*lines, now), y_label="nats", guides=(Guide(counted, f"counting {counted:.4f}"),))

    @figure("The next letter's p, by the net")
    def grid(self, seen: Observation) -> HeatMap:
        cells = tuple(map(tuple, self.net().tolist()))
        letters = tuple(LETTERS)
        return HeatMap(
            "p, by the net", letters, letters, cells, 0, row_label="a letter", column_label="the next", root=True
        )

    @figure("One-hot times W")
    def one_hot(self, seen: Observation) -> HeatMap:
        W = self.model.W.detach()
        x = F.one_hot(torch.tensor([self.row]), 27).float()
        rows = torch.cat((x, x @ W, W[self.row : self.row + 1]))
        equal = "equal" if torch.equal(rows[1], rows[2]) else "not equal"
        names = "one-hot", "x @ W", f"W[{self.row}]"
        cells = tuple(map(tuple, rows.tolist()))
        return HeatMap(f"{self.k.after} is {self.row}: the last two are {equal}", names, tuple(LETTERS), cells)

    @figure("After a letter")
    def after(self, seen: Observation) -> Table:
        W, N = self.model.W.detach()[self.row], self.N[self.row]
        p, P = self.net()[self.row], self.table(self.k.fake)[self.row]
        rows = []
        for i in N.argsort(descending=True, stable=True).tolist():
            offset = f"{W[i] - N[i].log():z.2f}" if N[i] else ""
            rows.append((LETTERS[i], f"{N[i]:,.0f}", f"{P[i]:.4f}", f"{p[i]:.4f}", f"{W[i]:z.2f}", offset))
        title = f"After {self.k.after}, {N.sum():,.0f} pairs: P counted, p net"
        return Table(title, ("next", "N", "P", "p", "W", "W−ln N"), tuple(rows))

    @figure("W against ln N")
    def log_counts(self, seen: Observation) -> Scatter:
        W, N = self.model.W.detach()[self.row], self.N[self.row]
        points = (Point(N[i].log().item(), W[i].item(), LETTERS[i]) for i in range(27) if N[i])
        return Scatter(f"After {self.k.after}", tuple(points), x_label="ln N", y_label="W")

    @question("own-logit")
    def own_logit(self, seen: Observation, rng: Random) -> OwnQuestion:
        W, N, letters = self.model.W.tolist(), self.N.tolist(), range(27)
        # A common pair and a rarer one of its row, whose logits lie as far apart as the logarithms of their counts.
        learned = [
            (a, b, c)
            for a in letters
            for b in letters
            for c in letters
            if N[a][b] >= 2 * N[a][c] >= 40 and abs(W[a][b] - W[a][c] - math.log(N[a][b] / N[a][c])) < 0.02
        ]
        if self.k.l2 or not learned:
            raise TutorError("These weights are no log counts.", "Take all names and l2 0, and train to step 500.")
        a, b, c = rng.choice(learned)
        ratio, known = N[a][b] / N[a][c], W[a][b]
        gap, name = math.log(ratio), ("the dot", *LETTERS[1:])
        others = (
            (known + gap, "That adds the gap. The rarer letter has the lower logit."),
            (known / ratio, "That is in proportion to the counts. Logits go with the counts' logarithms."),
            (known - ratio, "That takes the ratio of the counts off, not its logarithm."),
        )
        options = {f"{W[a][c]:.2f}": f"{known:.2f} − ln({N[a][b]:.0f} / {N[a][c]:.0f}) = {known:.2f} − {gap:.2f}."}
        options |= {f"{value:.2f}": why for value, why in others if abs(value - W[a][c]) > 0.1}
        return OwnQuestion(
            f"Step {self.iteration:,}. In the row of {name[a]}, {name[b]} has the logit {known:.2f} and came "
            f"{N[a][b]:,.0f} times; {name[c]} came {N[a][c]:,.0f} times. What is the logit of {name[c]} there?",
            tuple(options),
            0,
            tuple(options.values()),
        )

    @figure("The gradient of a row")
    def pull(self, seen: Observation) -> Table:
        p, P = self.net()[self.row], self.table()[self.row]
        share = (self.N[self.row].sum() / self.N.sum()).item()
        (W,) = seen.parameters
        by_hand, autograd = share * (p - P), W.gradient[self.row]
        rows = (
            (LETTERS[i], f"{p[i]:.4f}", f"{P[i]:.4f}", f"{by_hand[i]:z.5f}", f"{autograd[i]:z.5f}")
            for i in P.argsort(descending=True, stable=True).tolist()
        )
        title = f"Gradient after {self.k.after}, s = {share:.4f}"
        return Table(title, ("next", "p", "P", "s·(p − P)", "autograd"), tuple(rows))

    @figure("The gap, row by row")
    def rows(self, seen: Observation) -> Table:
        often = self.N.sum(1)
        losses = [-torch.xlogy(self.N, P).sum(1) / self.N.sum() for P in (self.table(), self.net())]
        gaps = losses[1] - losses[0]
        rows = (
            (LETTERS[i], f"{often[i]:,.0f}", f"{gaps[i]:.5f}", f"{self.k.lr * often[i] / often.sum():.2f}")
            for i in gaps.argsort(descending=True).tolist()
        )
        title = f"Gap {gaps.sum():.4f}, row by row"
        return Table(title, ("after", "pairs", "gap", "lr · share"), tuple(rows))

    @figure("Counted and learned")
    def sides(self, seen: Observation) -> Table:
        tables = self.table(self.k.fake), self.net()
        W = self.model.W.detach()
        best = int(self.N[self.row].argmax())
        rows = [
            ("loss", *(f"{self.nll(P):.4f}" for P in tables)),
            ("p of unseen pairs", *(f"{self.wasted(P):.4f}" for P in tables)),
            ("mean entropy", *(f"{-torch.xlogy(P, P).sum(1).mean():.3f}" for P in tables)),
            (f"p of {LETTERS[best]} after {self.k.after}", *(f"{P[self.row, best]:.3f}" for P in tables)),
            ("largest |W|", "", f"{W.abs().max():.2f}"),
        ]
        if self.splits():
            surprise = (-P[self.val.x[:, 0], self.val.y].log().mean().item() for P in tables)
            rows.insert(1, ("loss on val", *(f"{loss:.4f}" for loss in surprise)))
        counted = f"counted + {self.k.fake:g}" if self.k.fake else "counted"
        return Table("Counted and learned", ("", counted, "net"), tuple(rows))

    @figure("Names from both")
    def made_up(self, seen: Observation) -> Table:
        seeds = range(1, 201)
        counting = copy.copy(self)
        counting.model = Bigram(self.table(self.k.fake).log().clamp(min=-99).float())
        pairs = list(zip(sampled(counting, seeds).samples, sampled(self, seeds).samples, strict=True))
        same = sum(a == b for a, b in pairs)
        return Table(f"Same luck: {same} of 200 names are the same", ("counted", "net"), tuple(pairs[:16]))
