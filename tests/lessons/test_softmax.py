"""The softmax lesson: its arithmetic against torch, its presets' promises, its text's numbers."""

import math
import re
import sys

import pytest
import torch

from tutor.course.grading import grade
from tutor.course.lesson import load_lesson
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.predictions import posed
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

FOLDER = lessons_dir() / "softmax"
KIND = load_experiment(FOLDER)
LAB = sys.modules[KIND.__module__]
LESSON = load_lesson(FOLDER)
PRESETS = {preset.name: preset.values for preset in KIND.presets}
DEFAULTS = {knob.name: knob.value for knob in KIND.knobs}


@pytest.fixture(scope="module")
def runner():
    return Runner(KIND, Sources(), 42)


@pytest.fixture
def look(runner):
    """A figure under these knobs, the others at their defaults."""

    def at(name, **knobs):
        assert not runner.turn(DEFAULTS | knobs)
        return runner.look([name])[name]

    return at


def by_rule(table):
    """The probabilities, (classes, rules)."""
    return torch.tensor([[float(cell) for cell in row[2:]] for row in table.rows])


def numbers(strip):
    return {stage.name: stage.values for stage in strip.stages}


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_describes_itself_for_every_preset(runner, preset):
    runner.turn(DEFAULTS | PRESETS.get(preset, {}))
    for name, figure in runner.look(tuple(KIND.figures())).items():
        for size in ((43, 9), (66, 17)):
            assert any(text.strip() for line in figure.draw(*size)[1:] for text, _ in line), name
            figure.draw(*size, glyphs="ascii")
        assert "no data" not in figure.describe(), name


@pytest.mark.parametrize("times", [0.1, 1, 2])
def test_the_strip_is_torch_s_softmax_and_shows_every_number(look, times):
    strip = look("strip", times=times, plus=10.0)
    z = times * torch.tensor([1.2, 0.8, 3.5, 0.3]).double() + 10
    assert numbers(strip)["score"] == pytest.approx(z.tolist())
    assert numbers(strip)["weight"] == pytest.approx(z.exp().tolist())
    assert numbers(strip)["p"] == pytest.approx(torch.softmax(z, 0).tolist())
    drawn = "\n".join("".join(text for text, _ in line) for line in strip.draw(43, 9))
    assert "more" not in drawn
    assert all(name in drawn for name in LAB.CLASSES)


def test_the_strip_of_the_pages(look):
    assert numbers(look("strip", rule="none"))["p"] == pytest.approx([0.207, 0.138, 0.603, 0.052], abs=5e-4)
    assert numbers(look("strip", rule="none", cat=-2.0))["p"] == pytest.approx([-0.769, 0.308, 1.346, 0.115], abs=5e-4)
    assert look("strip", rule="none", cat=-2.0).stages[-1].how == "÷ 2.6"
    assert look("strip").stages[-1].how == "÷ 40.01"
    assert numbers(look("strip", rule="square"))["p"][2] == pytest.approx(0.85, abs=0.001)
    low = numbers(look("strip", rule="none", plus=-5.0))["p"]
    assert (low[3], low[2]) == (pytest.approx(max(low)), pytest.approx(min(low)))
    assert low[3] == pytest.approx(0.331, abs=5e-4)


def test_squares_let_the_worst_score_win(look):
    p = by_rule(look("rules", **PRESETS["worst wins"]))
    assert p[:, 1].argmax() == 0
    assert p[:, 2].argmax() == 1
    assert (p[0, 1].item(), p[0, 2].item()) == (pytest.approx(0.643, abs=5e-4), pytest.approx(0.0045, abs=5e-5))


def test_a_sum_of_zero_breaks_division_alone(look):
    p = by_rule(look("rules", **PRESETS["zero sum"]))
    assert p[:, 0].isinf().all()
    assert p[:, 1:].isfinite().all()
    assert "inf" in look("strip", **PRESETS["zero sum"]).describe()


