"""Two runs that share their past and differ in one knob: A goes on as it was, B is the fork."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence

from tutor.figures import AnyFigure
from tutor.figures.together import together
from tutor.lab.evaluation import Measured
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

DIFFERENT = 0.01
"""The relative difference of two losses that counts as one."""


class Pair:
    """Drives two runners in step; what a runner is asked, the pair is asked, and answers for A."""

    def __init__(self, a: Runner, changes: Mapping[str, Value]) -> None:
        """Fork `a` with `changes`.

        If one of the knobs rebuilds the model, both begin again at step 0 from the same seed.
        """
        self.a = a
        self.changes = dict(changes)
        self.b = a.fork(changes)
        if self.b.iteration != a.iteration:
            a.restart(a.seed)
        self._part_at(a.iteration)

    def _part_at(self, iteration: int) -> None:
        self.forked_at = iteration
        self._alike_until = iteration
        """The step up to which no loss has differed."""

    # What stands for the pair is A's.

    @property
    def iteration(self) -> int:
        """How many steps A has taken."""
        return self.a.iteration

    @property
    def end(self) -> int:
        """A's last step so far."""
        return self.a.end

    @property
    def seed(self) -> int:
        """The seed of both."""
        return self.a.seed

    @property
    def knobs(self) -> dict[str, Value]:
        """A's knobs."""
        return self.a.knobs

    @property
    def loss(self) -> float | None:
        """A's last mini-batch loss."""
        return self.a.loss

    @property
    def measured(self) -> Measured:
        """A's last full-split losses."""
        return self.a.measured

    @property
    def branched_at(self) -> int:
        """Where A went another way than before."""
        return self.a.branched_at

    @property
    def halted(self) -> str:
        """Why neither can go on, or nothing."""
        return f"A: {self.a.halted} B: {self.b.halted}" if self.a.halted and self.b.halted else ""

    def restart(self, seed: int) -> None:
        """Both from step 0."""
        self.a.restart(seed)
        self.b.restart(seed)
        self._part_at(0)

    def turn(self, values: Mapping[str, Value]) -> bool:
        """Set knobs of both, but those that tell them apart of A alone."""
        rebuilt = self.a.turn(values)
        rebuilt_b = self.b.turn({name: value for name, value in values.items() if name not in self.changes})
        if rebuilt != rebuilt_b:
            (self.b if rebuilt else self.a).restart(self.a.seed)
        if rebuilt or rebuilt_b:
            self._part_at(0)
        return rebuilt or rebuilt_b

    def advance(self, steps: int) -> int:
        """Up to `steps` steps of each; how many the one that got further took."""
        return max(self.a.advance(steps), self.b.advance(steps))

    def train_for(self, seconds: float, chunk: int, most: int = sys.maxsize) -> int:
        """Train both in step for about `seconds` and at most `most` steps, then a little evaluation.

        How many steps each took.
        """
        end = time.perf_counter() + seconds
        taken = 0
        while time.perf_counter() < end and (count := self.advance(min(chunk, most - taken))):
            taken += count
        self.a.settle(seconds / 2)
        self.b.settle(seconds / 2)
        return taken

    def seek(self, iteration: int) -> None:
        """Both to the same step."""
        self.a.seek(iteration)
        self.b.seek(iteration)

    def measure(self, given_up: Callable[[], bool] = lambda: False) -> Measured:
        """Both runs' full-split losses now; A's are returned."""
        self.b.measure(given_up)
        return self.a.measure(given_up)

    def look(self, figures: Sequence[str], columns: int = 80, *, sparing: bool = False) -> dict[str, AnyFigure]:
        """Each figure of both runs in one; `sparing` as for one run."""
        ours, theirs = (run.look(figures, columns, sparing=sparing) for run in (self.a, self.b))
        return {name: together(ours[name], theirs[name]) for name in ours}

    def says(self) -> str:
        """Who is who, and where their losses first differ by more than 1 %."""
        told = ", ".join(f"{name} {_shown(value)}" for name, value in self.changes.items())
        if self.b.halted:
            return f"B ({told}): {self.b.halted}"
        since = f"B has {told} from step {self.forked_at:,} on"
        ours, theirs = self.a.history.losses, self.b.history.losses
        last = min(self.iteration, len(ours), len(theirs))
        while self._alike_until < last and _alike(ours[self._alike_until], theirs[self._alike_until]):
            self._alike_until += 1
        if self._alike_until >= last:
            return f"{since}; so far no loss differs by over 1 %."
        return f"{since}; the losses first differ by over 1 % at step {self._alike_until + 1:,}."


def _alike(ours: float, theirs: float) -> bool:
    return abs(ours - theirs) <= DIFFERENT * abs(ours)


def _shown(value: Value) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
