"""A digit classifier, the labels it is taught, and what its scores are worth on examples that it wasn't taught."""

import math
from random import Random

import torch
from torch import Tensor, nn

from tutor.figures import Bars, Curve, Guide, Histograms, Image, Images, Table
from tutor.lab import (
    Choice,
    Experiment,
    Integer,
    Number,
    Observation,
    OwnQuestion,
    Preset,
    Switch,
    figure,
    metric,
    question,
)
from tutor.lab.datasets import Split
from tutor.lab.instruments import histogram, loss_curve

BATCH, CLASSES = 128, 10

# The nets whose test score was shown. It is no part of a run: winding back doesn't make anybody unsee a number.
SEEN: set[tuple[object, ...]] = set()


def luck(score: float, examples: int) -> float:
    """The standard deviation of a share of right answers, over all the examples that might have been drawn instead."""
    return math.sqrt(score * (1 - score) / examples)


class HonestScores(Experiment):
    """A three-layer net that learns digits, or whatever its labels say, by heart if it must."""

    knobs = (
        Choice("data", "digits", ("digits", "study note"), help="8×8 digits, or a study note's random pixels"),
        Number("true_labels", 1.0, low=0, high=1, help="share of training labels kept; the rest are drawn by lot"),
        Integer("examples", 1437, low=32, high=1437, log=True, top="all", help="how many digits to train on"),
        Integer("width", 256, low=4, high=1024, log=True, help="units of the first hidden layer; the second has half"),
        Number("lr", 0.001, low=1e-5, high=0.1, log=True, live=True, help="learning rate of AdamW"),
        Number("weight_decay", 0.0, low=0, high=10, live=True, help="how strongly weights are pulled toward 0"),
        Integer("guessers", 200, low=1, high=20_000, log=True, live=True, help="how many guess at random"),
        Switch("open_test", False, live=True, help="look at the test split: once, when all is decided"),
    )
    presets = (
        Preset("by lot", {"true_labels": 0.0}, "Every training label drawn by lot: 100 % on train, chance on val."),
        Preset(
            "muddled", {"true_labels": 0.6}, "Four labels in ten drawn by lot: right at first, then worse by the step."
        ),
        Preset("few", {"examples": 50}, "50 digits, known by heart after 100 steps. On others: four in five."),
        Preset("study note", {"data": "study note"}, "A note's pixels and labels, all random. Its log says 64 %."),
    )

    def build(self) -> None:
        k = self.k
        if k.data == "digits":
            digits = self.data.digits()
            x, true = digits.train.x[: k.examples], digits.train.y[: k.examples]
            self.val, self.test = digits.val, digits.test
        else:
            # As in the note, draw by draw: from seed 42 these are its very numbers.
            x, true = torch.randn(6000, 784), torch.randint(0, CLASSES, (6000,))
            self.val = Split(torch.randn(1000, 784), torch.randint(0, CLASSES, (1000,)))
            fresh = torch.randn(1000, 784, generator=self.rng)
            self.test = Split(fresh, torch.randint(CLASSES, (1000,), generator=self.rng))
        lot = torch.randint(CLASSES, true.shape, generator=self.rng)
        kept = torch.rand(true.shape, generator=self.rng) < k.true_labels
        self.true, self.train = true, Split(x, torch.where(kept, true, lot))
        self.model = nn.Sequential(
            nn.Linear(x.shape[1], k.width),
            nn.ReLU(),
            nn.Linear(k.width, k.width // 2),
            nn.ReLU(),
            nn.Linear(k.width // 2, CLASSES),
        )
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=k.lr, weight_decay=k.weight_decay)

    def step(self) -> Tensor:
        ix = torch.randint(len(self.train), (BATCH,), generator=self.rng)
        loss = self.loss(self.train.x[ix], self.train.y[ix])
        self.optimizer.zero_grad()
        loss.backward()
        # Knobs may have been turned since the last step.
        self.optimizer.param_groups[0].update(lr=self.k.lr, weight_decay=self.k.weight_decay)
        self.optimizer.step()
        return loss

    def splits(self):
        return {"train": self.train, "val": self.val}

    def held_out(self):
        return {"test": self.test}

    @figure("Accuracy")
    def accuracies(self, seen: Observation) -> Curve:
        lines = seen.history.series("accuracy", seen.columns)
        chance = Guide(1 / CLASSES, "chance")
        return Curve("Accuracy", lines, guides=(chance,), y_span=(0.0, 1.0))

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        return loss_curve(seen, guides=(Guide(math.log(CLASSES), "ln 10"),))

    @figure("Three splits")
    def exams(self, seen: Observation) -> Table:
        rows = [
            self.row("train", self.train, "weights"),
            self.row("val", self.val, "choices"),
            ("test", f"{len(self.test):,}", "one look", "sealed", ""),
        ]
        if self.k.open_test:
            knobs = {name: value for name, value in vars(self.k).items() if name not in ("open_test", "guessers")}
            SEEN.add((self.seed, self.iteration, *knobs.values()))
            rows[2] = self.row("test", self.test, "one look")
        times = {0: "not looked at yet", 1: "looked at once"}.get(len(SEEN), f"looked at {len(SEEN)} times")
        return Table(f"Three splits; test: {times}", ("split", "images", "is for", "right", "± luck"), tuple(rows))

    @figure("Images and labels")
    def images(self, seen: Observation) -> Images:
        side = math.isqrt(self.train.x.shape[1])
        answers = self.answers(self.train.x[:12])
        pictures = (
            Image(f"{label}, net {answer}", tuple(map(tuple, pixels.view(side, side).tolist())))
            for pixels, label, answer in zip(
                self.train.x[:12], self.train.y[:12].tolist(), answers.tolist(), strict=True
            )
        )
        return Images("Taught label, and the net's answer", tuple(pictures))

    @figure("Wrongly labelled images")
    def mislabelled(self, seen: Observation) -> Bars:
        wrong = self.train.y != self.true
        answers = self.answers(self.train.x[wrong])
        shares = [self.share(answers == labels[wrong]) for labels in (self.true, self.train.y)]
        another = max(1 - sum(shares), 0.0) if wrong.any() else 0.0
        title = f"{int(wrong.sum()):,} wrongly labelled images: the net says"
        return Bars(title, ("true digit", "taught label", "another"), (*shares, another), top=1.0)

    @figure("Guessers")
    def guessed(self, seen: Observation) -> Histograms:
        first, second = self.guesses()
        best = first.argmax()
        notes = (f"best {first[best]:.1%}", f"that one {second[best]:.1%}")
        rows = (
            histogram(name, scores, 0.0, 0.25, bins=45, note=note)
            for name, scores, note in zip(("exam 1", "exam 2"), (first, second), notes, strict=True)
        )
        return Histograms(f"{self.k.guessers:,} guessers", tuple(rows), x_label="share right")

    @metric("says true digit")
    def says_true_digit(self, seen: Observation) -> float:
        wrong = self.train.y != self.true
        return self.share(self.answers(self.train.x[wrong]) == self.true[wrong])

    @metric("best guesser")
    def best_guesser(self, seen: Observation) -> float:
        # In per cent.
        return 100 * self.guesses()[0].max().item()

    @question("own-shares")
    def own_shares(self, seen: Observation, rng: Random) -> OwnQuestion:
        train = self.answers(self.train.x)
        wrong = self.train.y != self.true
        shares = {
            "training images that are given the label they are taught": self.share(train == self.train.y),
            "validation images that are given their true digit": self.share(self.answers(self.val.x) == self.val.y),
            "wrongly labelled training images that are given their true digit": self.share(
                train[wrong] == self.true[wrong]
            ),
        }
        asked = rng.choice(list(shares))
        return OwnQuestion(
            f"At step {self.iteration:,}, with {100 * self.k.true_labels:.0f} % of the labels kept: "
            f"which is the share of the {asked}?",
            tuple(f"{share:.1%}" for share in shares.values()),
            list(shares).index(asked),
            tuple(f"This is the share of the {other}." for other in shares),
        )

    def guesses(self) -> Tensor:
        """The scores of the guessers in two exams: 180 questions with ten possible answers, all answered at random."""
        right = torch.rand(2, self.k.guessers, 180, generator=self.generator(purpose=1)) < 1 / CLASSES
        return right.double().mean(2)

    def answers(self, x: Tensor) -> Tensor:
        """The class to which the net gives the highest logit, for each of the inputs."""
        with torch.no_grad():
            return self.model(x).argmax(1)

    def row(self, name: str, split: Split, job: str) -> tuple[str, ...]:
        score = self.share(self.answers(split.x) == split.y)
        return name, f"{len(split):,}", job, f"{score:.1%}", f"{luck(score, len(split)):.1%}"

    @staticmethod
    def share(right: Tensor) -> float:
        """The share of true among them, 0 of none."""
        return right.double().mean().item() if len(right) else 0.0
