"""The lesson on what BatchNorm buys: its nets are PyTorch's, none touches another, and what its text says is so."""

import math
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tests.figures.drawn import text
from tutor.errors import TutorError
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.predictions import posed
from tutor.lab.runner import Runner

FOLDER = Path(__file__).parents[2] / "lessons" / "what_batchnorm_buys"
KIND = load_experiment(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}
SMALL = {"rungs": 2, "depth": 2}


def run(steps, **knobs):
    runner = Runner(KIND, DATA, 42, knobs)
    runner.advance(steps)
    return runner


def by_torch(nets, rung, seed):
    """One of the nets as a stack of PyTorch's own layers."""
    layers = []
    for weight, scale, shift in zip(nets.weights, nets.scales, nets.shifts, strict=True):
        linear = nn.Linear(*weight.shape[2:], bias=nets.kind == "plain")
        with torch.no_grad():
            linear.weight.copy_(weight[rung, seed].T)
        layers.append(linear)
        if nets.kind == "plain":
            nn.init.zeros_(linear.bias)
        else:
            layers.append(nn.BatchNorm1d(len(scale[rung, seed, 0])))
        assert not shift.any()
        layers.append(nn.ReLU())
    last = nn.Linear(*nets.last.shape[2:])
    with torch.no_grad():
        last.weight.copy_(nets.last[rung, seed].T)
        last.bias.zero_()
    return nn.Sequential(*layers, last)


@pytest.mark.parametrize("kinds", [("plain", "batch"), ("shaken", "direction"), ("held", "residual"), ("both", "both")])
@pytest.mark.parametrize("along", ["lr", "gain"])
def test_every_figure_draws_and_tells(kinds, along):
    runner = run(11, **SMALL, a=kinds[0], b=kinds[1], along=along)
    for figure in runner.look(list(KIND.figures()), 42).values():
        for width, height in ((42, 9), (42, 18), (66, 12)):
            assert figure.title[:30] in text(figure, width, height)
        assert figure.describe().startswith(figure.title)


@pytest.mark.parametrize("which", [0, 1])
def test_each_net_of_the_ladder_trains_as_pytorchs_own_layers_do(which):
    experiment = run(0, **SMALL, lowest=0.1).experiment
    rung, seed = 1, 3
    net = by_torch(experiment.model[which], rung, seed)
    optimizer = torch.optim.SGD(net.parameters(), 0.2)
    rng = torch.Generator().set_state(experiment.rng.get_state())
    for _ in range(20):
        ix = torch.randint(len(experiment.x), (5, 32), generator=rng)[seed]
        optimizer.zero_grad()
        F.cross_entropy(net(experiment.x[ix]), experiment.y[ix]).backward()
        optimizer.step()
        experiment.step()
    net.eval()
    experiment.model.eval()
    with torch.no_grad():
        ours = experiment.model[which](experiment.val.x)[rung, seed]
        assert torch.allclose(ours, net(experiment.val.x), atol=1e-4)


def test_a_net_that_is_lost_leaves_the_others_alone():
    lonely, beside = (run(30, a="plain", b="plain", lowest=0.05, times=10.0, rungs=n) for n in (1, 4))
    assert torch.equal(lonely.experiment.reached[:, 0], beside.experiment.reached[:, 0])
    right = beside.experiment.notes[-1][1]
    assert torch.allclose(lonely.experiment.notes[-1][1][:, 0], right[:, 0])
    assert right[:, 3].max() < 0.3
    assert not beside.halted


def test_the_kinds_share_starts_and_batches():
    one, two = (run(0, **SMALL, a=a, b="batch").experiment for a in ("plain", "shaken"))
    for _ in range(12):
        one.step(), two.step()
    assert torch.equal(one.model[1].last, two.model[1].last)


def test_held_weights_keep_their_length_and_free_ones_grow():
    experiment = run(20, **SMALL, a="batch", b="held", lowest=1.0).experiment
    free, held = (series.y for series in experiment.growth(None).series)
    assert held == pytest.approx((1, 1), abs=1e-4)
    assert min(free) > 1.01


def test_with_batchnorm_the_gradient_is_at_right_angles_to_a_units_weights():
    experiment = run(0, **SMALL, a="batch", b="plain").experiment
    cosines = []
    for nets in experiment.model:
        w = nets.weights[1]
        (g,) = torch.autograd.grad(experiment.each(nets, experiment.x[:64], experiment.y[:64]).sum(), w)
        cosines.append(F.cosine_similarity(w, g, dim=2).abs().nanmean().item())
    assert cosines[0] < 1e-3 < 0.05 < cosines[1]


def test_twice_the_gain_is_a_quarter_of_the_rate():
    """Weights and rate of BN's hidden layers, four times the rate at twice the gain: the same directions."""
    once = run(1, a="batch", b="batch", rungs=1, along="gain", lowest=1.0, lr=0.1).experiment.model[0]
    twice = run(1, a="batch", b="batch", rungs=1, along="gain", lowest=2.0, lr=0.4).experiment.model[0]
    assert torch.allclose(2 * once.weights[0], twice.weights[0], atol=1e-4)


def test_the_question_about_ones_own_ladder_has_its_quickest_rung():
    runner = run(0, rungs=3)
    with pytest.raises(TutorError, match="can't be asked"):
        posed(runner, "own-quickest", 0)
    plain, batch = torch.tensor([math.inf, 110.0, math.inf]), torch.tensor([200.0, 30.0, 30.0])
    runner.experiment.reached = torch.stack((plain, batch))[:, :, None].repeat(1, 1, 5)
    asked = [posed(runner, "own-quickest", luck) for luck in range(8)]
    assert {(made.ask.split(" get ")[0][-7:], made.options[made.right], len(made.options)) for made in asked} == {
        ("A plain", "learning rate 0.02", 3),
        ("B batch", "learning rate 0.04", 2),
    }


@pytest.mark.slow
def test_the_rungs_of_the_text():
    for values, a, b in (
        ({}, (0.32, 0.95, 110), (2.56, 0.983, 30)),
        (PRESETS["shaken"], (1.28, 0.961, 70), (0.64, 0.95, 120)),
    ):
        experiment = run(250, **values).experiment
        for which, (top, best, fewest) in enumerate((a, b)):
            assert experiment.top(which) == pytest.approx(top)
            assert experiment.best(which) == pytest.approx(best, abs=0.012)
            assert experiment.fewest(which) == pytest.approx(fewest, abs=10)


@pytest.mark.slow
def test_forty_layers():
    alone = run(250, **PRESETS["deep"]).experiment
    assert [alone.best(n) for n in (0, 1)] == pytest.approx([0.22, 0.21], abs=0.05)
    both = PRESETS["deep-residual"]
    wide = run(250, **both).experiment
    assert [wide.best(n) for n in (0, 1)] == pytest.approx([0.13, 0.906], abs=0.05)
    assert wide.notes[-1][1][1, 1].min().item() == pytest.approx(0.57, abs=0.03)
    small = run(250, **both, gain=0.1).experiment
    assert [small.best(n) for n in (0, 1)] == pytest.approx([0.944, 0.883], abs=0.03)
    assert small.notes[-1][1][0, 1].min().item() == pytest.approx(0.88, abs=0.03)
