"""How long it takes to go anywhere in a long run, what a snapshot and a fork cost, and what all snapshots weigh."""

import random
import statistics
import time

import pytest
import torch

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.lab.timeline import Snapshot
from tutor.paths import lessons_dir


@pytest.mark.parametrize(
    ("lesson", "knobs", "steps"),
    [
        ("minibatches", {}, 20_000),
        ("deep_net_xray", {"norm": "batch"}, 20_000),
        ("minibatches", {}, 200_000),
    ],
)
def test_seeking(lesson, knobs, steps):
    torch.set_num_threads(1)
    runner = Runner(load_experiment(lessons_dir() / lesson), Sources(), 42, knobs)
    while runner.iteration < steps:
        runner.train_for(0.008, 5, steps - runner.iteration)
    seeks = sorted(_timed(lambda: runner.seek(random.randrange(steps))) for _ in range(100))
    runner.seek(steps)
    snapshots = [_timed(lambda: Snapshot.of(runner.experiment)) for _ in range(50)]
    forks = [_timed(lambda: runner.fork({"lr": 0.05})) for _ in range(50)]
    timeline = runner._timeline
    print(
        f"\n{lesson} {knobs}, {steps:,} steps: seek p50 {seeks[50]:.0f} ms, p95 {seeks[94]:.0f} ms; "
        f"snapshot {statistics.median(snapshots):.2f} ms; fork {statistics.median(forks):.2f} ms; "
        f"{len(timeline.steps)} snapshots, {timeline.size / 1e6:.1f} MB"
    )


def _timed(action) -> float:
    started = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - started)
