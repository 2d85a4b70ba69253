"""The learning-rate range test: train a copy while the rate grows, and see where the loss falls and where it flies off.

Sources: Smith, "Cyclical Learning Rates for Training Neural Networks" (2015; WACV 2017), section 3.3. The smoothing,
the rule for stopping and the marks are those of fastai (`callback/schedule.py`; Howard and Gugger, 2020).
"""

import copy
import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from tutor.errors import ExitCode, TutorError
from tutor.figures import Curve, Series
from tutor.figures.numbers import short
from tutor.lab.experiment import Experiment
from tutor.link.knobs import Number, find

STEPS = 500
"""Steps of a sweep: five times fastai's, since a step costs little here and the smoothing lags by fifty."""

SMOOTHING = 0.98
"""How much of the running average each step keeps, as in fastai's `Recorder`: the last fifty losses or so count."""

DIVERGED = 4.0
"""The sweep stops when the smoothed loss exceeds this multiple of its lowest so far, as in fastai's `LRFinder`."""


@dataclass(frozen=True)
class RangeTest:
    """What a sweep found, up to some step; the losses are positive, each that of a batch before its update."""

    rates: tuple[float, ...]
    """The learning rate of each step."""

    raw: tuple[float, ...]
    """Each step's mini-batch loss."""

    smoothed: tuple[float, ...]
    """The exponential moving average of `raw`, divided by 1 - 0.98ᵗ since it starts at 0 (as Adam's moments are)."""

    skipped: int
    """How many of the first smoothed losses aren't judged, being averages of too few: a tenth of the whole sweep."""

    stopped_at: float | None = None
    """The rate at which the loss diverged or wasn't finite, None if it has done neither."""

    @cached_property
    def steepest(self) -> float | None:
        """Steepest descent: the middle of that tenth of the sweep over which the smoothed loss falls most.

        Between neighbours the steepest fall would only find the luckiest batch.
        """
        losses, reach = self._judged, max(self.skipped // 2, 1)
        falls = [after - before for before, after in zip(losses, losses[2 * reach :], strict=False)]
        lowest = min(falls, default=0.0)
        return self.rates[self.skipped + falls.index(lowest) + reach] if lowest < 0 else None

    @cached_property
    def minimum_tenth(self) -> float | None:
        """A tenth of the rate at which the smoothed loss is lowest.

        None if the loss was still falling when the sweep ended, or if that rate is lower than any tried.
        """
        losses = self._judged
        place = losses.index(min(losses)) if losses else 0
        if place + 1 >= len(losses):
            return None
        rate = self.rates[self.skipped + place] / 10
        return rate if rate >= self.rates[0] else None

    @cached_property
    def valley(self) -> float | None:
        """The middle of the longest strictly falling subsequence of the smoothed losses, as fastai's `valley` has it.

        It counts the subsequence's length back from its lowest point, as if no loss had been passed over.
        """
        lengths = _falling(self._judged)
        length = max(lengths, default=0)
        if length < 2:
            return None
        start = lengths.index(length) - length
        return self.rates[self.skipped + max(start + length // 3 + length // 6, 0)]

    @property
    def marks(self) -> dict[str, float | None]:
        """The rates that the rules of thumb suggest, by the rule's name; None where a rule has nothing to say."""
        return {"steepest": self.steepest, "minimum/10": self.minimum_tenth, "valley": self.valley}

    @cached_property
    def _judged(self) -> tuple[float, ...]:
        """The smoothed losses after the skipped ones; only the last of all can be other than finite."""
        return tuple(loss for loss in self.smoothed[self.skipped :] if math.isfinite(loss))


def sweep(
    experiment: Experiment,
    low: float | None = None,
    high: float | None = None,
    steps: int = STEPS,
    knob: str = "lr",
    *,
    swept: bool = True,
) -> Iterator[RangeTest]:
    """Train a copy of `experiment` for `steps` steps, its learning rate growing from `low` to `high`.

    Yields what was found so far after each step, so that other work fits between; nothing in there reaches the
    experiment or torch's global generator, and the other way round. The bounds are those of the knob unless given.
    The knob must be one that `step` reads anew each time: a live one.

    With `swept` off it is the finder with a well-known bug: it computes each rate, notes it, and then steps with the
    knob's own value. The loss then goes on falling where a real sweep diverges.

    `TutorError` if there is no such knob, if it isn't a live number, or if it can't take the bounds.
    """
    chosen = find(experiment.knobs, knob)
    if not (isinstance(chosen, Number) and chosen.live):
        raise _misuse(f"{knob} can't be swept.", "Only a number that takes effect at the next step can.")
    low = chosen.low if low is None else float(chosen.check(low))
    high = chosen.high if high is None else float(chosen.check(high))
    if not 0 < low < high:
        raise _misuse(
            f"There is no sweep from {low:g} to {high:g}.", "It takes two rates above 0, the lower one first."
        )
    if steps < 2:
        raise _misuse(f"A sweep can't take {steps} steps.", "It takes at least 2.")
    rates = [*(low * (high / low) ** (step / (steps - 1)) for step in range(steps - 1)), high]
    return _stepped(copy.deepcopy(experiment), knob if swept else "", rates, torch.get_rng_state())


def _stepped(run: Experiment, knob: str, rates: Sequence[float], luck: Tensor) -> Iterator[RangeTest]:
    """Step `run` with each of the rates, torch's global generator being in the state `luck` while it does."""
    raw: list[float] = []
    smoothed: list[float] = []
    average, lowest, skipped = 0.0, math.inf, len(rates) // 10
    for count, rate in enumerate(rates, start=1):
        if knob:
            setattr(run.k, knob, rate)
        everyones = torch.get_rng_state()
        torch.set_rng_state(luck)
        try:
            loss = run.step().item()
            luck = torch.get_rng_state()
        finally:
            torch.set_rng_state(everyones)
        run.iteration += 1
        average = SMOOTHING * average + (1 - SMOOTHING) * loss
        smooth = average / (1 - SMOOTHING**count)
        raw.append(loss)
        smoothed.append(smooth)
        if count > skipped:
            lowest = min(lowest, smooth)
        ended = not math.isfinite(smooth) or smooth > DIVERGED * lowest
        yield RangeTest(tuple(rates[:count]), tuple(raw), tuple(smoothed), skipped, rate if ended else None)
        if ended:
            return


def figure(found: RangeTest, guess: float | None = None, *, marks: bool = True) -> Curve:
    """Loss against learning rate, raw and smoothed, with the rates that the rules of thumb suggest and the learner's.

    Of a loss that diverged, what lies beyond twice its lowest is cut off, or it would flatten all the rest.
    """
    shown, top = _cut(found)
    rates, smoothed = found.rates[:shown], found.smoothed[:shown]
    raw = Series("batch", rates, tuple(min(loss, top) for loss in found.raw[:shown]), "faint")
    suggested = {"your mark": guess, **(found.marks if marks else {})}
    tried = [(name, rate) for name, rate in suggested.items() if rate is not None and shown and rate <= rates[-1]]
    points = (_point(found, name, rate) for name, rate in tried)
    ended = "" if found.stopped_at is None else f": diverged at {short(found.stopped_at)}"
    series = (raw, Series("smoothed", rates, smoothed), *points)
    return Curve(f"Learning-rate finder{ended}", series, x_label="learning rate", y_label="loss", log_x=True)


def _cut(found: RangeTest) -> tuple[int, float]:
    """How many steps to draw, and the highest raw loss among them to be drawn as it is."""
    shown = len(found.rates)
    if found.stopped_at is None:
        return shown, math.inf
    top = 2 * min((loss for loss in found.smoothed[found.skipped :] if math.isfinite(loss)), default=math.inf)
    while shown and not found.smoothed[shown - 1] <= top:
        shown -= 1
    return shown, max((top, *found.smoothed[:shown]))


def _point(found: RangeTest, name: str, rate: float) -> Series:
    """One rate as a point on the smoothed curve."""
    nearest = min(range(len(found.rates)), key=lambda place: abs(math.log(found.rates[place] / rate)))
    return Series(name, (rate,), (found.smoothed[nearest],), "points")


def _falling(values: Sequence[float]) -> list[int]:
    """For each value, the length of the longest strictly falling subsequence that ends with it."""
    # ends[n] is minus the largest value that a falling subsequence of length n + 1 can end with: it is sorted.
    ends: list[float] = []
    lengths = []
    for value in values:
        place = bisect_left(ends, -value)
        ends[place : place + 1] = [-value]
        lengths.append(place + 1)
    return lengths


def _misuse(what: str, remedy: str) -> TutorError:
    return TutorError(what, remedy, code=ExitCode.MISUSE)
