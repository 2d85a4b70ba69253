"""The cross-entropy lesson: its figures against torch, its presets' promises, its text's numbers."""

import math
import re

import pytest
import torch
from torch.nn import functional as F

from tutor.course.grading import grade
from tutor.course.lesson import load_lesson
from tutor.course.quiz import Numeric
from tutor.errors import TutorError
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.predictions import posed
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

FOLDER = lessons_dir() / "cross_entropy"
LESSON = load_lesson(FOLDER)
KIND = load_experiment(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}
SCORES = [[2.3, 0.5, 1.2, 0.8], [1.1, 3.8, 1.5, 0.9], [0.8, 1.2, 4.5, 1.0]]


def run(steps=0, seed=42, **knobs):
    runner = Runner(KIND, DATA, seed, knobs)
    runner.advance(steps)
    return runner


def look(name, steps=0, **knobs):
    return run(steps, **knobs).look([name])[name]


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_describes_itself_for_every_preset(preset):
    runner = run(3, **PRESETS.get(preset, {}))
    runner.measure()
    for name, figure in runner.look(tuple(KIND.figures())).items():
        for size in ((42, 9), (42, 18), (66, 18)):
            lines = figure.draw(*size)
            assert any(text.strip() for line in lines[1:] for text, _ in line), name
            figure.draw(*size, glyphs="ascii")
            # Nothing is cut, but where there are more rows or images than lines.
            if name not in ("by_digit", "images"):
                assert not any("…" in text for line in lines for text, _ in line), name
        assert "no data" not in figure.describe()


@pytest.mark.parametrize("truth", range(4))
@pytest.mark.parametrize("z", [(2.3, 0.5, 1.2, 0.8), (0.0, 0.0, 0.0, 0.0), (-10.0, 3.0, 10.0, 0.5)])
def test_loss_and_gradients_are_those_of_torch(z, truth):
    knobs = {f"z{i}": value for i, value in enumerate(z, start=1)} | {"truth": str(truth + 1)}
    scores = torch.tensor(z, dtype=torch.double, requires_grad=True)
    loss = F.cross_entropy(scores, torch.tensor(truth))
    loss.backward()
    price = look("price", **knobs)
    assert float(price.title.split()[-1]) == pytest.approx(loss.item(), abs=0.0006)
    table = look("gradient", **knobs)
    for column in ("p − y", "autograd", "nudge"):
        shown = [float(row[table.header.index(column)]) for row in table.rows[:4]]
        assert shown == pytest.approx(scores.grad.tolist(), abs=0.0008)
    assert look("pull", **knobs).values == pytest.approx(scores.grad.tolist())
    nudges = [float(row[-1]) for row in look("nudges", **knobs).rows]
    assert nudges == pytest.approx(scores.grad.tolist(), abs=0.0008)
    chain = {stage.name: stage.values for stage in look("chain", **knobs).stages}
    assert chain["dL/dz"] == pytest.approx(scores.grad.tolist(), abs=6e-5)


def test_the_jacobian_is_the_formula_s_and_its_rows_sum_to_0():
    p = torch.softmax(torch.tensor(SCORES[0]).double(), 0)
    expected = torch.diag(p) - torch.outer(p, p)
    cells = torch.tensor(look("jacobian").values).double()
    torch.testing.assert_close(cells[:, :4], expected, atol=6e-4, rtol=0)
    assert cells[:, 4].tolist() == [0, 0, 0, 0]
    assert look("jacobian").values[0] == (0.243, -0.056, -0.112, -0.075, 0)
    wrong = {stage.name: stage.values for stage in look("chain", z1=-10.0).stages}
    assert wrong["dL/dp"][0] == pytest.approx(-158_000, rel=0.005)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_gradient_of_a_batch_is_autograd_s(reduction):
    z = torch.tensor(SCORES, requires_grad=True)
    F.cross_entropy(z, torch.tensor([0, 1, 2]), reduction=reduction).backward()
    figure = look("batch", reduction=reduction)
    torch.testing.assert_close(torch.tensor(figure.values), z.grad, atol=6e-5, rtol=0)
    assert figure.title.endswith({"mean": "0.277", "sum": "0.832"}[reduction])
    assert figure.values[0][0] == pytest.approx({"mean": -0.140, "sum": -0.419}[reduction], abs=6e-4)


def test_one_of_the_two_charts_is_the_loss():
    a, b = look("charts").series
    assert b.y == pytest.approx([-math.log(p) for p in b.x], rel=1e-4)
    assert a.y == pytest.approx(b.y[::-1], rel=1e-4)


def test_the_tangent_touches_the_curve():
    for z1 in (2.3, -3.0, 6.0):
        _, tangent, now = look("slope", z1=z1).series
        (x0, y0), (x1, y1) = zip(tangent.x, tangent.y, strict=True)
        slope = (y1 - y0) / (x1 - x0)
        assert slope == pytest.approx(-1 / now.x[0])
        assert y0 + slope * (now.x[0] - x0) == pytest.approx(now.y[0])


def test_what_the_presets_promise():
    assert look("price", **PRESETS["undecided"]).title == "Loss 1.386"
    assert look("price", **PRESETS["sure and right"]).title == "Loss 0.0003"
    assert max(map(abs, look("pull", **PRESETS["sure and right"]).values)) < 0.0004
    assert look("price", **PRESETS["sure and wrong"]).title == "Loss 11.973"
    assert look("pull", **PRESETS["sure and wrong"]).values[0] == pytest.approx(-1, abs=1e-5)
    assert look("by_digit", **PRESETS["one digit"]).rows == (("7", "1", "+7.571", "0"),)
    summed = run(3, **PRESETS["sum"])
    assert summed.history.losses == pytest.approx([2.3026, 17.689, 63.606], rel=1e-3)


