"""The claims of this lesson that take a trained net: each function measures one."""

from pathlib import Path

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner


def accuracy(steps: int = 1, gap: float = 3.0) -> float:
    """The share of validation points that are right after so many steps, from seed 42."""
    run = Runner(load_experiment(Path(__file__).parent), Sources(), 42, {"gap": gap})
    run.advance(steps)
    return run.measure().accuracies["val"]
