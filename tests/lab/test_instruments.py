import math

import pytest
import torch
from torch import nn

from tests.lab.tiny import Tiny, X, Y
from tutor.figures import Series
from tutor.lab.datasets import Sources
from tutor.lab.history import History
from tutor.lab.instruments import (
    activation_histograms,
    batchnorm_table,
    gradient_histograms,
    histogram,
    loss_curve,
    race_curve,
    saturated,
    spread,
    update_ratio_curve,
)
from tutor.lab.observation import Layer, Observation
from tutor.lab.runner import Runner


@pytest.fixture(scope="module")
def runner():
    made = Runner(Tiny, Sources(), seed=3)
    made.advance(60)
    return made


@pytest.fixture
def seen(runner):
    return Observation(runner.experiment, runner.history)


@pytest.mark.parametrize(("low", "high", "bins"), [(-1.0, 1.0, 60), (0.0, 3.0, 7), (-5e-4, 5e-4, 1)])
def test_a_histogram_counts_as_torch_does(low, high, bins):
    values = (high - low) * torch.randn(20, 500, generator=torch.Generator().manual_seed(0), dtype=torch.float64) / 2
    counted = histogram("h", values, low, high, bins)
    inside = values.clamp(low, high)
    assert list(counted.counts) == torch.histc(inside, bins, low, high).long().tolist()
    assert sum(counted.counts) == values.numel()
    assert (counted.low, counted.high) == (low, high)


def test_a_histogram_takes_in_its_edges_and_leaves_out_what_is_no_number():
    values = torch.tensor([-1.0, 1.0, 2.0, -math.inf, math.nan, 0.0])
    assert histogram("h", values, -1, 1, 4).counts == (1, 0, 1, 2)
    assert histogram("h", torch.tensor([]), -1, 1, 3).counts == (0, 0, 0)


def test_the_share_saturated():
    assert saturated(torch.tensor([0.97, -0.98, 0.98, 1.0, 0.0, -0.5, 0.5, -0.9])) == 3 / 8


def test_spread_is_the_standard_deviation_of_a_sample():
    values = [1.0, 2.0, 4.0, 7.0]
    mean = sum(values) / 4
    assert spread(torch.tensor(values)) == pytest.approx(math.sqrt(sum((v - mean) ** 2 for v in values) / 3))
    assert spread(torch.tensor([3.0])) == 0


def test_activation_histograms_show_each_layer(seen):
    (layer,) = seen.of(nn.Tanh)
    (row,) = activation_histograms(seen.of(nn.Tanh)).rows
    h = layer.output.flatten().tolist()
    share = sum(abs(value) > 0.97 for value in h) / len(h)
    assert row.label == "2"
    assert sum(row.counts) == len(h) == 16 * 8
    assert row.note == f"{share:.0%} saturated, std {layer.output.std():.2f}"


def test_gradient_histograms_share_one_axis_three_times_the_widest_spread(seen):
    drawn = gradient_histograms(seen.layers)
    stds = {layer.name: layer.gradient.std().item() for layer in seen.layers}
    assert [row.label for row in drawn.rows] == list(stds)
    (edge,) = {row.high for row in drawn.rows}
    assert {row.low for row in drawn.rows} == {-edge}
    wanted = 3 * max(stds.values())
    assert wanted <= edge <= 2.5 * wanted
    assert edge / 10 ** math.floor(math.log10(edge)) == pytest.approx(float(f"{edge:e}"[0]))
    assert f"{edge:e}"[0] in "125"


def test_gradient_histograms_leave_out_layers_that_no_gradient_reached():
    reached = Layer("a", nn.Tanh(), torch.zeros(2), torch.zeros(2), torch.tensor([0.0, 0.0]))
    missed = Layer("b", nn.Tanh(), torch.zeros(2), torch.zeros(2), None)
    (row,) = gradient_histograms((reached, missed)).rows
    assert (row.label, row.low, row.high) == ("a", -1.0, 1.0)
    assert gradient_histograms((missed,)).rows == ()


