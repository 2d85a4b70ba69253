"""Checks of this lesson's claims that take a run of its net, or the project's data."""

from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()
_UNSURE: dict[str, Value] = {"output_scale": 0.01, "bias": "zero"}


def first_losses() -> dict[str, float]:
    """The train loss at step 0 with both W2 and b2 as drawn, with either made small, and with both."""
    starts: dict[str, dict[str, Value]] = {
        "as drawn": {},
        "W2 small": {"output_scale": 0.01},
        "b2 zero": {"bias": "zero"},
        "both": _UNSURE,
    }
    return {name: _loss(0, "train", **knobs) for name, knobs in starts.items()}


def a_tenth() -> dict[str, float]:
    """The train loss at step 0 without b2: W2 as drawn or divided by √200, each with and without a factor of 0.1."""
    scales = {"1": 1.0, "0.1": 0.1, "1/√200": 200**-0.5, "0.1/√200": 0.1 * 200**-0.5}
    return {name: _loss(0, "train", output_scale=scale, bias="zero") for name, scale in scales.items()}


def hockey_stick(steps: int = 20_000) -> dict[str, tuple[float, float]]:
    """The mean batch loss of the first 1,000 steps, and the validation loss after all of them."""
    return {"sure": _stick(steps), "unsure": _stick(steps, **_UNSURE)}


def squeezed(steps: int) -> dict[str, tuple[float, float]]:
    """After so many steps, on 1,000 examples: the loss, and the lowest that dividing all logits by one number gives."""
    return {"sure": _squeezed(steps), "unsure": _squeezed(steps, **_UNSURE)}


def fix_by_fix(steps: int = 20_000) -> dict[str, tuple[float, float]]:
    """Train and validation loss: as drawn, small logits, and the lecture's smaller W1 and b1 too."""
    both = _run(0, **_UNSURE)
    with torch.no_grad():
        both.experiment.model.W1 *= (5 / 3) / 30**0.5
        both.experiment.model.b1 *= 0.01
    both.advance(steps)
    runs = {"as drawn": _run(steps), "unsure": _run(steps, **_UNSURE), "tanh too": both}
    return {name: (run.measure().losses["train"], run.measure().losses["val"]) for name, run in runs.items()}


def noise_epochs(lr: float = 0.001) -> tuple[float, ...]:
    """The mean loss of each of ten epochs of the note's net, on its 6,000 random images with random labels."""
    torch.manual_seed(42)
    x, y = torch.randn(6000, 784), torch.randint(0, 10, (6000,))
    net = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(net.parameters(), lr=lr)
    means = []
    for _ in range(10):
        losses = []
        for batch in torch.randperm(len(x)).split(128):
            loss = F.cross_entropy(net(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        means.append(sum(losses) / len(losses))
    return tuple(means)


def zero_starts(*steps: int) -> dict[str, tuple[float, ...]]:
    """Validation loss after 1,000, 3,000 and 20,000 steps, or `steps`, for starts with zeros; b2 starts at 0."""
    steps = steps or (1000, 3000, 20_000)
    starts = {"zero output": 1.0, "zero hidden": 0.01, "all zero": 1.0}
    return {name: _way(steps, weights=name, output_scale=s, bias="zero") for name, s in starts.items()}


def copies(weights: str = "all equal") -> tuple[float, float]:
    """After 300 steps: the largest difference between two units, and the validation loss."""
    run = _run(300, weights=weights, bias="zero")
    units = run.experiment.model.hidden(_DATA.names().val.x).detach().T
    return (units - units[0]).abs().max().item(), run.measure().losses["val"]


def informed(*steps: int) -> dict[str, tuple[float, ...]]:
    """Validation loss at steps 0, 100 and 3,000, or `steps`: unsure, and with the letters' frequencies in b2."""
    steps = steps or (0, 100, 3000)
    return {"unsure": _way(steps, **_UNSURE), "informed": _way(steps, weights="zero output", bias="frequencies")}


def seeds(steps: int = 20_000) -> dict[str, tuple[float, float]]:
    """Lowest and highest validation loss of seeds 42 to 46."""
    found = {}
    for name, knobs in {"sure": {}, "unsure": _UNSURE}.items():
        losses = [_run(steps, seed=seed, **knobs).measure().losses["val"] for seed in range(42, 47)]
        found[name] = (min(losses), max(losses))
    return found


def _stick(steps: int, **knobs: Value) -> tuple[float, float]:
    run = _run(steps, **knobs)
    first = run.history.losses[:1000]
    return sum(first) / len(first), run.measure().losses["val"]


def _squeezed(steps: int, **knobs: Value) -> tuple[float, float]:
    losses = _run(steps, **knobs).look(["squeezed"])["squeezed"].series[0].y
    return losses[0], min(losses)


def _way(steps: tuple[int, ...], **knobs: Value) -> tuple[float, ...]:
    run = _run(0, **knobs)
    losses = []
    for step in steps:
        run.advance(step - run.iteration)
        losses.append(run.measure().losses["val"])
    return tuple(losses)


def _loss(steps: int, split: str, **knobs: Value) -> float:
    return _run(steps, **knobs).measure().losses[split]


def _run(steps: int, seed: int = 42, **knobs: Value) -> Runner:
    run = Runner(_KIND, _DATA, seed, knobs)
    run.advance(steps)
    return run
