"""The lesson on gamma and beta: its figures agree with PyTorch's layer, and what its text says is so."""

import re
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tests.figures.drawn import text
from tutor.errors import TutorError
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.observation import Observation
from tutor.lab.predictions import posed
from tutor.lab.runner import Runner

FOLDER = Path(__file__).parents[2] / "lessons" / "gamma_beta"
KIND = load_experiment(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}
GLOBALS = KIND.build.__globals__


def run(steps, **knobs):
    runner = Runner(KIND, DATA, 42, knobs)
    runner.advance(steps)
    return runner


def look(runner, figure):
    return runner.look([figure], 42)[figure]


def seen(runner):
    return Observation(runner.experiment, runner.history)


def rows(runner, figure):
    return {row[0]: row[1:] for row in look(runner, figure).rows}


def val(steps, **knobs):
    return run(steps, **knobs).measure().losses["val"]


@pytest.mark.parametrize("knobs", [{}, *PRESETS.values(), {"place": "none"}, {"affine": "scale", "output": "norm"}])
def test_every_figure_draws_and_tells(knobs):
    runner = run(3, **knobs)
    for figure in runner.look(list(KIND.figures()), 42).values():
        for width, height in ((42, 9), (42, 18), (66, 12)):
            assert figure.title in text(figure, width, height)
        assert figure.describe().startswith(figure.title)


@pytest.mark.parametrize("knobs", [{}, {"place": "after", "push": 100.0}, {"output": "norm"}])
def test_looking_leaves_the_run_as_it_is(knobs):
    runner = run(2, **knobs)
    before = {name: tensor.clone() for name, tensor in runner.experiment.model.state_dict().items()}
    runner.look(list(KIND.figures()), 42)
    after = runner.experiment.model.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize(
    ("affine", "learned"), [("both", (True, True)), ("scale", (True, False)), ("shift", (False, True))]
)
def test_only_what_is_learned_moves(affine, learned):
    norm = run(5, affine=affine).experiment.model.get_submodule("norm 1")
    assert (bool((norm.weight != 1).any()), bool((norm.bias != 0).any())) == learned


def test_neither_is_pytorchs_layer_without_affine():
    norms = [m for m in run(0, affine="neither").experiment.model if isinstance(m, nn.BatchNorm1d)]
    assert [list(norm.parameters()) for norm in norms] == [[], []]


def test_the_straightness_of_a_sigmoid_and_a_tanh():
    share = {
        (f, gamma): GLOBALS["straight"](f(gamma * GLOBALS["XHAT"]))[1]
        for f in (torch.sigmoid, torch.tanh)
        for gamma in (1, 4)
    }
    assert share[torch.sigmoid, 1] == pytest.approx(0.985, abs=0.001)
    assert share[torch.tanh, 1] == pytest.approx(0.93, abs=0.003)
    assert share[torch.sigmoid, 4] == pytest.approx(0.84, abs=0.002)
    assert GLOBALS["straight"](0 * GLOBALS["XHAT"])[1] == 1
    z = torch.randn(200_000, generator=torch.Generator().manual_seed(1))
    found = torch.corrcoef(torch.stack((z, z.sigmoid())))[0, 1] ** 2
    assert share[torch.sigmoid, 1] == pytest.approx(found.item(), abs=0.002)


def test_undoing_is_exact_for_the_batch_that_it_was_set_on():
    offs = {}
    for batch in (4, 32, 256, 2048):
        runner = run(0, batch=batch)
        points = look(runner, "undone").points
        assert max(abs(p.x - p.y) for p in points if p.mark == "o") < 1e-5
        offs[batch] = max(abs(p.x - p.y) for p in points if p.mark == "x")
    assert offs == pytest.approx({4: 0.65, 32: 0.51, 256: 0.35, 2048: 0.009}, rel=0.03)
    z = torch.tensor([p.x for p in look(run(0), "undone").points])
    assert z.std().item() == pytest.approx(1.9, abs=0.05)


def test_the_figure_of_taking_back_has_z_again_in_y():
    z, _, y = look(run(0, gamma=2.0, beta=4.0), "one_unit").rows
    assert (z.counts, z.note) == (y.counts, y.note)


@pytest.mark.parametrize("luck", range(5))
def test_the_question_about_ones_own_run_has_its_answer_in_gamma_and_beta(luck):
    made = posed(run(200), "own-unit", luck)
    gamma, beta = re.search(r"γ = (\S+) and β = (\S+)\.", made.ask).groups()
    mean, std = re.match(r"mean (\S+), std (\S+)", made.options[made.right]).groups()
    assert (float(mean), float(std)) == (pytest.approx(float(beta), abs=0.011), pytest.approx(float(gamma), abs=0.011))
    assert "mean 0.00, std 1.00" in made.options


