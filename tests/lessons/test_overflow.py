"""The overflow lesson: its forms of the loss against torch, where each breaks, its presets' promises, its numbers."""

import math
import re
import sys

import pytest
import torch
from torch.nn import functional as F

from tutor.course.lesson import load_lesson
from tutor.errors import TutorError
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.predictions import posed
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

FOLDER = lessons_dir() / "overflow"
KIND = load_experiment(FOLDER)
LAB = sys.modules[KIND.__module__]
LESSON = load_lesson(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}
DEFAULTS = {knob.name: knob.value for knob in KIND.knobs}


@pytest.fixture(scope="module")
def fresh():
    return Runner(KIND, DATA, 42)


@pytest.fixture
def look(fresh):
    """A figure of the untrained net under these knobs, the others at their defaults."""

    def at(name, **knobs):
        fresh.turn(DEFAULTS | knobs)
        return fresh.look([name])[name]

    return at


def run(steps=0, **knobs):
    runner = Runner(KIND, DATA, 42, knobs)
    runner.advance(steps)
    return runner


def numbers(strip):
    return {stage.name: stage.values for stage in strip.stages}


def losses(table):
    return {row[0]: tuple(map(float, row[1:])) for row in table.rows}


def right(question):
    return [option.text for option in LESSON.questions[question].options if option.right]


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_describes_itself_for_every_preset(preset):
    runner = run(20, **PRESETS.get(preset, {}))
    runner.measure()
    for name, figure in runner.look(tuple(KIND.figures())).items():
        for size in ((43, 9), (66, 17)):
            drawn = "\n".join("".join(text for text, _ in line) for line in figure.draw(*size))
            assert drawn.strip(), name
            assert " more" not in drawn, name
            figure.draw(*size, glyphs="ascii")
        assert "no data" not in figure.describe(), name


@pytest.mark.parametrize("form", LAB.FORMS)
@pytest.mark.parametrize("y", range(4))
def test_every_form_is_torch_s_loss_where_nothing_breaks(form, y):
    z = torch.stack([LAB.scores(d, "float64") for d in (1.0, 3.0, 7.0)])
    ours = LAB.FORMS[form](z, torch.full((3,), y))
    theirs = F.cross_entropy(z, torch.full((3,), y), reduction="none")
    torch.testing.assert_close(ours, theirs, atol=0.01 if form == "patched" else 1e-9, rtol=0)


@pytest.mark.parametrize("form", LAB.FORMS)
@pytest.mark.parametrize("dtype", LAB.DTYPES)
@pytest.mark.parametrize("d", [2.0, 10.0, 50.0, 90.0, 100.0, 1000.0])
def test_the_strip_ends_with_the_form_s_own_loss(look, form, dtype, d):
    shown = torch.tensor(numbers(look("strip", d=d, form=form, dtype=dtype))["−ln p"], dtype=LAB.DTYPES[dtype])
    z = LAB.scores(d, dtype).repeat(4, 1)
    torch.testing.assert_close(shown, LAB.FORMS[form](z, torch.arange(4)), equal_nan=True, atol=1e-3, rtol=1e-3)


def test_by_hand_100_is_three_zeros_and_one_nan(look):
    strip = look("strip", d=100.0)
    p = numbers(strip)["p"]
    assert p[:3] == (0, 0, 0)
    assert math.isnan(p[3])
    assert numbers(strip)["−ln p"][0] == math.inf
    assert "nan" in strip.describe()
    marked = " ".join(text for line in strip.draw(43, 9) for text, role in line if role == "bad").split()
    assert sorted(marked) == ["inf"] * 4 + ["nan"] * 2
    assert right("what-of-d") == ["nan"]


def test_the_edge_of_float32(look):
    answer = LESSON.questions["last-s"].answer
    assert answer == pytest.approx(math.log(torch.finfo(torch.float32).max), abs=0.05)
    for d, broken in ((88.72, False), (88.73, True)):
        assert math.isnan(numbers(look("strip", d=d))["p"][3]) is broken


