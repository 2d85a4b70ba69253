"""The lesson on the first loss: its net is the lecture's, and what its text and presets say is so."""

import math
import random
import sys

import pytest
import torch
from torch.nn import functional as F

from tests.figures.drawn import text
from tutor.course.lesson import load_lesson
from tutor.lab.datasets import Sources
from tutor.lab.goals import Watch
from tutor.lab.load import load_experiment
from tutor.lab.observation import Observation
from tutor.lab.predictions import posed
from tutor.lab.runner import Runner
from tutor.link.goals import SetKnob, Train
from tutor.link.knobs import find
from tutor.paths import lessons_dir

FOLDER = lessons_dir() / "first_loss"
KIND = load_experiment(FOLDER)
LAB = sys.modules[KIND.__module__]
LESSON = load_lesson(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}
UNSURE = PRESETS["unsure"]
ZERO_OUTPUT = {"weights": "zero output", "bias": "zero"}
ZERO_HIDDEN = {"weights": "zero hidden", "bias": "zero", "output_scale": 0.01}


def run(steps=0, seed=42, **knobs):
    runner = Runner(KIND, DATA, seed, knobs)
    runner.advance(steps)
    return runner


def val(*steps, **knobs):
    runner, losses = run(**knobs), []
    for step in steps:
        runner.advance(step - runner.iteration)
        losses.append(runner.measure().losses["val"])
    return losses


def train(**knobs):
    return run(**knobs).measure().losses["train"]


def blocked(runner):
    """The parameters whose next gradient is exactly 0 everywhere."""
    seen = Observation(runner.experiment, runner.history)
    return {p.name for p in seen.parameters if not p.gradient.any()}


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_tells(preset):
    runner = run(20, **PRESETS.get(preset, {}))
    runner.measure()
    for name, figure in runner.look(list(KIND.figures()), 42).items():
        for width, height in ((42, 9), (66, 12)):
            drawn = text(figure, width, height)
            assert figure.title.split(":")[0] in drawn, name
            assert "more" not in drawn, name
            figure.draw(width, height, glyphs="ascii")
        assert "no data" not in figure.describe(), name


@pytest.mark.parametrize("knobs", [{"lr": 10.0, "output_scale": 10.0}, {"lr": 10.0, "weights": "all equal"}])
def test_extremes_crash_nothing(knobs):
    runner = run(100, **knobs)
    assert runner.halted or runner.iteration == 100
    for figure in runner.look(list(KIND.figures()), 42).values():
        assert figure.draw(42, 9)
        assert figure.describe()


def test_looking_leaves_the_run_as_it_was():
    watched = run()
    for _ in range(4):
        watched.look(list(KIND.figures()))
        watched.advance(5)
    assert watched.history.losses == run(20).history.losses


def notebook(words, steps, scale, bias):
    """The lecture's loop, written as in its notebook: the loss of every step, and the tensors after the last."""
    words = list(words)
    random.Random(42).shuffle(words)
    xs, ys = [], []
    for word in words[: int(0.8 * len(words))]:
        context = [0, 0, 0]
        for letter in word + ".":
            ix = ".abcdefghijklmnopqrstuvwxyz".index(letter)
            xs.append(context)
            ys.append(ix)
            context = [*context[1:], ix]
    x, y = torch.tensor(xs), torch.tensor(ys)
    g = torch.Generator().manual_seed(2147483647)
    c = torch.randn((27, 10), generator=g)
    w1 = torch.randn((30, 200), generator=g)
    b1 = torch.randn(200, generator=g)
    w2 = torch.randn((200, 27), generator=g) * scale
    b2 = torch.randn(27, generator=g) * bias
    parameters = [c, w1, b1, w2, b2]
    for p in parameters:
        p.requires_grad = True
    losses = []
    for i in range(steps):
        ix = torch.randint(0, x.shape[0], (32,), generator=g)
        embedded = c[x[ix]]
        h = torch.tanh(embedded.view(embedded.shape[0], -1) @ w1 + b1)
        loss = F.cross_entropy(h @ w2 + b2, y[ix])
        for p in parameters:
            p.grad = None
        loss.backward()
        lr = 0.1 if i < 100000 else 0.01
        for p in parameters:
            p.data += -lr * p.grad
        losses.append(loss.item())
    return losses, parameters


