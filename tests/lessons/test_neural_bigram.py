"""The neural bigram lesson: its net against counting and autograd, its presets' promises, its text's numbers."""

import math
import re
from functools import cache
from itertools import pairwise

import pytest
import torch
from torch.nn import functional as F

from tutor.course.grading import grade
from tutor.course.lesson import load_lesson
from tutor.course.quiz import Bug, Numeric
from tutor.errors import TutorError
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.predictions import posed
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

FOLDER = lessons_dir() / "neural_bigram"
LESSON = load_lesson(FOLDER)
KIND = load_experiment(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}


def run(steps=0, seed=42, **knobs):
    runner = Runner(KIND, DATA, seed, knobs)
    runner.advance(steps)
    return runner


@cache
def done(**knobs):
    """A run of 1,000 steps, to look at only."""
    return run(1000, **knobs)


def gap(runner):
    return runner.read(["gap"])["gap"]


def loss(runner):
    return runner.experiment.nll(runner.experiment.net())


@pytest.fixture(scope="module")
def pairs():
    """Every two neighbours in the list, with a dot around each name."""
    letters = ".abcdefghijklmnopqrstuvwxyz"
    texts = [f".{word}." for word in DATA.word_list()]
    found = [(letters.index(a), letters.index(b)) for text in texts for a, b in pairwise(text)]
    return torch.tensor(found).T


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_describes_itself_for_every_preset(preset):
    runner = run(3, **PRESETS.get(preset, {}))
    runner.measure()
    for name, figure in runner.look(tuple(KIND.figures())).items():
        for size in ((42, 9), (42, 18), (66, 18)):
            lines = figure.draw(*size)
            assert any(text.strip() for line in lines[1:] for text, _ in line), name
            figure.draw(*size, glyphs="ascii")
        assert "no data" not in figure.describe()


def test_columns_are_not_cut_at_80x24():
    for name in ("after", "pull", "rows", "sides"):
        for letter in "aq":
            header = done(**({"after": letter} if letter != "a" else {})).look([name])[name].draw(42, 18)[1]
            assert "…" not in "".join(text for text, _ in header)


def test_the_counts_are_those_of_the_list(pairs):
    net = run().experiment
    N = torch.zeros(27, 27).index_put_(tuple(pairs), torch.ones(pairs.shape[1]), accumulate=True)
    assert torch.equal(net.N, N)
    assert (N.sum().item(), len(net.counts), int((N == 0).sum())) == (49_004, 493, 236)
    P = N.double() / N.double().sum(1, keepdim=True)
    assert net.nll(net.table()) == pytest.approx(-P[tuple(pairs)].log().mean().item())
    assert net.nll(net.table()) == pytest.approx(2.4093, abs=5e-5)
    assert torch.equal(N.sum(0), N.sum(1))
    assert [N[1, letter].item() for letter in (0, 14, 4)] == [1658, 987, 177]
    assert {letter: N[17, letter].item() for letter in (21, 0, 9)} == {21: 57, 0: 2, 9: 1}


def test_the_loss_and_its_gradient_are_those_of_every_pair(pairs):
    runner = run(**PRESETS["random"])
    W = runner.experiment.model.W.detach().clone().requires_grad_()
    expected = F.cross_entropy(F.one_hot(pairs[0], 27).float() @ W, pairs[1])
    expected.backward()
    runner.advance(1)
    assert runner.loss == pytest.approx(expected.item(), abs=1e-5)
    torch.testing.assert_close(runner.experiment.model.W.grad, W.grad, atol=1e-6, rtol=1e-4)
    torch.testing.assert_close(runner.experiment.model.W.detach(), W.detach() - 50 * W.grad, atol=5e-5, rtol=1e-4)


def test_the_pull_of_l2_is_that_of_autograd():
    runner = run(5, l2=0.5)
    W = runner.experiment.model.W.detach().clone().requires_grad_()
    nll = -(runner.experiment.N * W.log_softmax(1)).sum() / runner.experiment.N.sum()
    (nll + 0.5 * W.square().mean()).backward()
    runner.advance(1)
    torch.testing.assert_close(runner.experiment.model.W.grad, W.grad, atol=1e-6, rtol=1e-4)
    assert runner.loss == pytest.approx(nll.item(), abs=1e-5)


def test_one_hot_times_w_is_a_row():
    figure = run(start="random", after="e").look(["one_hot"])["one_hot"]
    assert figure.title == "e is 5: the last two are equal"
    assert figure.values[1] == figure.values[2]
    assert figure.values[0] == tuple(float(i == 5) for i in range(27))


def test_the_gradient_of_a_row_is_s_times_p_less_P():
    rows = run().look(["pull"])["pull"].rows
    assert rows[0] == (".", "0.0370", "0.2796", "-0.02935", "-0.02935")
    assert all(row[3] == row[4] for row in rows)
    assert run(after="a").experiment.N[1].sum().item() == 5930


