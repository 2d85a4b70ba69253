"""The lesson on learning rates: its sweeps and schedules against torch's own, its numbers, its presets' promises."""

import copy
import importlib.util
import math
import sys

import pytest
import torch
from torch.nn import functional as F
from torch.optim import lr_scheduler

from tutor.course.lesson import load_lesson
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.predictions import posed
from tutor.lab.runner import Runner
from tutor.link.goals import SetKnob
from tutor.paths import lessons_dir

FOLDER = lessons_dir() / "learning_rate"
KIND = load_experiment(FOLDER)
LAB = sys.modules[KIND.__module__]
LESSON = load_lesson(FOLDER)
PRESETS = {preset.name: preset.values for preset in KIND.presets}
DATA = Sources()


@pytest.fixture(scope="module")
def measured():
    """The functions of claims.py."""
    spec = importlib.util.spec_from_file_location("learning_rate_claims", FOLDER / "claims.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(steps=0, seed=42, **knobs):
    runner = Runner(KIND, DATA, seed, knobs)
    runner.advance(steps)
    return runner


def figure(name, runner):
    return runner.look([name], 42)[name]


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_describes_itself_for_every_preset(preset):
    runner = run(20, **PRESETS.get(preset, {}))
    runner.measure()
    for name, drawn in runner.look(list(KIND.figures()), 42).items():
        for size in ((42, 7), (42, 15), (66, 12)):
            assert any(text.strip() for line in drawn.draw(*size)[1:] for text, _ in line), name
            drawn.draw(*size, glyphs="ascii")
        assert "no data" not in drawn.describe()


def test_a_step_is_plain_sgd_at_the_schedules_rate():
    steps, lr = 30, 0.3
    ours, theirs = run(schedule="cosine", lr=lr, length=100), run()
    model, train = theirs.experiment.model, DATA.names(block=3).train
    optimizer = torch.optim.SGD(model.parameters(), lr)
    cosine = lr_scheduler.CosineAnnealingLR(optimizer, 100)
    ours.advance(steps)
    for loss in ours.history.losses:
        ix = torch.randint(len(train), (32,), generator=theirs.experiment.rng)
        wanted = F.cross_entropy(model(train.x[ix]), train.y[ix])
        assert loss == pytest.approx(wanted.item(), rel=1e-4)
        optimizer.zero_grad()
        wanted.backward()
        optimizer.step()
        cosine.step()


def test_the_net_is_that_of_the_lesson_on_mini_batches():
    other = Runner(load_experiment(lessons_dir() / "minibatches"), DATA, 42, {})
    other.advance(50)
    assert list(run(50).history.losses) == pytest.approx(list(other.history.losses), rel=1e-6)


def test_looking_leaves_the_run_as_it_was():
    watched, alone = run(schedule="1-cycle"), run(30, schedule="1-cycle")
    for _ in range(3):
        watched.advance(10)
        watched.look(list(KIND.figures()))
    assert list(watched.history.losses) == list(alone.history.losses)


def test_the_finder_on_the_page_is_a_sweep_of_the_net_at_step_0(measured):
    trained = run(200, lr=0.5)
    assert figure("finder", trained) == figure("finder", run())
    assert figure("finder", run(seed=7)) != figure("finder", run())
    smoothed = figure("finder", run()).series[1]
    assert smoothed.y == measured.swept(run()).smoothed[: len(smoothed.y)]


def test_the_finder_that_never_uses_its_rate_draws_a_plain_run():
    plain = run(500)
    batch, smoothed = figure("finder", run(swept=False)).series[:2]
    assert batch.y == tuple(plain.history.losses)
    assert batch.x[-1] == 10
    assert smoothed.y[-1] < 1.02 * min(smoothed.y)


def test_the_schedule_on_screen_marks_the_step_and_its_rate():
    runner = run(150, schedule="step", lr=0.5, length=200)
    line, now = figure("rate", runner).series
    assert (now.x, now.y) == ((150.0,), (pytest.approx(0.05),))
    assert (line.y[0], line.y[-1]) == (0.5, pytest.approx(0.05))
    drawn = {series.label: series.y for series in figure("schedules", runner).series}
    assert list(drawn) == ["constant", "step", "cosine", "1-cycle"]
    assert drawn["step"][0] == 0.5
    assert drawn["cosine"][-1] == pytest.approx(0)


def test_the_cloud_in_the_bowl_has_the_width_of_the_formula():
    # Over enough steps; the variance v of x obeys v = (1 - lr)² v + lr².
    generator, x, lr, seen = torch.Generator().manual_seed(3), 0.0, 0.1, []
    for error in torch.randn(100_000, generator=generator).tolist():
        x -= lr * (x + error)
        seen.append(x)
    width = figure("bowl", run(lr=lr)).guides[0].value
    assert torch.tensor(seen).std().item() == pytest.approx(width, rel=0.03)
    assert width == pytest.approx(math.sqrt(lr / (2 - lr)))
    assert max(map(abs, LAB.roll("constant", 10.0))) == 1e3


def test_the_rules_of_thumb_agree_on_a_real_sweep_and_on_nothing_else(measured):
    real, printed = measured.marks()
    assert max(real) / min(real) < 1.5
    assert max(printed) / min(printed) > 100


def test_the_step_that_the_own_run_is_asked_about_is_one_of_sgd():
    runner = run(20)
    made = [posed(runner, "own-step", luck) for luck in range(6)]
    assert len({each.right for each in made}) > 1
    model = copy.deepcopy(runner.experiment.model)
    train = DATA.names(block=3).train
    ix = torch.randint(len(train), (32,), generator=runner.experiment.generator(purpose=1))
    for rate, loss in zip((0.001, 0.3, 30.0), made[0].options, strict=True):
        net = copy.deepcopy(model)
        optimizer = torch.optim.SGD(net.parameters(), rate)
        optimizer.zero_grad()
        F.cross_entropy(net(train.x[ix]), train.y[ix]).backward()
        optimizer.step()
        assert float(loss) == pytest.approx(F.cross_entropy(net(train.x[ix]), train.y[ix]).item(), abs=2e-3, rel=1e-3)


def test_the_questions_numbers(measured):
    answers = {name: question.answer for name, question in LESSON.questions.items() if hasattr(question, "answer")}
    assert answers["even-rates"] == sum(rate < 10 for rate in range(1, 1001))
    assert measured.lowest_by_start()[1][1] == pytest.approx(0.066, rel=0.02)
    assert answers["bowl-width"] == pytest.approx(math.sqrt(0.01 / 1.99), abs=0.002)


def test_crawling_is_smooth_and_slow_and_thrown_out_is_neither():
    slow, fast, high = run(300, **PRESETS["crawling"]), run(300), run(300, **PRESETS["thrown out"])
    assert 3.1 < slow.measure().losses["train"] < 3.3
    assert fast.measure().losses["train"] < 2.6
    assert high.measure().losses["train"] > 80
    assert not high.halted


@pytest.mark.slow
def test_cooled_and_warmed_keep_their_promises(measured):
    cooled, warmed = run(4000, **PRESETS["cooled"]), run(4000, **PRESETS["warmed"])
    assert cooled.measure().losses["val"] < measured.val(4000, lr=1.0) - 0.1
    assert warmed.measure().losses["val"] < 2.3
    assert measured.val(4000, lr=2.0) > 10


@pytest.mark.slow
def test_lowering_the_rate_pays_at_once_and_lowering_it_early_does_not(measured):
    before, soon, later, unchanged = measured.lowered_at_20000()
    assert later < soon < unchanged < before
    bands = measured.bands_from_a_half()
    assert all(bands[name][1] < bands["constant"][0] for name in ("step", "cosine", "1-cycle"))
    assert bands["cosine"][1] > bands["1-cycle"][0]
    assert bands["1-cycle"][1] > bands["cosine"][0]
    early = measured.bands_from_a_tenth()
    assert early["cosine"][1] > early["constant"][1] > early["cosine"][0]
    assert early["cosine"][0] > early["constant"][0]


@pytest.mark.slow
def test_the_best_constant_rate_is_lower_for_a_longer_run_and_never_the_lowest_point(measured):
    rates = (0.01, 0.03, 0.1, 0.3, 0.5, 1.0)
    best = [rates[losses.index(min(losses))] for losses in (measured.rates_at_4000(), measured.rates_at_20000())]
    assert best == [0.1, 0.03]


@pytest.mark.slow
def test_the_goal_is_reached_by_its_reference_and_by_no_constant_rate(measured):
    goal = LESSON.steps[-1]
    moves = {move.knob: move.text for move in goal.reference if isinstance(move, SetKnob)}
    assert measured.val(4000, **{**goal.set, "lr": float(moves["lr"]), "schedule": moves["schedule"]}) < 2.20
    assert min(measured.by_rate(4000)) > 2.23
    assert measured.val(4000, lr=0.1, schedule="cosine") > 2.20
    assert measured.val(4000, lr=1.0, schedule="cosine") > 2.20
