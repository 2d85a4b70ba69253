"""The capstone: its counts are PyTorch's, its logs are refuted as the text says, and runs and looks are counted."""

from pathlib import Path

import pytest

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


def run(steps, **knobs):
    runner = Runner(KIND, DATA, 42, knobs)
    runner.advance(steps)
    return runner


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_tells(preset):
    runner = run(3, **PRESETS.get(preset, {}))
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
