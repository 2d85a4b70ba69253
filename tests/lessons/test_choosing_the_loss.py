"""The lesson on choosing the loss: its losses against PyTorch's own, its presets' promises, its text's numbers."""

import math
import re
from random import Random

import pytest
import torch
from torch.nn import functional as F

from tutor.course.lesson import load_lesson
from tutor.errors import TutorError
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

FOLDER = lessons_dir() / "choosing_the_loss"
LESSON = load_lesson(FOLDER)
KIND = load_experiment(FOLDER)
LAB = KIND.build.__globals__
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}
TASKS = ("3 or 8", "digit", "tags")


def run(steps=0, seed=42, **knobs):
    runner = Runner(KIND, DATA, seed, knobs)
    runner.advance(steps)
    return runner


def look(name, steps=0, **knobs):
    return run(steps, **knobs).look([name])[name]


def per_cent(runner):
    return [round(100 * share, 1) for share in runner.experiment.shares()]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("loss", LAB["LOSSES"])
def test_every_figure_draws_and_describes_itself_for_every_loss(task, loss):
    runner = run(2, task=task, loss=loss)
    runner.measure()
    for name, figure in runner.look(tuple(KIND.figures())).items():
        for size in ((42, 16), (66, 16)):
            lines = figure.draw(*size)
            assert not any("…" in text for line in lines for text, _ in line), (name, size)
            figure.draw(*size, glyphs="ascii")
        assert "no data" not in figure.describe()


def test_losses_are_those_of_torch():
    torch.manual_seed(0)
    z, y, tags = torch.randn(16, 3), torch.randint(3, (16,)), torch.randint(2, (16, 3)).float()
    loss = {name: function(z, y) for name, function in LAB["LOSSES"].items()}
    assert all(values.shape == (16,) for values in loss.values())
    hot = F.one_hot(y, 3).float()
    expected = {
        "softmax": F.cross_entropy(z, y),
        "one-hot": F.cross_entropy(z, y),
        "sigmoid": F.binary_cross_entropy(z.sigmoid(), hot),
        "soft": F.cross_entropy(z, y, label_smoothing=0.1),
        "softmax twice": F.cross_entropy(torch.softmax(z, 1), y),
        "late T": F.cross_entropy(z, y) + math.log(2),
        "wrong axis": F.nll_loss(torch.log_softmax(z, 0), y),
    }
    for name, value in expected.items():
        torch.testing.assert_close(loss[name].mean(), value)
    torch.testing.assert_close(LAB["softmax"](z, tags).mean(), -(tags * z.log_softmax(1)).sum(1).mean())
    torch.testing.assert_close(LAB["sigmoid"](z, tags).mean(), F.binary_cross_entropy_with_logits(z, tags))
    torch.testing.assert_close(
        LAB["sigmoid"](z[:, :1], y.clamp(max=1)).mean(),
        F.binary_cross_entropy_with_logits(z[:, 0], y.clamp(max=1).float()),
    )


def test_floors_are_their_formulas():
    entropy = -(0.91 * math.log(0.91) + 9 * 0.01 * math.log(0.01))
    formulas = {"softmax twice": math.log(1 + 9 / math.e), "late T": math.log(2), "soft": entropy}
    assert pytest.approx(formulas, abs=1e-4) == LAB["FLOORS"]


@pytest.mark.parametrize(("a", "b"), [(0.5, 2.0), (0.0, 8.0), (-40.0, 40.0)])
def test_two_scores_or_their_gap(a, b):
    both, gap, each = look("pair", a=a, b=b).rows
    p = torch.softmax(torch.tensor([a, b]).double(), 0)
    assert both[1:] == gap[1:] == (*(f"{value:.4f}" for value in p), "1.0000")
    assert float(each[3]) == pytest.approx(torch.sigmoid(torch.tensor([a, b])).sum().item(), abs=1e-4)


def test_the_pull_where_it_is_sure_and_wrong():
    truth, rival, _ = look("pulls", a=0.0, b=8.0).rows
    assert truth[2:] == ("-0.99967", "-0.00038")
    assert rival[1] == "0.99699"
    assert look("flat", a=0.0, b=8.0).title == "Loss at a = 0: 8.003, twice 2.460"
    once, twice = look("flat", b=8.0).series
    assert max(once.y) > 20
    assert 1.461 < min(twice.y) < max(twice.y) < 2.462


def test_what_a_loss_accepts():
    gives = dict(look("clinic").rows)
    raising = {call for call, said in gives.items() if said.endswith("Error")}
    asked = {option.text.split(":")[0]: option.right for option in LESSON.questions["which-raise"].options}
    assert asked == {call: call in raising for call in asked}
    assert gives["CE(z, y)"] == gives["CE(z, hot.float())"] == "0.5139"
    assert gives["CE(z, ones)"] == "4.5418"


def test_tags_of_the_digits():
    truth = dict(zip(range(10), look("truth", task="tags").values, strict=True))
    assert (truth[6], truth[9], truth[1]) == ((1, 1, 1), (0, 1, 1), (0, 0, 0))
    assert [digit for digit, tags in truth.items() if sum(tags) == 1] == [2, 4, 5, 7]


