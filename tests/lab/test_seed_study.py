import math
import statistics

import pytest

from tests.lab.tiny import Tiny, same, whole_state
from tutor.lab.bands import verdict
from tutor.lab.datasets import Sources
from tutor.lab.runner import Runner
from tutor.lab.studies import begun
from tutor.link.messages import Seeds

DATA = Sources()


@pytest.fixture
def runner():
    made = Runner(Tiny, DATA, seed=3)
    made.advance(25)
    return made


def study(runner, changes, count=3, steps=40, name=""):
    return begun(Seeds(count, steps, changes, name), runner, DATA)


def finals(seeds, steps=40, **knobs):
    """The validation losses of plain runs."""
    found = []
    for seed in seeds:
        run = Runner(Tiny, DATA, seed, knobs)
        run.advance(steps)
        found.append(run.measure().losses["val"])
    return found


def test_each_result_is_that_of_a_plain_run_and_the_learners_own_run_stays_as_it_was(runner):
    before = whole_state(runner.experiment)
    found = study(runner, {"lr": 0.5})
    while not found.done:
        found.work(1e-3)
        assert same(before, whole_state(runner.experiment))
    a, b = finals(range(3, 6)), finals(range(3, 6), lr=0.5)
    bands, curve = found.figures()
    assert [group.values for group in bands.groups] == [tuple(a), tuple(b)]
    assert [group.label for group in bands.groups] == ["A: lr 0.1", "B: lr 0.5"]
    assert found.says() == verdict(a, b, "val loss")
    assert len(curve.series) == 2
    alone = Runner(Tiny, DATA, 3)
    alone.advance(25)
    runner.advance(30)
    alone.advance(30)
    assert list(runner.history.losses) == list(alone.history.losses)


def test_a_stop_leaves_as_many_of_each_and_judges_those(runner):
    found = study(runner, {"lr": 0.5}, count=5)
    while found.complete < 1 or found.share < 0.5:
        found.work(1e-6)
    found.stop()
    done = found.complete
    assert 1 <= done < 5
    bands, _ = found.figures()
    assert [len(group.values) for group in bands.groups] == [done, done]
    report = found.report(9)
    assert report.done
    assert report.share < 1
    assert report.says
    assert f"{done} of 5 seeds" in bands.title


def test_progress_grows_to_one_and_the_time_left_to_nothing(runner):
    found = study(runner, {"hidden": 20}, count=2)
    shares = [found.share]
    while not found.done:
        assert found.report(0).seconds_left >= 0
        found.work(1e-4)
        shares.append(found.share)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert found.report(0).seconds_left == 0


def test_the_time_left_is_each_arms_own(runner):
    found = study(runner, {"lr": 0.5}, count=4, steps=100)
    slow, fast = found.arms
    slow.steps, slow.seconds = 100, 10.0
    fast.steps, fast.seconds = 100, 1.0
    assert found.seconds_left == pytest.approx(3 * 10 + 3 * 1)


def test_the_curve_is_the_median_in_the_band_of_the_extremes(runner):
    found = study(runner, {"lr": 0.5}, steps=30)
    found.work(math.inf)
    runs = []
    for seed in range(3, 6):
        run = Runner(Tiny, DATA, seed)
        run.advance(30)
        runs.append(list(run.history.losses))
    series = found.figures()[1].series[0]
    columns = list(zip(*runs, strict=True))
    assert series.y == tuple(map(statistics.median, columns))
    assert (series.low, series.high) == (tuple(map(min, columns)), tuple(map(max, columns)))


def test_no_point_of_the_curve_is_the_mean_of_fewer_steps_than_the_others(runner):
    found = study(runner, {}, count=1, steps=125)
    found.work(math.inf)
    run = Runner(Tiny, DATA, 3)
    run.advance(125)
    series = found.figures()[1].series[0]
    assert series.x == tuple(range(2, 124, 3))
    assert series.y[-1] == pytest.approx(statistics.fmean(run.history.losses[120:123]))


def test_a_run_that_breaks_down_is_infinitely_bad_and_costs_no_further_steps(runner):
    found = study(runner, {"lr": 1e38}, steps=40)
    found.work(math.inf)
    assert found.share == 1
    ours, theirs = found.figures()[1].series
    assert ours.x == theirs.x
    assert theirs.y[-30:] == (math.inf,) * 30
    assert found.figures()[0].groups[1].values == (math.inf,) * 3
    assert found.says().startswith("A has the lower val loss for every seed; B breaks down every time.")


def test_what_differs_in_nothing_has_no_winner_and_a_preset_lends_its_name(runner):
    found = study(runner, {"lr": 0.1}, steps=5, name="usual")
    found.work(math.inf)
    assert found.says().startswith("No winner: A and B end with the same val loss")
    assert [arm.label for arm in found.arms] == ["A: as it is", "B: usual"]
