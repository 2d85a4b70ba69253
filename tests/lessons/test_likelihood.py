"""The likelihood lesson: its product and its sum against a second way, its presets' promises, its text's numbers."""

import math
import re
import sys

import pytest
import torch

from tutor.course.lesson import load_lesson
from tutor.lab.datasets import Names, Sources
from tutor.lab.goals import Watch
from tutor.lab.load import load_experiment
from tutor.lab.predictions import posed
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

FOLDER = lessons_dir() / "likelihood"
LESSON = load_lesson(FOLDER)
KIND = load_experiment(FOLDER)
LAB = sys.modules[KIND.__module__]
PRESETS = {preset.name: preset.values for preset in KIND.presets}
DATA = Sources()
ALL = 262_144


def run(steps=0, seed=42, **knobs):
    runner = Runner(KIND, DATA, seed, knobs)
    runner.advance(steps)
    return runner


def look(runner, name):
    return runner.look([name])[name]


def mean(**knobs):
    return run(**knobs).read(["mean"])["mean"]


def spelled(pairs):
    """The text of pairs that follow each other, without its first letter."""
    return "".join(Names.letters[b] for b in pairs[:, 1].tolist())


@pytest.mark.parametrize("preset", ["", *PRESETS])
@pytest.mark.parametrize("steps", [0, 50])
def test_every_figure_draws_and_describes_itself_for_every_preset(preset, steps):
    runner = run(steps, **PRESETS.get(preset, {}))
    for name, figure in runner.look(tuple(KIND.figures())).items():
        for size in ((42, 9), (66, 12)):
            assert figure.draw(*size), name
            figure.draw(*size, glyphs="ascii")
        assert figure.describe()


def test_every_pair_of_the_list_is_judged_once_name_by_name():
    experiment = run().experiment
    names = spelled(experiment.judged).split(".")[:-1]
    assert sorted(names) == sorted(DATA.word_list())
    assert names != list(DATA.word_list())
    assert torch.equal(LAB.table(experiment.judged), experiment.N)
    assert experiment.N.sum() == 49_004


def test_new_names_are_those_held_back_and_not_counted():
    experiment = run(names="new").experiment
    judged = spelled(experiment.judged)
    assert (judged.count("."), len(judged)) == (707, 4952)
    names = DATA.names(block=1)
    assert experiment.N.sum() == len(names.train) == 39_165
    assert (names.train.y == 0).sum() == 5653
    N = LAB.table(torch.cat((names.train.x, names.train.y[:, None]), 1))
    P = N / N.sum(1, keepdim=True)
    assert -torch.xlogy(N, P).sum().item() / N.sum().item() == pytest.approx(2.411, abs=5e-4)
    assert run(names="new", count=100).experiment.N.sum() < 1000


@pytest.mark.parametrize("knobs", [{}, {"knows": "nothing"}, {"names": "new"}])
def test_the_question_about_the_own_run_wants_the_perplexity(knobs):
    runner = run(2000, **knobs)
    P, judged = runner.experiment.model.P.tolist(), runner.experiment.judged.tolist()
    asked = set()
    for luck in range(20):
        made = posed(runner, "own-perplexity", luck)
        count = int(re.search("first ([0-9,]+) pairs", made.ask)[1].replace(",", ""))
        p = [P[a][b] for a, b in judged[: count + 1] if P[a][b] > 0][:count]
        assert float(made.options[made.right]) == pytest.approx(1 / math.prod(q ** (1 / count) for q in p), rel=5e-3)
        asked.add(count)
    assert len(asked) == 4


@pytest.mark.parametrize("kind", ["float64", "float32", "float16"])
def test_the_product_is_that_of_the_chances_and_so_is_the_sum(kind):
    runner = run(30, number=kind)
    experiment = runner.experiment
    N = experiment.N
    P = N / N.sum(1, keepdim=True)
    product, logs = torch.ones((), dtype=getattr(torch, kind)), 0.0
    for a, b in experiment.judged[:30].tolist():
        product = product * P[a, b].to(product.dtype)
        logs += math.log(P[a, b])
    assert experiment.product == product
    assert experiment.log_sum.item() == pytest.approx(logs)
    assert runner.loss == pytest.approx(-logs / 30)


def test_where_it_dies():
    assert [run(400, number=kind).experiment.died for kind in LAB.KINDS] == [318, 44, 8]
    runner = run(318)
    assert runner.experiment.products[-2] == 5e-324
    assert runner.experiment.log_sum.item() / math.log(10) == pytest.approx(-324.3, abs=0.05)
    before = spelled(runner.experiment.judged[:318])
    assert before.count(".") == 45
    assert not before.endswith(".")
    deaths = [run(400, seed).experiment.died for seed in range(42, 52)]
    assert (min(deaths), max(deaths)) == (303, 318)
    assert run(400, **PRESETS["letters"]).experiment.died == 262
    assert LESSON.questions["dead-in-float32"].answer == 44
    assert look(run(400), "falling").title == "Powers of ten: the product is 0 after 318"


def test_half_precision_dies_in_the_second_name():
    runner = run(8, **PRESETS["half"])
    assert runner.experiment.died == 8
    assert spelled(runner.experiment.judged[:8]).count(".") == 1


