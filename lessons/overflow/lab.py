"""The loss of a row of scores, written in four ways, in numbers of three sizes; and a net that trains with it."""

import math
import time
from collections.abc import Iterator
from random import Random
from statistics import median

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.errors import TutorError
from tutor.figures import Curve, Stage, Strip, Table
from tutor.figures.numbers import short
from tutor.lab import Choice, Experiment, Integer, Number, Observation, OwnQuestion, Preset, figure, question
from tutor.lab.datasets import Split
from tutor.lab.instruments import loss_curve

DTYPES = {"float16": torch.float16, "float32": torch.float32, "float64": torch.float64}
# The largest number, and the least above 0.
ENDS = {name: ((end := torch.finfo(dtype)).max, end.smallest_normal * end.eps) for name, dtype in DTYPES.items()}
# The largest score whose exp is finite, and the gap beyond which p is less than half of the least number, and so 0.
SCORE_ENDS = [math.log(most) for most, _ in ENDS.values()]
GAP_ENDS = [math.log(2) - math.log(least) for _, least in ENDS.values()]


# Four ways to write the loss: for logits z, (n, classes), and right classes y, the loss -ln p of each row.


def p_of(z: Tensor, y: Tensor) -> Tensor:
    e = z.exp()
    return (e / e.sum(1, keepdim=True))[torch.arange(len(y)), y]


def by_hand(z: Tensor, y: Tensor) -> Tensor:
    return -p_of(z, y).log()


def shifted(z: Tensor, y: Tensor) -> Tensor:
    return -p_of(z - z.amax(1, keepdim=True), y).log()


def patched(z: Tensor, y: Tensor) -> Tensor:
    return -(p_of(z - z.amax(1, keepdim=True), y) + 1e-8).log()


def in_logs(z: Tensor, y: Tensor) -> Tensor:
    z = z - z.amax(1, keepdim=True)
    return z.exp().sum(1).log() - z[torch.arange(len(y)), y]


FORMS = {"by hand": by_hand, "shifted": shifted, "patched": patched, "in logs": in_logs}


