"""The capstone: its counts are PyTorch's, its logs are refuted as the text says, and runs and looks are counted."""

from pathlib import Path
from random import Random

import pytest
import torch

from tests.figures.drawn import text
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner

FOLDER = Path(__file__).parents[2] / "lessons" / "capstone"
KIND = load_experiment(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}
GLOBALS = KIND.build.__globals__


@pytest.fixture(autouse=True)
def _afresh():
    GLOBALS["runs"].clear()
    GLOBALS["looks"].clear()


def run(steps, seed=42, **knobs):
    runner = Runner(KIND, DATA, seed, knobs)
    runner.advance(steps)
    return runner


@pytest.mark.parametrize("log", ["two digits", "demo"])
@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_tells(preset, log):
    runner = run(3, log=log, **PRESETS.get(preset, {}))
    for figure in runner.look(list(KIND.figures()), 42).values():
        for width, height in ((42, 9), (42, 18), (66, 12)):
            assert figure.title[:20] in text(figure, width, height)
        assert figure.describe().startswith(figure.title)


def test_a_run_counts_once_it_has_gone_a_hundred_steps_and_each_settings_once():
    for lr in (0.1, 0.2):
        runner = run(0, lr=lr)
        experiment = runner.experiment
        assert experiment.runs_taken(None) == (lr == 0.2)
        runner.advance(100)
        assert experiment.runs_taken(None) == experiment.runs_taken(None)
    assert len(GLOBALS["runs"]) == 2


def test_a_look_at_the_test_split_is_one_even_after_the_run_is_wound_back():
    runner = run(100)
    assert runner.experiment.looks_taken(None) == 0
    runner.turn({"open_test": True})
    assert runner.experiment.looks_taken(None) == 1
    assert "test" in runner.experiment.answers(None).labels
    runner.seek(50)
    assert runner.experiment.looks_taken(None) == 1


def test_the_quick_tests_refute_the_logs():
    three = run(0).experiment.tests(None)
    assert [row[1] for row in three.rows] == ["1.0000", "1.0001", "0.9000"]
    assert three.rows[0][2:] == ("4.00", "3.00")
    assert three.rows[1][2:] == ("12.32", "9.97")
    two = run(0, log="two digits").experiment.tests(None)
    assert [row[1] for row in two.rows] == ["1.7750", "1.1770"]


def test_a_log_is_shown_as_printed_and_as_torch_computes_it():
    experiment = run(0).experiment
    assert experiment.as_printed(None).rows[0] == ("0", "0.7000", "0.0396", "0.0203")
    scores = torch.tensor([[2.3, 0.5, 1.2, 0.8], [1.1, 3.8, 1.5, 0.9], [0.8, 1.2, 4.5, 1.0]])
    shown = [[float(cell) for cell in row[1:]] for row in experiment.computed(None).rows]
    torch.testing.assert_close(torch.tensor(shown).T, scores.softmax(1), atol=1e-4, rtol=0)


def test_the_demos_rows_are_seed_42s_but_for_two():
    printed = torch.tensor(
        [[float(cell) for cell in row[1:]] for row in run(0, log="demo").experiment.as_printed(None).rows]
    )
    drawn = torch.randn(4, 3, generator=torch.Generator().manual_seed(42))
    assert ((printed[:4] - drawn).abs().amax(1) < 1e-4).tolist() == [True, True, False, False]
    for correction in (0, 1):
        assert ((printed[:4].std(0, correction=correction) - printed[4]).abs() > 0.04).all()
    text_of_page = (FOLDER / "lesson.md").read_text().replace("−", "-")
    assert all(f"{x:.4f}" in text_of_page for x in drawn.flatten().tolist())


@pytest.mark.parametrize("luck", range(6))
def test_of_three_rows_of_the_learners_net_one_is_forged(luck):
    experiment = run(300, seed=luck).experiment
    asked = experiment.own_forgery(None, Random(luck))
    sums = [sum(map(float, row.split())) for row in asked.options]
    assert abs(sums[asked.right] - 1) > 0.1
    assert all(abs(total - 1) < 0.04 for place, total in enumerate(sums) if place != asked.right)
    p = experiment.model.eval()(experiment.val.x).softmax(1)
    own = {" ".join(f"{x:.2f}" for x in row) for row in p.tolist()}
    assert [row in own for row in asked.options] == [place != asked.right for place in range(3)]


def test_parameters_as_counted_by_hand():
    assert run(0).experiment.sizes(None).title == "Parameters: 1,210"
    normed = run(0, depth=2, width=128, norm="batch").experiment.sizes(None)
    assert normed.title == f"Parameters: {64 * 128 + 128 + 128 * 128 + 128 + 128 * 10 + 10 + 512:,}"


@pytest.mark.slow
def test_presets_do_as_they_say():
    hasty, wide = run(300, **PRESETS["hasty"]), run(0, **PRESETS["wide start"])
    assert hasty.experiment.right(hasty.experiment.val.x, hasty.experiment.val.y) < 0.3
    assert wide.measure().losses["val"] > 5
    lot = run(1000, **PRESETS["by lot"])
    assert lot.experiment.right(lot.experiment.val.x, lot.experiment.val.y) < 0.15
