"""The claims of this lesson that take its net: each function measures one."""

import functools
from pathlib import Path

import torch

from tutor.lab import Experiment
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner


@functools.cache
def _run(seed: int = 42) -> Experiment:
    """The lesson's own net, on its own data."""
    return Runner(load_experiment(Path(__file__).parent), Sources(), seed).experiment


def accuracy(dim: int = 1) -> list[float]:
    """The share of 180 pictures read rightly: by the largest score, and by the largest probability."""
    run = _run()
    z = run.logits[1:]
    return [(row.argmax(1) == run.digits).double().mean().item() for row in (z, torch.softmax(z, dim))]


def heart(picture: int = 0) -> dict[str, list[float]]:
    """What the reader makes of the heart: its two best scores, and the digit and p of the best."""
    z = _run().logits[picture]
    p, digit = torch.softmax(z, 0).max(0)
    return {"scores": z.topk(2).values.tolist(), "best": [digit.item(), p.item()]}


def less_sure(times: float = 1.0) -> float:
    """The share of the 180 pictures of whose best digit the reader is less sure than of the heart's."""
    z = _run().logits
    best = torch.softmax(z[1:] * times, 1).amax(1)
    return (best < torch.softmax(z[0], 0).max()).double().mean().item()


def row_sums(dim: int = 0) -> dict[str, float]:
    """Softmax of the batch of 32 along `dim`: the lowest and highest row sum, and how many are read rightly."""
    run = _run()
    p = torch.softmax(run.logits[1:33], dim)
    sums, right = p.sum(1), (p.argmax(1) == run.digits[:32]).sum()
    return {"lowest": sums.min().item(), "highest": sums.max().item(), "right": right.item()}
