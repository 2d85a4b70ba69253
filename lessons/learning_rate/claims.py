"""The lesson's claims that take a run, a sweep or the lab's own figures; each function returns what it measured."""

import math
import sys
from bisect import bisect_left
from collections import deque
from functools import cache
from pathlib import Path

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.lr_finder import RangeTest, sweep
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()
SEEDS = range(42, 47)


def runner(seed: int = 42, **knobs: Value) -> Runner:
    return Runner(_KIND, _DATA, seed, knobs)


def losses(run: Runner, steps: int) -> tuple[float, float]:
    """Full train and validation loss after `steps` more steps."""
    run.advance(steps)
    measured = run.measure().losses
    return round(measured["train"], 3), round(measured["val"], 3)


@cache
def val(steps: int, seed: int = 42, **knobs: Value) -> float:
    """Validation loss of a run from step 0."""
    return losses(runner(seed, **knobs), steps)[1]


def swept(run: Runner, *bounds: float, steps: int = 500, used: bool = True) -> RangeTest:
    """What a sweep finds that starts from `run` as it is."""
    return deque(sweep(run.experiment, *bounds, steps=steps, swept=used), maxlen=1).pop()


def at(found: RangeTest, *rates: float) -> tuple[float, ...]:
    """The smoothed loss at each of these rates."""
    return tuple(round(found.smoothed[min(bisect_left(found.rates, rate), len(found.rates) - 1)], 3) for rate in rates)


def lowest(found: RangeTest) -> float:
    """The rate at which the smoothed loss is lowest, the first tenth of the sweep left out."""
    place = min(range(found.skipped, len(found.smoothed)), key=lambda step: found.smoothed[step])
    return round(found.rates[place], 3)


def real_sweep(used: bool = True) -> tuple[float, ...]:
    """Smoothed loss at 0.001, 0.01, 0.02, 0.1, 0.2; the lowest, its rate, and the rate of divergence."""
    found = swept(runner(), used=used)
    low = round(min(found.smoothed[found.skipped :]), 3)
    return *at(found, 0.001, 0.01, 0.02, 0.1, 0.2), low, lowest(found), round(found.stopped_at or math.nan, 2)


@cache
def marks(used: bool = False) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Steepest, minimum/10 and valley: of the sweep, and of the one that uses 0.1 throughout, or is `used`."""
    return rounded(swept(runner()).marks.values()), rounded(swept(runner(), used=used).marks.values())


def marks_by_seed(*seeds: int) -> tuple[tuple[float, ...], ...]:
    """The marks of the sweep from these seeds; 42, 43 and 44 if not said."""
    return tuple(rounded(swept(runner(seed)).marks.values()) for seed in seeds or (42, 43, 44))


def lowest_in_the_notes_range(used: bool = False) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Where 1,000 steps from 0.001 to 1 are lowest, seeds 42 to 44: the printed loop's, and the real sweep's."""
    printed = tuple(lowest(swept(runner(seed), 1e-3, 1.0, steps=1000, used=used)) for seed in (42, 43, 44))
    return printed, tuple(lowest(swept(runner(seed), 1e-3, 1.0, steps=1000)) for seed in (42, 43, 44))


def printed_at_ten(used: bool = False) -> tuple[float, ...]:
    """The printed loop's loss beside a noted rate of 0.1, 1 and 10; train after 100 real steps at 10."""
    return *at(swept(runner(), used=used), 0.1, 1, 10), losses(runner(lr=10.0), 100)[0]


def trained_sweep(after: int = 5000) -> tuple[float, ...]:
    """Smoothed loss at 0.001, 0.01 and 0.1 of a sweep that starts at step `after`."""
    run = runner()
    run.advance(after)
    return at(swept(run), 0.001, 0.01, 0.1)


@cache
def lowest_by_start(*scales: float) -> tuple[tuple[float, float, float], ...]:
    """First batch's loss, rate of the lowest point and of divergence, by output_scale: 0.1, 10 and 24.5."""
    found = [swept(runner(output_scale=scale)) for scale in scales or (0.1, 10.0, 24.5)]
    return tuple((round(one.raw[0], 2), lowest(one), round(one.stopped_at or math.nan, 2)) for one in found)


def three_rates(steps: int = 1000) -> tuple[float, ...]:
    """Train loss at 0.001, 0.1, 1, 2 and 10."""
    return tuple(losses(runner(lr=lr), steps)[0] for lr in (0.001, 0.1, 1.0, 2.0, 10.0))


