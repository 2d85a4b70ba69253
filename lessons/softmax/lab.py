"""Scores made into probabilities: four that one sets by hand, and ten from a net that reads digits. Nothing trains."""

import math
from random import Random
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Bars, Curve, Image, Images, Series, Stage, Strip, Table
from tutor.figures.numbers import short
from tutor.lab import Choice, Experiment, Integer, Number, Observation, OwnQuestion, Preset, figure, metric, question

CLASSES = ("cat", "dog", "bird", "fish")
SHOWN = 32  # pictures in the batch that softmax takes at once
TARGET = torch.tensor([0.5, 0.3, 0.1, 0.1], dtype=torch.float64)

HEART = """
........
.##..##.
########
########
.######.
..####..
...##...
........
"""


class Printed(NamedTuple):
    """Scores, and the probabilities that study notes print beside them."""

    what: str
    scores: tuple[float, ...]
    p: str


PRINTED = (
    Printed("five restaurants", (4.2, 2.1, 5.8, 1.5, 3.0), "0.155 0.019 0.769 0.010 0.047"),
    Printed("a digit", (2.1, 0.5, 5.3, 1.8, 0.2, 1.1, 0.8, 3.2, 1.5, 0.9), "0.081 0.016 0.740 0.060"),
    Printed("three classes", (2.0, 1.0, 0.1), "0.659 0.242 0.099"),
    Printed("3, 2, 1", (3.0, 2.0, 1.0), "0.665 0.245 0.090"),
    Printed("a bird", (1.2, 0.8, 3.5, 0.3), "0.083 0.056 0.828 0.034"),
    Printed("a dog", (0.9, 4.1, 1.5, 0.7), "0.036 0.871 0.065 0.029"),
    Printed("a cat", (3.2, 1.8, 0.5, 1.1), "0.696 0.172 0.047 0.085"),
    Printed("another cat", (2.3, 0.5, 1.2, 0.8), "0.581 0.096 0.193 0.130"),
    Printed("another dog", (1.1, 3.8, 1.5, 0.9), "0.055 0.818 0.082 0.045"),
    Printed("another bird", (0.8, 1.2, 4.5, 1.0), "0.023 0.034 0.916 0.028"),
    Printed("for a gradient", (2.0, 1.0, 0.5), "0.628 0.231 0.140"),
    Printed("three equals", (1.0, 1.0, 1.0), "0.333 0.333 0.333"),
    Printed("an outlier", (1.0, 1.0, 5.0), "0.037 0.037 0.927"),
    Printed("3, 1, 2", (3.0, 1.0, 2.0), "0.665 0.090 0.245"),
    Printed("1, 2, 3", (1.0, 2.0, 3.0), "0.09 0.24 0.67"),
)


def softmax(z: Tensor, dim: int = -1) -> Tensor:
    e = z.exp()
    return e / e.sum(dim, keepdim=True)


# A rule makes each score into a weight, and the weights are divided by their sum.
WEIGHTS = {"none": lambda z: z, "square": torch.square, "exp": torch.exp}
RULES = {"none": "Plain division", "square": "Squares", "exp": "Softmax"}


