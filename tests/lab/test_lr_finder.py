import math
from collections import deque

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from tests.lab.tiny import Tiny, X, Y, same, whole_state
from tutor.errors import ExitCode, TutorError
from tutor.lab import Choice, Experiment, Number
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.lr_finder import DIVERGED, RangeTest, figure, sweep
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

DATA = Sources()
MINIBATCHES = load_experiment(lessons_dir() / "minibatches")


def last(found):
    return deque(found, maxlen=1).pop()


def judged(*smoothed, skipped=0):
    """A sweep by factors of ten from 1 on, with these smoothed losses."""
    return RangeTest(tuple(10.0**n for n in range(len(smoothed))), smoothed, smoothed, skipped)


class Played(Experiment):
    """Plays back losses, whatever the learning rate; a loss of `None` fails."""

    knobs = (Number("lr", 1.0, low=1e-2, high=100, live=True),)
    losses = (1.0,)

    def build(self):
        self.model = torch.nn.Identity()

    def step(self):
        loss = self.losses[self.iteration]
        if loss is None:
            raise ZeroDivisionError
        return torch.tensor(loss, dtype=torch.float64)


def play(*losses):
    experiment = type("Losses", (Played,), {"losses": losses})({}, 0, DATA)
    return sweep(experiment, steps=len(losses))


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def runner():
    made = Runner(Tiny, DATA, seed=3)
    made.advance(25)
    return made


@pytest.fixture(scope="module")
def found():
    return last(sweep(Runner(MINIBATCHES, DATA).experiment, steps=300))


def test_a_sweep_leaves_the_run_as_it_was_to_the_last_bit(runner):
    before = whole_state(runner.experiment)
    for _ in sweep(runner.experiment, 1e-3, 1e4, 100):
        assert same(before, whole_state(runner.experiment))


def test_a_sweep_that_fails_leaves_torchs_generator_as_it_was():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    found = play(1.0, None)
    next(found)
    with pytest.raises(ZeroDivisionError):
        next(found)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_run_and_a_sweep_in_turns_are_each_as_if_alone(runner):
    alone = Runner(Tiny, DATA, seed=3)
    alone.advance(25)
    state = torch.get_rng_state()
    swept = last(sweep(alone.experiment, 1e-3, 1.0, 40))
    alone.advance(40)
    torch.set_rng_state(state)
    shared = sweep(runner.experiment, 1e-3, 1.0, 40)
    results = [now for now in shared if runner.advance(1)]
    assert len(results) == 40
    assert results[-1] == swept
    assert list(runner.history.losses) == list(alone.history.losses)
    assert same(whole_state(runner.experiment), whole_state(alone.experiment))


def test_a_sweep_is_a_bare_loop_whose_rate_grows():
    runner = Runner(Tiny, DATA, seed=7)
    state = torch.get_rng_state()
    swept = last(sweep(runner.experiment, 1e-3, 1.0, 60))
    torch.set_rng_state(state)
    model, rng = runner.experiment.model, runner.experiment.rng
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
    growth = torch.optim.lr_scheduler.ExponentialLR(optimizer, 1000 ** (1 / 59))
    rates, losses = [], []
    for _ in range(60):
        ix = torch.randint(len(X), (16,), generator=rng)
        loss = F.cross_entropy(model(X[ix]), Y[ix])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        rates.append(optimizer.param_groups[0]["lr"])
        growth.step()
    assert (swept.rates[0], swept.rates[-1]) == (1e-3, 1.0)
    assert swept.rates == pytest.approx(rates, rel=1e-9)
    assert swept.raw == pytest.approx(losses, rel=1e-4)


def test_a_sweep_is_a_run_whose_knob_is_turned_before_each_step():
    # Adam's own formula counts the steps, and reads the knob.
    swept = last(sweep(Runner(MINIBATCHES, DATA, 5, {"optimizer": "adam"}).experiment, 1e-4, 0.1, 30))
    turned = Runner(MINIBATCHES, DATA, 5, {"optimizer": "adam"})
    for rate in swept.rates:
        turned.turn({"lr": rate})
        turned.advance(1)
    assert swept.raw == tuple(turned.history.losses)


def test_the_bounds_are_the_knobs_own(found):
    knob = next(knob for knob in MINIBATCHES.knobs if knob.name == "lr")
    assert found.rates[0] == knob.low
    assert found.stopped_at < knob.high
    assert last(play(1.0, 1.0)).rates == (1e-2, 100)


def test_each_smoothed_loss_is_a_weighted_mean(found):
    for count in (1, 2, 50, len(found.raw)):
        weights = [0.98 ** (count - step) for step in range(1, count + 1)]
        mean = sum(weight * loss for weight, loss in zip(weights, found.raw, strict=False)) / sum(weights)
        assert found.smoothed[count - 1] == pytest.approx(mean)


def test_it_stops_at_the_first_smoothed_loss_over_four_times_the_lowest(found):
    assert found.stopped_at == found.rates[-1]
    assert len(found.rates) < 300
    lowest = min(found.smoothed[found.skipped :])
    assert found.smoothed[-1] > DIVERGED * lowest
    assert max(found.smoothed[:-1]) <= DIVERGED * lowest