def test_other_numbers_of_the_pages():
    assert look("price", z1=-5.0).title == "Loss 6.974"
    assert look("pull", z1=-5.0).values[0] == pytest.approx(-0.999, abs=1e-4)
    raised = [float(row[2]) for row in look("price", z1=2.31).rows[:4]]
    assert raised == pytest.approx([0.583, 0.095, 0.192, 0.129], abs=0.0006)
    runner = run()
    assert torch.bincount(runner.experiment.y, minlength=10).tolist() == [6, 1, 7, 4, 6, 9, 4, 9, 5, 13]
    assert sum(p.numel() for p in runner.experiment.parameters) == 650
    runner.advance(1)
    assert runner.loss == pytest.approx(math.log(10))
    runner.advance(1)
    assert runner.loss == pytest.approx(2.071, abs=0.0005)


def test_who_falls():
    table = look("by_digit")
    assert table.title == "Next step: 14 of 64 true scores fall"
    falls = {int(digit): (int(count), int(fall)) for digit, count, _, fall in table.rows}
    assert all(fall == (count if count <= 5 else 0) for count, fall in falls.values())
    assert [run(step).read(["falling"])["falling"] for step in (0, 1, 2, 10, 100)] == [14, 6, 1, 0, 0]
    assert all(9 < run(seed=seed).read(["falling"])["falling"] < 23 for seed in range(42, 52))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize(("seed", "steps"), [(42, 2), (7, 30)])
def test_the_own_question_s_key_is_autograd_s(reduction, seed, steps):
    runner = run(steps, seed, reduction=reduction, lr=0.5 if reduction == "mean" else 0.5 / 64)
    experiment = runner.experiment
    z = experiment.model(experiment.x).detach().requires_grad_()
    F.cross_entropy(z, experiment.y, reduction=reduction).backward()
    p = z.detach().softmax(1)
    for luck in range(20):
        made = posed(runner, "own-slope", luck)
        true, at_true, wrong, at_wrong, at = re.search(
            r"a (\d), is given p = ([\d.]+) as \1 and ([\d.]+) as (\d)\..* score for (\d)", made.ask
        ).group(1, 2, 4, 3, 5)
        fits = (experiment.y == int(true)) & ((p[:, int(true)] - float(at_true)).abs() < 0.0006)
        fits &= (p[:, int(wrong)] - float(at_wrong)).abs() < 0.0006
        slopes = z.grad[fits][:, int(at)].tolist()
        assert pytest.approx(float(made.options[made.right]), rel=0.005) in slopes
        assert len(made.options) >= 3


def test_a_net_that_is_sure_of_all_is_asked_nothing():
    with pytest.raises(TutorError, match="sure of each"):
        posed(run(5, digits=1), "own-slope", 0)


def test_looking_leaves_the_run_as_it_was():
    watched = run()
    for _ in range(5):
        watched.advance(2)
        watched.look(tuple(KIND.figures()))
    assert watched.history.losses == run(10).history.losses


def test_the_run_of_the_goal_page():
    mean = run(100)
    assert mean.loss == pytest.approx(0.198, abs=0.0005)
    assert mean.measure().losses["val"] == pytest.approx(0.792, abs=0.0005)
    assert mean.measure().accuracies["val"] == 0.8
    bad = run(100, reduction="sum")
    assert bad.measure().losses["val"] == pytest.approx(4.0, abs=0.05)
    assert bad.loss < 0.001
    exact = run(100, reduction="sum", lr=0.5 / 64)
    assert exact.history.losses == mean.history.losses
    # The knob's own notches around it, and a rate that only forgot half of the factor.
    assert run(100, reduction="sum", lr=0.005).measure().losses["val"] > 0.8


def test_the_numeric_answers():
    halving = LESSON.questions["halving"]
    assert isinstance(halving, Numeric)
    assert halving.answer == pytest.approx(math.log(2), abs=0.0005)
    missing = LESSON.questions["missing-entry"]
    assert isinstance(missing, Numeric)
    assert missing.answer + 0.231 + 0.140 == pytest.approx(0)
    assert not grade(missing, -0.372).right
    p = torch.softmax(torch.tensor([2, 1, 0.5]).double(), 0)
    assert p[0].item() == pytest.approx(0.6285, abs=5e-5)


def test_every_claim_of_the_ledger_is_here():
    ledger = (
        "ce-is-nll ce-formula ce-onehot-simplifies ce-perfect ce-chart-upside-down ce-loss-behaviour ce-sample-1"
        " ce-sample-2 ce-sample-3 ce-batch-mean ce-good ce-bad ce-terrible fb-loss-1 fb-loss-2 fb-loss-3 fb-loss-mean"
        " ce-gradient-p-minus-y grad-row-1 grad-row-2 grad-row-3 grad-matrix-of-mean grad-sign-pattern"
        " backprop-raises-true-logit ce-chain-result 205-gradient weight-update-on-logits sum-gradient"
        " softmax-differentiable softmax-jacobian ce-ds"
    )
    assert set(ledger.split()) <= LESSON.claims.keys()