def test_the_way_down_to_the_line():
    runner = run()
    for step, expected in ((0, math.log(27)), (10, 2.581), (100, 2.429), (200, 2.4194), (500, 2.4136)):
        runner.advance(step - runner.iteration)
        assert loss(runner) == pytest.approx(expected, abs=0.0005)
    assert loss(done()) == pytest.approx(2.4116, abs=5e-5)
    assert gap(done()) == pytest.approx(0.0023, abs=5e-5)
    assert done().read(["unseen"])["unseen"] == pytest.approx(0.0022, abs=6e-5)
    names = done().look(["made_up"])["made_up"]
    assert names.title == "Same luck: 191 of 200 names are the same"
    assert {("lendina", "lendina"), ("ratrucar", "ratrucar"), ("loughet", "loughet")} <= set(names.rows)


def test_where_the_presets_lead():
    assert loss(run(**PRESETS["random"])) == pytest.approx(3.68, abs=0.005)
    assert loss(done(**PRESETS["random"])) == pytest.approx(2.4116, abs=5e-5)
    assert abs(gap(done(**PRESETS["counted"]))) < 1e-9
    bouncing = done(**PRESETS["bouncing"])
    assert (min(bouncing.history.losses[-9:]), max(bouncing.history.losses[-9:])) == pytest.approx(
        (2.436, 2.490), abs=0.001
    )
    rows = bouncing.look(["rows"])["rows"].rows
    assert [row[0] for row in rows[:2]] == ["a", "e"]
    assert float(rows[2][2]) < 0.0001
    smooth = done(**PRESETS["smooth"])
    assert loss(smooth) == pytest.approx(2.702, abs=0.0005)
    assert smooth.read(["entropy"])["entropy"] == pytest.approx(3.152, abs=0.001)
    few = done(**PRESETS["few names"])
    assert few.experiment.N.sum() == 434
    assert (loss(few), few.measure().losses["val"]) == pytest.approx((2.01, 3.30), abs=0.005)
    assert len(few.experiment.val) == 4952


def test_the_net_of_all_names_has_no_val_and_that_of_fewer_never_sees_it():
    assert not run().measure().losses
    names = DATA.names(block=1)
    most = run(names=7000).experiment
    assert most.counts.sum() == len(names.train)
    assert run(names=7000).measure().losses["val"] == pytest.approx(math.log(27))


def test_logits_are_log_counts():
    W, N = done().experiment.model.W.detach(), done().experiment.N
    offsets = (W[1] - N[1].log())[N[1] > 50]
    assert offsets.mean().item() == pytest.approx(-4.42, abs=0.005)
    assert offsets.std().item() < 0.002
    assert W.sum(1).abs().max().item() < 1e-3
    table = done().look(["after"])["after"]
    n, d = (next(row for row in table.rows if row[0] == letter) for letter in "nd")
    assert (n[4], d[4]) == ("2.48", "0.76")


@pytest.mark.parametrize(("seed", "knobs"), [(42, {}), (7, {"start": "random"}), (8, {"names": 512})])
def test_the_own_question_s_key_is_the_net_s_logit(seed, knobs):
    runner = run(500, seed, **knobs)
    letters = ".abcdefghijklmnopqrstuvwxyz"
    logits = runner.experiment.model(torch.arange(27)[:, None]).detach()
    for luck in range(20):
        made = posed(runner, "own-logit", luck)
        ask = made.ask.replace("the dot", ".").replace(",", "")
        row, first, known, often, rare, other = re.search(
            r"row of (.) (.) has the logit (\S+) and came (\d+) times; (.) came (\d+) times", ask
        ).group(1, 2, 3, 4, 6, 5)
        i, j, k = (letters.index(letter) for letter in (row, first, other))
        assert float(known) == pytest.approx(logits[i, j].item(), abs=0.0051)
        key = float(made.options[made.right])
        assert key == pytest.approx(logits[i, k].item(), abs=0.0051)
        assert key == pytest.approx(float(known) - math.log(int(often) / int(rare)), abs=0.035)
        assert len(made.options) >= 3


@pytest.mark.parametrize(("steps", "knobs"), [(0, {}), (500, {"l2": 1.0})])
def test_no_question_is_made_of_weights_that_are_no_log_counts(steps, knobs):
    with pytest.raises(TutorError, match="no log counts"):
        posed(run(steps, **knobs), "own-logit", 0)