def test_where_numbers_end_and_how_far_each_form_gets(look):
    ends = {row[0]: row[1:] for row in look("limits").rows}
    assert [ends[name][1] for name in LAB.DTYPES] == ["11.09", "88.72", "709.78"]
    assert ends["float16"][0] == "65504"
    for name, dtype in LAB.DTYPES.items():
        least = torch.nextafter(torch.zeros(1, dtype=dtype), torch.ones(1, dtype=dtype)).item()
        assert LAB.ENDS[name][1] == least
    reach = losses(look("reach"))
    assert reach["by hand"] == (11.1, 88.7, 709.8)
    assert reach["shifted"] == (12.3, 99.0, 740.1)
    assert reach["in logs"] == (1000, 1000, 1000)


def test_the_table_of_losses(look):
    twenty, hundred, thousand = (losses(look("forms", d=d)) for d in (20.0, 100.0, 1000.0))
    assert twenty["by hand"] == twenty["shifted"] == (math.inf, 25, 25)
    assert twenty["patched"] == (math.inf, 18.42, 18.42)
    assert hundred["by hand"] == hundred["shifted"] == (math.inf, math.inf, 105)
    assert thousand["shifted"] == (math.inf,) * 3
    for table, loss in ((twenty, 25), (hundred, 105), (thousand, 1005)):
        assert table["in logs"] == table["F.cross_entropy"] == (loss,) * 3
    assert right("one-line-later") == ["inf"]


def test_the_shift_leaves_one_weight_at_1_and_one_at_0(look):
    weights = numbers(look("strip", d=100.0, form="shifted"))["weight"]
    assert (weights[0], weights[3]) == (0, 1)
    assert numbers(look("strip", d=100.0, form="shifted"))["−ln p"][1] == pytest.approx(103.3, abs=0.05)
    for option in LESSON.questions["which-shifts"].options:
        z = torch.tensor([float(score) for score in option.text.split(", ")])
        assert torch.allclose(z.softmax(0), torch.tensor([1.0, 2.0, 3.0]).softmax(0)) is option.right


def test_only_python_s_own_exp_complains(look):
    assert dict(look("complaints").rows) == {
        "math.exp(1000)": "OverflowError",
        "T(1000.0).exp()": "inf",
        "inf / inf": "nan",
        "inf - inf": "nan",
        "0 * inf": "nan",
        "T(0.0).log()": "-inf",
        "nan == nan": "False",
    }


def test_log_sum_exp():
    assert LESSON.questions["lse"].answer == pytest.approx(
        torch.tensor([1000.0, 1001.0, 1002.0]).double().logsumexp(0).item(), abs=0.001
    )


def test_the_patch_is_flat_where_the_net_is_most_wrong():
    for form, slope in (("patched", 0.0), ("in logs", -1.0)):
        z = LAB.scores(100.0, "float32")[None].requires_grad_()
        LAB.FORMS[form](z, LAB.A).backward()
        assert z.grad[0, 0].item() == slope
    assert right("what-patch-does") == ["Not at all"]


def test_the_bug_breaks_where_rows_lie_far_apart():
    bug = LESSON.questions["max-of-what"]
    mended = bug.listing.replace("z.max()", "z.amax(1, keepdim=True)").replace("m + e", "m[:, 0] + e")
    y = torch.arange(32) % 10
    near = torch.randn(32, 10, generator=torch.Generator().manual_seed(0))
    far = near + 200 * (torch.arange(32)[:, None] == 5)

    def loss(listing, z):
        made = {"z": z, "y": y}
        exec(listing, made)
        return made["loss"]

    torch.testing.assert_close(loss(bug.listing, near), F.cross_entropy(near, y))
    assert not loss(bug.listing, far).isfinite()
    torch.testing.assert_close(loss(mended, far), F.cross_entropy(far, y))
    assert "z.max()" in bug.lines[bug.faulty - 1]


def test_the_costs_of_the_pages(look):
    costs = {row[0]: row[1:3] for row in look("bill", rows=4096).rows}
    assert costs["by hand"] == ("7", "540,672")
    assert costs["in logs"] == ("8", "983,040")
    assert costs["F.cross_entropy"] == costs["log_softmax, nll"] == ("2", "475,140")