@pytest.mark.parametrize(("preset", "scale", "bias"), [("lecture", 1, 1), ("lecture unsure", 0.01, 0)])
def test_the_lecture_s_draws_bit_for_bit(preset, scale, bias):
    losses, parameters = notebook(DATA.word_list(), 200, scale, bias)
    runner = run(200, **PRESETS[preset])
    assert list(runner.history.losses) == losses
    for ours, theirs in zip(runner.experiment.parameters, parameters, strict=True):
        assert torch.equal(ours, theirs)


def test_the_lecture_s_seed_is_the_whole_of_the_preset():
    assert run(3, seed=2147483647).history.losses == run(3, seed=7, **PRESETS["lecture"]).history.losses
    assert run(1, **PRESETS["lecture"]).loss == pytest.approx(26.41, abs=0.005)
    assert run(1, **PRESETS["lecture unsure"]).loss == pytest.approx(3.31, abs=0.005)


def test_the_rate_falls_to_a_tenth_after_100_000_steps():
    runner = run(**UNSURE)
    experiment = runner.experiment
    for iteration, lr in ((99_999, 0.1), (100_000, 0.01)):
        experiment.iteration = iteration
        before = experiment.model.b2.detach().clone()
        experiment.step()
        assert torch.equal(experiment.model.b2, before + -lr * experiment.model.b2.grad)


def test_the_net_is_the_one_described():
    experiment = run().experiment
    assert sum(p.numel() for p in experiment.parameters) == 11_897
    for p in experiment.parameters:
        assert p.std().item() == pytest.approx(1, abs=0.15)
    h = experiment.model.hidden(experiment.names.val.x)
    assert h.square().mean().item() == pytest.approx(0.87, abs=0.005)
    assert (h.abs() > 0.97).float().mean().item() == pytest.approx(0.72, abs=0.01)


def test_first_losses_of_the_pages():
    assert run(1).loss == pytest.approx(28.00, abs=0.005)
    assert train() == pytest.approx(27.10, abs=0.01)
    for scale, loss in ((1, 26.72), (0.1, 4.11), (0.03, 3.38), (0.01, 3.31), (0.001, 3.296)):
        assert train(output_scale=float(scale), bias="zero") == pytest.approx(loss, abs=0.006)
    assert train(output_scale=0.01) == pytest.approx(4.06, abs=0.005)
    assert train(**ZERO_OUTPUT) == pytest.approx(math.log(27), abs=1e-6)
    losses = [train(seed=seed) for seed in range(42, 47)]
    assert (min(losses), max(losses)) == pytest.approx((23.9, 27.1), abs=0.05)


def test_a_sure_net_s_loss_is_the_gap():
    runner = run()
    x, y, logits = runner.experiment.examples()
    gap = (logits.amax(1) - logits[range(len(x)), y]).mean().item()
    assert gap == pytest.approx(27.03, abs=0.01)
    assert F.cross_entropy(logits, y).item() == pytest.approx(27.18, abs=0.01)
    assert logits.std().item() == pytest.approx(12.75, abs=0.01)
    table = runner.look(["guesses"])["guesses"]
    assert table.title == "What it expects: 87% sure, 4% right"
    assert table.rows[3] == ("del", "d  1.000", "o  0.000", "42.58")
    assert run(bias="zero").experiment.examples()[2].std().item() == pytest.approx(12.66, abs=0.01)