def test_lucky_first_batches_dont_stop_it():
    assert last(play(0.01, *[1.0] * 29)).stopped_at is None


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_it_stops_where_the_loss_is_no_number(loss):
    swept = last(play(*[1.0] * 10, loss, *[1.0] * 10))
    assert len(swept.raw) == 11
    assert swept.stopped_at == swept.rates[-1]
    assert all(rate is None or rate < swept.stopped_at for rate in swept.marks.values())
    assert figure(swept).draw(60, 12)


def test_marks_of_a_curve_that_falls_and_rises():
    swept = judged(5.0, 4.9, 4.0, 2.0, 1.5, 1.4, 3.0)
    assert swept.steepest == 100.0
    assert swept.minimum_tenth == 1e4
    # Six falling losses, counted back from the lowest at place 5; half of six on from there.
    assert swept.valley == 100.0


def test_what_is_skipped_is_not_judged():
    swept = judged(0.1, 9.0, 5.0, 4.0, 1.0, 0.9, 2.0, skipped=2)
    assert swept.minimum_tenth == 1e4
    assert swept.steepest == 1000.0


def test_no_marks_where_the_rules_have_nothing_to_say():
    assert set(judged(1.0, 2.0, 3.0).marks.values()) == {None}
    assert set(judged().marks.values()) == {None}
    assert judged(3.0, 2.0, 1.0).minimum_tenth is None
    assert judged(1.0, 2.0).minimum_tenth is None


@given(st.lists(st.integers(0, 30), min_size=2, max_size=40))
def test_the_valley_is_the_one_that_fastais_rule_finds(losses):
    longest = [1] * len(losses)
    for end in range(len(losses)):
        longest[end] = 1 + max((longest[at] for at in range(end) if losses[at] > losses[end]), default=0)
    length = max(longest)
    start = longest.index(length) - length
    sections = length / 3
    expected = 10.0 ** max(start + int(sections) + int(sections / 2), 0) if length > 1 else None
    assert judged(*map(float, losses)).valley == expected


def test_the_suggestions_lie_where_this_net_trains_well(found):
    # The lecture's rate for it is 0.1.
    assert all(0.01 < rate < 0.5 for rate in found.marks.values())
    assert found.stopped_at > 1


def test_the_finder_that_never_uses_its_rate_falls_to_the_end(found):
    experiment = Runner(MINIBATCHES, DATA).experiment
    unused = last(sweep(experiment, steps=300, swept=False))
    assert unused.rates[: len(found.rates)] == found.rates
    assert unused.rates[-1] == 10
    assert unused.stopped_at is None
    plain = Runner(MINIBATCHES, DATA)
    plain.advance(300)
    assert unused.raw == tuple(plain.history.losses)
    assert unused.smoothed[-1] < 1.05 * min(unused.smoothed)


class Odd(Played):
    knobs = (
        Number("lr", 0.1, low=0, high=1, live=True),
        Number("fixed", 0.1, low=0.01, high=1),
        Choice("kind", "a", ("a", "b"), live=True),
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"knob": "rl"}, "There is no knob 'rl'. This lesson has lr, fixed or kind."),
        ({"knob": "fixed"}, "fixed can't be swept. Only a number that takes effect at the next step can."),
        ({"knob": "kind"}, "kind can't be swept."),
        ({}, "There is no sweep from 0 to 1. It takes two rates above 0, the lower one first."),
        ({"low": 0.5, "high": 0.2}, "There is no sweep from 0.5 to 0.2."),
        ({"low": -1}, "lr can't be -1."),
        ({"low": 0.5, "high": 2}, "lr can't be 2. It takes a number from 0 to 1."),
        ({"low": 0.5, "steps": 1}, "A sweep can't take 1 steps. It takes at least 2."),
    ],
)
def test_what_cant_be_swept(options, sentence):
    with pytest.raises(TutorError) as raised:
        sweep(Odd({}, 0, DATA), **options)
    assert str(raised.value).startswith(sentence)
    assert raised.value.code == ExitCode.MISUSE


def test_the_picture_tells_its_marks(found):
    picture = figure(found)
    assert [series.label for series in picture.series] == ["batch", "smoothed", *found.marks]
    assert picture.log_x
    told = picture.describe()
    assert "Learning-rate finder: diverged at " in told
    for rule, series in zip(found.marks, picture.series[2:], strict=True):
        assert series.x == (found.marks[rule],)
        assert series.y[0] == found.smoothed[found.rates.index(min(found.rates, key=lambda r: abs(r - series.x[0])))]
        assert f"{rule} is " in told


def test_the_picture_of_a_loss_that_diverged_ends_at_twice_its_lowest(found):
    batch, smoothed = figure(found).series[:2]
    twice = 2 * min(found.smoothed[found.skipped :])
    assert smoothed.y == found.smoothed[: len(smoothed.y)]
    assert smoothed.y[-1] <= twice < found.smoothed[len(smoothed.y)]
    assert max(batch.y) <= max(twice, *smoothed.y)


def test_the_learner_guesses_before_the_marks_show(found):
    guessed = figure(found, 0.3, marks=False).series
    assert [series.label for series in guessed] == ["batch", "smoothed", "your mark"]
    assert guessed[2].x == (0.3,)
    assert len(figure(found, 0.3).series) == 6
    assert "no data" in figure(judged()).describe()
