"""What this lesson's checks share: the worked example's numbers, and runs of its net on names, seed 42."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.lab.datasets import Sources
from tutor.lab.instruments import spread
from tutor.lab.load import load_experiment
from tutor.lab.observation import Observation
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()

X = torch.tensor([[0.5, 1.2, -0.3, 2.1], [1.8, 0.4, 1.5, -0.8], [-0.2, 2.3, 0.7, 1.2], [0.9, -1.1, 0.2, 0.5]])
"""The worked example's inputs: four samples, four features."""

W = torch.tensor([0.2, -0.1, 0.5, 0.3])
"""The first neuron's weights; its bias is 0.1."""

Z = torch.tensor(
    [[0.56, -0.23, 1.45], [2.31, 0.87, -1.12], [1.78, 2.45, 0.34], [-0.45, 0.12, 0.89]], dtype=torch.float64
)
"""What the example prints as z: four samples, three neurons."""

PRINTED = torch.tensor(
    [[-0.456, -0.908, 1.084], [1.174, 0.061, -1.545], [0.680, 1.451, -0.051], [-1.397, -0.604, 0.512]],
    dtype=torch.float64,
)
"""What it prints as xhat."""


def norm(z: Tensor, eps: float = 1e-5) -> Tensor:
    """PyTorch's own batch norm of a column or a table, without scale and shift."""
    return F.batch_norm(z.reshape(len(z), -1), None, None, training=True, eps=eps).reshape(z.shape)


def both(values: Tensor) -> list[float]:
    """The std divided by B, and by B - 1."""
    return [values.std(correction=0).item(), values.std().item()]


def variances(values: Tensor) -> list[float]:
    """The variance divided by B, and by B - 1."""
    return [values.var(correction=0).item(), values.var().item()]


def squares(xhat: Tensor) -> list[float]:
    """The sum of squares of each column."""
    return (xhat**2).sum(0).tolist()


def outlier(rows: int = 32) -> float:
    """The largest normalized value of a batch of zeros with a million in it."""
    return norm(torch.cat([torch.zeros(rows - 1), torch.tensor([1e6])])).abs().max().item()


def with_two_roots(layer: type[nn.Module] = nn.BatchNorm1d) -> float:
    """How large the output of the note's function, which calls x.var(dim=0), is beside PyTorch's, for four rows."""
    x = torch.randn(4, 3)
    return ((x - x.mean(0)) / torch.sqrt(x.var(dim=0) + 1e-5) / layer(3)(x)).mean().item()


def by_hand_and_by_torch() -> bool:
    """Whether the lesson's class and nn.BatchNorm1d agree to 0.000005 on the first batch, gradients too."""
    run = _run(0)
    z = run.experiment.first_z(Observation(run.experiment, run.history))
    g = torch.randn(z.shape)
    found = []
    for layer in (run.experiment.norm(), nn.BatchNorm1d(z.shape[1])):
        given = z.clone().requires_grad_()
        out = layer(given)
        found.append((out, *torch.autograd.grad(out, (given, *layer.parameters()), g)))
    return all((mine - its).abs().max().item() < 5e-6 for mine, its in zip(*found, strict=True))


def validation(layer: str, steps: int = 1000) -> list[float]:
    """Validation loss by the hidden weights' std: 0.01, 0.1, 0.2, 1 and 3."""
    return [_run(steps, layer=layer, scale=scale).measure().losses["val"] for scale in (0.01, 0.1, 0.2, 1.0, 3.0)]


def to_tanh(layer: str) -> float:
    """The std of what the first tanh is given, at weights of std 3."""
    run = _run(0, layer=layer, scale=3.0)
    seen = Observation(run.experiment, run.history)
    return spread(seen.of(nn.Tanh)[0].input)


def _run(steps: int, **knobs: Value) -> Runner:
    run = Runner(_KIND, _DATA, 42, knobs)
    run.advance(steps)
    return run