def test_a_random_bias_is_an_opinion_about_the_alphabet():
    table = run(output_scale=0.01).look(["guesses"])["guesses"]
    expected = [row[1].split() for row in table.rows]
    assert {letter for letter, _ in expected} == {"s", "o"}
    assert all(float(p) == pytest.approx(0.15, abs=0.01) for _, p in expected)


def test_squeezing_gains_what_the_page_says():
    runner = run(bias="random")
    for step, loss, best, title in (
        (0, 27.18, 3.31, "3.31 at 100"),
        (100, 9.04, 3.04, "3.04 at 11.2"),
        (1000, 4.24, 2.70, "2.70 at 3.98"),
    ):
        runner.advance(step - runner.iteration)
        figure = runner.look(["squeezed"])["squeezed"]
        assert (figure.series[0].y[0], min(figure.series[0].y)) == pytest.approx((loss, best), abs=0.01)
        assert figure.title.endswith(title)
    assert runner.experiment.examples()[2].std().item() == pytest.approx(6.88, abs=0.02)
    for step in (10, 300):
        line = run(step, **UNSURE).look(["squeezed"])["squeezed"].series[0]
        assert line.x[line.y.index(min(line.y))] < 1.2


def test_the_question_of_the_own_run_divides_the_logits():
    runner = run(150)
    _, y, logits = runner.experiment.examples()
    made = [posed(runner, "own-t", luck) for luck in range(6)]
    assert len({each.right for each in made}) > 1
    as_it_is, drowned, best = map(float, made[0].options)
    assert as_it_is == pytest.approx(F.cross_entropy(logits, y).item(), abs=1e-3)
    assert drowned == pytest.approx(F.cross_entropy(logits / 100, y).item(), abs=1e-3)
    assert best == pytest.approx(min(runner.look(["squeezed"])["squeezed"].series[0].y), abs=1e-3)
    for each in made:
        asked = {"as it is?": 0, "with T = 100?": 1}
        assert each.right == next((place for words, place in asked.items() if each.ask.endswith(words)), 2)


def test_the_gradients_of_the_zero_starts():
    assert blocked(run(**ZERO_OUTPUT)) == {"C", "W1", "b1"}
    assert blocked(run(1, **ZERO_OUTPUT)) == set()
    assert blocked(run(**ZERO_HIDDEN)) == {"C", "W2"}
    assert blocked(run(1, **ZERO_HIDDEN)) == set()
    assert blocked(run(**PRESETS["all zero"])) == {"C", "W1", "b1", "W2"}
    assert blocked(run(300, **PRESETS["all zero"])) == {"C", "W1", "b1", "W2"}
    table = run(**ZERO_OUTPUT).look(["gradients"])["gradients"]
    assert {row[0]: row[3] for row in table.rows}["W2"] == "0.0313"
    after = run(1, **ZERO_OUTPUT).look(["gradients"])["gradients"]
    assert float({row[0]: row[3] for row in after.rows}["W1"]) == pytest.approx(2.8e-4, rel=0.02)


def test_all_zero_learns_letter_frequencies_and_starts_no_lower_than_ln_27():
    names = DATA.names()
    counts = torch.bincount(names.train.y, minlength=27)
    frequencies = (counts / counts.sum()).log()
    assert -frequencies[names.val.y].mean().item() == pytest.approx(2.838, abs=0.0005)
    assert not any(p.any() for p in run(**PRESETS["all zero"]).experiment.parameters)
    runner = run(500, **PRESETS["all zero"])
    torch.testing.assert_close(runner.experiment.model.b2.detach().softmax(0), frequencies.exp(), atol=0.03, rtol=0)
    informed = run(**PRESETS["informed"])
    torch.testing.assert_close(informed.experiment.model.b2.softmax(0), frequencies.exp())
    assert informed.measure().losses["val"] == pytest.approx(2.838, abs=0.0005)