def test_an_outlier_leads_by_a_factor(look):
    p = numbers(look("strip", **PRESETS["outlier"]))["p"]
    assert (p[2], p[0]) == (pytest.approx(0.965, abs=5e-4), pytest.approx(0.018, abs=5e-4))
    assert p[2] / p[0] == pytest.approx(54.6, abs=0.05)


def test_only_softmax_ignores_what_is_added_to_all(look):
    before, after = (by_rule(look("rules", plus=plus)) for plus in (0.0, 10.0))
    torch.testing.assert_close(before[:, 2], after[:, 2])
    assert after[2].tolist() == pytest.approx([0.295, 0.344, 0.828], abs=5e-4)
    right = {option.text for option in LESSON.questions["add-ten"].options if option.right}
    assert right == {"Softmax"}


def test_ratios_follow_from_gaps_by_softmax_and_by_no_other_rule(look):
    for row in look("ratios").rows:
        assert row[2] == row[3]
    assert look("ratios").rows[0] == ("bird : cat", "2.3", "9.974", "9.974")
    for rule in ("none", "square"):
        assert all(row[2] != row[3] for row in look("ratios", rule=rule).rows)


def test_the_short_table_of_factors():
    for gap, factor in ((0.7, 2), (1, 2.7), (2.3, 10), (4.6, 100), (7, 1100)):
        assert math.exp(gap) == pytest.approx(factor, rel=0.02)


def test_when_the_bird_rises_the_others_fall_in_proportion(look):
    p, q = (numbers(look("strip", bird=bird))["p"] for bird in (3.5, 4.5))
    assert q == pytest.approx([0.034, 0.023, 0.929, 0.014], abs=5e-4)
    assert p[0] / p[1] == pytest.approx(q[0] / q[1]) == pytest.approx(1.49, abs=0.005)
    cat, dog, bird, fish, now = look("rising", bird=4.5).series
    assert list(bird.y) == sorted(bird.y)
    assert all(list(line.y) == sorted(line.y, reverse=True) for line in (cat, dog, fish))
    assert (now.x, now.y) == ((4.5,), (pytest.approx(q[2]),))


def test_a_tenth_of_the_scores_makes_softmax_the_flatter():
    z = torch.tensor(LAB.PRINTED[0].scores)
    assert (z / z.sum()).max().item() == pytest.approx(0.349, abs=5e-4)
    assert z.softmax(0).max().item() == pytest.approx(0.769, abs=5e-4)
    assert (0.1 * z).softmax(0).max().item() == pytest.approx(0.253, abs=5e-4)
    shown = z[:4]
    assert (shown / shown.sum()).max().item() == pytest.approx(0.426, abs=5e-4)
    assert shown.softmax(0).max().item() == pytest.approx(0.806, abs=5e-4)


def test_the_audit_finds_two_rows_wrong_and_two_in_the_last_digit(look):
    off = {}
    for number, (_, scores, printed) in enumerate(LAB.PRINTED, start=1):
        true = torch.softmax(torch.tensor(scores).double(), 0)
        digits = len(printed.split()[0]) - 2
        gaps = [abs(float(p) - exact) for p, exact in zip(printed.split(), true.tolist(), strict=False)]
        if max(gaps) > 0.5 * 10**-digits:
            off[number] = max(gaps)
        rows = look("audit", row=number).rows
        assert [float(row[4]) for row in rows] == pytest.approx(true.tolist()[: len(rows)], abs=6e-5)
    assert set(off) == {2, 6, 11, 13}
    assert max(off[6], off[11]) < 0.001 < min(off[2], off[13])
    assert look("audit", row=2).rows[0] == ("2.1", "0.081", "9.14", "24.5", "0.0321")
    assert look("printed", row=2).title == "Row 2: a digit, 4 of its 10"


