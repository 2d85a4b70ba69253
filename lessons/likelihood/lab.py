"""How likely a table of chances makes the names that there are. A step multiplies in the chance of one more pair."""

import math
from itertools import pairwise
from random import Random

import torch
from torch import Tensor, nn

from tutor.figures import Bars, Curve, Guide, Series, Table
from tutor.figures.numbers import short
from tutor.lab import Choice, Experiment, Integer, Number, Observation, OwnQuestion, Preset, figure, metric, question
from tutor.lab.datasets import Names

LETTERS = Names.letters
KINDS = {"float64": torch.float64, "float32": torch.float32, "float16": torch.float16}
SHOWN = {"float64": 1000, "float32": 140, "float16": 24}


def words(split) -> list[Tensor]:
    """The pairs of letters, (n, 2), of each name."""
    ends = (split.y == 0).nonzero().flatten() + 1
    lengths = torch.diff(ends, prepend=torch.zeros(1, dtype=torch.long)).tolist()
    return list(torch.cat((split.x, split.y[:, None]), 1).split(lengths))


def table(pairs: Tensor) -> Tensor:
    """How often each pair is among `pairs`, (27, 27)."""
    return torch.bincount(27 * pairs[:, 0] + pairs[:, 1], minlength=729).view(27, 27).double()


def surprise(P: Tensor, N: Tensor) -> float:
    """The mean of -ln P over pairs that occur N times."""
    return (-torch.xlogy(N, P).sum() / N.sum()).item()


class Machine(nn.Module):
    """P[a, b], the chance that letter b comes after letter a, from counts of pairs and what of them it may use."""

    def __init__(self, N: Tensor, knows: str, fake: float) -> None:
        super().__init__()
        counts = N + fake
        if knows == "nothing":
            counts = torch.ones(27, 27).double()
        elif knows == "letters":
            counts = counts.sum(0).expand(27, 27).clone()
        # After a letter that it has never seen, all 27 are as likely.
        counts[counts.sum(1) == 0] = 1
        self.register_buffer("P", counts / counts.sum(1, keepdim=True))

    def forward(self, a: int, b: int) -> Tensor:
        return self.P[a, b]


