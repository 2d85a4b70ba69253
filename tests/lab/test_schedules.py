import copy

import pytest
import torch
from torch import Tensor, nn
from torch.optim import lr_scheduler

from tutor.lab import Choice, Experiment, Number
from tutor.lab.datasets import Sources
from tutor.lab.runner import Runner
from tutor.lab.schedules import SCHEDULES, Constant, Cosine, OneCycle, StepDecay, schedule, schedule_curve

LR = 0.3


def torchs(make, steps):
    """The rates that one of torch's own schedulers gives to the first `steps` steps."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=LR)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def rates(schedule, steps):
    return [LR * schedule(step) for step in range(steps)]


def test_constant():
    assert rates(Constant(10), 20) == [LR] * 20


@pytest.mark.parametrize(("every", "gamma"), [(30, 0.1), (1, 0.9), (100, 0.5)])
def test_step_decay_is_torchs(every, gamma):
    oracle = torchs(lambda optimizer: lr_scheduler.StepLR(optimizer, every, gamma), 100)
    assert rates(StepDecay(100, every, gamma), 100) == pytest.approx(oracle, rel=1e-6)


@pytest.mark.parametrize("floor", [0.0, 0.1])
def test_cosine_is_torchs(floor):
    oracle = torchs(lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, 100, floor * LR), 101)
    assert rates(Cosine(100, floor), 101) == pytest.approx(oracle, rel=1e-6, abs=1e-6 * LR)


@pytest.mark.parametrize(("steps", "warmup"), [(100, 0.3), (1000, 0.25), (37, 0.5)])
def test_one_cycle_is_torchs(steps, warmup):
    def make(optimizer):
        return lr_scheduler.OneCycleLR(optimizer, LR, total_steps=steps + 1, pct_start=warmup)

    oracle = torchs(make, steps + 1)
    assert rates(OneCycle(steps + 1, warmup), steps + 1) == pytest.approx(oracle, rel=1e-6)


def test_one_cycle_starts_peaks_and_ends_where_it_is_told():
    cycle = OneCycle(101, warmup=0.5, start=0.1, end=0.01)
    assert cycle(0) == pytest.approx(0.1)
    assert max(range(101), key=cycle) in (49, 50)
    assert cycle(100) == cycle(10_000) == 0.01


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("steps", [1, 2, 3, 1000])
def test_a_factor_lies_between_0_and_1_and_stays_after_the_end(name, steps):
    made = schedule(name, steps)
    factors = [made(step) for step in range(steps + 1)]
    assert all(0 <= factor <= 1 for factor in factors)
    assert {made(step) for step in (steps, steps + 1, 10 * steps)} == {factors[-1]}
    assert copy.deepcopy(made) == made


def test_step_decay_by_name_is_the_lectures():
    # Makemore, part 3: 0.1 for 100,000 of 200,000 steps, then 0.01.
    made = schedule("step", 200_000)
    assert [0.1 * made(step) for step in (0, 99_999, 100_000, 199_999)] == pytest.approx([0.1, 0.1, 0.01, 0.01])


@pytest.mark.parametrize("now", [0, 120, 5000])
def test_the_curve_shows_the_rate_and_the_step(now):
    line, here = schedule_curve(Cosine(1000, floor=0.1), LR, now).series
    assert (line.x[0], line.x[-1]) == (0, max(999, now))
    assert len(line.x) == 400
    oracle = torchs(lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, 1000, 0.1 * LR), 1000)
    for step, rate in zip(line.x, line.y, strict=True):
        assert rate == pytest.approx(oracle[int(step)] if step < 1000 else 0.1 * LR)
    assert (here.x, here.y) == ((now,), (LR * Cosine(1000, floor=0.1)(now),))
    assert here.style == "points"


def test_the_curve_of_the_shortest_run():
    assert schedule_curve(Constant(1), LR, 0).series[0].x == (0.0,)


class Scheduled(Experiment):
    """A line to fit, at a rate that follows a schedule over 30 steps."""

    knobs = (Number("lr", 0.1, low=1e-3, high=1, log=True, live=True), Choice("schedule", "constant", SCHEDULES))

    def build(self) -> None:
        self.model = nn.Linear(3, 2)
        self.schedule = schedule(self.k.schedule, 30)

    def step(self) -> Tensor:
        x = torch.randn(8, 3, generator=self.rng)
        loss = self.loss(x, (x.sum(1) > 0).long())
        self.model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in self.model.parameters():
                p.add_(p.grad, alpha=-self.k.lr * self.schedule(self.iteration))
        return loss


def test_an_experiments_steps_follow_its_schedule():
    scheduled = Runner(Scheduled, Sources(), 42, {"schedule": "1-cycle"})
    scheduled.advance(30)
    turned, plain = Runner(Scheduled, Sources(), 42), Runner(Scheduled, Sources(), 42)
    for step in range(30):
        # A knob's range is for people; a schedule's first rates may lie below it.
        turned.experiment.k.lr = 0.1 * scheduled.experiment.schedule(step)
        turned.advance(1)
    plain.advance(30)
    assert list(scheduled.history.losses) == list(turned.history.losses)
    assert list(scheduled.history.losses) != list(plain.history.losses)
