import math

import pytest

from tests.lab.tiny import Tiny, same, whole_state
from tutor.lab.datasets import Sources
from tutor.lab.lr_finder import RangeTest, sweep
from tutor.lab.rate_study import RateStudy, compared, unused
from tutor.lab.runner import Runner


@pytest.fixture
def runner():
    made = Runner(Tiny, Sources(), seed=3)
    made.advance(25)
    return made


def study(runner, guess=0.0, *, swept=True, steps=60, high=1.0):
    return RateStudy(runner.experiment, 1e-3, high, steps, guess, swept)


def swept(*smoothed, stopped_at=None):
    """A sweep by factors of ten from 1e-4 on, with these smoothed losses."""
    return RangeTest(tuple(10.0 ** (n - 4) for n in range(len(smoothed))), smoothed, smoothed, 0, stopped_at)


FALLS = swept(5.0, 4.9, 4.0, 2.0, 1.5, 1.4, 30.0, stopped_at=100.0)


def test_it_is_the_sweep_in_bursts_and_the_run_stays_as_it_was(runner):
    before = whole_state(runner.experiment)
    *_, expected = sweep(runner.experiment, 1e-3, 1.0, 60)
    found = study(runner, 0.05)
    shares = []
    while not found.done:
        found.work(1e-6)
        shares.append(found.share)
        assert same(before, whole_state(runner.experiment))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    report = found.report(4)
    assert (report.heard, report.done, report.seconds_left) == (4, True, 0)
    assert report.rates == {rule: rate for rule, rate in expected.marks.items() if rate is not None}
    curve = report.figures[0]
    assert curve.series[1].y == expected.smoothed
    assert [series.label for series in curve.series[2:]] == ["your mark", *report.rates]


def test_the_rules_of_thumb_are_kept_back_until_the_sweep_is_over(runner):
    found = study(runner, 0.5)
    found.work(1e-6)
    report = found.report(1)
    assert not report.done
    assert (report.says, report.rates) == ("", {})
    assert [series.label for series in report.figures[0].series] == ["batch", "smoothed"]


def test_a_stop_judges_what_is_there(runner):
    found = study(runner)
    found.work(1e-6)
    found.stop()
    report = found.report(1)
    assert report.done
    assert report.says


def test_the_finder_that_never_uses_its_rates_trains_as_the_run_would_and_says_so(runner):
    found = study(runner, swept=False)
    found.work(math.inf)
    runner.advance(60)
    assert found.figures()[0].series[0].y == tuple(runner.history.losses[25:])
    assert found.says().startswith("Each rate was noted, and none was used: all 60 steps were taken at lr = 0.1.")


@pytest.mark.parametrize(
    ("guess", "words"),
    [
        (0.02, "Yours is as good as theirs"),
        (1e-4, "times below the lowest of them: it would train, only slowly."),
        (20.0, "times above the highest of them: close to the edge."),
        (200.0, "Yours is where the loss has already flown off."),
    ],
)
def test_the_learners_mark_beside_the_rules(guess, words):
    told = compared(FALLS, guess)
    assert told.startswith(f"Your mark: {guess:g}. Steepest ")
    assert words in told
    assert told.endswith("The loss diverged at 100.")


def test_without_a_mark_there_is_no_comparison():
    told = compared(FALLS)
    assert told.startswith("Steepest ")
    assert "our" not in told


def test_a_sweep_in_which_no_rule_finds_anything():
    assert compared(swept(1.0, 2.0, 3.0)) == "No rule of thumb finds a rate in this. Nothing diverged up to 0.01."
    assert compared(swept(2.0, math.nan, stopped_at=1e-3)).endswith("The loss was no longer finite at 0.001.")


def test_the_unused_rates_are_not_blamed_for_a_loss_that_rises_anyway():
    assert "no minimum" in unused(swept(3.0, 2.5, 2.2, 2.1), 0.1)
    told = unused(swept(3.0, 2.0, 4.0, 9.0, stopped_at=0.1), 10.0)
    assert "no minimum" not in told
    assert "what it does at that one rate" in told