def test_a_run_without_gamma_and_beta_is_not_asked_about():
    for knobs in ({"place": "none"}, {"affine": "neither"}):
        with pytest.raises(TutorError, match="No hidden norm"):
            posed(run(1, **knobs), "own-unit", 0)


def test_a_bias_before_a_norm_gets_no_gradient_and_one_before_tanh_does():
    before, after = run(0, bias="kept"), run(0, place="after")
    found = {name: (weight, bias) for name, weight, bias, _ in before.experiment.gradients(seen(before))}
    assert found["linear 2"] == (pytest.approx(4e-3, rel=0.1), pytest.approx(0, abs=1e-8))
    assert before.experiment.bias_gradient(seen(before)) < 1e-6
    assert after.experiment.bias_gradient(seen(after)) > 0.1


def test_a_hundred_on_every_bias_shows_in_z_and_nowhere_else():
    table = rows(run(0, **PRESETS["pushed"]), "at_zero")
    assert [float(cell) for cell in table["mean of z, layer 1"]] == pytest.approx([100, 0], abs=0.05)
    assert table["loss"][0] == table["loss"][1]


def test_counts_are_those_of_the_text():
    settings = (
        ({"place": "none"}, 16_197),
        ({}, 16_397),
        ({"bias": "kept"}, 16_597),
        ({"output": "norm", "bias": "kept"}, 16_651),
        ({"output": "norm", "affine": "shift"}, 16_197),
    )
    for knobs, count in settings:
        assert run(0, **knobs).experiment.count(None) == count


def test_what_the_next_layer_is_given():
    notes = {
        name: [row.note for row in look(run(0, **knobs), "given").rows]
        for name, knobs in {
            "relu": {"activation": "relu"},
            "relu after": PRESETS["relu-after"],
            "tanh": {},
            "tanh after": {"place": "after"},
        }.items()
    }
    assert notes["relu"][0] == "0.41 ± 0.58"
    assert notes["tanh"][0].endswith("± 0.65")
    assert all(note.endswith("± 1.00") for name in ("relu after", "tanh after") for note in notes[name])


@pytest.mark.slow
def test_outputs_after_training_are_what_was_learned():
    assert rows(run(2000), "learned") == {
        "norm 1: lowest": ("-0.16", "-0.16", "0.92", "0.92"),
        "norm 1: highest": ("0.25", "0.25", "1.29", "1.29"),
        "norm 2: lowest": ("-0.32", "-0.32", "0.96", "0.96"),
        "norm 2: highest": ("0.46", "0.46", "1.23", "1.23"),
    }
    on_output = rows(run(2000, output="norm"), "learned")
    assert (on_output["norm out: lowest"][1::2], on_output["norm out: highest"][1::2]) == (
        ("-1.43", "0.48"),
        ("1.90", "2.09"),
    )


@pytest.mark.slow
def test_after_twenty_thousand_steps():
    model = run(20_000).experiment.model
    gammas = torch.cat([model.get_submodule(f"norm {n}").weight for n in (1, 2)])
    betas = torch.cat([model.get_submodule(f"norm {n}").bias for n in (1, 2)])
    assert [end.item() for end in (*gammas.aminmax(), *betas.aminmax())] == pytest.approx(
        [0.76, 2.14, -0.73, 0.94], abs=0.01
    )


@pytest.mark.slow
def test_presets_do_as_they_say():
    assert val(500, **PRESETS["pushed"]) == pytest.approx(val(500, bias="kept"), abs=1e-4)
    assert val(500, bias="kept") == pytest.approx(2.455, abs=0.002)
    shares = torch.bincount(DATA.names(block=3).train.y, minlength=27).float()
    counted = F.nll_loss(
        (shares / shares.sum()).log().expand(len(DATA.names(block=3).val.y), -1), DATA.names(block=3).val.y
    )
    assert val(2000, **PRESETS["pushed-after"]) == pytest.approx(counted.item(), abs=0.01)


@pytest.mark.slow
def test_how_sure_a_net_with_pinned_logits_can_be():
    def highest(**knobs):
        experiment = run(2000, output="norm", **knobs).experiment
        with torch.no_grad():
            logits = experiment.model(experiment.names.train.x[:2000])
        return logits, logits.softmax(1).max(1).values.mean().item()

    logits, sure = highest(affine="neither")
    assert sure == pytest.approx(0.16, abs=0.005)
    assert logits.std(0, correction=0).tolist() == pytest.approx([1] * 27, abs=1e-3)
    assert highest()[1] == pytest.approx(0.28, abs=0.005)
    assert val(1000, output="norm") == pytest.approx(2.360, abs=0.002)
    assert val(1000, **PRESETS["pinned"]) == pytest.approx(2.718, abs=0.002)
