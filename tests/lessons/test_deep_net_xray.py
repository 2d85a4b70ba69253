"""The lesson on X-raying a deep net: its figures draw, and what its text and presets say is so."""

import math
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tests.figures.drawn import text
from tutor.lab.datasets import Sources
from tutor.lab.instruments import spread
from tutor.lab.load import load_experiment
from tutor.lab.observation import Observation
from tutor.lab.runner import Runner

FOLDER = Path(__file__).parents[2] / "lessons" / "deep_net_xray"
KIND = load_experiment(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}
SHAPES = [(30, 100), *[(100, 100)] * 4, (100, 27)]


def run(steps, **knobs):
    runner = Runner(KIND, DATA, 42, knobs)
    runner.advance(steps)
    return runner


def val(steps, **knobs):
    return run(steps, **knobs).measure().losses["val"]


def hidden(**knobs):
    runner = run(0, **knobs)
    return runner.experiment.hidden(Observation(runner.experiment, runner.history))


def first_over_last(**knobs):
    gradients = [spread(layer.gradient) for layer in hidden(**knobs)]
    return gradients[0] / gradients[-1]


def ratios(runner):
    return {series.label: series.y[-1] for series in runner.history.series("update:data")}


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_tells(preset):
    runner = run(20, **PRESETS.get(preset, {}))
    figures = runner.look(list(KIND.figures()), 42)
    assert list(figures) == list(KIND.figures())
    for figure in figures.values():
        for width, height in ((42, 9), (66, 12)):
            assert figure.title in text(figure, width, height)
        assert figure.describe().startswith(figure.title)
    assert len(figures["activations"].rows) <= 7
    assert "more" not in text(figures["activations"], 42, 9)
    assert "no data" not in text(figures["updates"], 42, 9)


@pytest.mark.parametrize(
    "knobs",
    [
        {"gain": 10.0, "depth": 50},
        {"gain": 10.0, "depth": 50, "activation": "relu"},
        {"gain": 0.1, "depth": 50, "activation": "sigmoid"},
        {"lr": 10.0, "depth": 50, "norm": "batch"},
        {"lr": 10.0, "depth": 50, "norm": "layer", "gain": 0.1},
        {"depth": 1},
    ],
)
def test_extremes_crash_nothing(knobs):
    runner = run(10, **knobs)
    assert runner.halted or runner.iteration == 10
    for figure in runner.look(list(KIND.figures()), 42).values():
        assert figure.draw(42, 9)
        assert figure.describe()


def test_a_step_is_plain_sgd_on_32_examples():
    runner = run(3, norm="batch", depth=2)
    model = runner.experiment.model
    before = [p.detach().clone() for p in model.parameters()]
    rng = torch.Generator()
    rng.set_state(runner.experiment.rng.get_state())
    train = DATA.names(block=3).train
    ix = torch.randint(len(train), (32,), generator=rng)
    expected = torch.autograd.grad(F.cross_entropy(model(train.x[ix]), train.y[ix]), list(model.parameters()))
    runner.advance(1)
    for p, old, gradient in zip(model.parameters(), before, expected, strict=True):
        torch.testing.assert_close(p.detach(), old - 0.1 * gradient)


def test_the_net_is_the_one_described():
    model = run(0).experiment.model
    linears = [module for module in model if isinstance(module, nn.Linear)]
    assert [tuple(linear.weight.shape) for linear in linears] == [(100, 30), *[(100, 100)] * 4, (27, 100)]
    for linear in linears[:-1]:
        assert linear.weight.std().item() == pytest.approx(5 / 3 / linear.in_features**0.5, rel=0.03)
    assert linears[-1].weight.std().item() == pytest.approx(0.1 / 10, rel=0.03)
    assert all(linear.bias is not None for linear in linears)
    normed = run(0, norm="batch").experiment.model
    assert [m.bias is None for m in normed if isinstance(m, nn.Linear)] == [True] * 5 + [False]
    assert run(0).measure().losses["val"] == pytest.approx(math.log(27), abs=0.01)


def test_weights_and_batches_do_not_depend_on_the_norm():
    plain, normed = run(1), run(1, norm="batch")
    assert torch.equal(plain.experiment.rng.get_state(), normed.experiment.rng.get_state())
    weights = [run(0, norm=norm).experiment.model[2].weight for norm in ("none", "batch", "layer")]
    assert torch.equal(weights[0], weights[1])
    assert torch.equal(weights[0], weights[2])


def test_the_lecture_preset_draws_as_the_lecture_does():
    g, train = torch.Generator().manual_seed(2147483647), DATA.names(block=3).train
    C = torch.randn((27, 10), generator=g)
    weights = [torch.randn((fan_in, fan_out), generator=g) / fan_in**0.5 for fan_in, fan_out in SHAPES]
    weights[-1] *= 0.1
    for weight in weights[:-1]:
        weight *= 5 / 3
    biases = [torch.zeros(fan_out) for _, fan_out in SHAPES]
    runner = run(0, **PRESETS["lecture"])
    linears = [module for module in runner.experiment.model if isinstance(module, nn.Linear)]
    assert torch.equal(runner.experiment.model[0].weight, C)
    assert all(torch.equal(linear.weight.T, weight) for linear, weight in zip(linears, weights, strict=True))

    parameters, losses = [C, *weights, *biases], []
    for p in parameters:
        p.requires_grad = True
    for _ in range(20):
        ix = torch.randint(0, train.x.shape[0], (32,), generator=g)
        x = C[train.x[ix]].view(32, -1)
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            x = torch.tanh(x @ weight + bias)
        loss = F.cross_entropy(x @ weights[-1] + biases[-1], train.y[ix])
        for p in parameters:
            p.grad = None
        loss.backward()
        for p in parameters:
            p.data += -0.1 * p.grad
        losses.append(loss.item())
    runner.advance(20)
    assert list(runner.history.losses) == pytest.approx(losses, abs=1e-5)


