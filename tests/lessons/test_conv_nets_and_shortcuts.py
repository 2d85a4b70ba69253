"""The lesson on conv nets and shortcuts: its layers are PyTorch's, and what its text says is so."""

from pathlib import Path
from random import Random

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tests.figures.drawn import text
from tutor.errors import TutorError
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner

FOLDER = Path(__file__).parents[2] / "lessons" / "conv_nets_and_shortcuts"
KIND = load_experiment(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}


def run(steps, seed=42, **knobs):
    runner = Runner(KIND, DATA, seed, knobs)
    runner.advance(steps)
    return runner


def right(runner):
    return runner.measure().accuracies["val"]


def gradients(**knobs):
    return run(0, **knobs).look(["gradients"], 42)["gradients"].series[0].y


@pytest.mark.parametrize("norm", ["none", "batch", "layer"])
@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_tells(preset, norm):
    runner = run(1, **{**PRESETS.get(preset, {}), "norm": norm})
    for figure in runner.look(list(KIND.figures()), 42).values():
        for width, height in ((42, 9), (42, 18), (66, 12)):
            assert figure.title in text(figure, width, height)
        assert figure.describe().startswith(figure.title)


def test_a_map_is_its_filter_laid_on_every_patch():
    experiment = run(3, image=7).experiment
    image, *maps = run(3, image=7).look(["maps"], 42)["maps"].images
    patches = F.unfold(experiment.val.x[7:8], 3, padding=1)
    by_hand = (experiment.model[0].weight.flatten(1) @ patches).view(8, 8, 8)
    for found, expected in zip(maps, by_hand, strict=True):
        assert torch.allclose(torch.tensor(found.pixels), expected, atol=1e-5)
    assert torch.tensor(image.pixels).flatten().tolist() == DATA.digits().val.x[7].tolist()
    assert experiment.model[0].weight.numel() == 72


def test_each_channel_has_the_mean_and_std_that_batchnorm_uses():
    runner = run(200)
    rows = runner.look(["channels"], 42)["channels"].rows
    assert rows[7] == ("7", "1.22", "0.75", "1.21", "0.76")
    assert float(rows[7][1]) / float(rows[0][1]) == pytest.approx(6, abs=0.2)
    norm = runner.experiment.model[2].f[0]
    assert rows[3][3:] == (f"{norm.running_mean[3]:.2f}", f"{norm.running_var[3].sqrt():.2f}")
    assert right(runner) == pytest.approx(0.967, abs=0.012)
    assert runner.measure().losses["val"] == pytest.approx(0.092, abs=0.01)


def test_what_the_text_says_of_filters_and_maps():
    start, trained = run(0).experiment, run(200).experiment
    before, after = start.model[0].weight.detach(), trained.model[0].weight.detach()
    assert ((after - before).norm() / before.norm()).item() == pytest.approx(0.19, abs=0.01)
    assert after[3, 0].diagonal().min() > 0.5 > after[3, 0].fill_diagonal_(0).max()
    assert after[0, 0, 0].mean() > 0.5 > 0 > after[0, 0, 1:].mean()
    assert sum(p.numel() for p in trained.model.parameters()) == 2562


def test_one_image_is_instance_norm():
    norm = nn.BatchNorm2d(8)
    x = torch.randn(1, 8, 4, 4, generator=torch.Generator().manual_seed(42))
    assert torch.allclose(norm(x), F.instance_norm(x), atol=1e-6)
    runner = run(500, **PRESETS["one"])
    assert right(runner) == pytest.approx(0.92, abs=0.03)
    val, model = runner.experiment.val, runner.experiment.model.train()
    with torch.no_grad():
        alone = [model(val.x[n : n + 1]).argmax().item() == val.y[n].item() for n in range(len(val))]
    assert sum(alone) / len(alone) == pytest.approx(0.92, abs=0.03)


def test_a_block_is_x_plus_f_and_with_last_0_it_is_x():
    x = torch.randn(2, 8, 4, 4, generator=torch.Generator().manual_seed(42))
    block = run(0, norm="none").experiment.model[2]
    assert torch.allclose(block(x), x + block.f(x))
    quiet = run(0, last=0.0).experiment.model[2]
    assert torch.equal(quiet(x), x)
    plain = run(0, shortcut="no", norm="none").experiment.model[2]
    assert torch.equal(plain(x), plain.f(x))


