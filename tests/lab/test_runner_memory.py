"""What a runner keeps and measures along the way: past runs, looks, losses of whole splits."""

import torch

from tests.lab.tiny import Tiny
from tutor.lab import Experiment
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import KEPT, WORTH_KEEPING, Runner
from tutor.paths import lessons_dir

DATA = Sources()
MINIBATCHES = load_experiment(lessons_dir() / "minibatches")


def run(seed: int = 42, **knobs) -> Runner:
    return Runner(Tiny, DATA, seed, knobs)


def test_past_runs_are_kept_with_what_was_changed_for_them():
    runner = run()
    for rate in (0.1, 0.2, 0.5, 1.0, 2.0):
        runner.turn({"lr": rate})
        runner.advance(WORTH_KEEPING)
        runner.restart(42)
    assert [past.label for past in runner.past] == ["lr 0.2", "lr 0.5", "lr 1", "lr 2"]
    assert len(runner.past) == KEPT
    runner.turn({"lr": 0.5, "hidden": 4})
    assert len(runner.past) == KEPT, "a run without a step isn't worth keeping"
    runner.advance(WORTH_KEEPING - 1)
    runner.restart(1)
    assert "lr 0.5, hidden 4" not in [past.label for past in runner.past]
    runner.advance(WORTH_KEEPING)
    runner.restart(2)
    assert [past.label for past in runner.past] == ["lr 0.5", "lr 1", "lr 2", "lr 0.5, hidden 4"]
    assert all(len(past.x) == len(past.y) == WORTH_KEEPING for past in runner.past)


def test_a_run_like_an_earlier_one_takes_its_place():
    runner = run()
    runner.advance(WORTH_KEEPING)
    runner.restart(1)
    first = runner.past[0].y
    runner.advance(WORTH_KEEPING)
    runner.restart(2)
    (kept,) = runner.past
    assert kept.label == "defaults"
    assert kept.y != first


def test_a_look_shows_the_race_with_the_run_that_goes_on():
    runner = run()
    runner.advance(WORTH_KEEPING)
    runner.turn({"hidden": 4})
    runner.advance(2)
    race = runner.look(("race",))["race"]
    assert [(series.label, len(series.x)) for series in race.series] == [
        ("defaults", WORTH_KEEPING),
        ("hidden 4 (now)", 2),
    ]


def test_a_look_gives_the_figures_asked_for_and_no_others():
    runner = run()
    assert list(runner.look(("updates", "nonsense", "losses"))) == ["updates", "losses"]
    assert runner.look(()) == {}


def test_measure_is_of_this_step_and_is_noted():
    runner = run()
    first = runner.measure()
    assert first.iteration == 0
    assert runner.measure() is first
    runner.advance(10)
    assert runner.measured is first
    second = runner.measure()
    assert (second.iteration, runner.measured) == (10, second)
    train, val = runner.history.series("splits")
    assert train.x == val.x == (0, 10)
    assert train.y == (first.losses["train"], second.losses["train"])


def test_a_burst_measures_along_the_way():
    runner = run()
    for _ in range(50):
        runner.train_for(0.01, 20)
        if runner.measured.losses:
            break
    assert runner.measured.losses.keys() == {"train", "val"}


def test_nothing_trains_without_a_step():
    class Still(Experiment):
        def build(self):
            self.model = torch.nn.Identity()

    runner = Runner(Still, DATA)
    assert runner.advance(5) == 0
    assert runner.train_for(0.01, 1) == 0
    assert runner.measure().losses == {}
