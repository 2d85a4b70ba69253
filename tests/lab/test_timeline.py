import copy
import itertools
import time

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from tutor.lab import Experiment, Number
from tutor.lab.datasets import Sources
from tutor.lab.timeline import Timeline


class Noisy(Experiment):
    """All that a snapshot must keep: momentum, BatchNorm statistics, dropout (the global generator), our own draws."""

    knobs = (Number("lr", 0.05, low=1e-3, high=1, log=True, live=True),)

    def build(self) -> None:
        self.model = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 2))
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=self.k.lr, momentum=0.9)

    def step(self) -> Tensor:
        x = torch.randn(16, 3, generator=self.rng)
        for group in self.optimizer.param_groups:
            group["lr"] = self.k.lr
        loss = self.loss(x, (x.sum(1) > 0).long())
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss


@pytest.fixture
def every_burst_is_late(monkeypatch):
    """A clock on which each look is a second after the last, so that every `passed` takes a snapshot."""
    ticks = itertools.count()
    monkeypatch.setattr(time, "perf_counter", lambda: float(next(ticks)))


def begun(seed: int = 7) -> Noisy:
    torch.manual_seed(seed)
    run = Noisy({}, seed, Sources())
    run.build()
    return run


def train(run: Noisy, steps: int, timeline: Timeline | None = None, every: int = 10) -> list[float]:
    losses = []
    for _ in range(steps):
        losses.append(run.step().item())
        run.iteration += 1
        if timeline is not None and run.iteration % every == 0 and timeline.due:
            timeline.passed(run)
    return losses


def state(run: Noisy) -> list[Tensor]:
    momentum = [
        entry["momentum_buffer"] for entry in run.optimizer.state.values() if entry.get("momentum_buffer") is not None
    ]
    return [*run.model.state_dict().values(), *momentum, run.rng.get_state(), torch.get_rng_state()]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 60), st.integers(1, 20))
def test_any_step_is_reached_exactly(target, every):
    run = begun()
    timeline = Timeline(run)
    timeline._taken_at = float("-inf")
    states = {0: copy.deepcopy(state(run))}
    for _ in range(60):
        train(run, 1, timeline, every)
        states[run.iteration] = copy.deepcopy(state(run))
    reached = timeline.at(target)
    assert reached.iteration == target
    assert all(torch.equal(now, then) for now, then in zip(state(reached), states[target], strict=True))


def test_going_on_from_there_repeats_the_losses_to_the_last_bit(every_burst_is_late):
    run = begun()
    timeline = Timeline(run)
    losses = train(run, 50, timeline)
    assert timeline.steps == (0, 10, 20, 30, 40, 50)
    assert train(timeline.at(23), 27) == losses[23:]


def test_a_run_taken_from_a_snapshot_leaves_the_snapshot_alone():
    timeline = Timeline(begun())
    first = train(timeline.at(0), 20)
    assert train(timeline.at(0), 20) == first


def test_knobs_turned_on_the_way_are_turned_again():
    run = begun()
    timeline = Timeline(run)
    train(run, 10)
    run.k.lr = 0.5
    timeline.turned(10, {"lr": 0.5})
    losses = train(run, 10)
    again = timeline.at(15)
    assert again.k.lr == 0.5
    assert train(again, 5) == losses[5:]
    assert timeline.at(10).k.lr == 0.5
    assert timeline.at(9).k.lr == 0.05


def test_what_is_cut_is_forgotten(every_burst_is_late):
    run = begun()
    timeline = Timeline(run)
    train(run, 40, timeline)
    timeline.turned(30, {"lr": 0.5})
    timeline.cut(25)
    assert timeline.steps == (0, 10, 20)
    assert timeline.at(30).k.lr == 0.05


def test_the_budget_holds_and_the_recent_past_stays_densest(every_burst_is_late):
    run = begun()
    timeline = Timeline(run, budget=30 * Timeline(run).size)
    train(run, 1000, timeline)
    assert timeline.size <= timeline._budget
    assert timeline.steps[0] == 0
    assert timeline.steps[-1] == 1000
    gaps = [late - early for early, late in itertools.pairwise(timeline.steps)]
    assert gaps[-1] == 10
    assert gaps[0] > 10
