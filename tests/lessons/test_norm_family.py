"""The lesson on the norm family: each norm is PyTorch's, and what its text says is so."""

import copy
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
import torch
from torch.nn import functional as F

from tests.figures.drawn import text
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner

FOLDER = Path(__file__).parents[2] / "lessons" / "norm_family"
KIND = load_experiment(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}
NORMS = ("batch", "layer", "instance", "group", "position", "rms", "renorm", "weight", "spectral", "none")


def run(steps, seed=42, **knobs):
    runner = Runner(KIND, DATA, seed, knobs)
    runner.advance(steps)
    return runner


def block():
    return 3 * torch.randn(4, 6, 8, generator=torch.Generator().manual_seed(1)) + 1


@pytest.mark.parametrize("norm", NORMS)
def test_every_figure_draws_and_tells(norm):
    runner = run(2, norm=norm, face="channel x position")
    for figure in runner.look(list(KIND.figures()), 42).values():
        for width, height in ((42, 9), (42, 18), (66, 12)):
            assert figure.title in text(figure, width, height)
        assert figure.describe().startswith(figure.title)


@pytest.mark.parametrize(
    ("norm", "theirs"),
    [
        ("batch", lambda z: F.batch_norm(z, None, None, training=True)),
        ("renorm", lambda z: F.batch_norm(z, None, None, training=True)),
        ("layer", lambda z: F.layer_norm(z, z.shape[1:])),
        ("instance", F.instance_norm),
        ("group", lambda z: F.group_norm(z, 3)),
        ("position", lambda z: F.layer_norm(z.mT, (6,)).mT),
        ("rms", lambda z: F.rms_norm(z.mT, (6,), eps=1e-5).mT),
    ],
)
def test_each_norm_is_pytorchs(norm, theirs):
    z = block()
    assert torch.allclose(run(0).experiment.norm(norm)(z), theirs(z), atol=1e-5)


@pytest.mark.parametrize("norm", NORMS[:6])
def test_cells_of_one_number_share_an_average(norm):
    experiment = run(0).experiment
    z, layer = block().requires_grad_(), experiment.norm(norm)
    which = experiment.averages(layer)
    (gradient,) = torch.autograd.grad(layer(z)[1, 2, 3], z)
    assert torch.equal(gradient != 0, which == which[1, 2, 3])


def test_the_block_shows_its_three_faces():
    shown = {
        face: run(0, norm="group", face=face).experiment.block(None)
        for face in ("image x channel", "channel x position")
    }
    assert shown["image x channel"].title == "group: 12 averages, each of 16"
    assert shown["image x channel"].values[3] == (10, 10, 11, 11, 12, 12)
    assert shown["image x channel"].notes == ("into page", "8 positions", "one average")
    assert shown["channel x position"].notes == ("into page", "4 images", "4 averages")


def test_unlimited_renorm_is_inference_and_limited_renorm_is_batch_norm():
    layer, z = run(0).experiment.norm("renorm"), block()
    layer.mean.fill_(0.7), layer.std.fill_(2.0)
    layer.rmax, layer.dmax = 1e6, 1e6
    assert torch.allclose(copy.deepcopy(layer)(z), (z - 0.7) / 2, atol=1e-5)
    layer.rmax, layer.dmax = 1.0, 0.0
    assert torch.allclose(layer(z), F.batch_norm(z, None, None, training=True), atol=1e-5)


def test_r_and_d_are_limited_and_constants_to_the_gradient():
    experiment = run(0).experiment
    layer, z = experiment.norm("renorm"), (10 * block()).requires_grad_()
    layer.rmax, layer.dmax = 3.0, 5.0
    r, d = layer.corrections(torch.full((6,), 100.0), torch.full((6,), 30.0))
    assert (r.unique().item(), d.unique().item()) == (3, 5)
    (ours,) = torch.autograd.grad(layer(z)[0, 0, 0], z)
    (plain,) = torch.autograd.grad(experiment.norm("batch")(z)[0, 0, 0], z)
    assert torch.allclose(ours, 3 * plain, atol=1e-5)


