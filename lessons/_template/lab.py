"""Two clouds of points in the plane, and the smallest net that can tell them apart: one linear layer."""

import torch
from torch import Tensor, nn

from tutor.figures import Point, Regions
from tutor.lab import Experiment, Number, Observation, Preset, figure
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
