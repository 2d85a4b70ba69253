"""The learning-rate finder as a study, with the learner's own mark beside the rules of thumb."""

import math
from collections.abc import Mapping

from tutor.figures import AnyFigure, Curve
from tutor.figures.numbers import short
from tutor.lab.experiment import Experiment
from tutor.lab.lr_finder import RangeTest, figure, sweep
from tutor.lab.study import Study

NEAR = 3.0
"""The factor within which two learning rates count as the same advice: sweeps from other seeds differ by as much."""


class RateStudy(Study):
    """A sweep of the learning rate on a copy of `experiment`; `guess` is the learner's mark, 0 for none.

    With `swept` off it is the finder that never uses its rates. Errors are those of `sweep`.
    """

    def __init__(self, experiment: Experiment, low: float, high: float, steps: int, guess: float, swept: bool) -> None:
        super().__init__(type(experiment))
        self._sweep = sweep(experiment, low, high, steps, swept=swept)
        self._found = RangeTest((), (), (), 0)
        self._steps = steps
        self._guess = guess
        self._swept = swept
        self._own = experiment.k.lr

    @property
    def share(self) -> float:
        """The steps taken, of all."""
        return 1.0 if self.done else len(self._found.rates) / self._steps

    @property
    def doing(self) -> str:
        """The rate of the last step."""
        return f"rate {short(self._found.rates[-1])}" if self._found.rates else ""

    @property
    def rates(self) -> Mapping[str, float]:
        """What the rules of thumb say, once the sweep is over."""
        if not self.done:
            return {}
        return {rule: rate for rule, rate in self._found.marks.items() if rate is not None}

    def figures(self) -> tuple[AnyFigure, ...]:
        """Loss against learning rate."""
        curve = figure(self._found, self._guess or None, marks=self.done)
        if self._swept:
            return (curve,)
        told = "The finder that never used its rate"
        return (Curve(told, curve.series, x_label="rate noted", y_label="loss", log_x=True),)

    def says(self) -> str:
        """Where the rules of thumb and the learner's mark lie, or what the finder that uses no rate has shown."""
        if not self.done:
            return ""
        return compared(self._found, self._guess) if self._swept else unused(self._found, self._own)

    def _piece(self) -> None:
        found = next(self._sweep, None)
        if found is None:
            self.done = True
        else:
            self._found = found
            self.done = len(found.rates) == self._steps or found.stopped_at is not None


def compared(found: RangeTest, guess: float = 0.0) -> str:
    """What a sweep says, and where `guess` lies in it if it is above 0."""
    marks = {rule: rate for rule, rate in found.marks.items() if rate is not None}
    rules = ", ".join(f"{rule} {short(rate)}" for rule, rate in marks.items())
    said = [f"{rules[:1].upper()}{rules[1:]}." if rules else "No rule of thumb finds a rate in this."]
    if guess:
        said = [f"Your mark: {short(guess)}. {said[0]}", *_beside(guess, list(marks.values()), found.stopped_at)]
    if found.stopped_at is not None:
        broke = math.isfinite(found.smoothed[-1])
        said.append(f"The loss {'diverged' if broke else 'was no longer finite'} at {short(found.stopped_at)}.")
    elif found.rates:
        said.append(f"Nothing diverged up to {short(found.rates[-1])}.")
    return " ".join(said)


def _beside(guess: float, marks: list[float], stopped_at: float | None) -> list[str]:
    """Where the learner's mark lies from those of the rules."""
    if stopped_at is not None and guess >= stopped_at:
        return ["Yours is where the loss has already flown off."]
    if not marks:
        return []
    low, high = min(marks), max(marks)
    if guess * NEAR < low:
        return [f"Yours is {short(low / guess, 3)} times below the lowest of them: it would train, only slowly."]
    if guess > high * NEAR:
        return [f"Yours is {short(guess / high, 3)} times above the highest of them: close to the edge."]
    return [f"Yours is as good as theirs: within a factor of {short(NEAR)} nothing here tells rates apart."]


def unused(found: RangeTest, own: float) -> str:
    """What the finder shows that steps with the rate `own` whatever it notes."""
    if not found.rates:
        return ""
    said = f"Each rate was noted, and none was used: all {len(found.rates):,} steps were taken at lr = {short(own)}. "
    judged = [loss for loss in found.smoothed[found.skipped :] if math.isfinite(loss)]
    if found.stopped_at is None and judged and judged[-1] < 1.1 * min(judged):
        said += "So the loss just goes on falling: there is no minimum, and nothing diverges, whatever the axis says. "
    else:
        said += "What the loss does here is what it does at that one rate; the axis has no part in it. "
    rules = [f"{rule} {short(rate)}" for rule, rate in found.marks.items() if rate is not None]
    if rules:
        said += f"The rules still name rates ({', '.join(rules)}): they tell when something happened, not at what rate."
    return said.strip()