def test_the_gradient_by_layer():
    plain, both = gradients(**PRESETS["deep-plain"]), gradients(**PRESETS["deep"])
    assert len(plain) == 25
    assert plain[0] / plain[-1] == pytest.approx(27, abs=0.5)
    assert max(plain) == pytest.approx(1.56, abs=0.02)
    assert max(both) < 0.15


def test_each_letters_own_statistics_are_those_of_a_pass_in_training():
    experiment = run(5, net="rnn").experiment
    model, x = experiment.model, experiment.x[:2000]
    h = torch.zeros(2000, 48)
    model.train()
    with torch.no_grad():
        for t, (var, _) in enumerate(experiment.by_letter()):
            z = model.read(x[:, t]) + model.keep(h)
            assert torch.allclose(var, z.var(0, correction=0), rtol=1e-3, atol=1e-5)
            h = torch.tanh(F.batch_norm(z, None, None, model.norm.weight, model.norm.bias, training=True))


@pytest.mark.parametrize("norm", ["none", "layer"])
def test_without_batchnorm_there_is_only_one_way_to_measure(norm):
    shared, own = run(5, net="rnn", norm=norm).experiment.losses_by_statistics()
    assert shared == pytest.approx(own, abs=1e-5)


def test_the_question_about_a_block_is_answered_by_taking_it_out():
    experiment = run(3, blocks=6, batch=8).experiment
    asked_of = set()
    for luck in range(12):
        asked = experiment.own_block(None, Random(luck))
        block = int(asked.ask.partition("Block ")[2].split()[0])
        asked_of.add(block)
        kept = nn.Sequential(*(layer for place, layer in enumerate(experiment.model) if place != block + 1)).eval()
        share = (kept(experiment.val.x).argmax(1) == experiment.val.y).float().mean().item()
        assert asked.options[asked.right] == f"{100 * share:.0f} %"
        assert len(asked.options) == len(asked.whys)
    assert asked_of == {1, 5, 6}


def test_without_blocks_there_is_no_question_about_one():
    with pytest.raises(TutorError, match="shortcuts"):
        run(0, net="rnn").experiment.own_block(None, Random(0))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 4))
def test_of_any_deep_net_with_shortcuts_the_first_block_is_missed_most(seed):
    experiment = run(200, seed, **PRESETS["deep"]).experiment
    without = [experiment.right(n) for n in range(13)]
    assert min(without[5:]) > without[0] - 0.1 > without[1] + 0.2


@pytest.mark.slow
def test_the_rnns_after_a_thousand_steps():
    runner = run(1000, **PRESETS["names"])
    assert runner.experiment.losses_by_statistics() == pytest.approx((2.344, 2.279), abs=0.01)
    for norm, loss in (("none", 2.288), ("layer", 2.295)):
        assert run(1000, net="rnn", norm=norm).measure().losses["val"] == pytest.approx(loss, abs=0.01)


@pytest.mark.slow
def test_four_nets_and_a_block_taken_out():
    deep, plain = run(200, **PRESETS["deep"]), run(200, **PRESETS["deep-plain"])
    assert [right(deep), right(plain)] == pytest.approx([0.928, 0.628], abs=0.03)
    assert [deep.experiment.right(n) for n in (1, 2, 6, 12)] == pytest.approx([0.15, 0.73, 0.92, 0.93], abs=0.03)
    model, x, sizes = deep.experiment.model.eval(), deep.experiment.val.x, []
    with torch.no_grad():
        x = model[1](model[0](x))
        for block in model[2:14]:
            sizes.append((block.f(x).norm() / x.norm()).item())
            x = block(x)
    assert [sizes[0], sizes[-1]] == pytest.approx([1.04, 0.26], abs=0.05)
    assert max(plain.experiment.right(n) for n in range(1, 13)) <= 0.21
    assert right(run(200, blocks=12, batch=16, norm="none", shortcut="no")) < 0.15
    quiet = {"blocks": 12, "batch": 16, "norm": "none", "last": 0.0}
    assert right(run(200, **quiet)) == pytest.approx(0.933, abs=0.03)
    failing = [right(run(200, seed, **{**quiet, "last": 1.0})) for seed in range(43, 47)]
    assert max(failing) < 0.3


@pytest.mark.slow
def test_one_image_at_a_time_with_shortcuts_alone():
    knobs = {"blocks": 12, "batch": 1}
    assert right(run(1500, **knobs)) == pytest.approx(0.844, abs=0.03)
    assert right(run(1500, **knobs, shortcut="no")) < 0.2
    assert right(run(1500, **knobs, norm="layer", lr=0.01)) > 0.9