def test_two_scores_open_the_gap_twice_as_fast():
    two, half, one = run(50, loss="softmax"), run(50, loss="softmax", lr=0.25), run(50, loss="sigmoid")
    losses = [runner.measure().losses["val"] for runner in (two, half, one)]
    assert losses == pytest.approx([0.1247, 0.1677, 0.1677], abs=1e-4)
    assert half.history.losses == pytest.approx(one.history.losses, abs=1e-6)
    assert [sum(p.numel() for p in net.model.parameters()) for net in (two.experiment, one.experiment)] == [130, 65]


def test_a_well_wired_net_is_its_twin():
    for task, loss in LAB["USUAL"].items():
        experiment = run(20, task=task, loss=loss).experiment
        for mine, twins in zip(experiment.model.parameters(), experiment.twin.parameters(), strict=True):
            assert torch.equal(mine, twins)


def test_softmax_twice_on_its_way():
    runner = run(50, **PRESETS["twice"])
    assert per_cent(runner)[0] == 58.3
    runner.advance(50)
    assert per_cent(runner) == [58.3, 96.1]
    runner.advance(200)
    assert per_cent(runner) == [91.7, 97.8]


def test_the_question_about_the_learners_image_is_answered_by_torch():
    experiment = run(60, seed=3, **PRESETS["twice"]).experiment
    p = experiment.model(experiment.val.x).softmax(1)
    charged = F.cross_entropy(p, experiment.val.y, reduction="none")
    for luck in range(10):
        asked = experiment.own_image(None, Random(luck))
        digit, said = re.search(r"a (\d) of val is (\d\.\d+)", asked.ask).groups()
        own = p[experiment.val.y == int(digit), int(digit)]
        nearest = (own - float(said)).abs().argmin()
        key = float(asked.options[asked.right])
        assert key == pytest.approx(charged[experiment.val.y == int(digit)][nearest].item(), abs=2e-3)
        assert 1.461 < key < 2.462
        assert float(asked.options[1]) == pytest.approx(-math.log(own[nearest].item()), abs=2e-3)


def test_of_another_loss_that_question_cannot_be_asked():
    with pytest.raises(TutorError, match="softmax twice"):
        run(task="tags").experiment.own_image(None, Random(0))


def test_alone_along_the_wrong_axis_every_p_is_1():
    experiment = run(20, **PRESETS["wrong axis"]).experiment
    p, _ = experiment.probabilities(alone=True)
    assert torch.equal(p, torch.ones(180, 10))
    assert experiment.shares(alone=True)[0] == pytest.approx(17 / 180)


def test_looking_leaves_the_run_as_it_was():
    watched = run(task="tags")
    for _ in range(5):
        watched.advance(2)
        watched.look(tuple(KIND.figures()))
    assert watched.history.losses == run(10, task="tags").history.losses


@pytest.mark.slow
def test_what_the_presets_promise_after_a_thousand_steps():
    assert per_cent(run(1000, **PRESETS["twice"])) == [97.2, 98.9]
    assert per_cent(run(1000, **PRESETS["one unit"])) == [38.9, 88.3]
    wrong = run(1000, **PRESETS["wrong axis"])
    assert per_cent(wrong) == [97.8, 98.9]
    assert wrong.experiment.shares(alone=True)[0] == pytest.approx(0.0944, abs=1e-4)
    assert 1.9 < sum(wrong.history.losses[-100:]) / 100 < 2.1
    soft = run(1000, **PRESETS["soft"])
    assert min(soft.history.losses) > 0.5
    assert per_cent(soft) == [98.9, 98.9]
    late = run(1000, **PRESETS["late T"])
    assert late.experiment.probabilities()[0].sum(1).mean().item() == pytest.approx(0.5)


@pytest.mark.slow
def test_what_there_is_to_try():
    assert per_cent(run(300, task="digit", loss="sigmoid", lr=5.0))[0] == 97.2
    assert per_cent(run(1000, task="tags", loss="sigmoid", lr=10.0))[0] < 20
    assert all(per_cent(run(1000, task="tags", loss="softmax", lr=lr))[0] < 40 for lr in (0.1, 1.0, 5.0))


def test_every_claim_of_the_ledger_is_here():
    ledger = (
        "sigmoid-range-closed binary-sigmoid-bce one-sigmoid-not-ten-classes sigmoid-softmax-table binary-two-options"
        " softmax-overkill-binary sum-dont-use-binary rest-probability-of-enjoying always-softmax-3plus"
        " multiclass-vs-multilabel multilabel-sum-over-1 decision-tree-by-class-count tree-examples"
        " ce-for-multilabel-wrong good-example-softmax-layer double-softmax-incorrect-gradients"
        " double-softmax-trains-slowly sum-softmax-only-inference ce-target-not-onehot onehot-raises sum-dont-onehot"
    )
    assert set(ledger.split()) <= LESSON.claims.keys()