def test_names_taken_apart():
    runner = run()
    totals = {}
    for name in ("emma", "malaya", "wolfgang"):
        runner.turn({"name": name})
        totals[name] = runner.experiment.walk()[-1]
    assert totals["emma"][2] == pytest.approx(4.84e-6, rel=1e-3)
    assert 1 / totals["emma"][2] == pytest.approx(206_000, rel=0.005)
    assert totals["emma"][4] == pytest.approx(-12.238, abs=5e-4)
    assert totals["malaya"][2] == pytest.approx(3.65e-7, rel=2e-3)
    assert totals["emma"][2] / totals["malaya"][2] == pytest.approx(13, abs=0.5)
    assert -totals["emma"][4] / 5 == pytest.approx(2.448, abs=5e-4)
    assert -totals["malaya"][4] / 7 == pytest.approx(2.117, abs=5e-4)
    assert totals["wolfgang"][2:] == (0, pytest.approx(-2.793, abs=1e-3), -math.inf)
    assert {"emma", "malaya"} < set(DATA.word_list())
    assert not {"lendina", "ratrucar", "wolfgang"} & set(DATA.word_list())


def test_three_machines():
    letters = mean(**PRESETS["letters"])
    assert look(run(), "machines").values == pytest.approx((math.log(27), letters, mean()))
    assert (letters, mean()) == pytest.approx((2.836, 2.409), abs=5e-4)
    assert (math.exp(letters), math.exp(mean())) == pytest.approx((17.1, 11.1), abs=0.06)
    gain = (letters - mean()) * 49_004
    assert gain == pytest.approx(20_918, abs=1)
    assert math.floor(gain / math.log(10)) + 1 == 9085
    assert -mean() * 49_004 == pytest.approx(-118_066.1, abs=0.05)
    assert -mean() * 49_004 / math.log(10) == pytest.approx(-51_275, abs=0.5)
    assert LESSON.questions["knows-nothing"].answer == pytest.approx(math.log(27), abs=1e-4)


def test_the_likelihood_of_the_q_s_peaks_at_their_share():
    runner = run(u=0.95)
    assert runner.experiment.after_q() == (57, 3)
    for name in ("coin", "log_coin"):
        figure = look(runner, name)
        x, y = figure.series[0].x, figure.series[0].y
        assert x[y.index(max(y))] == pytest.approx(0.95)
        assert figure.series[1].y[0] == pytest.approx(max(y))
    assert pytest.approx(7.74e12, rel=1e-3) == 0.95**57 * 0.05**3 / 0.5**60
    assert look(run(u=1.0), "log_coin").series[1].y == (-math.inf,)
    assert dict(look(run(), "chosen").rows)["the likelihood"] == "8.67e-19"
    question = LESSON.questions["best-u"]
    assert question.answer == 57 / 60


def test_one_pair_that_was_never_counted_halts_the_run():
    runner = run(5000, **PRESETS["new names"])
    experiment = runner.experiment
    assert (runner.iteration, runner.loss) == (1782, math.inf)
    assert runner.halted
    unseen = experiment.N[experiment.judged[:, 0], experiment.judged[:, 1]] == 0
    names, at = [], 0
    for name in spelled(experiment.judged).split(".")[:-1]:
        names += [name] * int(unseen[at : at + len(name) + 1].sum())
        at += len(name) + 1
    assert names == ["gustavus", "shoji", "elroy", "lindbergh", "juwan", "duwayne"]
    assert run(5000, 43, names="new").iteration == 22


def test_a_quarter_of_a_pair_is_best_on_new_names():
    runner = run(5000, **PRESETS["a quarter"])
    assert (runner.iteration, runner.halted) == (4952, "")
    assert runner.loss == pytest.approx(mean(**PRESETS["a quarter"])) == pytest.approx(2.417, abs=5e-4)
    assert mean(names="new", fake=0.05) == pytest.approx(2.418, abs=5e-4)
    assert mean(names="new", fake=1.0) - runner.loss == pytest.approx(0.0025, abs=5e-5)
    few = look(run(names="new", count=100), "fakes")
    counted, new = (dict(zip(line.x, line.y, strict=True)) for line in few.series)
    assert min(counted, key=counted.get) == pytest.approx(0.001)
    assert min(new, key=new.get) == pytest.approx(0.25, abs=0.01)
    assert min(new.values()) == pytest.approx(2.623, abs=5e-4)
    assert mean(names="new", count=100, fake=1.0) == pytest.approx(2.7, abs=5e-4)
    assert min(counted.values()) == pytest.approx(2.139, abs=1e-3)


def test_the_buggy_listing_prints_inf_and_the_mended_one_doesn_t(capsys):
    question = LESSON.questions["too-late"]
    experiment = run().experiment
    made = {"P": experiment.model.P, "a": experiment.judged[:, 0], "b": experiment.judged[:, 1]}
    exec(question.listing, made)
    assert capsys.readouterr().out == "tensor(inf, dtype=torch.float64)\n"
    mended = question.listing.replace("p.prod() ", "p.log().sum() ").replace("-total.log() ", "-total ")
    exec(mended, made)
    assert float(capsys.readouterr().out.split("(")[1].split(",")[0]) == pytest.approx(2.4093, abs=1e-4)
    assert "prod" in question.lines[question.faulty - 1]


def test_looking_leaves_the_run_as_it_was():
    watched, alone = run(), run(60)
    for _ in range(6):
        watched.advance(10)
        watched.look(tuple(KIND.figures()))
    assert watched.history.losses == alone.history.losses


def test_the_goal_has_a_window():
    page = LESSON.steps[-1]
    watch = Watch(page.goal)
    for fake, reached in ((0.1, False), (0.15, True), (0.25, True), (0.35, True), (0.4, False)):
        runner = run(5000, **{**page.set, "fake": fake})
        assert all(gauge.holds for gauge in watch.judge(runner)) == reached, fake
    assert run(5000, **page.set).iteration == 2


def test_every_claim_of_the_ledger_is_here():
    ledger = {
        *("mle-is-the-product", "product-too-small", "log-range"),
        *("log-turns-product-to-sum", "negate-to-minimise", "nll-is-the-loss"),
    }
    assert ledger <= LESSON.claims.keys()