def test_health_at_step_0():
    layers = hidden()
    assert [round(spread(layer.output), 2) for layer in layers] == [0.78, 0.70, 0.66, 0.65, 0.65]
    shares = [100 * (layer.output.abs() > 0.97).float().mean().item() for layer in layers]
    assert [round(share) for share in (shares[0], shares[-1])] == [25, 6]
    assert first_over_last() == pytest.approx(1.29, abs=0.005)


def test_the_gain_decides_which_way_things_fade():
    small, large = hidden(gain=0.5), hidden(gain=3.0)
    assert [round(spread(layer.output), 2) for layer in small] == [0.45, 0.21, 0.11, 0.05, 0.03]
    assert first_over_last(gain=0.5) == pytest.approx(0.057, abs=0.001)
    assert first_over_last(gain=3.0) == pytest.approx(3.1, abs=0.05)
    shares = [100 * (layer.output.abs() > 0.97).float().mean().item() for layer in large]
    assert (round(min(shares)), round(max(shares))) == (39, 52)
    for gain, layers, factor in ((0.5, small, 0.5), (5 / 3, hidden(), 1.1), (3.0, large, 1.36)):
        slopes = [(1 - layer.output**2).square().mean().sqrt().item() for layer in layers]
        assert gain * slopes[-1] == pytest.approx(factor, abs=0.02)


def test_the_input_end_starves():
    stds = [spread(layer.gradient) for layer in hidden(**PRESETS["vanishing"])]
    assert stds == sorted(stds)
    assert stds[0] == pytest.approx(6.7e-12, rel=0.02)
    assert stds[-1] == pytest.approx(3.0e-4, rel=0.02)
    assert stds[0] / stds[-1] == pytest.approx((0.58 / 4) ** 9, rel=0.4)
    assert first_over_last(**PRESETS["vanishing"] | {"norm": "batch"}) == pytest.approx(1.8, abs=0.05)


def test_the_starved_net_learns_letter_frequencies_and_batchnorm_wakes_it():
    assert val(1000, **PRESETS["vanishing"]) == pytest.approx(2.85, abs=0.01)
    assert val(1000, **PRESETS["vanishing"] | {"norm": "batch"}) == pytest.approx(2.46, abs=0.02)


def test_losses_after_a_thousand_steps():
    assert val(1000) == pytest.approx(2.27, abs=0.02)
    assert val(1000, gain=0.5) == pytest.approx(2.49, abs=0.02)
    assert val(1000, **PRESETS["saturated"]) == pytest.approx(2.33, abs=0.03)
    assert val(1000, **PRESETS["batchnorm"]) == pytest.approx(2.32, abs=0.02)
    assert val(1000, **PRESETS["layernorm"]) == pytest.approx(2.30, abs=0.02)


def test_update_to_data_by_layer_and_rate():
    first = ratios(run(1))
    assert first["output"] == pytest.approx(0.22, abs=0.005)
    assert all(4e-4 * 0.9 < first[f"linear {n}"] < 6e-4 * 1.05 for n in range(1, 6))
    for lr, ratio in ((0.001, 1e-5), (0.01, 3e-4), (0.1, 4e-3)):
        assert ratios(run(1000, lr=lr))["linear 3"] == pytest.approx(ratio, rel=0.2)
    assert val(1000, lr=1.0) > 3.0


def test_under_batchnorm_the_gain_changes_the_ratio_and_nothing_else():
    for gain, ratio in ((0.5, 4.4e-3), (1.0, 1.1e-3), (3.0, 1.2e-4)):
        layers = hidden(norm="batch", gain=gain)
        assert {round(spread(layer.output), 2) for layer in layers} == {0.64}
        first = ratios(run(1, norm="batch", gain=gain))["linear 1"]
        assert first == pytest.approx(ratio, rel=0.03)
        assert first * gain**2 == pytest.approx(1.097e-3, rel=0.02)
    assert first_over_last(**PRESETS["batchnorm"]) == pytest.approx(1.7, abs=0.05)


def test_the_table_shows_batch_and_running_statistics():
    runner = run(0, **PRESETS["batchnorm"])
    table = runner.look(["batchnorm"])["batchnorm"]
    second = dict(zip(table.header, table.rows[1], strict=True))
    assert (second["var"], second["r.var"]) == ("0.10", "0.91")
    runner.advance(100)
    for row in runner.look(["batchnorm"])["batchnorm"].rows:
        assert float(row[3]) == pytest.approx(float(row[4]), abs=0.0101)
    assert "No BatchNorm" in run(0).look(["batchnorm"])["batchnorm"].describe()


def test_depth_by_norm():
    assert first_over_last(**PRESETS["growing"]) == pytest.approx(423, rel=0.02)
    assert first_over_last(**PRESETS["level"]) == pytest.approx(1.03, abs=0.01)
    assert first_over_last(**PRESETS["deep"]) == pytest.approx(91, rel=0.02)
    first = ratios(run(1, **PRESETS["deep"]))
    assert first["linear 1"] == pytest.approx(0.027, rel=0.03)
    assert first["linear 50"] == pytest.approx(0.0005, rel=0.03)


@pytest.mark.slow
@pytest.mark.parametrize(
    "knobs", [{"gain": 1.1, "lr": 0.02}, {"norm": "layer", "lr": 0.02}, {"norm": "batch", "lr": 0.05}]
)
def test_the_goal_is_reached_in_the_ways_told(knobs):
    assert val(1000, depth=50, **knobs) < 2.60


@pytest.mark.slow
def test_the_goal_is_not_reached_untouched():
    assert val(1000, **PRESETS["deep"]) > 2.75