def test_raw_pixels_break_by_hand_and_shifted_at_step_2():
    for form in ("by hand", "shifted"):
        runner = run(50, **PRESETS["raw pixels"], form=form)
        assert (runner.iteration, bool(runner.halted)) == (2, True)
        assert runner.history.losses[-1] == math.inf
    top, gap = (float(row[1]) for row in run(1, ink=16).look(["headroom"])["headroom"].rows)
    assert top < 88.7
    assert gap > 104
    assert right("raw-pixels") == ["Nowhere: the loss is no number any more"]
    assert run(ink=1).measure().losses["val"] == pytest.approx(2.46, abs=0.005)


@pytest.mark.parametrize("seed", [42, 7])
@pytest.mark.parametrize("knobs", [{"lr": 1.0}, {"ink": 16, "lr": 0.01}])
def test_the_own_question_s_key_is_what_the_forms_give(seed, knobs):
    runner = Runner(KIND, DATA, seed, {"form": "in logs", **knobs})
    runner.advance(100)
    train, keys = runner.experiment.train, set()
    z = runner.experiment.model(train.x).detach()
    for luck in range(40):
        made = posed(runner, "own-scores", luck)
        times, form = re.search(r"score (\d+) times .* loss (by hand|shifted) be", made.ask).groups()
        losses = [LAB.FORMS[form]((int(times) * z).to(dtype), train.y) for dtype in LAB.DTYPES.values()]
        assert [bool(loss.isfinite().all()) for loss in losses] == [size >= made.right for size in range(3)]
        keys.add(made.right)
    assert len(keys) >= 3


def test_no_question_is_made_of_scores_that_are_no_numbers():
    with pytest.raises(TutorError, match="no numbers"):
        posed(run(50, **PRESETS["raw pixels"]), "own-scores", 0)


@pytest.mark.slow
def test_patched_gets_stuck_and_in_logs_learns():
    patched, logs = (run(500, ink=16, form=form).measure().accuracies["val"] for form in ("patched", "in logs"))
    assert (patched, logs) == (pytest.approx(0.661, abs=0.01), pytest.approx(0.906, abs=0.01))
    slower = run(500, ink=16, form="in logs", lr=0.01)
    assert slower.measure().accuracies["val"] == pytest.approx(0.972, abs=0.01)
    assert run(500).measure().losses["val"] == pytest.approx(0.40, abs=0.01)


def test_late_breaks_after_hundreds_of_good_steps():
    runner = run(500, **PRESETS["late"])
    assert runner.iteration == pytest.approx(466, abs=3)
    assert runner.halted
    before = run(runner.iteration - 1, **PRESETS["late"])
    assert before.measure().accuracies["val"] == pytest.approx(0.97, abs=0.01)
    assert float(before.look(["headroom"])["headroom"].rows[0][1]) == pytest.approx(11.1, abs=0.4)
    assert run(**PRESETS["late"]).look(["headroom"])["headroom"].rows[0][1] == "0.6"
    assert not run(500, **PRESETS["late"], form="in logs").halted


def test_ninety_and_rescued_do_as_they_say(look):
    assert "nan" in look("strip", **PRESETS["ninety"]).describe()
    assert numbers(look("strip", **PRESETS["rescued"]))["−ln p"][0] == 1005
    assert numbers(look("strip", **PRESETS["one line later"]))["−ln p"][0] == math.inf


def test_the_goal_needs_the_logs_and_a_smaller_step():
    page = LESSON.steps[-1]
    assert run(500, **page.set, lr=0.01, form="in logs").measure().accuracies["val"] > 0.95
    assert run(500, **page.set, form="in logs").measure().accuracies["val"] < 0.95
    for form in ("by hand", "shifted", "patched"):
        assert run(500, **page.set, lr=0.01, form=form).iteration == 1


def test_every_claim_of_the_ledger_is_here():
    assert {"exp-overflow-nan", "naive-try-except", "ce-saves-memory", "stable-softmax"} <= LESSON.claims.keys()
    assert sum(claim.source != "lesson" for claim in LESSON.claims.values()) == 32