class Overflow(Experiment):
    """Four scores with one that grows, and a digit reader that trains with a loss written by hand."""

    knobs = (
        Number("d", 2.0, low=1, high=1000, log=True, live=True, help="score of class d; a, b and c have -5, -3 and 0"),
        Choice("form", "by hand", tuple(FORMS), live=True, help="how the loss is written"),
        Choice("dtype", "float32", tuple(DTYPES), live=True, help="the numbers that it is computed in"),
        Integer("rows", 32, low=32, high=32_768, log=True, live=True, help="rows of the batch whose cost is measured"),
        Integer("ink", 1, low=1, high=255, log=True, help="the value of a pixel full of ink"),
        Number("lr", 0.1, low=1e-3, high=10, log=True, live=True, help="how far a training step goes"),
    )
    presets = (
        Preset("ninety", {"d": 90.0}, "By hand, e^90 is inf in float32: zeros, one nan, and no error."),
        Preset("one line later", {"d": 100.0, "form": "shifted"}, "No inf on the way. Then p of a is 0, its ln -inf."),
        Preset("rescued", {"d": 1000.0, "form": "in logs", "dtype": "float16"}, "In logs even float16 has 1,005."),
        Preset("raw pixels", {"ink": 16}, "Pixels from 0 to 16, loss by hand: inf at step 2."),
        Preset("late", {"dtype": "float16", "lr": 1.0}, "Fine for hundreds of steps, until a logit passes 11.1."),
    )

    def build(self) -> None:
        digits, ink = self.data.digits(), self.k.ink
        self.train, self.val = (Split(part.x * ink, part.y) for part in (digits.train, digits.val))
        self.model = nn.Linear(64, 10)
        self.parameters = list(self.model.parameters())

    def step(self) -> Tensor:
        ix = torch.randint(len(self.train), (64,), generator=self.rng)
        logits = self.model(self.train.x[ix]).to(DTYPES[self.k.dtype])
        loss = FORMS[self.k.form](logits, self.train.y[ix]).mean()
        for p in self.parameters:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in self.parameters:
                p -= self.k.lr * p.grad
        return loss

    def splits(self):
        return {"train": self.train, "val": self.val}

    @figure("Number by number")
    def strip(self, seen: Observation) -> Strip:
        stages = computation(scores(self.k.d, self.k.dtype), self.k.form)
        return Strip(f"The loss {self.k.form}, in {self.k.dtype}", tuple("abcd"), tuple(stages))

    @figure("The loss, written four ways")
    def forms(self, seen: Observation) -> Table:
        z = [scores(self.k.d, name)[None] for name in DTYPES]
        losses = {**FORMS, "F.cross_entropy": F.cross_entropy}
        rows = ((name, *(f"{loss(row, A).item():.4g}" for row in z)) for name, loss in losses.items())
        return Table(f"The loss if a is right, d = {self.k.d:g}", ("", *DTYPES), tuple(rows))

    @figure("Where numbers end")
    def limits(self, seen: Observation) -> Table:
        rows = []
        for name, (most, least) in ENDS.items():
            largest = f"{most:.0f}" if most < 1e6 else f"{most:.2g}".replace("e+", "e")
            rows.append((name, largest, f"{math.log(most):.2f}", f"{least:.2g}", f"{math.log(least):.2f}"))
        return Table("Where numbers end", ("", "largest", "ln", "least", "ln"), tuple(rows))

    @figure("How far each form gets")
    def reach(self, seen: Observation) -> Table:
        forms = ("by hand", "shifted", "in logs")
        rows = tuple((form, *(farthest(form, dtype) for dtype in DTYPES)) for form in forms)
        return Table("Largest d up to 1,000 with a finite loss", ("", *DTYPES), rows)

    @figure("Who complains?")
    def complaints(self, seen: Observation) -> Table:
        return Table("Who complains?", ("", "gives"), tuple((line, given(line)) for line in ASKED))

    @figure("What the forms cost")
    def bill(self, seen: Observation) -> Table:
        rows = self.k.rows
        costs = zip(COSTED.items(), slowness(rows), strict=True)
        table = ((name, f"{nodes(form)}", f"{kept(form, rows):,}", f"{times:.1f}") for (name, form), times in costs)
        return Table(f"The cost of {rows:,} rows of 27", ("", "nodes", "bytes kept", "time"), tuple(table))

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        return loss_curve(seen)

    @figure("The net's scores")
    def headroom(self, seen: Observation) -> Table:
        score, gap = self.extremes()
        rows = (("top score", score, *SCORE_ENDS), ("top gap", gap, *GAP_ENDS))
        rows = tuple((name, *map("{:.1f}".format, values)) for name, *values in rows)
        return Table("The net's scores, and where they break", ("", "now", *DTYPES), rows)

    def extremes(self) -> tuple[float, float]:
        """The largest score over the training digits, and the most by which a right digit's lies behind."""
        with torch.no_grad():
            z = self.model(self.train.x)
        return z.max().item(), (z.amax(1) - z[torch.arange(len(z)), self.train.y]).max().item()

    @question("own-scores")
    def own_scores(self, seen: Observation, rng: Random) -> OwnQuestion:
        score, gap = self.extremes()
        if not math.isfinite(score + gap):
            raise TutorError("The net's scores are no numbers any more.", "Wind back with , or begin again with r.")
        form = rng.choice(("by hand", "shifted"))
        ends = list(zip(DTYPES, SCORE_ENDS, GAP_ENDS, strict=True))
        loads = [max(gap / low, score / high if form == "by hand" else 0) for _, high, low in ends]
        # Factors that take the scores well beyond an end, or keep them well within.
        times = rng.choice([2**k for k in range(1, 12) if all(not 0.8 < 2**k * load < 1.25 for load in loads)])
        told = [
            f"By hand {name} bears scores to {high:.1f} and gaps to {low:.1f}, shifted the gaps alone. "
            f"Here it would be {times * score:,.0f} and {times * gap:,.0f}."
            for name, high, low in ends
        ]
        right = sum(times * load > 1 for load in loads)
        return OwnQuestion(
            f"At step {self.iteration:,}, over all training digits, the top score is {score:.1f} and the top gap "
            f"{gap:.1f}. Were every score {times} times as large, where would each digit's loss {form} be finite?",
            ("in all three sizes of number", "in float32 and float64", "in float64 alone", "in none of the three"),
            right,
            # The size of number that speaks against an answer; for the right one, the smallest that will do.
            tuple(told[min(place, 2) if place <= right else place - 1] for place in range(4)),
        )


