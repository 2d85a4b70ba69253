"""Forks: the same weights, generators and batches, one knob different."""

import pytest
import torch

from tests.lab.tiny import FIGURES, Tiny
from tutor.errors import TutorError
from tutor.figures import Curve, SideBySide
from tutor.lab.datasets import Sources
from tutor.lab.pair import Pair
from tutor.lab.runner import Runner


def begun(steps: int = 30) -> Runner:
    runner = Runner(Tiny, Sources())
    runner.advance(steps)
    return runner


def test_a_fork_without_a_change_stays_identical():
    pair = Pair(begun(), {})
    for _ in range(5):
        pair.train_for(0.01, 3)
        pair.look(FIGURES)
    assert pair.iteration > 30
    assert pair.a.history.losses == pair.b.history.losses
    for ours, theirs in zip(
        pair.a.experiment.model.state_dict().values(), pair.b.experiment.model.state_dict().values(), strict=True
    ):
        assert torch.equal(ours, theirs)


def test_a_goes_on_as_if_it_had_never_been_forked():
    alone, pair = begun(), Pair(begun(), {"lr": 0.5})
    pair.advance(40)
    alone.advance(40)
    assert pair.a.history.losses == alone.history.losses
    assert pair.b.history.losses[:30] == alone.history.losses[:30]
    assert pair.b.history.losses[31:] != alone.history.losses[31:]


def test_b_is_what_the_run_would_have_been_with_the_knob_turned():
    turned, pair = begun(), Pair(begun(), {"lr": 0.5})
    turned.turn({"lr": 0.5})
    turned.advance(40)
    pair.advance(40)
    assert pair.b.history.losses == turned.history.losses


def test_the_two_share_no_tensor():
    pair = Pair(begun(), {})
    before = [tensor.clone() for tensor in pair.a.experiment.model.parameters()]
    pair.b.advance(20)
    assert all(torch.equal(now, then) for now, then in zip(pair.a.experiment.model.parameters(), before, strict=True))
    for mine, other in zip(
        pair.a.experiment.optimizer.state.values(), pair.b.experiment.optimizer.state.values(), strict=True
    ):
        assert mine["momentum_buffer"].data_ptr() != other["momentum_buffer"].data_ptr()


def test_a_knob_that_rebuilds_starts_both_again_from_the_same_seed():
    pair = Pair(begun(), {"hidden": 16})
    assert (pair.a.iteration, pair.b.iteration, pair.forked_at) == (0, 0, 0)
    assert (pair.a.seed, pair.b.seed) == (42, 42)
    assert (pair.a.knobs["hidden"], pair.b.knobs["hidden"]) == (8, 16)


def test_it_says_where_the_losses_part_by_more_than_one_percent():
    pair = Pair(begun(), {"lr": 0.5})
    pair.advance(40)
    ours, theirs = pair.a.history.losses, pair.b.history.losses
    first = next(i + 1 for i in range(30, 70) if abs(ours[i] - theirs[i]) > 0.01 * ours[i])
    assert pair.says().endswith(f"at step {first}.")
    assert "B has lr 0.5 from step 30 on" in pair.says()
    assert "so far no loss differs" in Pair(begun(), {}).says()


def test_both_are_wound_back_together_and_go_on_exactly():
    pair = Pair(begun(), {"lr": 0.5})
    pair.advance(40)
    ours, theirs = list(pair.a.history.losses), list(pair.b.history.losses)
    pair.seek(45)
    pair.advance(25)
    assert (list(pair.a.history.losses), list(pair.b.history.losses)) == (ours, theirs)


def test_before_the_fork_both_have_the_same_past():
    pair = Pair(begun(), {"lr": 0.5})
    pair.advance(10)
    pair.seek(20)
    assert pair.a.loss == pair.b.loss
    assert pair.b.knobs["lr"] == 0.1


def test_other_knobs_are_turned_in_both():
    pair = Pair(begun(), {"lr": 0.5})
    pair.turn({"batch": 8, "lr": 0.2})
    assert pair.a.knobs["batch"] == pair.b.knobs["batch"] == 8
    assert (pair.a.knobs["lr"], pair.b.knobs["lr"]) == (0.2, 0.5)
    assert pair.turn({"hidden": 16})
    assert pair.a.iteration == pair.b.iteration == 0
    assert pair.b.knobs["lr"] == 0.5


def test_a_run_that_diverges_leaves_the_other_training():
    pair = Pair(begun(), {"lr": 1e38})
    pair.advance(20)
    assert pair.b.halted
    assert not pair.halted
    assert pair.a.iteration == 50
    assert pair.says().startswith("B (lr 1e+38): ")


def test_curves_lie_over_each_other_and_the_rest_stands_side_by_side():
    pair = Pair(begun(), {"lr": 0.5})
    pair.advance(40)
    figures = pair.look(FIGURES)
    curve = figures["losses"]
    assert isinstance(curve, Curve)
    assert {series.label[:2] for series in curve.series} == {"A ", "B "}
    histograms = figures["activations"]
    assert isinstance(histograms, SideBySide)
    assert histograms.left.title.startswith("A · ")
    assert histograms.right.title.startswith("B · ")


def test_a_bad_fork_is_refused_and_changes_nothing():
    runner = begun()
    with pytest.raises(TutorError, match="no knob 'lrr'"):
        Pair(runner, {"lrr": 1.0})
    assert runner.iteration == 30