def test_the_batchnorm_table_agrees_with_batchnorm1d(seen):
    (layer,) = seen.of(nn.BatchNorm1d)
    # With momentum 1, the running statistics are those of the last batch.
    oracle = nn.BatchNorm1d(8, momentum=1.0)
    oracle(layer.input)
    mean, variance = oracle.running_mean, oracle.running_var
    norm = layer.module
    gap = ((mean - norm.running_mean).abs() / (norm.running_var + norm.eps).sqrt()).max()
    cells = (mean.mean(), norm.running_mean.mean(), variance.mean(), norm.running_var.mean(), gap)
    (row,) = batchnorm_table(seen.layers).rows
    assert row == ("1", *(f"{cell.item():z.2f}" for cell in cells))


def test_the_batchnorm_table_averages_over_positions_as_batchnorm1d_does():
    norm, oracle = nn.BatchNorm1d(3), nn.BatchNorm1d(3, momentum=1.0)
    batch = 5 + 40 * torch.randn(6, 3, 7, generator=torch.Generator().manual_seed(2))
    oracle(batch)
    (row,) = batchnorm_table((Layer("norm", norm, batch, norm(batch), None),)).rows
    assert row[1] == f"{oracle.running_mean.mean().item():.2f}"
    assert float(row[3].replace("k", "e3")) == pytest.approx(oracle.running_var.mean().item(), rel=0.05)


def test_a_batchnorm_without_running_statistics_is_left_out():
    norm = nn.BatchNorm1d(3, track_running_stats=False)
    assert batchnorm_table((Layer("n", norm, X[:, :3], X[:, :3], None),)).rows == ()


def test_update_to_data_ratios_are_those_of_a_loop_that_computes_them_directly(runner):
    torch.manual_seed(3)
    bare = Tiny({}, 3, Sources())
    bare.build()
    expected = {"0": {}, "4": {}}
    for step in range(1, 61):
        before = {name: bare.model[int(name)].weight.detach().clone() for name in expected}
        bare.step()
        for name, old in before.items():
            update = bare.model[int(name)].weight.detach() - old
            expected[name][step] = (update.std() / old.std()).item()
    series = runner.history.series("update:data")
    assert [line.label for line in series] == ["0", "4"]
    for line in series:
        assert line.x[:32] == tuple(range(1, 33))
        assert line.y == pytest.approx([expected[line.label][step] for step in line.x], rel=1e-6)


def test_the_ratio_curve_has_a_log_axis_and_its_guide(seen):
    curve = update_ratio_curve(seen)
    assert curve.log_y
    assert [guide.value for guide in curve.guides] == [1e-3]
    assert curve.series == seen.history.series("update:data", seen.columns)


def test_the_loss_curve_holds_batches_means_and_splits():
    history = History()
    history.losses.extend([4.0, 2.0, 3.0, 1.0])
    history.add("splits", "train", 4, 1.5)
    faint, mean, split = loss_curve(Observation(Tiny({}, 0, Sources()), history, columns=2)).series
    assert (faint.label, faint.x, faint.y, faint.style) == ("batch", (1, 2, 3, 4), (4, 2, 3, 1), "faint")
    assert (mean.label, mean.x, mean.y) == ("mean", (1.5, 3.5), (3.0, 2.0))
    assert (split.label, split.x, split.y) == ("train", (4,), (1.5,))


def test_the_race_holds_the_runs():
    past, history = (Series("lr 1", (0.0,), (3.0,)),), History()
    history.losses.append(2.0)
    history.clock.append((1, 0.5))
    seen = Observation(Tiny({}, 0, Sources()), history, past=past, label="defaults (now)")
    assert race_curve(seen).series == (*past, Series("defaults (now)", (0.5,), (2.0,)))


def test_the_classes_of_the_tiny_data_are_all_there():
    assert set(Y.tolist()) == {0, 1, 2}
