"""The honest-scores lesson: its splits and labels, its sealed split, its presets' promises, its text's numbers."""

import math
import sys

import pytest
import torch

from tutor.course.lesson import load_lesson
from tutor.course.outcome import unsteady
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.predictions import outcomes, posed
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

FOLDER = lessons_dir() / "honest_scores"
KIND = load_experiment(FOLDER)
LAB = sys.modules[KIND.__module__]
LESSON = load_lesson(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}
MUDDLED = PRESETS["muddled"]


@pytest.fixture(autouse=True)
def _unseen(monkeypatch):
    monkeypatch.setattr(LAB, "SEEN", set())


def run(steps=0, seed=42, **knobs):
    runner = Runner(KIND, DATA, seed, knobs)
    runner.advance(steps)
    return runner


def scores(runner, *names):
    measured = runner.measure_only(names or ("train", "val")).accuracies
    return [round(100 * score, 1) for score in measured.values()]


def look(runner, name):
    return runner.look([name])[name]


def test_the_lesson_names_only_what_the_lab_has():
    assert (LESSON.id, LESSON.order) == ("honest-scores", 11)
    for step in LESSON.steps:
        assert set(step.figures) <= set(KIND.figures())
        assert step.preset in {"", *PRESETS}
        run(**step.set)
        assert len(step.text.split()) <= 140, step.id
    asked = [name for step in LESSON.steps for name in step.questions]
    assert sorted(asked) == sorted(LESSON.questions)
    assert {question.concept for question in LESSON.questions.values()} == set(LESSON.concepts)


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_describes_itself_for_every_preset(preset):
    runner = run(5, **PRESETS.get(preset, {}))
    runner.measure()
    for name, figure in runner.look(tuple(KIND.figures())).items():
        for size in ((42, 9), (66, 12)):
            assert any(text.strip() for line in figure.draw(*size)[1:] for text, _ in line), name
            figure.draw(*size, glyphs="ascii")
        assert "no data" not in figure.describe()
        assert "ot finite" not in figure.describe()


def test_the_table_of_splits_is_not_cut_in_80_columns():
    rows = ["".join(text for text, _ in line) for line in look(run(**PRESETS["by lot"]), "exams").draw(42, 9)]
    assert not any("…" in row for row in rows)


def test_labels_are_drawn_by_lot_for_training_alone():
    digits = DATA.digits()
    e = run(**MUDDLED).experiment
    assert torch.equal(e.train.x, digits.train.x)
    assert torch.equal(e.val.y, digits.val.y)
    assert torch.equal(e.test.y, digits.test.y)
    assert int((e.train.y != digits.train.y).sum()) == 505
    assert torch.equal(run().experiment.train.y, digits.train.y)
    lot = run(**PRESETS["by lot"]).experiment.train.y
    assert (lot == digits.train.y).float().mean().item() == pytest.approx(0.1, abs=0.025)
    assert torch.bincount(lot, minlength=10).min() > 100


def test_from_seed_42_the_study_note_s_data_and_first_weights_are_its_very_own():
    e = run(**PRESETS["study note"]).experiment
    torch.manual_seed(42)
    x, y = torch.randn(6000, 784), torch.randint(0, 10, (6000,))
    new_x, new_y = torch.randn(1000, 784), torch.randint(0, 10, (1000,))
    first = torch.nn.Linear(784, 256)
    for ours, theirs in ((e.train.x, x), (e.train.y, y), (e.val.x, new_x), (e.val.y, new_y)):
        assert torch.equal(ours, theirs)
    assert torch.equal(e.model[0].weight, first.weight)
    assert sum(p.numel() for p in e.model.parameters()) == 235_146
    assert sum(p.numel() for p in run().experiment.model.parameters()) == 50_826


def test_the_test_split_is_sealed_until_it_is_opened_and_no_other_figure_or_split_holds_it():
    runner = run(3)
    assert set(runner.experiment.splits()) == {"train", "val"}
    assert set(runner.experiment.held_out()) == {"test"}
    table = look(runner, "exams")
    assert table.rows[2][3] == "sealed"
    assert table.title.endswith("not looked at yet")
    runner.look(tuple(KIND.figures()))
    assert not LAB.SEEN