def test_smoothing_as_the_table_of_the_page_has_it():
    for knobs, shown in (
        ({}, (2.4116, 2.155, 0.944)),
        ({"l2": 0.01}, (2.4181, 2.275, 0.843)),
        ({"l2": 1.0}, (2.7020, 3.152, 0.055)),
    ):
        runner = done(**knobs)
        q_to_u = runner.experiment.net()[17, 21].item()
        assert (loss(runner), runner.read(["entropy"])["entropy"], q_to_u) == pytest.approx(shown, abs=0.0006)
    net = run().experiment
    for fake, shown in ((1.0, (2.4143, 2.285, 0.667)), (100.0, (2.6949, 3.162, 0.057))):
        P = net.table(fake)
        found = net.nll(P), -(P * P.log()).sum(1).mean().item(), P[17, 21].item()
        assert found == pytest.approx(shown, abs=0.0006)
    dot = [done(l2=l2).experiment.net()[1, 0].item() for l2 in (0.01, 1.0)]
    assert dot == pytest.approx([0.279, 0.230], abs=0.0006)


@pytest.mark.slow
def test_rates_and_the_row_that_limits_them():
    assert gap(run(1000, lr=1.0)) == pytest.approx(2.5066 - 2.4093, abs=1e-4)
    net = run().experiment
    P, s = net.table()[1], (net.N[1].sum() / net.N.sum()).item()
    limit = 2 / (s * torch.linalg.eigvalsh(torch.diag(P) - torch.outer(P, P))[-1].item())
    assert limit == pytest.approx(71, abs=0.5)
    for lr, jumps in ((70.0, False), (72.0, True)):
        rows = run(1000, lr=lr).look(["rows"])["rows"].rows
        assert (rows[0][0] == "a" and float(rows[0][2]) > 0.0005) == jumps


@pytest.mark.slow
def test_few_names_and_how_strong_a_pull_is_best():
    runner = run(0, names=64)
    vals = {}
    while runner.iteration < 100:
        runner.advance(10)
        vals[runner.iteration] = runner.measure().losses["val"]
    assert min(vals, key=vals.get) == 20
    assert vals[20] == pytest.approx(2.733, abs=0.001)
    for l2, own, val in ((0.2, 2.166, 2.713), (0.3, 2.217, 2.708)):
        runner = run(1000, names=64, l2=l2)
        assert (loss(runner), runner.measure().losses["val"]) == pytest.approx((own, val), abs=0.001)
    many = [run(1000, names=4096, l2=l2).measure().losses["val"] for l2 in (0.0, 0.003, 0.03)]
    assert many == pytest.approx([2.4225, 2.4225, 2.4355], abs=0.0005)


@pytest.mark.slow
def test_the_gap_goes_as_one_over_the_steps():
    assert [gap(run(steps)) for steps in (200, 400, 500, 2000, 4000)] == pytest.approx(
        [0.0101, 0.0052, 0.0043, 0.0012, 0.0006], abs=5e-5
    )
    question = LESSON.questions["gap-halves"]
    assert isinstance(question, Numeric)
    assert grade(question, gap(run(2000))).right


def test_the_buggy_listing_predicts_backwards_at_the_same_loss(pairs):
    question = LESSON.questions["wrong-dim"]
    assert isinstance(question, Bug)
    assert "sum(0" in question.lines[question.faulty - 1]
    made = {"torch": torch, "first": pairs[0], "second": pairs[1]}
    exec(question.listing, made)
    assert made["loss"].item() == pytest.approx(math.log(27), abs=1e-4)
    W, N = made["W"], run().experiment.N
    for _ in range(500):
        with torch.no_grad():
            W -= 50 * W.grad
        P = W.softmax(0)
        W.grad = None
        (-(N * P.log()).sum() / N.sum()).backward()
    assert (-(N * P.log()).sum() / N.sum()).item() == pytest.approx(2.4137, abs=0.0005)
    assert P.sum(1).min() < 0.1
    assert P.sum(1).max() > 7


def test_looking_leaves_the_run_as_it_was():
    watched = run(**PRESETS["random"])
    for _ in range(4):
        watched.advance(5)
        watched.look(tuple(KIND.figures()))
    assert watched.history.losses == run(20, **PRESETS["random"]).history.losses


def test_a_list_of_ten_names_is_enough(tmp_path):
    names = tmp_path / "ten.txt"
    names.write_text("\n".join(["ann", "bob", "cleo", "dan", "eve", "flo", "gus", "hal", "ida", "joe"]))
    for knobs in ({}, {"names": 64}, {"start": "log counts"}):
        runner = Runner(KIND, Sources(names), 42, knobs)
        runner.advance(50)
        for figure in runner.look(tuple(KIND.figures())).values():
            assert figure.describe()
        assert gap(runner) < 0.5


def test_every_claim_of_the_ledger_is_here():
    ledger = {"logits-unnormalised", "logits-are-log-counts", "onehot-is-selection", "l2-smooths-bigram"}
    assert ledger <= LESSON.claims.keys()
