"""What this lesson's checks share: the demo's four rows, and runs of its net on the project's digits, seed 42."""

import copy
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.observation import Observation
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()

DEMO = torch.tensor(
    [[0.3367, 0.1288, 0.2345], [0.2303, -1.1229, -0.1863], [2.1895, -0.5516, 1.5770], [-0.8972, 0.5638, 0.1920]]
)
"""The batch that the note's demo prints."""


def used(rows: int = 32, spread: float = 3.0) -> tuple[nn.BatchNorm1d, torch.Tensor]:
    """A layer of three features after one batch, and that batch."""
    norm, x = nn.BatchNorm1d(3), spread * torch.randn(rows, 3) + 1
    norm(x)
    return norm, x


def kept(rows: int = 4) -> list[bool]:
    """Whether one batch puts a tenth of its variance by B - 1 into the running variance, and whether of that by B."""
    norm, x = used(rows)
    return [torch.allclose(norm.running_var, 0.9 + 0.1 * x.var(0, correction=c)) for c in (1, 0)]


def wobble(momentum: float = 0.1, features: int = 10_000) -> float:
    """Std of a running mean about the truth, as a share of a batch mean's, 200 batches after the start."""
    norm = nn.BatchNorm1d(features, momentum=momentum)
    for _ in range(200):
        norm(torch.randn(4, features))
    return norm.running_mean.std().item() / 4**-0.5


def formulas(rows: int = 16) -> list[bool]:
    """Whether train mode, the running update and eval mode are what the note's summary says."""
    norm, x = used(rows)
    by_batch = (x - x.mean(0)) / torch.sqrt(x.var(0, correction=0) + 1e-5)
    by_running = (x - norm.running_mean) / torch.sqrt(norm.running_var + 1e-5)
    return [
        torch.allclose(copy.deepcopy(norm)(x), by_batch, atol=1e-5),
        torch.allclose(norm.running_mean, 0.1 * x.mean(0), atol=1e-6),
        torch.allclose(norm.eval()(x), by_running, atol=1e-5),
    ]


def accuracies(rows: int, steps: int = 300) -> list[float]:
    """Validation accuracy in eval mode; in train mode shuffled; in train mode sorted by class: in batches of `rows`."""
    e = _run(steps).experiment
    return [e.right(*setting, rows) for setting in (("eval", "sorted"), ("train", "shuffled"), ("train", "sorted"))]


def three_statistics(steps: int = 300) -> list[float]:
    """Validation loss with running averages, with one pass over the training set, with the validation set's own."""
    run = _run(steps)
    val, once = _DATA.digits().val, copy.deepcopy(run.experiment.model)
    for norm in (once[1], once[4]):
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean of all batches; here there is one
    with torch.no_grad():
        once.train()(_DATA.digits().train.x)
        nets = run.experiment.in_mode("eval"), once.eval(), run.experiment.in_mode("train")
        return [F.cross_entropy(net(val.x), val.y).item() for net in nets]


def slow(momentum: float = 0.001, steps: int = 300) -> list[float]:
    """The mean of the last fifty batch losses, and the training and validation loss in eval mode."""
    run = _run(steps, momentum=momentum)
    losses = run.measure().losses
    return [sum(run.history.losses[-50:]) / 50, losses["train"], losses["val"]]


def after(given: str, steps: int = 300) -> list[float]:
    """Validation accuracy in eval mode before and after 20 passes in train mode, under no_grad."""
    e, val = _run(steps).experiment, _DATA.digits().val
    x = {"val": val.x, "zeros": val.x[val.y == 0], "negatives": 1 - val.x}[given]
    found = e.after_passes(x)
    return [found[0], found[-1]]


def sorted_pass(momentum: float = 0.1, steps: int = 300) -> list[float]:
    """Accuracy in eval mode before and after the validation images, sorted by class, went by in train mode in 18s."""
    e, val = _run(steps).experiment, _DATA.digits().val
    model = e.in_mode("train")
    for norm in (model[1], model[4]):
        norm.momentum = momentum
    with torch.no_grad():
        for ix in val.y.argsort(stable=True).split(18):
            model(val.x[ix])
        now = (model.eval()(val.x).argmax(1) == val.y).float().mean().item()
    return [e.right("eval", "sorted", 18), now]


def folding(mode: str = "eval", steps: int = 300) -> bool:
    """Whether net and folded net agree in float64 to 1e-12 on the validation images."""
    e, x = _run(steps).experiment, _DATA.digits().val.x.double()
    model = e.in_mode("eval").double()
    ours = e.build.__globals__["folded"](model)
    with torch.no_grad():
        return (model.train(mode == "train")(x) - ours(x)).abs().max().item() < 1e-12


def off(*settings: dict[str, Value]) -> list[float]:
    """The farthest running mean of layer 1, in stds, after 300 steps with each of these knobs."""
    found = []
    for knobs in settings:
        run = _run(300, **knobs)
        found.append(run.experiment.off(Observation(run.experiment, run.history)))
    return found


def _run(steps: int, **knobs: Value) -> Runner:
    run = Runner(_KIND, _DATA, 42, knobs)
    run.advance(steps)
    return run
