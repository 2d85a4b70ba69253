"""The lesson on BatchNorm by hand: its class is PyTorch's, its backward autograd's, and what its text says is so."""

import re
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.figures.drawn import text
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.observation import Observation
from tutor.lab.predictions import posed
from tutor.lab.runner import Runner

FOLDER = Path(__file__).parents[2] / "lessons" / "batchnorm_by_hand"
KIND = load_experiment(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}
GLOBALS = KIND.build.__globals__


def run(steps, **knobs):
    runner = Runner(KIND, DATA, 42, knobs)
    runner.advance(steps)
    return runner


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_tells(preset):
    runner = run(3, **PRESETS.get(preset, {}))
    for figure in runner.look(list(KIND.figures()), 42).values():
        for width, height in ((42, 13), (42, 18), (66, 13)):
            assert figure.title in text(figure, width, height)
        assert figure.describe().startswith(figure.title)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("rows", [2, 7, 32])
def test_the_class_is_pytorchs_layer(rows, training):
    torch.manual_seed(rows)
    ours, theirs = GLOBALS["BatchNorm"](5).double(), nn.BatchNorm1d(5).double()
    for _ in range(3):
        z = 3 * torch.randn(rows, 5, dtype=torch.float64) + 1
        ours(z), theirs(z)
    torch.testing.assert_close(ours.running_mean, theirs.running_mean)
    torch.testing.assert_close(ours.running_var, theirs.running_var)
    z = torch.randn(rows, 5, dtype=torch.float64, requires_grad=True)
    g = torch.randn(rows, 5, dtype=torch.float64)
    found = []
    for layer in (ours.train(training), theirs.train(training)):
        out = layer(z)
        found.append((out, *torch.autograd.grad(out, (z, *layer.parameters()), g)))
    for mine, its in zip(*found, strict=True):
        torch.testing.assert_close(mine, its, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("rows", [2, 4, 32])
def test_the_three_steps_back_are_autograds(rows):
    torch.manual_seed(rows)
    z = torch.randn(rows, 3, dtype=torch.float64, requires_grad=True)
    g = torch.randn(rows, 3, dtype=torch.float64)
    xhat = (z - z.mean(0)) / torch.sqrt(z.var(0, correction=0) + 1e-5)
    (expected,) = torch.autograd.grad(xhat, z, g)
    ours = GLOBALS["backward"](g, z.detach(), 1e-5)[2]
    torch.testing.assert_close(ours, expected, atol=1e-12, rtol=1e-9)
    torch.testing.assert_close(ours.sum(0), torch.zeros(3, dtype=torch.float64), atol=1e-12, rtol=0)


def test_the_column_is_worked_as_the_text_says():
    experiment = run(0).experiment
    assert experiment.normalized(experiment.column).tolist() == pytest.approx([-0.456, 1.174, 0.680, -1.397], abs=6e-4)
    back = experiment.way_back(None)
    assert back.stages[-2].values == pytest.approx([0.65, -0.11, -0.16, -0.38], abs=0.005)
    assert back.stages[-1].values == pytest.approx(back.stages[-2].values, abs=1e-12)
    assert "xhat.std() in torch; value 1.1547" in experiment.checks(None).describe()
    assert "neuron 2; printed 1.292; true 1.0627; Σ xhat² 3.30" in experiment.printed(None).describe()


def test_presets_do_as_they_say():
    for name, variance in (("neuron-2", "1.063"), ("neuron-3", "0.914")):
        assert variance in run(0, **PRESETS[name]).experiment.steps(None).title
    wrong = run(0, **PRESETS["wrong-root"]).experiment
    assert wrong.normalized(wrong.column).std(correction=0).item() == pytest.approx(0.866, abs=0.001)
    wide = run(0, **PRESETS["none"])
    second = Observation(wide.experiment, wide.history).of(nn.Linear)[1].output
    assert second.std().item() == pytest.approx(30, abs=0.5)


def test_the_strip_fits_a_small_terminal_whatever_is_turned():
    for knobs in (*map(PRESETS.get, ("neuron-2", "neuron-3")), {"d": -100.0}, {"a": 0.003, "b": -0.003}):
        assert "more" not in text(run(0, **knobs).experiment.steps(None), 42, 18)


def test_without_the_norm_nearly_nine_outputs_in_ten_are_flat():
    wide = run(0, **PRESETS["none"])
    first = Observation(wide.experiment, wide.history).of(nn.Tanh)[0]
    assert (first.output.abs() > 0.99).float().mean().item() == pytest.approx(0.88, abs=0.005)


@pytest.mark.parametrize("knobs", [{}, {"layer": "torch"}, {"scale": 3.0}])
def test_the_question_about_the_own_run_is_answered_by_pytorchs_layer(knobs):
    runner = run(20, **knobs)
    z = runner.experiment.first_z(Observation(runner.experiment, runner.history))
    xhat = nn.BatchNorm1d(100)(z).detach()
    ways = set()
    for luck in range(12):
        made = posed(runner, "own-xhat", luck)
        unit, way, given = re.search(r"unit (\d+) .*One (z|x̂) is (\S+)\. ", made.ask).groups()
        here, there = (z, xhat) if way == "z" else (xhat, z)
        row = (here[:, int(unit)] - float(given)).abs().argmin()
        assert float(made.options[made.right]) == pytest.approx(there[row, int(unit)].item(), rel=0.02)
        assert len(made.options) > 2
        ways.add(way)
    assert ways == {"z", "x̂"}


@pytest.mark.slow
def test_the_same_weights_with_a_norm_and_without():
    norm, none = (run(1000, layer=layer, scale=3.0).measure().losses["val"] for layer in ("hand", "none"))
    assert (norm, none) == (pytest.approx(2.417, abs=0.002), pytest.approx(2.524, abs=0.002))


@pytest.mark.slow
def test_by_hand_and_by_torch_train_alike():
    losses = [run(2000, layer=layer).measure().losses["val"] for layer in ("hand", "torch")]
    assert losses == pytest.approx([2.2752, 2.2752], abs=1e-4)
