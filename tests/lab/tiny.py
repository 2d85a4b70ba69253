"""A small net with everything in it that a look might disturb."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Text
from tutor.lab import Experiment, Integer, Number, Observation, figure
from tutor.lab.datasets import Split
from tutor.lab.instruments import activation_histograms, loss_curve, race_curve, update_ratio_curve

_made = torch.Generator().manual_seed(1)
X = torch.randn(300, 4, generator=_made)
Y = (X @ torch.randn(4, 3, generator=_made)).argmax(1)


class Tiny(Experiment):
    """BatchNorm (running statistics), dropout (torch's own generator), momentum, and batches from `self.rng`."""

    knobs = (
        Number("lr", 0.1, low=1e-3, high=1e38, log=True, live=True),
        Integer("batch", 16, low=1, high=300, log=True, live=True),
        Integer("hidden", 8, low=1, high=64, log=True),
    )
    records_updates = True

    def build(self) -> None:
        if self.k.hidden == 13:
            raise ValueError("thirteen")
        self.model = nn.Sequential(
            nn.Linear(4, self.k.hidden),
            nn.BatchNorm1d(self.k.hidden),
            nn.Tanh(),
            nn.Dropout(0.2),
            nn.Linear(self.k.hidden, 3),
        )
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=self.k.lr, momentum=0.9)

    def step(self) -> Tensor:
        self.optimizer.param_groups[0]["lr"] = self.k.lr
        ix = torch.randint(len(X), (self.k.batch,), generator=self.rng)
        loss = F.cross_entropy(self.model(X[ix]), Y[ix])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss

    def splits(self) -> dict[str, Split]:
        return {"train": Split(X[:200], Y[:200]), "val": Split(X[200:], Y[200:])}

    def each_loss(self, x: Tensor, y: Tensor) -> Tensor:
        # A careless lesson: the draw means nothing, and must not reach the run.
        torch.rand(1)
        return super().each_loss(x, y)

    @figure("Loss")
    def losses(self, seen: Observation) -> object:
        return loss_curve(seen)

    @figure("Activations")
    def activations(self, seen: Observation) -> object:
        return activation_histograms(seen.of(nn.Tanh))

    @figure("Update : data")
    def updates(self, seen: Observation) -> object:
        return update_ratio_curve(seen)

    @figure("Race")
    def race(self, seen: Observation) -> object:
        return race_curve(seen)

    @figure("Careless")
    def careless(self, seen: Observation) -> object:
        torch.rand(1, generator=self.rng)
        return Text("Careless", (str(torch.rand(1).item()),))


FIGURES = tuple(Tiny.figures())


def whole_state(experiment: Tiny) -> list[Tensor]:
    """Copies of all that decides how a run goes on."""
    momentum = [state["momentum_buffer"] for state in experiment.optimizer.state.values()]
    gradients = [p.grad for p in experiment.model.parameters() if p.grad is not None]
    own = [*experiment.model.state_dict().values(), *momentum, *gradients]
    randomness = [experiment.rng.get_state(), torch.get_rng_state()]
    modes = [module.training for module in experiment.model.modules()]
    rest = torch.tensor([experiment.iteration, *modes, *vars(experiment.k).values()], dtype=torch.float64)
    return [tensor.detach().clone() for tensor in (*own, *randomness, rest)]


def same(one: list[Tensor], other: list[Tensor]) -> bool:
    """Whether two states are equal to the last bit."""
    return len(one) == len(other) and all(map(torch.equal, one, other))
