"""A lesson on disk, small enough to see through, that fails where it is told to."""

from pathlib import Path

LAB = '''\
import torch
from torch import nn

from tutor.figures import Text
from tutor.lab import Choice, Experiment, Number, Preset, figure
from tutor.lab.datasets import Split

print("a line from the lesson")


class Line(Experiment):
    """Fits y = 2x."""

    knobs = (
        Number("lr", 0.1, low=1e-3, high=1e6, log=True, live=True),
        Choice("fails", "never", ("never", "build", "step", "figure", "splits")),
    )
    presets = (Preset("wild", {"lr": 1e6}, "It flies apart."),)

    def build(self):
        if self.k.fails == "build":
            raise ValueError("no such net")
        self.model = nn.Linear(1, 1)

    def step(self):
        if self.k.fails == "step" and self.iteration == 3:
            torch.zeros(2) @ torch.zeros(3)
        x = torch.randn(8, 1, generator=self.rng)
        loss = (self.model(x) - 2 * x).square().mean()
        self.model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in self.model.parameters():
                p -= self.k.lr * p.grad
        return loss

    def splits(self):
        if self.k.fails == "splits":
            return {"train": None}
        x = torch.linspace(-1, 1, 5).unsqueeze(1)
        return {"train": Split(x, 2 * x)}

    def each_loss(self, x, y):
        return (self.model(x) - y).square().squeeze(1)

    @figure("The slope")
    def slope(self, seen):
        if self.k.fails == "figure":
            raise RuntimeError("nothing to see")
        return Text("The slope", (f"{self.model.weight.item():.6f}",))

    @figure("The step")
    def where(self, seen):
        return Text("The step", (str(self.iteration),))
'''


def write_lesson(folder: Path, lab: str = LAB) -> Path:
    """Write `lab` to `folder`/lab.py; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lab.py").write_text(lab, encoding="utf-8")
    return folder


def line_of(text: str, lab: str = LAB) -> int:
    """The number of the one line of `lab` that holds `text`."""
    (number,) = (number for number, line in enumerate(lab.splitlines(), start=1) if text in line)
    return number