def test_weight_norm_begins_with_the_plain_weights_and_spectral_norm_with_their_largest_stretch_at_one():
    nets = run(0).experiment.nets
    weight = nets["none"][8].weight
    g, v = nets["weight"][8].parametrizations["weight"].parameters()
    assert torch.allclose(g[:, 0], v.norm(dim=1))
    assert torch.allclose(nets["weight"][8].weight, weight)
    spectral = nets["spectral"][8]
    for _ in range(100):
        used = spectral.weight
    assert torch.allclose(used, weight / torch.linalg.svdvals(weight)[0], atol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_power_iteration_finds_ever_more_of_the_largest_singular_value(seed):
    for series in run(0, seed).experiment.iterations(None).series:
        assert 0 < series.y[0] < 1
        assert series.y[24] == pytest.approx(1, abs=0.02)
        assert all(after >= before - 1e-5 for before, after in pairwise(series.y))


def test_a_batch_of_one_makes_batch_norm_instance_norm():
    nets = run(30, batch=1).experiment.nets
    for ours, theirs in zip(nets["batch"].parameters(), nets["instance"].parameters(), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-6)


def test_a_net_trains_as_if_alone():
    runner = run(5)
    experiment = run(0).experiment
    net = experiment.nets["group"]
    for _ in range(5):
        ix = torch.randint(len(experiment.train), (32,), generator=experiment.rng)
        loss = F.cross_entropy(net(experiment.train.x[ix]), experiment.train.y[ix])
        for p, gradient in zip(net.parameters(), torch.autograd.grad(loss, list(net.parameters())), strict=True):
            p.data -= 0.1 * gradient
    for ours, alone in zip(runner.experiment.nets["group"].parameters(), net.parameters(), strict=True):
        assert torch.allclose(ours, alone, atol=1e-6)


@pytest.mark.slow
def test_the_mean_length_of_v_after_500_steps():
    assert run(0).experiment.length_of_v(None) == pytest.approx(0.971, abs=0.001)
    assert run(500).experiment.length_of_v(None) == pytest.approx(1.096, abs=0.003)


def test_v_never_gets_shorter():
    runner = run(0, batch=1)
    before = torch.zeros(6)
    for _ in range(20):
        runner.advance(1)
        v = runner.experiment.nets["weight"][1].parametrizations["weight"].original1
        length = v.detach().flatten(1).norm(dim=1)
        assert (length >= before - 1e-6).all()
        before = length


@pytest.mark.slow
@pytest.mark.parametrize(
    ("knobs", "shares"),
    [
        ({}, (0.972, 0.95, 0.972, 0.983, 0.95, 0.95, 0.967, 0.972, 0.933, 0.978)),
        ({"batch": 2}, (0.911, 0.883, 0.9, 0.917, 0.889, 0.933, 0.922, 0.928, 0.872, 0.928)),
        ({"batch": 1}, (0.839, 0.906, 0.844, 0.789, 0.917, 0.883, 0.772, 0.906, 0.828, 0.883)),
        ({"gain": 0.02}, (0.978, 0.95, 0.961, 0.967, 0.983, 0.978, 0.967, 0.072, 0.95, 0.072)),
    ],
)
def test_side_by_side_after_500_steps(knobs, shares):
    experiment = run(500, **knobs).experiment
    assert [experiment.share(name) for name in NORMS] == pytest.approx(shares, abs=0.012)


def test_the_question_about_the_learners_run_is_answered_by_the_nets_themselves():
    experiment = run(60).experiment
    right = {
        f"Your {name} net": f"{100 * experiment.share(name, 2):.1f} %" for name in ("layer", "group", "renorm", "batch")
    }
    for luck in range(8):
        asked = experiment.own_modes(None, Random(luck))
        assert asked.options[asked.right] == next(share for name, share in right.items() if asked.ask.startswith(name))
        assert len(set(asked.options)) == len(asked.whys) == 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", [42, 1, 2])
def test_after_500_steps_only_batch_norm_has_two_modes(seed):
    experiment = run(500, seed).experiment
    lost = {name: experiment.share(name) - experiment.share(name, 2) for name in ("batch", "renorm", "layer", "group")}
    assert lost.pop("batch") > 0.03
    assert all(abs(share) < 0.012 for share in lost.values())


@pytest.mark.slow
def test_renorm_is_the_same_in_both_modes():
    experiment = run(500).experiment
    assert [experiment.share("batch", size) for size in (2, 32, 0)] == pytest.approx([0.922, 0.967, 0.972], abs=0.012)
    assert [experiment.share("renorm", size) for size in (2, 32, 0)] == pytest.approx([0.967, 0.972, 0.967], abs=0.012)
    renormed, inference = experiment.renormed(None).stages[2:]
    assert renormed.values == pytest.approx(inference.values, abs=0.002)