def test_each_net_that_the_test_split_is_shown_counts_once_and_winding_back_unsees_nothing():
    runner = run(20, open_test=True)
    table = look(runner, "exams")
    assert table.title.endswith("looked at once")
    assert table.rows[2][3] == f"{scores(runner, 'test')[0]:.1f}%"
    assert look(runner, "exams").title.endswith("looked at once")
    runner.turn({"guessers": 20})
    assert look(runner, "exams").title.endswith("looked at once")
    runner.advance(1)
    assert look(runner, "exams").title.endswith("looked at 2 times")
    runner.seek(20)
    runner.turn({"open_test": False})
    assert look(runner, "exams").title.endswith("looked at 2 times")
    assert look(run(), "exams").title.endswith("looked at 2 times")


def test_looking_leaves_the_run_as_it_was():
    alone, watched = run(30, **MUDDLED), run(open_test=True, **MUDDLED)
    for _ in range(3):
        watched.advance(10)
        watched.look(tuple(KIND.figures()))
    assert alone.history.losses == watched.history.losses


def test_luck_is_the_spread_of_a_share():
    g = torch.Generator().manual_seed(1)
    for p, n in ((0.1, 180), (0.1, 1000), (0.95, 180), (0.95, 1900)):
        shares = (torch.rand(4000, n, generator=g) < p).double().mean(1)
        assert shares.std().item() == pytest.approx(LAB.luck(p, n), rel=0.05)
    luck = [round(100 * LAB.luck(0.95, n), 1) for n in (180, 1000, 10_000)]
    assert luck == [1.6, 0.7, 0.2]
    assert 100 * LAB.luck(0.1, 1000) == pytest.approx(LESSON.questions["luck"].answer, abs=0.01)
    assert LAB.luck(0.95, LESSON.questions["test-size"].answer) == pytest.approx(0.005)
    assert 100 * LAB.luck(0.1, 180) == pytest.approx(2.24, abs=0.005)


def test_the_guessers_are_at_chance_and_the_best_of_them_only_once():
    figure = look(run(guessers=20_000), "guessed")
    first, second = figure.rows
    assert float(first.note.split()[-1].rstrip("%")) > 18.5
    means = [
        sum((row.edge(i) + row.edge(i + 1)) / 2 * n for i, n in enumerate(row.counts)) / row.total
        for row in figure.rows
    ]
    assert means == pytest.approx([0.1, 0.1], abs=0.004)
    assert float(second.note.split()[-1].rstrip("%")) < 17
    assert look(run(), "guessed").rows[0].note == "best 17.2%"


def test_the_numbers_of_the_early_steps():
    runner = run(400)
    assert scores(runner) == pytest.approx([99.4, 99.4], abs=0.6)
    assert scores(runner, "test") == pytest.approx([97.8], abs=1.2)
    muddled = run(200, **MUDDLED)
    assert scores(muddled) == pytest.approx([61.7, 96.1], abs=1.5)
    bars = look(muddled, "mislabelled")
    assert bars.values[0] == pytest.approx(0.929, abs=0.02)
    assert bars.values[0] == muddled.read(["says true digit"])["says true digit"]
    assert bars.title.startswith("505 ")
    assert scores(run(100, **PRESETS["few"])) == pytest.approx([100.0, 81.7], abs=1.7)
    assert run().measure().losses["val"] == pytest.approx(math.log(10), abs=0.01)


@pytest.mark.slow
def test_labels_by_lot_are_learned_by_heart():
    runner, found = run(**PRESETS["by lot"]), []
    for step in (400, 700, 1000, 2000, 3000):
        runner.advance(step - runner.iteration)
        found.append(scores(runner)[0])
        assert abs(scores(runner)[1] - 10) < 3 * 2.24
    assert found == pytest.approx([33.9, 50.5, 66.0, 97.1, 100.0], abs=1.5)
    assert look(runner, "mislabelled").values[1] > 0.99