A = torch.tensor([0])  # class a as the right one, of a batch of one row


def scores(d: float, dtype: str) -> Tensor:
    """The scores of a, b, c and d."""
    return torch.tensor([-5.0, -3.0, 0.0, d], dtype=DTYPES[dtype])


def computation(z: Tensor, form: str) -> Iterator[Stage]:
    """The stages from the scores to -ln p of every class."""
    yield stage("score", z)
    if form != "by hand":
        largest = z.max()
        z = z - largest
        yield stage("z − m", z, f"− {largest.item():.4g}")
    e = z.exp()
    total = e.sum()
    if form == "in logs":
        yield stage("ln p", z - total.log(), f"− ln {short(total.item())}")
        yield stage("−ln p", total.log() - z, "· −1")
        return
    p = e / total
    yield stage("weight", e, "exp")
    yield stage("p", p, f"÷ {short(total.item())}")
    if form == "patched":
        p = p + 1e-8
        yield stage("p + ε", p, "+ 1e-8")
    yield stage("−ln p", 0 - p.log(), "−ln")


def stage(name: str, values: Tensor, how: str = "") -> Stage:
    return Stage(name, tuple(values.tolist()), how)


# Lines of Python, with T for torch.tensor, inf and nan.
ASKED = ("math.exp(1000)", "T(1000.0).exp()", "inf / inf", "inf - inf", "0 * inf", "T(0.0).log()", "nan == nan")


def given(line: str) -> str:
    """What the line gives, or the name of the error that it raises."""
    try:
        value = eval(line, {"math": math, "T": torch.tensor, "inf": torch.tensor(math.inf), "nan": math.nan})
    except ArithmeticError as error:
        return type(error).__name__
    return str(value.item() if isinstance(value, Tensor) else value)


def farthest(form: str, dtype: str) -> str:
    """The largest d at which the loss is finite if a is right, found by halving."""

    def finite(d: float) -> bool:
        return bool(FORMS[form](scores(d, dtype)[None], A).isfinite())

    low, high = 1.0, 1000.0
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (middle, high) if finite(middle) else (low, middle)
    return "1000" if finite(1000.0) else f"{low:.1f}"


# What a loss costs: its nodes in autograd's graph, what it keeps for the backward pass, and its time.

COSTED = {
    "by hand": lambda z, y: by_hand(z, y).mean(),
    "in logs": lambda z, y: in_logs(z, y).mean(),
    "log_softmax, nll": lambda z, y: F.nll_loss(F.log_softmax(z, 1), y),
    "F.cross_entropy": lambda z, y: F.cross_entropy(z, y),
}


def batch(rows: int) -> tuple[Tensor, Tensor]:
    rng = torch.Generator().manual_seed(0)
    return torch.randn(rows, 27, generator=rng, requires_grad=True), torch.randint(27, (rows,), generator=rng)


def nodes(form) -> int:
    """Nodes of the graph between the loss and the logits."""
    waiting, found = [form(*batch(2)).grad_fn], set()
    while waiting:
        node = waiting.pop()
        if node is not None and "AccumulateGrad" not in node.name():
            found.add(node)
            waiting += [before for before, _ in node.next_functions]
    return len(found)


def kept(form, rows: int) -> int:
    """Bytes that the forward pass keeps for the backward pass, each tensor counted once."""
    held: dict[int, Tensor] = {}
    with torch.autograd.graph.saved_tensors_hooks(lambda t: held.setdefault(t.data_ptr(), t), lambda t: t):
        form(*batch(rows))
    return sum(t.nbytes for t in held.values())


def slowness(rows: int) -> list[float]:
    """Forward and backward of each form, in times of F.cross_entropy: medians of rounds in which they take turns."""
    z, y = batch(rows)
    names, seconds = list(COSTED), {name: [] for name in COSTED}
    for turn in range(max(5, min(40, 40_000 // rows))):
        # Each round begins with another form, for the first one pays for a cold cache.
        for name in names[turn % 4 :] + names[: turn % 4]:
            z.grad = None
            started = time.perf_counter()
            COSTED[name](z, y).backward()
            seconds[name].append(time.perf_counter() - started)
    return [median(a / b for a, b in zip(times, seconds["F.cross_entropy"], strict=True)) for times in seconds.values()]