def by_rate(steps: int) -> tuple[float, ...]:
    """Validation loss at the constant rates of the table."""
    return tuple(val(steps, lr=lr) for lr in (0.01, 0.03, 0.1, 0.3, 0.5, 1.0))


@cache
def rates_at_4000() -> tuple[float, ...]:
    """The table's column of 4,000 steps."""
    return by_rate(4000)


@cache
def rates_at_20000() -> tuple[float, ...]:
    """The table's column of 20,000 steps."""
    return by_rate(20_000)


def lowered(after: int, low_steps: tuple[int, ...]) -> tuple[float, ...]:
    """Validation loss at 0.1 after so many steps, and so many more at 0.01."""
    run = runner()
    before = losses(run, after)[1]
    run.turn({"lr": 0.01})
    return before, *(losses(run, after + more - run.iteration)[1] for more in low_steps)


def lowered_at_4000() -> tuple[float, ...]:
    """At step 4,000, and after 100 and 1,000 steps at 0.01."""
    return lowered(4000, (100, 1000))


@cache
def lowered_at_20000() -> tuple[float, ...]:
    """At step 20,000, after 100 and 1,000 steps at 0.01, and after another 1,000 at 0.1."""
    return *lowered(20_000, (100, 1000)), val(21_000)


def long_runs(steps: int = 40_000) -> tuple[tuple[float, float], ...]:
    """Train and validation: all steps at 0.1, the last quarter at 0.01, and half of them in a 1-cycle up to 0.3."""
    run = runner()
    run.advance(steps * 3 // 4)
    cooled = run.fork({"lr": 0.01})
    cycle = runner(lr=0.3, schedule="1-cycle", length=steps // 2)
    return losses(run, steps // 4), losses(cooled, steps // 4), losses(cycle, steps // 2)


def bands(steps: int, lr: float, *names: str) -> dict[str, tuple[float, float]]:
    """Lowest and highest validation loss of five seeds, by schedule."""
    found = {name: [val(steps, seed, lr=lr, schedule=name) for seed in SEEDS] for name in names}
    return {name: (min(values), max(values)) for name, values in found.items()}


def bands_from_a_half(steps: int = 4000) -> dict[str, tuple[float, float]]:
    """Four schedules from 0.5."""
    return bands(steps, 0.5, "constant", "step", "cosine", "1-cycle")


def bands_from_a_tenth(steps: int = 4000) -> dict[str, tuple[float, float]]:
    """Constant and cosine from 0.1."""
    return bands(steps, 0.1, "constant", "cosine")


def cosine_from_one(steps: int = 4000) -> tuple[float, float, float]:
    """Validation loss at rate 1 constant; lowest and highest of five seeds with a cosine."""
    return val(steps, lr=1.0), *bands(steps, 1.0, "cosine")["cosine"]


def warm_up(lr: float = 2.0) -> tuple[float, float]:
    """Validation loss after 4,000 steps: a constant rate, and a 1-cycle up to it."""
    return val(4000, lr=lr), val(4000, lr=lr, schedule="1-cycle")


def goal_ways(steps: int = 4000) -> dict[str, float]:
    """Validation loss, two ways by schedule and two by hand (the rate divided by 10 for the last quarter)."""
    ways = {name: val(steps, lr=0.3, schedule=name) for name in ("cosine", "1-cycle")}
    for lr in (0.2, 0.3):
        run = runner(lr=lr)
        run.advance(steps * 3 // 4)
        run.turn({"lr": lr / 10})
        ways[f"by hand from {lr}"] = losses(run, steps // 4)[1]
    return ways


def bowl(*rates: float) -> tuple[float, ...]:
    """Std of x over the last 500 of 1,000 steps at 0.1 and 0.01, the first at the formula's width, and its width."""
    found = []
    for lr in rates or (0.1, 0.01):
        x = vars(sys.modules[_KIND.__module__])["roll"]("constant", lr)
        width = math.sqrt(lr / (2 - lr))
        spread = math.sqrt(sum(value**2 for value in x[-500:]) / 500)
        found += [round(spread, 2), next(step for step, value in enumerate(x) if abs(value) <= width), round(width, 2)]
    return tuple(found)


def rounded(rates) -> tuple[float, ...]:
    return tuple(float(f"{rate:.2g}") for rate in rates if rate is not None)