@pytest.mark.slow
def test_muddled_labels_are_learned_by_heart_later_and_at_a_price():
    runner, found = run(**MUDDLED), []
    for step in (200, 800, 1200, 1600, 2000, 3200, 4000):
        runner.advance(step - runner.iteration)
        says = runner.read(["says true digit"])["says true digit"]
        found.append((*scores(runner), 100 * says))
    columns = list(zip(*found, strict=True))
    assert columns[0] == pytest.approx([61.7, 66.9, 75.1, 85.0, 92.9, 99.9, 100.0], abs=1.5)
    assert columns[1] == pytest.approx([96.1, 91.7, 86.1, 81.1, 76.1, 72.2, 71.1], abs=2.5)
    assert columns[2][:2] == pytest.approx([92.9, 83.0], abs=2)
    assert columns[2][-1] < 1


@pytest.mark.slow
def test_the_three_ways_to_the_goal_and_the_last_look():
    decayed = run(2000, **MUDDLED, weight_decay=3.0)
    for runner in (decayed, run(2000, **MUDDLED, width=32), run(2000, **MUDDLED, lr=1e-4)):
        assert scores(runner, "val")[0] > 93
    assert scores(decayed, "test") == pytest.approx([95.0], abs=1.7)


@pytest.mark.slow
def test_the_study_note_s_data_are_known_by_heart_after_ten_epochs():
    runner, seen = run(**PRESETS["study note"]), {}
    for step in (47, 188, 329, 470):
        runner.advance(step - runner.iteration)
        seen[step] = scores(runner)
    trains, vals = zip(*seen.values(), strict=True)
    assert trains == pytest.approx([38, 83, 98, 100], abs=2)
    assert vals == pytest.approx([10, 10, 10, 10], abs=2)


@pytest.mark.slow
def test_that_it_knows_better_than_its_labels_is_no_luck():
    question = LESSON.questions["mislabelled"]
    assert not unsteady(question, outcomes(KIND, DATA, question.live.metric, question.live.trials))


def test_the_question_of_the_own_run_takes_its_shares_from_the_figures():
    runner = run(100, **MUDDLED)
    train, val, _ = (row[3] for row in look(runner, "exams").rows)
    true = f"{look(runner, 'mislabelled').values[0]:.1%}"
    keys = {"training": train, "validation": val, "wrongly": true}
    for luck in range(6):
        made = posed(runner, "own-shares", luck)
        assert made.options == (train, val, true)
        asked = made.ask.split("share of the ")[1].split()[0]
        assert made.options[made.right] == keys[asked]


def test_the_best_guesser_is_that_of_the_figure():
    question, runner = LESSON.questions["best-of-200"], run()
    best = outcomes(KIND, DATA, question.live.metric, question.live.trials, [42])[0].values[0][0]
    assert look(runner, "guessed").rows[0].note == f"best {best:.1f}%"


def test_the_listing_of_the_leak_reports_the_score_that_chose():
    listing = LESSON.questions["leak"].listing
    digits = DATA.digits()
    nets = {1e-4: 0.5, 3e-4: 0.7, 1e-3: 0.9, 3e-3: 0.8}
    names = {"val": digits.val, "test": digits.test, "train": digits.train}
    asked, said = [], []

    def accuracy(net, x, y):
        asked.append(x is names["test"].x)
        return nets[net] - 0.01 * (x is names["test"].x)

    given = {f"{axis}_{name}": getattr(split, axis) for name, split in names.items() for axis in "xy"}
    exec(listing, {**given, "train": lambda lr, x, y: lr, "accuracy": accuracy, "print": said.append})
    assert sum(asked) == 4
    assert said == ["lr 0.001: test accuracy 89.0%"]


def test_every_claim_of_the_ledger_is_here():
    ledger = {
        "split-train-80",
        "split-dev-10",
        "split-third-called-validation",
        "test-used-rarely",
        "synthetic-mnist",
        "random-labels-test-64",
        "random-labels-train-curve",
    }
    assert ledger <= LESSON.claims.keys()
