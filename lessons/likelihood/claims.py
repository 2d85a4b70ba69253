"""The claims of this lesson that take the names; each function measures one."""

import functools
import math
from pathlib import Path

import torch

from tutor.lab import Experiment
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner

DATA = Sources()
NEVER = 1_000_000


@functools.cache
def _run(steps: int = NEVER, seed: int = 42, **knobs: float | str) -> Runner:
    """The lesson's own run after so many pairs, or all of them."""
    runner = Runner(load_experiment(Path(__file__).parent), DATA, seed, knobs)
    runner.advance(steps)
    return runner


def _experiment(steps: int = NEVER, seed: int = 42, **knobs: float | str) -> Experiment:
    return _run(steps, seed, **knobs).experiment


def _mean(**knobs: float | str) -> float:
    return _run(0, **knobs).read(["mean"])["mean"]


def dead(**knobs: str) -> dict[str, int]:
    """After how many pairs the product is exactly 0, in each kind of number."""
    return {kind: _experiment(1000, number=kind, **knobs).died for kind in ("float64", "float32", "float16")}


def dead_by_seed() -> tuple[int, int]:
    """The earliest and the latest death in float64 for the seeds 42 to 51."""
    deaths = [_experiment(400, seed).died for seed in range(42, 52)]
    return min(deaths), max(deaths)


def product_and_sum() -> tuple[float, float]:
    """The product of all chances in float64, and the sum of their logs."""
    run = _experiment()
    return run.product.item(), run.log_sum.item()


def emma() -> tuple[float, float, float]:
    """The product of emma's chances, e to the power of the sum of their logs, and the mean -ln p."""
    P = _experiment(0).model.P
    p = torch.stack([P[a, b] for a, b in ((0, 5), (5, 13), (13, 13), (13, 1), (1, 0))])
    return p.prod().item(), p.log().sum().exp().item(), -p.log().mean().item()


def loss() -> list[float]:
    """The mean of -ln p over the whole list, at the end of the run and from the counts alone."""
    N, run = _experiment(0).N, _run()
    P = N / N.sum(1, keepdim=True)
    return [run.loss or 0.0, (-(N * P.log())[N > 0].sum() / N.sum()).item()]


def machines() -> list[float]:
    """The mean NLL of the three machines."""
    return [_mean(knows=knows) for knows in ("nothing", "letters", "pairs")]


def counts_are_best(nudges: int = 200, start: str = "pairs") -> float:
    """The largest gain in log-likelihood by moving chances of a table a little; negative where none gains."""
    N, P = _experiment(0).N, _experiment(0, knows=start).model.P
    rng = torch.Generator().manual_seed(0)
    best = -math.inf
    for _ in range(nudges):
        moved = P * torch.exp(0.01 * torch.randn(27, 27, generator=rng))
        moved = moved / moved.sum(1, keepdim=True)
        best = max(best, (torch.xlogy(N, moved) - torch.xlogy(N, P)).sum().item())
    return best


def no_nudge_gains(start: str = "pairs") -> bool:
    """Whether none of 200 small changes of the table gains."""
    return counts_are_best(start=start) < 0


def one_zero(fake: float = 0.0) -> tuple[int, float]:
    """Where the run on new names ends, and with which loss."""
    run = _run(names="new", fake=fake)
    return run.iteration, run.loss or 0.0


def unseen() -> tuple[int, int]:
    """Of the new names' pairs, how many the machine has never counted, and how many there are."""
    run = _experiment(0, names="new")
    return int((run.N[run.judged[:, 0], run.judged[:, 1]] == 0).sum()), len(run.judged)


def by_fake(count: int = 100) -> list[float]:
    """NLL on new names with 0.05, 0.25 and 1 added to each cell, after so many names."""
    return [_mean(names="new", count=count, fake=fake) for fake in (0.05, 0.25, 1.0)]


def best_fake(count: int = 100) -> float:
    """Of the fake counts 0.05, 0.10, ... 1, the one with the lowest NLL on new names."""
    return min((step / 20 for step in range(1, 21)), key=lambda fake: _mean(names="new", count=count, fake=fake))
