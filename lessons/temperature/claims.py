"""The claims of this lesson that take a trained net: each function measures one."""

import functools
import math
from pathlib import Path

import torch

from tutor.lab import Experiment
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner


@functools.cache
def _run(digit_steps: int = 512, hidden: bool = False) -> Experiment:
    """The lesson's own nets, on its own data, from seed 42."""
    kind = load_experiment(Path(__file__).parent)
    return Runner(kind, Sources(), 42, {"digit_steps": digit_steps, "hidden": hidden}).experiment


def _digits(*temperatures: float, digit_steps: int = 512) -> dict[str, list[float]]:
    scores = _run(digit_steps).digits(torch.tensor(temperatures))
    return {name: values.tolist() for name, values in scores.items()}


def digit_accuracy(digit_steps: int = 512) -> list[float]:
    """Accuracy at T = 0.05, 0.2, 1, 5 and 20."""
    return _digits(0.05, 0.2, 1, 5, 20, digit_steps=digit_steps)["accuracy"]


def digit_loss(digit_steps: int = 512) -> list[float]:
    """NLL at T = 0.2, 0.5, 1, 1.5 and 2."""
    return _digits(0.2, 0.5, 1, 1.5, 2, digit_steps=digit_steps)["NLL"]


def digit_confidence(digit_steps: int = 512) -> list[float]:
    """Mean confidence at T = 0.05, 1, 1.5 and 20."""
    return _digits(0.05, 1, 1.5, 20, digit_steps=digit_steps)["confidence"]


def where_confidence_meets_accuracy(digit_steps: int = 512) -> float:
    """The T at which the mean confidence equals the accuracy."""
    low, high = 1.0, 2.0
    for _ in range(30):
        middle = (low + high) / 2
        scores = _digits(middle, digit_steps=digit_steps)
        low, high = (middle, high) if scores["confidence"] > scores["accuracy"] else (low, middle)
    return low


def best_temperatures(*digit_steps: int) -> list[float]:
    """The T of the lowest NLL after so many steps; 64, 512 and 2,048 if not said."""
    grid = torch.linspace(0.5, 2.5, 201)
    return [grid[_run(steps).digits(grid)["NLL"].argmin()].item() for steps in digit_steps or (64, 512, 2048)]


def late_digits(digit_steps: int = 2048) -> dict[str, list[float]]:
    """After 2,048 steps: everything at T = 1, 1.8 and 2."""
    return _digits(1, 1.8, 2, digit_steps=digit_steps)


def names_by_temperature(*temperatures: float) -> list[tuple[int, int]]:
    """Of 200 names at each T (0.05, 0.3, 1 and 2): how many kinds, and how many in the list."""
    run = _run()
    samples = [run.sample(200, T) for T in temperatures or (0.05, 0.3, 1.0, 2.0)]
    return [(len(set(names)), sum(name in run.listed for name in names)) for names in samples]


def first_letters(temperature: float) -> list[float]:
    """p of d and of a as a name's first letter."""
    with torch.no_grad():
        z = _run().namer(torch.zeros(1, 3, dtype=torch.long))[0]
    return torch.softmax(z / temperature, 0)[[4, 1]].tolist()


def blob_accuracies(hidden: tuple[bool, bool] = (False, True)) -> list[float]:
    """The share of points that the linear and the hidden-layer net get right."""
    nets = [_run(hidden=layer) for layer in hidden]
    return [(run.model(run.blob_x).argmax(1) == run.blob_y).float().mean().item() for run in nets]


def certainty_by_temperature(hidden: bool = False) -> list[float]:
    """The winner's mean probability over the map at T = 0.05, 1, 5 and 20."""
    z = _run(hidden=hidden).on_grid(8, 40)
    return [torch.softmax(z / T, 2).amax(2).mean().item() for T in (0.05, 1.0, 5.0, 20.0)]


def along_the_border(aside: float = 0.0) -> float:
    """The largest |p0 − p1| along the line (w0 − w1)·x + b0 − b1 = 0 of the linear net, or `aside` from it."""
    weight, bias = (parameter.detach().double() for parameter in _run().model.parameters())
    w, b = weight[0] - weight[1], bias[0] - bias[1]
    foot, along = -b * w / w.dot(w) + aside * w / w.norm(), torch.stack((-w[1], w[0])) / w.norm()
    x = foot + torch.linspace(-4, 4, 101, dtype=torch.float64)[:, None] * along
    p = torch.softmax(x @ weight.T + bias, 1)
    return (p[:, 0] - p[:, 1]).abs().max().item()


def at_the_centers(hidden: bool = False) -> list[float]:
    """The probability of the right class at each group's mean."""
    run = _run(hidden=hidden)
    means = torch.stack([run.blob_x[run.blob_y == label].mean(0) for label in range(3)])
    return torch.softmax(run.model(means), 1).diagonal().tolist()


def sparsemax_of_the_note() -> list[float]:
    """Sparsemax of the scores whose softmax is 0.001, 0.003, 0.996."""
    return _sparsemax([math.log(p) for p in (0.001, 0.003, 0.996)])


def sparsemax_by_temperature() -> list[list[float]]:
    """Sparsemax of the scores 3, 2, 1 at T = 1, 2.9, 3.1 and 5."""
    return [_sparsemax([z / T for z in (3, 2, 1)]) for T in (1, 2.9, 3.1, 5)]


def _sparsemax(z: list[float]) -> list[float]:
    """Found by bisection on the threshold: what exceeds it must sum to 1."""
    low, high = min(z) - 1, max(z)
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(max(v - middle, 0) for v in z) > 1 else (low, middle)
    return [max(v - high, 0) for v in z]
