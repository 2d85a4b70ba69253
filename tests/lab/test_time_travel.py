"""Winding a whole run back: figures, losses, branches, and what happens when numbers stop being numbers."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.lab.tiny import FIGURES, Tiny
from tutor.lab import Experiment, Number
from tutor.lab.autopsy import first_to_go, sound
from tutor.lab.datasets import Sources
from tutor.lab.runner import Runner


def fresh() -> Runner:
    return Runner(Tiny, Sources())


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 80), st.integers(8, 30))
def test_resuming_from_any_step_repeats_the_run_bit_for_bit(back, chunk):
    runner = fresh()
    while runner.iteration < 80:
        runner.advance(chunk)
        runner.train_for(0, chunk)
    end, losses = runner.iteration, list(runner.history.losses)
    runner.seek(back)
    assert (runner.iteration, runner.end) == (back, end)
    assert runner.loss == (losses[back - 1] if back else None)
    runner.advance(end - back)
    assert list(runner.history.losses) == losses


def test_every_figure_shows_the_step_that_was_gone_to():
    runner = fresh()
    runner.advance(30)
    then = runner.look([name for name in FIGURES if name != "race"])
    runner.advance(50)
    runner.seek(30)
    assert runner.look([name for name in FIGURES if name != "race"]) == then


def test_a_step_out_of_reach_is_the_nearest_in_reach():
    runner = fresh()
    runner.advance(10)
    runner.seek(99)
    assert runner.iteration == 10
    runner.seek(-5)
    assert runner.iteration == 0


def test_a_knob_turned_in_the_past_begins_a_branch_and_keeps_the_old_curve():
    runner = fresh()
    runner.advance(60)
    old = list(runner.history.losses)
    runner.seek(40)
    assert not runner.branched_at
    runner.turn({"lr": 0.3})
    assert (runner.branched_at, runner.end) == (40, 40)
    runner.advance(20)
    assert list(runner.history.losses)[:40] == old[:40]
    assert list(runner.history.losses)[40:] != old[40:]
    assert [len(curve.x) for curve in runner.past] == [60]


def test_a_knob_turned_live_is_turned_again_on_the_way_back():
    runner = fresh()
    runner.advance(30)
    runner.turn({"lr": 0.3})
    runner.advance(30)
    losses = list(runner.history.losses)
    runner.seek(20)
    assert runner.knobs["lr"] == 0.1
    runner.seek(45)
    assert runner.knobs["lr"] == 0.3
    runner.advance(15)
    assert list(runner.history.losses) == losses


def test_going_back_reports_the_full_losses_of_then():
    runner = fresh()
    runner.measure()
    first = dict(runner.measured.losses)
    runner.advance(50)
    runner.measure()
    runner.seek(25)
    assert runner.measured.iteration == 0
    assert runner.measured.losses == first


class Exploding(Experiment):
    """A net whose second layer overflows once its weights are large enough."""

    knobs = (Number("lr", 1.0, low=1e-3, high=1e30, log=True, live=True),)

    def build(self) -> None:
        self.model = nn.Sequential()
        self.model.add_module("calm", nn.Linear(2, 2))
        self.model.add_module("wild", nn.Linear(2, 2, bias=False))
        with torch.no_grad():
            self.model.calm.weight.fill_(1.0)
            self.model.wild.weight.fill_(1.0)

    def step(self) -> Tensor:
        loss = self.model(torch.ones(1, 2)).sum()
        self.model.zero_grad()
        loss.backward()
        with torch.no_grad():
            self.model.wild.weight.mul_(1e10)
        return loss


def test_the_layer_that_went_first_is_named_and_the_run_can_be_wound_back():
    runner = Runner(Exploding, Sources())
    assert runner.advance(100) == 5
    assert not math.isfinite(runner.history.losses[-1])
    assert "step 5" in runner.halted
    assert "the parameter wild.weight (4 of 4 values)" in runner.halted
    assert runner.advance(1) == 0
    runner.seek(4)
    assert runner.halted == ""
    assert math.isfinite(runner.loss)
    assert runner.advance(1) == 1
    assert "step 5" in runner.halted


class Quiet(Experiment):
    """A weight turns infinite without touching the loss."""

    def build(self) -> None:
        self.model = nn.Linear(2, 1)
        self.unused = nn.Parameter(torch.ones(1))
        self.model.register_parameter("unused", self.unused)

    def step(self) -> Tensor:
        loss = self.model(torch.ones(1, 2)).sum()
        with torch.no_grad():
            self.model.unused.mul_(1e10)
        return loss


def test_a_weight_that_overflows_beside_a_healthy_loss_stops_the_run_at_its_very_step(monkeypatch):
    monkeypatch.setattr("tutor.lab.timeline.APART", 0.0)
    runner = Runner(Quiet, Sources())
    runner.train_for(0.001, 50)
    assert runner.iteration == 4
    assert runner.halted.startswith("A weight stopped being a number at step 4.")
    assert "the update of unused" in runner.halted


@pytest.mark.parametrize("lr", [1e30, 1e38])
def test_no_learning_rate_is_too_large_to_try(lr):
    runner = fresh()
    runner.turn({"lr": lr})
    runner.train_for(0.05, 5)
    figures = runner.look(FIGURES)
    assert set(figures) == set(FIGURES)
    if runner.halted:
        assert "First to go: the " in runner.halted


def test_a_healthy_run_has_no_culprit():
    runner = fresh()
    runner.advance(3)
    assert sound(runner.experiment)
    assert first_to_go(runner.experiment) == ""
