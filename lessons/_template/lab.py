"""Two clouds of points in the plane, and the smallest net that can tell them apart: one linear layer."""

from random import Random

import torch
from torch import Tensor, nn

from tutor.errors import TutorError
from tutor.figures import Point, Regions
from tutor.lab import Experiment, Number, Observation, OwnQuestion, Preset, figure, question
from tutor.lab.datasets import Split
from tutor.lab.instruments import loss_curve

SIDE = 4.0
COLUMNS, ROWS = 48, 16


class Clouds(Experiment):
    """A linear classifier that learns which of two clouds a point belongs to."""

    knobs = (
        Number("lr", 0.1, low=0.001, high=100, log=True, live=True, help="learning rate"),
        Number("gap", 3.0, low=0, high=6, help="distance between the middles of the clouds"),
    )
    presets = (
        Preset("apart", {"gap": 6.0}, "Far apart: no point lies among the others."),
        Preset("one cloud", {"gap": 0.0}, "No gap: there is nothing to learn, and the loss stays at ln 2."),
    )

    def build(self) -> None:
        # All randomness comes from self.rng, so that a seed fixes the run.
        self.train, self.val = self.cloud(200), self.cloud(200)
        self.model = nn.Linear(2, 2)
        # Without an opinion at first: the loss begins at ln 2.
        nn.init.zeros_(self.model.weight)
        nn.init.zeros_(self.model.bias)

    def cloud(self, count: int) -> Split:
        y = torch.arange(count) % 2
        x = torch.randn(count, 2, generator=self.rng)
        x[:, 0] += self.k.gap * (y - 0.5)
        return Split(x, y)

    def step(self) -> Tensor:
        loss = self.loss(self.train.x, self.train.y)
        self.model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in self.model.parameters():
                p -= self.k.lr * p.grad
        return loss

    def splits(self) -> dict[str, Split]:
        # Their losses are measured while the run goes on; a goal may name them.
        return {"train": self.train, "val": self.val}

    @figure("Loss")
    def losses(self, seen: Observation):
        return loss_curve(seen)

    @figure("The plane")
    def plane(self, seen: Observation) -> Regions:
        y, x = torch.linspace(SIDE, -SIDE, ROWS), torch.linspace(-SIDE, SIDE, COLUMNS)
        grid = torch.stack(torch.meshgrid(x, y, indexing="xy"), 2)
        winners = self.model(grid).argmax(2)
        points = (
            Point(*place, "ox"[group], group)
            for place, group in zip(self.train.x[:60].tolist(), self.train.y[:60].tolist(), strict=True)
        )
        limits = (-SIDE, SIDE)
        return Regions(
            "The plane", ("left", "right"), tuple(map(tuple, winners.tolist())), limits, limits, tuple(points)
        )

    @question("own-point")
    def own_point(self, seen: Observation, rng: Random) -> OwnQuestion:
        # Points whose answers are far enough apart to be told from each other.
        fit = [z for z in self.model(self.train.x).tolist() if 0.5 < abs(z[0] - z[1]) < 3]
        if not fit:
            raise TutorError("The net has hardly an opinion yet, or none but strong ones.", "Take it to step 20.")
        left, right = rng.choice(fit)
        p, half = (torch.tensor((left - right) / by).sigmoid().item() for by in (1, 2))
        return OwnQuestion(
            f"At step {self.iteration:,} a point has the scores {left:.2f} for left and {right:.2f} for right. "
            "What is the probability of left?",
            (f"{p:.2f}", f"{1 - p:.2f}", f"{half:.2f}"),
            0,
            ("1 / (1 + e^−gap).", "That is the probability of right.", "That takes half of the gap."),
        )
