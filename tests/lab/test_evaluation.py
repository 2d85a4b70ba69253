import copy
from types import SimpleNamespace

import pytest
import torch
from torch.nn import functional as F

from tests.lab.tiny import Tiny, X, Y, same, whole_state
from tutor.lab import evaluation
from tutor.lab.datasets import Sources, Split
from tutor.lab.evaluation import Evaluator, Measured, measure, slices
from tutor.lab.experiment import Experiment
from tutor.lab.load import load_experiment
from tutor.lab.observation import undisturbed
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir


class Clock:
    """Goes on by `tick` seconds whenever it is read."""

    def __init__(self, tick: float) -> None:
        self.tick = tick
        self.reads = 0

    def perf_counter(self) -> float:
        self.reads += 1
        return self.reads * self.tick


@pytest.fixture
def runner():
    made = Runner(Tiny, Sources(), seed=5)
    made.advance(30)
    return made


def direct(experiment: Tiny) -> dict[str, float]:
    model = copy.deepcopy(experiment.model).eval()
    with torch.no_grad():
        return {
            "train": F.cross_entropy(model(X[:200]), Y[:200]).item(),
            "val": F.cross_entropy(model(X[200:]), Y[200:]).item(),
        }


@pytest.mark.parametrize("size", [1, 7, 100, 4096])
def test_losses_in_slices_are_those_of_the_whole_split_at_once(runner, monkeypatch, size):
    monkeypatch.setattr(evaluation, "SLICE", size)
    measured = measure(runner.experiment)
    assert measured.iteration == 30
    assert measured.losses == pytest.approx(direct(runner.experiment), abs=1e-6)


def test_each_different_example_once_gives_the_same_mean_on_names():
    runner = Runner(load_experiment(lessons_dir() / "minibatches"), Sources(), 1)
    runner.advance(50)
    names, model = runner.experiment.names, runner.experiment.model
    with torch.no_grad():
        expected = {
            name: F.cross_entropy(model(split.x), split.y).item()
            for name, split in (("train", names.train), ("val", names.val))
        }
    assert runner.measure().losses == pytest.approx(expected, abs=1e-6)


def test_accuracies_are_the_shares_of_right_answers():
    runner = Runner(load_experiment(lessons_dir() / "minibatches"), Sources(), 1)
    runner.advance(50)
    names, model = runner.experiment.names, runner.experiment.model
    expected = {}
    with torch.no_grad():
        for name, split in (("train", names.train), ("val", names.val)):
            expected[name] = (model(split.x).argmax(1) == split.y).double().mean().item()
    assert runner.measure().accuracies == pytest.approx(expected, abs=1e-12)
    runner.advance(10)
    runner.measure()
    runner.seek(50)
    assert runner.measured.accuracies == pytest.approx(expected, abs=1e-12)


def test_a_lesson_with_a_loss_of_its_own_has_no_accuracy(runner):
    assert runner.measure().accuracies == {}


def test_other_splits_can_be_measured_instead(runner):
    split = Split(X[50:90], Y[50:90])
    measured = measure(runner.experiment, {"other": split})
    model = copy.deepcopy(runner.experiment.model).eval()
    with torch.no_grad():
        assert measured.losses == {"other": pytest.approx(F.cross_entropy(model(split.x), split.y).item(), abs=1e-6)}
    assert runner.measure_only(["val"]).losses.keys() == {"val"}
    assert runner.measure_only([]) == Measured(30, {})


def test_what_is_held_out_is_measured_only_on_demand(runner, monkeypatch):
    split = Split(X[200:250], Y[200:250])
    monkeypatch.setattr(Tiny, "held_out", lambda _: {"test": split})
    runner.advance(1)
    assert "test" not in runner.measure().losses
    expected = measure(runner.experiment, {"test": split})
    assert runner.measure_only(["test"]) == expected
    assert "test" not in runner.history.groups["splits"]


def test_measuring_disturbs_nothing(runner):
    before = whole_state(runner.experiment)
    with undisturbed(runner.experiment):
        measure(runner.experiment)
    assert same(before, whole_state(runner.experiment))


def test_a_measurement_is_of_the_step_it_began_at(runner, monkeypatch):
    monkeypatch.setattr(evaluation, "SLICE", 40)
    expected = measure(runner.experiment)
    work = slices(runner.experiment)
    results = []
    for result in work:
        results.append(result)
        runner.advance(3)
    assert results[:-1] == [None] * 8
    assert results[-1] == expected


def test_nothing_to_measure():
    class Bare(Experiment):
        pass

    bare = Bare({}, 0, Sources())
    bare.iteration = 4
    assert measure(bare) == Measured(4, {})
    assert Evaluator().after(bare, 10.0) is None


@pytest.mark.parametrize("seconds", [1.0, 20.0])
def test_the_evaluator_stays_within_its_share(runner, monkeypatch, seconds):
    monkeypatch.setattr(evaluation, "SLICE", 40)
    slice_seconds = 0.0005
    clock = Clock(slice_seconds)
    monkeypatch.setattr(evaluation, "time", SimpleNamespace(perf_counter=clock.perf_counter))
    evaluator, results, burst = Evaluator(), 0, 0.01
    for _ in range(round(seconds / burst)):
        results += evaluator.after(runner.experiment, burst) is not None
    # The clock is read before and after each slice.
    spent = clock.reads / 2 * slice_seconds
    granted = evaluation.HEAD_START + evaluation.SHARE * seconds
    assert granted - 9 * slice_seconds <= spent <= granted + 2 * slice_seconds
    # Nine slices make one result: five of 40 for train, three for val, and the result itself.
    assert results == clock.reads // 2 // 9


def test_the_evaluator_saves_at_most_a_second(runner, monkeypatch):
    clock = Clock(0.3)
    monkeypatch.setattr(evaluation, "time", SimpleNamespace(perf_counter=clock.perf_counter))
    monkeypatch.setattr(evaluation, "SLICE", 10)
    Evaluator().after(runner.experiment, 1e6)
    assert clock.reads / 2 == 4


def test_an_evaluator_begins_afresh_after_an_error(runner, monkeypatch):
    evaluator = Evaluator()
    with monkeypatch.context() as patch:
        patch.setattr(Tiny, "each_loss", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            evaluator.after(runner.experiment, 1.0)
    result = evaluator.after(runner.experiment, 1.0)
    assert result is not None
    assert result.losses == pytest.approx(direct(runner.experiment), abs=1e-6)