def test_the_reader_reads_and_takes_a_heart_for_a_4(runner, look):
    run = runner.experiment
    assert (run.logits[1:].argmax(1) == run.digits).double().mean().item() == pytest.approx(0.95)
    heart = look("reading", picture=0)
    assert heart.title.endswith("a heart")
    assert heart.values[4] == max(heart.values) == pytest.approx(0.947, abs=5e-4)
    assert sum(heart.values) == pytest.approx(1)
    assert runner.read(["heart"])["heart"] == pytest.approx(max(heart.values))
    best = torch.softmax(run.logits[1:], 1).amax(1)
    assert (best > 0.9).double().mean().item() == pytest.approx(0.5, abs=0.05)
    assert (best < max(heart.values)).double().mean().item() == pytest.approx(0.75, abs=0.03)
    assert max(look("reading", picture=5).values) == pytest.approx(0.781, abs=5e-4)
    assert run.model(torch.zeros(1, 64)).softmax(1).max() < 0.15


@pytest.mark.parametrize("seed", [42, 7])
def test_the_question_about_the_own_reader_follows_from_a_gap(seed):
    run, asked = Runner(KIND, Sources(), seed), set()
    for luck in range(20):
        made = posed(run, "own-second", luck)
        picture = int(re.match("Picture ([0-9]+) of 180", made.ask)[1])
        second = torch.softmax(run.experiment.logits[picture], 0).sort().values[-2].item()
        # The question gives scores with two decimals.
        assert float(made.options[made.right]) == pytest.approx(second, rel=0.015, abs=6e-4)
        wrong = (float(text) for place, text in enumerate(made.options) if place != made.right)
        assert all(abs(value - second) > 0.05 * second for value in wrong)
        asked.add(picture)
    assert len(asked) > 10


def test_a_row_that_softmax_makes_sums_to_1_and_one_across_pictures_does_not(runner, look):
    assert look("sums", dim=1).values == pytest.approx([1] * 8)
    assert max(look("sums", dim=0).values) < 0.8
    sums = runner.experiment.batch_p().sum(1)
    assert (sums.min().item(), sums.max().item()) == (pytest.approx(0.07, abs=0.005), pytest.approx(0.77, abs=0.005))
    assert look("batch", dim=0).title == "softmax(dim=0): 27 of 32 right"
    assert look("batch", dim=1).title == "softmax(dim=1): 29 of 32 right"
    bug = LESSON.questions["wrong-dim"]
    assert "sum(0" in bug.lines[bug.faulty - 1]
    made = {"reader": lambda pictures: pictures, "pictures": runner.experiment.logits[1:33]}
    exec(bug.listing, made)
    assert made["p"].sum(1).tolist() == pytest.approx(sums.tolist())


def test_the_goal_is_a_matter_of_gaps(runner):
    page = LESSON.steps[-1]
    logs = {"cat": math.log(5), "dog": math.log(3)}
    for plus in (0.0, 3.0):
        runner.turn(DEFAULTS | page.set | logs | {"plus": plus})
        assert runner.read(["off"])["off"] == pytest.approx(0, abs=1e-9)
    runner.turn(DEFAULTS | {"rule": "none", "cat": 1.0, "dog": -1.0, "bird": 2.0, "fish": -2.0})
    assert runner.read(["off"])["off"] == math.inf


def test_by_hand():
    question = LESSON.questions["by-hand"]
    e = torch.tensor([2.0, 1.0, 0.1]).exp()
    assert question.answer == pytest.approx((e[0] / e.sum()).item(), abs=5e-4)
    assert grade(question, 2 / 3.1).message != grade(question, 0.1).message


def test_every_claim_of_the_ledger_is_here():
    ledger = "rest-softmax square-less-smooth digits-p0 digits-ratio-check prop-outlier-115 softmax-dim0-wrong"
    assert set(ledger.split()) <= LESSON.claims.keys()
    assert sum(claim.source != "lesson" for claim in LESSON.claims.values()) == 49
