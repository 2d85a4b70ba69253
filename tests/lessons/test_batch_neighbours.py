"""The lesson on a batch's neighbours: its jitter is PyTorch's layer's, and what its text says is so."""

from pathlib import Path

import pytest
import torch
from torch import nn

from tests.figures.drawn import text
from tutor.errors import TutorError
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.predictions import posed
from tutor.lab.runner import Runner

FOLDER = Path(__file__).parents[2] / "lessons" / "batch_neighbours"
KIND = load_experiment(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}


def run(steps, **knobs):
    runner = Runner(KIND, DATA, 42, knobs)
    runner.advance(steps)
    return runner


@pytest.mark.parametrize("norm", ["none", "batch", "layer"])
@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_tells(preset, norm):
    runner = run(3, **{**PRESETS.get(preset, {}), "norm": norm})
    for figure in runner.look(list(KIND.figures()), 42).values():
        for width, height in ((42, 9), (42, 18), (66, 12)):
            assert figure.title in text(figure, width, height)
        assert figure.describe().startswith(figure.title)


def test_the_jitter_is_what_pytorchs_layer_gives():
    experiment = run(50).experiment
    rng = torch.Generator().manual_seed(42)
    ix = torch.randint(len(experiment.x), (400, 8), generator=rng)
    ix[:, 0] = 0
    values = experiment.among_neighbours(8)
    for draw in range(5):
        _, normalized = experiment.first(experiment.x[ix[draw]])
        assert values[draw].item() == pytest.approx(normalized[0, 0].item(), abs=1e-5)


def test_layer_norm_does_not_jitter():
    runner = run(50, norm="layer")
    assert len(runner.experiment.among_neighbours(4).unique()) == 1
    with pytest.raises(TutorError, match="nothing jitters"):
        posed(runner, "own-jitter", 0)


def test_the_figure_keeps_larger_batches_than_ones_own_for_later():
    sizes = {
        batch: [row.label for row in run(0, batch=batch).experiment.jitters(None).rows] for batch in (1, 2, 8, 128)
    }
    assert (sizes[1], sizes[2], sizes[8]) == (["batch 2"], ["batch 2"], ["batch 2", "batch 4", "batch 8"])
    assert sizes[128][-1] == "batch 128"


def test_the_question_about_ones_own_run_has_the_jitter_nearer_to_the_root_than_to_its_other_answers():
    runner = run(20)
    for luck in range(20):
        made = posed(runner, "own-jitter", luck)
        jitter, tenfold, same, more = map(float, made.options)
        assert made.right == 0
        assert tenfold < jitter < same < more


def test_the_strip_shows_who_moves_row_0():
    experiment = run(0, batch=4).experiment
    strip = experiment.rows(None)
    pull = strip.stages[-1].values
    assert pull == pytest.approx([1.31, -1.46, -1.0, 1.15], abs=0.006)
    assert sum(pull) == pytest.approx(0, abs=1e-4)
    before = strip.stages[1].values[0]
    after = run(0, batch=4, push=0.001).experiment.rows(None).stages[1].values[0]
    assert (after - before) / 0.001 == pytest.approx(pull[3], abs=0.02)
    assert run(0, batch=4, push=5.0).experiment.rows(None).stages[1].values == pytest.approx(
        [-0.66, -0.55, -0.52, 1.73], abs=0.006
    )
    assert run(0, batch=4, norm="layer").experiment.rows(None).stages[-1].values == pytest.approx(
        [2.37, 0, 0, 0], abs=0.01
    )


@pytest.mark.parametrize("push", [0.0, 1.0, 100.0, 1e6])
def test_two_are_always_one_and_minus_one(push):
    values = run(0, batch=2, push=push).experiment.rows(None).stages[1].values
    assert values == pytest.approx([-1, 1], abs=0.001)


def test_accumulation_without_neighbours_is_exact():
    for norm, cosine, apart in (("none", 1, 0), ("layer", 1, 0), ("batch", 0.682, 0.87)):
        experiment = run(0, norm=norm).experiment
        whole, pieces = experiment.gradient(64), experiment.gradient(4)
        assert nn.functional.cosine_similarity(whole, pieces, dim=0).item() == pytest.approx(cosine, abs=0.001)
        assert ((pieces - whole).norm() / whole.norm()).item() == pytest.approx(apart, abs=0.005)


@pytest.mark.slow
def test_pairs_after_two_and_eight_thousand_steps():
    for preset, at_2000, at_8000 in (("pairs", 0.783, 0.839), ("pairs-layer", 0.983, 0.989)):
        runner = run(2000, **PRESETS[preset])
        assert runner.measure().accuracies["val"] == pytest.approx(at_2000, abs=0.006)
        runner.advance(6000)
        assert runner.measure().accuracies["val"] == pytest.approx(at_8000, abs=0.006)