class Likelihood(Experiment):
    """The likelihood of names, as a product that dies, and as a sum of logs that doesn't."""

    knobs = (
        Choice("number", "float64", tuple(KINDS), help="the kind of number that the product is kept in"),
        Choice("knows", "pairs", ("nothing", "letters", "pairs"), help="what the machine has counted"),
        Choice("names", "counted", ("counted", "new"), help="which names are judged: those it counted, or others"),
        Integer("count", 262_144, low=10, high=262_144, log=True, top="all", help="how many names it has counted"),
        Number("fake", 0.0, low=0, high=1, help="fake count, added to every cell"),
        Choice("name", "emma", ("emma", "malaya", "lendina", "ratrucar", "wolfgang"), live=True, help="taken apart"),
        Number("u", 0.5, low=0, high=1, live=True, help="a chance for u after q, if it were yours to choose"),
    )
    presets = (
        Preset("half", {"number": "float16"}, "Numbers of 16 bits: the product is 0 within two names."),
        Preset("letters", {"knows": "letters"}, "Without pairs the surprise is larger: 2.836 in the mean."),
        Preset("new names", {"names": "new"}, "One pair that it never saw, and the loss is infinite."),
        Preset("a quarter", {"names": "new", "fake": 0.25}, "A quarter of a pair in each cell: new names cost 2.417."),
    )

    def build(self) -> None:
        names = self.data.names(block=1)
        counted, new = words(names.train), words(names.val)
        if self.k.names == "counted":
            counted += new + words(names.test)
        counted = counted[: self.k.count]
        self.N = table(torch.cat(counted))
        self.model = Machine(self.N, self.k.knows, self.k.fake)
        judged = counted if self.k.names == "counted" else new
        order = torch.randperm(len(judged), generator=self.rng).tolist()
        self.judged = torch.cat([judged[place] for place in order])
        self.product = torch.ones((), dtype=KINDS[self.k.number])
        self.products = [1.0]
        self.log_sum = torch.zeros((), dtype=torch.float64)

    @property
    def last_step(self) -> int:
        return len(self.judged)

    def step(self) -> Tensor:
        # The next pair of letters. After the last one there is none.
        for a, b in self.judged[self.iteration : self.iteration + 1].tolist():
            p = self.model(a, b)
            self.product = self.product * p.to(self.product.dtype)
            self.log_sum = self.log_sum + p.log()
            if self.products[-1] > 0:
                self.products.append(self.product.item())
        return -self.log_sum / min(self.iteration + 1, len(self.judged))

    @figure("A name, pair by pair")
    def spelled(self, seen: Observation) -> Table:
        rows = tuple((pair, f"{p:.4f}", brief(product)) for pair, p, product, _, _ in self.walk())
        return Table(f"How .{self.k.name}. comes about", ("pair", "p", "product"), rows)

    @figure("A name and its logs")
    def taken_apart(self, seen: Observation) -> Table:
        walk = self.walk()
        rows = tuple(
            (pair, f"{p:.4f}", brief(total), f"{log:.3f}", f"{logs:.3f}") for pair, p, total, log, logs in walk
        )
        title = f".{self.k.name}. mean -ln p {-walk[-1][-1] / len(walk):.3f}"
        return Table(title, ("pair", "p", "product", "ln p", "sum"), rows)

    def walk(self) -> list[tuple[str, float, float, float, float]]:
        """The pairs of the name to take apart, each with its chance, the product so far, its log, the sum so far."""
        product, log_sum, rows = 1.0, 0.0, []
        for a, b in pairwise(f".{self.k.name}."):
            p = self.model.P[LETTERS.index(a), LETTERS.index(b)].item()
            log = math.log(p) if p else -math.inf
            product, log_sum = product * p, log_sum + log
            rows.append((f"{a} {b}", p, product, log, log_sum))
        return rows

    @figure("The product, and the sum of logs")
    def falling(self, seen: Observation) -> Curve:
        shown = min(self.iteration, SHOWN[self.k.number])
        p = self.model.P[self.judged[:shown, 0], self.judged[:shown, 1]]
        logs = [0.0, *p.log10().cumsum(0).tolist()]
        products = [math.log10(value) for value in self.products[: shown + 1] if value > 0]
        x = tuple(map(float, range(shown + 1)))
        smallest = torch.finfo(KINDS[self.k.number]).smallest_normal * torch.finfo(KINDS[self.k.number]).eps
        series = (
            Series("sum of logs", x, tuple(logs)),
            Series("product", x[: len(products)], tuple(products)),
        )
        guide = Guide(math.log10(smallest), f"{self.k.number} ends")
        dead = f"the product is 0 after {self.died:,}" if self.died else "alive"
        return Curve(f"Powers of ten: {dead}", series, x_label="pairs", guides=(guide,))

    @figure("The mean surprise so far")
    def mean(self, seen: Observation) -> Curve:
        _, line = seen.history.loss_series(seen.columns)
        letters = surprise(Machine(self.N, "letters", self.k.fake).P, table(self.judged))
        guides = (Guide(math.log(27), "nothing"), Guide(letters, "letters"))
        series = Series(self.k.knows, line.x, line.y)
        return Curve("Mean -ln p", (series,), x_label="pairs", guides=guides, y_span=(2.2, 3.4))

    @figure("So far")
    def numbers(self, seen: Observation) -> Table:
        mean = -self.log_sum.item() / max(self.iteration, 1)
        rows = (
            ("pairs", f"{self.iteration:,} of {self.last_step:,}"),
            (f"product in {self.k.number}", brief(self.product.item())),
            ("sum of ln p", f"{self.log_sum.item():,.1f}"),
            ("mean -ln p", f"{mean:.4f}" if self.iteration else "-"),
            ("e^mean", f"{math.exp(mean):.2f}" if self.iteration else "-"),
        )
        return Table("So far", ("", ""), rows)

    @figure("Three machines")
    def machines(self, seen: Observation) -> Bars:
        judged, kinds = table(self.judged), ("nothing", "letters", "pairs")
        means = tuple(surprise(Machine(self.N, knows, self.k.fake).P, judged) for knows in kinds)
        return Bars(f"Mean -ln p, {self.k.names} names", kinds, means)

    @figure("A chance of your choice")
    def chosen(self, seen: Observation) -> Table:
        (u, others), p = self.after_q(), self.k.u
        rows = (
            ("p, for u after q", f"{p:g}"),
            (f"p, {u:.0f} times", brief(p**u)),
            (f"1 - p, {others:.0f} times", brief((1 - p) ** others)),
            ("the likelihood", brief(p**u * (1 - p) ** others)),
        )
        return Table("A chance of your choice", ("", ""), rows)

    @figure("The likelihood of 60 pairs with q")
    def coin(self, seen: Observation) -> Curve:
        u, others = self.after_q()
        x = torch.linspace(0.5, 1, 101, dtype=torch.float64)
        return self.choosing("Likelihood", x, x**u * (1 - x) ** others, self.k.u**u * (1 - self.k.u) ** others)

    @figure("Its logarithm")
    def log_coin(self, seen: Observation) -> Curve:
        u, others = self.after_q()
        x = torch.linspace(0.5, 0.995, 100, dtype=torch.float64)
        now = u * math.log(self.k.u) + others * math.log(1 - self.k.u) if 0 < self.k.u < 1 else -math.inf
        return self.choosing("ln likelihood", x, u * x.log() + others * (1 - x).log(), now)

    def after_q(self) -> tuple[float, float]:
        """How often u came after q, and how often something else."""
        q, u = Names.encode("qu")
        return self.N[q, u].item(), (self.N[q].sum() - self.N[q, u]).item()

    def choosing(self, title: str, x: Tensor, y: Tensor, now: float) -> Curve:
        best = x[y.argmax()].item()
        series = Series(title, tuple(x.tolist()), tuple(y.tolist()))
        point = Series("yours", (self.k.u,), (now,), "points")
        return Curve(f"{title}, highest at {best:.3f}", (series, point), x_label="chance of u")

    @figure("How much to add")
    def fakes(self, seen: Observation) -> Curve:
        names = self.data.names(block=1)
        N, new = table(torch.cat(words(names.train)[: self.k.count])), table(torch.cat(words(names.val)))
        x = torch.logspace(-3, 1, 41, dtype=torch.float64).tolist()
        machines = [Machine(N, "pairs", fake).P for fake in x]
        lines = [
            Series(name, tuple(x), tuple(surprise(P, judged) for P in machines))
            for name, judged in (("counted", N), ("new", new))
        ]
        best = min(lines[1].y)
        return Curve("Mean -ln p", tuple(lines), "fake", log_x=True, guides=(Guide(best, f"lowest {best:.3f}"),))

    @question("own-perplexity")
    def own_perplexity(self, seen: Observation, rng: Random) -> OwnQuestion:
        # The first few hundred of the pairs, or all so far; a chance of 0 has no finite logarithm.
        a, b = self.judged[: rng.choice((100, 200, 300, self.iteration))].T
        p = self.model.P[a, b]
        p = p[p > 0]
        total, mean = p.log().sum().item(), -p.log().mean().item()
        offers = [
            (math.exp(-mean), "That is a pair's mean chance. Guessing among n that are alike has a chance of 1/n."),
            (mean, "That is the mean of -ln p, in nats. Turn the logarithm back: e to the power of it."),
            (2**mean, "That is 2 to the power of the mean: right if the logarithms were to base 2."),
            (
                math.exp(mean),
                f"The mean of -ln p is {-total:,.1f} / {len(p):,} = {mean:.3f}, and e to that is as many.",
            ),
        ]
        return OwnQuestion(
            f"The first {len(p):,} pairs of your run that aren't impossible have a sum of ln p of {total:,.1f}. "
            "What is the perplexity, the number of equally likely letters to guess among?",
            tuple(f"{value:.3g}" for value, _ in offers),
            3,
            tuple(why for _, why in offers),
        )

    @metric("dead after")
    def dead_after(self, seen: Observation) -> float:
        return self.died

    @property
    def died(self) -> int:
        """After how many pairs the product was exactly 0; 0 if it isn't yet."""
        return len(self.products) - 1 if self.products[-1] == 0 else 0

    @metric("mean")
    def all_names(self, seen: Observation) -> float:
        return surprise(self.model.P, table(self.judged))


def brief(value: float) -> str:
    return "0" if value == 0 else short(value)