def test_equal_weights_make_one_unit():
    runner = run(300, **PRESETS["copies"])
    h = runner.experiment.model.hidden(DATA.names().val.x)
    torch.testing.assert_close(h, h[:, :1].expand_as(h), atol=1e-4, rtol=0)
    assert runner.look(["hidden"])["hidden"].title == "Hidden units: 1 different of 200"
    assert run().look(["hidden"])["hidden"].title == "Hidden units: 200 different of 200"
    assert runner.measure().losses["val"] == pytest.approx(2.78, abs=0.01)
    assert val(300, **UNSURE) == pytest.approx([2.48], abs=0.01)


def test_the_sure_and_the_unsure_way():
    assert val(0, 100, 300, 1000) == pytest.approx([27.03, 8.76, 6.14, 4.08], abs=0.03)
    assert val(0, 10, 100, 1000, **UNSURE) == pytest.approx([3.31, 2.94, 2.57, 2.35], abs=0.01)


@pytest.mark.slow
def test_the_longer_ways():
    assert val(2000, 2100, 3000) == pytest.approx([3.32, 3.256, 2.95], abs=0.06)
    assert val(2000)[0] > math.log(27)
    assert val(3000, **UNSURE) == pytest.approx([2.265], abs=0.005)
    assert val(3000, **ZERO_OUTPUT) == pytest.approx([2.266], abs=0.005)
    assert val(1000, 20_000, **ZERO_HIDDEN) == pytest.approx([2.45, 2.18], abs=0.02)
    assert val(1000, 3000, **PRESETS["all zero"]) == pytest.approx([2.849, 2.841], abs=0.003)


def follow(moves, knobs):
    """The run that a page's settings and `moves` lead to."""
    settings, steps = dict(knobs), 0
    for move in moves:
        if isinstance(move, SetKnob):
            settings[move.knob] = find(KIND.knobs, move.knob).parse(move.text)
        elif isinstance(move, Train):
            steps += move.steps
    return run(steps, **settings)


def test_the_goal_is_reached_by_the_reference_and_not_without():
    page = LESSON.steps[-1]
    watch = Watch(page.goal)
    start = PRESETS[page.preset]
    assert all(gauge.holds for gauge in watch.judge(follow(page.reference, start)))
    untouched = {gauge.condition.metric: gauge.holds for gauge in watch.judge(follow(page.reference[-1:], start))}
    assert not untouched["first loss"]
    assert not untouched["val"]


@pytest.mark.slow
def test_other_ways_to_the_goal():
    page = LESSON.steps[-1]
    watch, start = Watch(page.goal), PRESETS[page.preset]
    assert val(1000, **start) == pytest.approx([2.70], abs=0.03)
    other = follow(page.reference[-1:], {"output_scale": 0.01, "bias": "frequencies"})
    assert all(gauge.holds for gauge in watch.judge(other))
    for half in ({**start, "bias": "frequencies"}, {**UNSURE}):
        assert not all(gauge.holds for gauge in watch.judge(follow(page.reference[-1:], half)))


def test_the_buggy_listing_prints_what_the_question_says():
    question = LESSON.questions["init-bug"]
    made = {"torch": torch}
    exec(question.listing, made)
    names = DATA.names()
    logits = torch.tanh(made["C"][names.train.x].flatten(1) @ made["W1"] + made["b1"]) @ made["W2"] + made["b2"]
    assert F.cross_entropy(logits, names.train.y).item() == pytest.approx(4.06, abs=0.005)
    mended = logits - made["b2"]
    assert F.cross_entropy(mended, names.train.y).item() == pytest.approx(3.31, abs=0.005)
    assert "randn(27, generator" in question.lines[question.faulty - 1]


def test_every_claim_of_the_ledger_is_here():
    ledger = {
        "last-layer-times-0-1",
        "small-equal-logits-at-init",
        "no-bias-small-weights",
        "easy-gains-hockey-stick",
        "large-unequal-logits-cost",
        "report-loss-per-fix",
        "epoch0-loss-ln10",
    }
    assert ledger <= LESSON.claims.keys()
