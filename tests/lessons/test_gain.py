"""The lesson on fan-in and gain: its integrals are PyTorch's table and a Monte Carlo, and what its text says is so."""

import math
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

FOLDER = Path(__file__).parents[2] / "lessons" / "gain"
KIND = load_experiment(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}
GLOBALS = KIND.build.__globals__


def run(steps, **knobs):
    runner = Runner(KIND, DATA, 42, knobs)
    runner.advance(steps)
    return runner


def stds(runner):
    seen = Observation(runner.experiment, runner.history)
    return [z.std().item() for z in runner.experiment.preactivations(seen)]


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_tells(preset):
    runner = run(3, **PRESETS.get(preset, {}))
    for figure in runner.look(list(KIND.figures()), 42).values():
        for width, height in ((42, 9), (42, 18), (66, 12)):
            assert figure.title in text(figure, width, height)
        assert figure.describe().startswith(figure.title)


@pytest.mark.parametrize("activation", list(GLOBALS["ACTIVATIONS"]))
def test_the_integral_is_what_a_million_draws_average(activation):
    f = GLOBALS["ACTIVATIONS"][activation]()
    z = torch.randn(1_000_000, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    assert GLOBALS["second_moment"](f) == pytest.approx(f(z).square().mean().item(), rel=0.01)


def test_gains_are_those_of_pytorchs_table_where_it_took_them_from_the_integral():
    gain = GLOBALS["ideal_gain"]
    for activation, name in (("relu", "relu"), ("leaky", "leaky_relu"), ("none", "linear")):
        assert gain(GLOBALS["ACTIVATIONS"][activation]()) == pytest.approx(nn.init.calculate_gain(name), rel=1e-4)
    assert gain(torch.tanh) == pytest.approx(1.59254, rel=1e-5)
    assert nn.init.calculate_gain("tanh") / gain(torch.tanh) == pytest.approx(1.0465, rel=1e-4)


def test_the_table_of_moments():
    def moments(f):
        z = torch.linspace(-12, 12, 24_001, dtype=torch.float64)
        weights = torch.exp(-z * z / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
        second, mean = (f(z) ** 2 * weights).sum(), (f(z) * weights).sum()
        return [second.item(), second.item() ** -0.5, ((second - mean**2) / second).item()]

    said = {
        nn.Tanh: (0.394, 1.593, 1.00),
        nn.ReLU: (0.500, 1.414, 0.68),
        nn.GELU: (0.425, 1.534, 0.81),
        nn.Sigmoid: (0.293, 1.846, 0.15),
    }
    for kind, (second, gain, variance) in said.items():
        assert moments(kind()) == pytest.approx([second, gain, variance], abs=0.005)


def test_a_wide_net_does_as_the_map_says():
    net = stds(run(0, depth=10, width=400))
    expected = net[0]
    for std in net[1:]:
        expected = GLOBALS["next_std"](torch.tanh, 5 / 3, expected)
        assert std == pytest.approx(expected, rel=0.05)


def test_gelu_has_a_crossing_that_repels_and_tanh_one_that_attracts():
    following = GLOBALS["next_std"]
    gelu, tanh = nn.GELU(), torch.tanh
    assert following(gelu, 1.5335, 0.8) < 0.8 < 1.2 < following(gelu, 1.5335, 1.2)
    assert following(tanh, 1.59254, 0.8) > 0.8
    assert following(tanh, 1.59254, 1.2) < 1.2
    assert following(tanh, 5 / 3, 1.087) == pytest.approx(1.087, abs=0.001)
    assert following(tanh, 3.0, 2.51) == pytest.approx(2.51, abs=0.005)


def test_presets_do_as_they_say():
    assert stds(run(0, **PRESETS["ignored"], depth=2))[1] > 5
    assert "std 10.06" in run(0, **PRESETS["ignored"]).experiment.one_layer(None).describe()
    faded = stds(run(0, **PRESETS["fading"]))
    assert [faded[4], faded[49]] == pytest.approx([0.38, 0.09], abs=0.005)
    assert stds(run(0, **PRESETS["relu"]))[-1] == pytest.approx(13.4e6, rel=0.01)
    assert stds(run(0, **PRESETS["level"]))[-1] == pytest.approx(0.4, abs=0.01)


def test_widths_on_the_level_page():
    def drift(width):
        spreads = stds(run(0, **PRESETS["level"], width=width))
        return abs(math.log(spreads[-1] / spreads[0]))

    assert drift(400) < drift(100) < drift(10)


@pytest.mark.parametrize(
    ("steps", "knobs"),
    [(20, {}), (5, {"activation": "gelu", "depth": 20, "lr": 0.01}), (0, PRESETS["level"]), (3, {"depth": 1})],
)
def test_the_question_about_the_own_run_asks_for_what_its_layers_do(steps, knobs):
    runner = run(steps, **knobs)
    experiment = runner.experiment
    given = experiment.preactivations(Observation(experiment, runner.history))
    kinds = set()
    for luck in range(12):
        made = posed(runner, "own-gain", luck)
        answer = float(made.options[made.right])
        layer = re.search(r"in layer (\d+), z has", made.ask)
        kinds.add(bool(layer))
        if layer:
            z = given[int(layer.group(1)) - 1]
            fresh = torch.randn(len(z[0]), 4000, generator=torch.Generator().manual_seed(luck)) / len(z[0]) ** 0.5
            assert (experiment.f(z) @ fresh * answer).std().item() == pytest.approx(z.std().item(), rel=0.05)
        else:
            assert given[0].std().item() * answer ** (len(given) - 1) == pytest.approx(given[-1].std().item(), rel=0.3)
    assert kinds == ({True} if len(given) == 1 else {True, False})


def test_the_starts_of_the_goal_page():
    assert stds(run(0, activation="gelu", depth=20, gain=1.0))[-1] == pytest.approx(5e-6, rel=0.05)


@pytest.mark.slow
def test_the_goals_page_without_a_move():
    runner = run(1000, activation="gelu", depth=20, gain=1.0)
    assert runner.measure().losses["val"] == pytest.approx(2.85, abs=0.01)


@pytest.mark.slow
def test_a_level_start_flies_off_at_a_tenth_and_learns_at_three_hundredths():
    fast, slow = run(20, **PRESETS["level"]), run(300, **PRESETS["level"], lr=0.03)
    assert (fast.iteration, fast.halted != "") == (7, True)
    assert slow.measure().losses["val"] < 2.9