class Softmax(Experiment):
    """From scores to probabilities, number by number; everything is computed anew when a knob moves."""

    knobs = (
        Number("cat", 1.2, low=-10, high=10, live=True, help="score of the class cat"),
        Number("dog", 0.8, low=-10, high=10, live=True, help="score of the class dog"),
        Number("bird", 3.5, low=-10, high=10, live=True, help="score of the class bird"),
        Number("fish", 0.3, low=-10, high=10, live=True, help="score of the class fish"),
        Number("times", 1.0, low=0.1, high=10, log=True, live=True, help="multiplies all four scores"),
        Number("plus", 0.0, low=-10, high=10, live=True, help="is added to all four scores"),
        Choice("rule", "exp", tuple(WEIGHTS), live=True, help="what happens to a score before it is divided"),
        Integer("row", 1, low=1, high=len(PRINTED), live=True, help="which row of the study notes is audited"),
        Integer("picture", 1, low=0, high=SHOWN, live=True, help="which picture the net reads; 0 is no digit"),
        Integer("dim", 1, low=0, high=1, live=True, help="the dimension along which the batch is normalised"),
    )
    presets = (
        Preset(
            "worst wins",
            {"rule": "square", "cat": -3.0, "dog": 2.0, "bird": 1.0, "fish": 0.0},
            "Squares forget the sign: the lowest score, -3, gets 0.643.",
        ),
        Preset(
            "zero sum",
            {"rule": "none", "cat": 1.0, "dog": -1.0, "bird": 2.0, "fish": -2.0},
            "Plain division by a sum of 0: four infinities.",
        ),
        Preset(
            "outlier",
            {"cat": 1.0, "dog": 1.0, "bird": 5.0, "fish": -10.0},
            "A lead of 4 is a factor of 54.6: 0.965 for the bird.",
        ),
        Preset("wrong dim", {"dim": 0}, "Softmax across the pictures: the rows sum to anything from 0.07 to 0.77."),
    )

    def build(self) -> None:
        digits = self.data.digits()
        self.model = reader = nn.Linear(64, 10)
        parameters = list(reader.parameters())
        for _ in range(200):
            ix = torch.randint(len(digits.train), (64,), generator=self.rng)
            loss = F.cross_entropy(reader(digits.train.x[ix]), digits.train.y[ix])
            for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
                p.data -= 0.5 * gradient
        heart = torch.tensor([float(cell == "#") for cell in HEART if cell != "\n"])
        self.pictures = torch.cat((heart[None], digits.val.x))
        self.digits = digits.val.y
        self.logits = reader(self.pictures).detach().double()

    @property
    def z(self) -> Tensor:
        scores = torch.tensor([getattr(self.k, name) for name in CLASSES], dtype=torch.float64)
        return self.k.times * scores + self.k.plus

    def p(self, rule: str) -> Tensor:
        weights = WEIGHTS[rule](self.z)
        return weights / weights.sum()

    @figure("Number by number")
    def strip(self, seen: Observation) -> Strip:
        rule, weights = self.k.rule, WEIGHTS[self.k.rule](self.z)
        stages = [Stage("score", tuple(self.z.tolist()))]
        if rule != "none":
            stages.append(Stage("weight", tuple(weights.tolist()), rule))
        stages.append(Stage("p", tuple(self.p(rule).tolist()), f"÷ {short(weights.sum().item(), 4)}"))
        return Strip(f"{RULES[rule]}, number by number", CLASSES, tuple(stages))

    @figure("The probabilities")
    def bars(self, seen: Observation) -> Bars:
        p = self.p(self.k.rule).tolist()
        return Bars(f"{RULES[self.k.rule]}: p of each class", CLASSES, tuple(p), top=1.0)

    @figure("Three rules")
    def rules(self, seen: Observation) -> Table:
        p = torch.stack([self.p(rule) for rule in WEIGHTS], 1).tolist()
        rows = zip(CLASSES, self.z.tolist(), p, strict=True)
        table = tuple((name, short(score), *(f"{value:.4f}" for value in values)) for name, score, values in rows)
        return Table("Three rules", ("", "score", "division", "squares", "softmax"), table)

    @figure("Ratios")
    def ratios(self, seen: Observation) -> Table:
        z, p = self.z, self.p(self.k.rule)
        first = int(z.argmax())
        rows = []
        for i, name in enumerate(CLASSES):
            if i != first:
                gap = z[first] - z[i]
                rows.append((f"{CLASSES[first]} : {name}", *map(brief, (gap, gap.exp(), p[first] / p[i]))))
        return Table(f"Ratios by {RULES[self.k.rule].lower()}", ("", "gap", "e^gap", "p : p"), tuple(rows))

    @figure("One score rises")
    def rising(self, seen: Observation) -> Curve:
        scores = torch.linspace(-10, 10, 101, dtype=torch.float64)
        z = self.z.repeat(len(scores), 1)
        z[:, 2] = scores
        p, now = softmax(z), self.p("exp")
        lines = [Series(name, tuple(scores.tolist()), tuple(p[:, i].tolist())) for i, name in enumerate(CLASSES)]
        here = Series("now", (self.z[2].item(),), (now[2].item(),), "points")
        return Curve("The bird's score rises", (*lines, here), "bird's score", "p")

    @figure("As printed")
    def printed(self, seen: Observation) -> Table:
        what, scores, p = PRINTED[self.k.row - 1]
        rows = tuple((f"{score:g}", value) for score, value in zip(scores, p.split(), strict=False))
        part = f", {len(rows)} of its {len(scores)}" if len(rows) < len(scores) else ""
        return Table(f"Row {self.k.row}: {what}{part}", ("score", "printed p"), rows)

    @figure("The audit")
    def audit(self, seen: Observation) -> Table:
        what, scores, p = PRINTED[self.k.row - 1]
        true = softmax(torch.tensor(scores, dtype=torch.float64)).tolist()
        first, top = max(scores), max(map(float, p.split()))
        rows = [
            (f"{score:g}", value, f"{top / float(value):.3g}", f"{math.exp(first - score):.3g}", f"{exact:.4f}")
            for score, value, exact in zip(scores, p.split(), true, strict=False)
        ]
        header = ("score", "printed", "top ÷ it", "e^gap", "softmax")
        return Table(f"Row {self.k.row}: {what}", header, tuple(rows))

    @figure("The picture")
    def image(self, seen: Observation) -> Images:
        pixels = tuple(map(tuple, self.pictures[self.k.picture].view(8, 8).tolist()))
        return Images(f"Picture {self.k.picture}", (Image(self.shows, pixels),), 0.0, 1.0)

    @figure("What the reader says")
    def reading(self, seen: Observation) -> Bars:
        z = self.logits[self.k.picture]
        labels = tuple(f"{digit} {score:5.1f}" for digit, score in enumerate(z.tolist()))
        return Bars(f"Scores and softmax: {self.shows}", labels, tuple(softmax(z).tolist()), top=1.0)

    @figure("A batch of pictures")
    def batch(self, seen: Observation) -> Table:
        p, digits = self.batch_p(), self.digits[:SHOWN]
        sure, says = p.max(1)
        right = (says == digits).sum().item()
        rows = [
            (f"{i}", *(f"{number}" for number in (digits[i - 1].item(), says[i - 1].item())), f"{sure[i - 1]:.3f}")
            for i in range(1, 9)
        ]
        title = f"softmax(dim={self.k.dim}): {right} of {SHOWN} right"
        return Table(title, ("picture", "is a", "reader says", "p"), tuple(rows))

    @figure("What the rows sum to")
    def sums(self, seen: Observation) -> Bars:
        labels = tuple(f"picture {i}" for i in range(1, 9))
        return Bars(f"Row sums, softmax(dim={self.k.dim})", labels, tuple(self.batch_p().sum(1)[:8].tolist()))

    @figure("The target")
    def target(self, seen: Observation) -> Table:
        p = self.p(self.k.rule)
        rows = zip(CLASSES, TARGET.tolist(), p.tolist(), (p - TARGET).tolist(), strict=True)
        table = tuple((name, f"{due:.1f}", f"{now:.4f}", f"{off:+.4f}") for name, due, now, off in rows)
        return Table("The target", ("", "wanted", "p now", "off by"), table)

    def batch_p(self) -> Tensor:
        """What softmax makes of the scores of pictures 1 to 32, (32, 10), along the dimension `dim`."""
        return softmax(self.logits[1 : SHOWN + 1], self.k.dim)

    @question("own-second")
    def own_second(self, seen: Observation, rng: Random) -> OwnQuestion:
        # A picture whose second choice is neither as probable as the first nor hopeless.
        tops = self.logits.topk(2)
        gaps = tops.values[:, 0] - tops.values[:, 1]
        picture = rng.choice(((gaps > 0.7) & (gaps < 2)).nonzero().flatten().tolist())
        (z, z2), (first, second) = tops.values[picture].tolist(), tops.indices[picture].tolist()
        p, gap = softmax(self.logits[picture])[first].item(), round(z, 2) - round(z2, 2)
        right = p * math.exp(-gap), f"The gap is {gap:.2f}, a factor of {math.exp(gap):.2f}, and p is divided by that."
        offers = [
            right,
            (p * z2 / z, "That divides p by the ratio of the scores. Softmax sees their difference only."),
            (1 - p, f"That is all there is left, for nine digits. The {second} gets the most of it, not the whole."),
            (p * 10**-gap, "That is a power of 10. In softmax it is e that is raised to the score."),
        ]
        rng.shuffle(offers)
        return OwnQuestion(
            f"Picture {picture} of 180, seed {self.seed}: the {first} leads with a score of {z:.2f} and p = {p:.3f}. "
            f"The {second} comes second, with {z2:.2f}. What is its p?",
            tuple(f"{value:.3f}" for value, _ in offers),
            offers.index(right),
            tuple(why for _, why in offers),
        )

    @metric("off")
    def off(self, seen: Observation) -> float:
        return (self.p(self.k.rule) - TARGET).abs().max().nan_to_num(torch.inf, torch.inf).item()

    @metric("heart")
    def heart(self, seen: Observation) -> float:
        return softmax(self.logits[0]).max().item()

    @property
    def shows(self) -> str:
        digit = self.digits[self.k.picture - 1].item()
        return f"{'an' if digit == 8 else 'a'} {digit}" if self.k.picture else "a heart"


def brief(value: Tensor) -> str:
    return short(value.item(), 4)
