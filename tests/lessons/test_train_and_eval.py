"""The lesson on train and eval mode: its folding and its averages are PyTorch's, and what its text says is so."""

import copy
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

FOLDER = Path(__file__).parents[2] / "lessons" / "train_and_eval"
KIND = load_experiment(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}
GLOBALS = KIND.build.__globals__


def run(steps, **knobs):
    runner = Runner(KIND, DATA, 42, knobs)
    runner.advance(steps)
    return runner


@pytest.fixture(scope="module")
def trained():
    return run(300)


def value(runner, name):
    return getattr(runner.experiment, KIND.metrics()[name])(Observation(runner.experiment, runner.history))


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_tells(preset):
    runner = run(3, **PRESETS.get(preset, {}))
    for figure in runner.look(list(KIND.figures()), 42).values():
        for width, height in ((42, 9), (42, 18), (66, 12)):
            assert figure.title in text(figure, width, height)
        assert figure.describe().startswith(figure.title)


@pytest.mark.parametrize("features", [1, 5])
def test_folding_is_what_the_two_layers_do_in_eval_mode(features):
    torch.manual_seed(features)
    linear, norm = nn.Linear(4, features, bias=False).double(), nn.BatchNorm1d(features).double()
    nn.init.normal_(norm.weight), nn.init.normal_(norm.bias)
    for _ in range(20):
        norm(linear(torch.randn(8, 4, dtype=torch.float64)))
    x = torch.randn(7, 4, dtype=torch.float64)
    ours = GLOBALS["fold"](linear, norm)(x)
    torch.testing.assert_close(ours, norm.eval()(linear(x)), atol=1e-12, rtol=1e-9)


def test_the_net_folds_exactly_and_only_in_eval_mode(trained):
    model, x = copy.deepcopy(trained.experiment.model).double(), DATA.digits().val.x.double()
    ours = GLOBALS["folded"](model)
    assert not [layer for layer in ours if isinstance(layer, nn.BatchNorm1d)]
    with torch.no_grad():
        assert (model.eval()(x) - ours(x)).abs().max().item() < 1e-13
        assert (model.train()(x) - ours(x)).abs().max().item() > 0.5


def test_both_senses_of_momentum_train_the_same_net():
    one, other = run(20), run(20, **PRESETS["notes"])
    assert one.history.losses == other.history.losses
    for mine, its in zip(one.experiment.model.buffers(), other.experiment.model.buffers(), strict=True):
        torch.testing.assert_close(mine, its)


def test_the_averages_of_the_notes_example():
    told = run(0).experiment.by_hand(None).describe()
    for row in ("r.mean 0.230; r.var 1.050", "r.mean 0.477; r.var 1.125", "r.mean 2.510; r.var 1.658; start's 0.00266"):
        assert row in told
    assert "batch 44; mean 2.7; r.mean 2.486; r.var 1.652; start's 0.97 %" in told


def test_one_image_in_company(trained):
    rows = {row[0]: row[1:] for row in trained.experiment.company(None).rows}
    assert rows["alone"] == ("ValueError", "5 (100%)")
    assert [rows[name][0] for name in ("one other", "17 others", "16 more 5s")] == ["8 (38%)", "5 (99%)", "8 (42%)"]
    assert {row[1] for row in rows.values()} == {"5 (100%)"}


@pytest.mark.parametrize("knobs", [{}, PRESETS["notes"], PRESETS["slow"]])
def test_the_question_about_ones_own_run_has_what_the_next_step_makes_of_a_running_mean(knobs):
    runner = run(20, **knobs)
    made = posed(runner, "own-next-mean", 1)
    unit, place = map(int, re.search(r"unit (\d+) of BN (\d)", made.ask).groups())
    assert len(made.options) == 4
    runner.advance(1)
    after = runner.experiment.model[3 * place - 2].running_mean[unit].item()
    assert float(made.options[made.right]) == pytest.approx(after, abs=0.0001)


def test_modes_and_orders(trained):
    right = trained.experiment.right
    settings = (("eval", "shuffled"), ("eval", "sorted"), ("train", "shuffled"), ("train", "sorted"))
    found = [right(*setting, 18) for setting in settings]
    assert found == pytest.approx([0.983, 0.983, 0.944, 0.256], abs=0.006)
    assert right("train", "sorted", 180) == right("train", "shuffled", 180)
    assert right("train", "sorted", 60) == pytest.approx(0.79, abs=0.006)
    assert right("train", "shuffled", 2) == pytest.approx(0.52, abs=0.006)


def test_looking_at_figures_and_metrics_leaves_the_running_statistics_alone(trained):
    before = copy.deepcopy(trained.experiment.model.state_dict())
    trained.look(list(KIND.figures()), 42)
    assert value(trained, "after negatives") == pytest.approx(0.478, abs=0.006)
    for name, tensor in trained.experiment.model.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_passes_in_train_mode(trained):
    val = DATA.digits().val
    zeros = trained.experiment.after_passes(val.x[val.y == 0])
    assert [zeros[0], zeros[-1]] == pytest.approx([0.983, 0.889], abs=0.006)
    assert trained.experiment.after_passes(val.x)[-1] == pytest.approx(0.978, abs=0.006)
    assert trained.experiment.after_passes(1 - val.x)[5] == pytest.approx(0.889, abs=0.006)


def test_presets_do_as_they_say(trained):
    assert value(trained, "off") == pytest.approx(0.113, abs=0.005)
    assert trained.measure().losses["val"] == pytest.approx(0.080, abs=0.001)
    mistaken, slow, left = (run(300, **PRESETS[name]) for name in ("mistaken", "slow", "left-in-train"))
    assert mistaken.measure().losses["val"] == pytest.approx(0.111, abs=0.001)
    assert value(mistaken, "off") == pytest.approx(0.417, abs=0.005)
    assert value(slow, "off") == pytest.approx(2.65, abs=0.02)
    losses = slow.measure().losses
    assert [losses["train"], losses["val"]] == pytest.approx([0.63, 0.62], abs=0.006)
    assert value(left, "tested") == pytest.approx(0.256, abs=0.006)


def test_fifty_steps_bring_the_averages_home():
    slow = run(300, **PRESETS["slow"])
    slow.experiment.k.momentum = 0.1
    slow.advance(50)
    assert slow.measure().losses["val"] == pytest.approx(0.0665, abs=0.001)
    assert run(350).measure().losses["val"] == pytest.approx(0.0654, abs=0.001)


@pytest.mark.slow
def test_no_momentum_alone_reaches_the_goal():
    for momentum in (0.01, 0.02, 0.05, 0.1):
        assert value(run(1000, momentum=momentum), "off") > 0.08
