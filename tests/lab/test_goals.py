"""When a goal is judged, and by which values; the oracle is the model's own loss, worked out by hand."""

import copy

import pytest
import torch
from torch.nn import functional as F

from tests.lab.tiny import Tiny, X, Y, same, whole_state
from tutor.errors import TutorError
from tutor.lab import Observation, metric
from tutor.lab.datasets import Sources
from tutor.lab.experiment import Experiment
from tutor.lab.goals import EVERY, Watch, reached
from tutor.lab.runner import Runner
from tutor.link.goals import NEVER, parse_condition


class Told(Tiny):
    """A lesson with a metric of its own, which counts how often it is asked for."""

    asked = 0

    @metric("weight")
    def biggest(self, seen: Observation) -> float:
        Told.asked += 1
        torch.rand(1)
        return self.model[0].weight.abs().max().item()


@pytest.fixture
def run():
    Told.asked = 0
    return Runner(Told, Sources(), seed=5)


def goal(*texts):
    return tuple(map(parse_condition, texts))


def values(gauges):
    return [gauge.value for gauge in gauges]


def val(run):
    model = copy.deepcopy(run.experiment.model).eval()
    with torch.no_grad():
        return F.cross_entropy(model(X[200:]), Y[200:]).item()


def test_a_split_is_measured_at_the_very_step_where_the_run_stands(run):
    watch = Watch(goal("val < 9"))
    for steps in (3, 1, 40):
        run.advance(steps)
        (gauge,) = watch.judge(run)
        assert gauge.value == pytest.approx(val(run), abs=1e-6)
        assert gauge.holds


def test_accuracies_are_measured_like_losses(run):
    watch = Watch(goal("val accuracy > 0 %", "val < 9"))
    run.advance(20)
    model = copy.deepcopy(run.experiment.model).eval()
    right = (model(X[200:]).argmax(1) == Y[200:]).float().mean().item()
    # Tiny has an `each_loss` of its own, with which a lesson has no accuracy.
    Told.each_loss = Experiment.each_loss
    try:
        assert values(watch.judge(run)) == [pytest.approx(right), pytest.approx(val(run), abs=1e-6)]
    finally:
        del Told.each_loss
    run.measure()
    with pytest.raises(TutorError, match="val accuracy"):
        Watch(goal("val accuracy > 0 %")).judge(run)


def test_a_split_is_not_measured_where_another_condition_fails(run):
    run.measure()
    start = val(run)
    watch = Watch(goal("val < 9", "step >= 10"))
    run.advance(5)
    gauges = watch.judge(run)
    assert values(gauges) == [pytest.approx(start, abs=1e-6), 5]
    assert not reached(gauges)
    run.advance(5)
    gauges = watch.judge(run)
    assert values(gauges) == [pytest.approx(val(run), abs=1e-6), 10]
    assert reached(gauges)


def test_what_was_measured_of_another_run_is_forgotten(run):
    watch = Watch(goal("val < 9"))
    run.advance(30)
    watch.judge(run)
    run.restart(6)
    run.advance(30)
    assert values(watch.judge(run)) == [pytest.approx(val(run), abs=1e-6)]
    run.seek(10)
    assert values(watch.judge(run)) == [pytest.approx(val(run), abs=1e-6)]


def test_knobs_the_step_and_the_lessons_own_metric_are_known_at_once(run):
    run.advance(7)
    gauges = Watch(goal("lr = 0.1", "hidden > 8", "step = 7", "weight > 0")).judge(run)
    assert values(gauges) == [0.1, 8, 7, run.experiment.model[0].weight.abs().max().item()]
    assert [gauge.holds for gauge in gauges] == [True, False, True, True]


def test_a_metric_is_asked_for_only_if_the_goal_names_it(run):
    Watch(goal("lr = 0.1")).judge(run)
    Watch().judge(run)
    assert Told.asked == 0
    Watch(goal("weight > 0")).judge(run)
    assert Told.asked == 1


def test_the_loss_is_the_mean_of_the_last_hundred_batches(run):
    watch = Watch(goal("loss < 9"))
    run.advance(99)
    assert values(watch.judge(run)) == [None]
    run.advance(51)
    assert values(watch.judge(run)) == [pytest.approx(sum(run.history.losses[50:150]) / 100)]
    run.seek(120)
    assert values(watch.judge(run)) == [pytest.approx(sum(run.history.losses[20:120]) / 100)]


def test_judging_touches_nothing(run):
    run.advance(30)
    before = whole_state(run.experiment)
    Watch(goal("val < 9", "weight > 0", "loss < 9")).judge(run)
    Watch(goal("val < 9", "weight > 0")).judge(run)
    assert same(whole_state(run.experiment), before)
    assert run.history.groups.get("splits", {}) == {}


def test_a_metric_that_there_is_not_is_named_with_those_that_there_are(run):
    with pytest.raises(TutorError) as error:
        Watch(goal("vall < 2")).judge(run)
    assert "'vall'" in error.value.what
    assert "Did you mean 'val'?" in error.value.remedy
    for name in ("lr", "step", "loss", "train", "val"):
        assert name in error.value.remedy


@pytest.mark.parametrize(
    ("texts", "at", "room"),
    [
        ((), 0, NEVER),
        (("val < 2",), 0, EVERY),
        (("val < 2",), 130, 70),
        (("val < 2", "step <= 150"), 130, 20),
        (("val < 2", "step <= 150"), 150, NEVER),
        (("val < 2", "step <= 150"), 160, NEVER),
        (("val < 2", "step <= 40"), 0, 40),
    ],
)
def test_a_run_may_go_on_to_the_next_judgement(texts, at, room):
    assert Watch(goal(*texts)).room(at) == room


def test_a_run_stops_where_the_goal_is_reached_and_at_the_last_step_that_it_allows(run):
    easy, hard = Watch(goal("val < 9", "step <= 250")), Watch(goal("val < 0", "step <= 250"))
    stops = []
    for _ in range(30):
        run.advance(10)
        stops.append((run.iteration, easy.stops(run), hard.stops(run), Watch().stops(run)))
    assert [at for at, stop, _, _ in stops if stop] == [100, 200, 250]
    assert [at for at, _, stop, _ in stops if stop] == [250]
    assert not any(never for *_, never in stops)
