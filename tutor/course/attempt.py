"""Tries at the goals of a lesson: the moves made, the hints asked for, and where each was reached."""

from collections.abc import Callable, Sequence

from tutor.course.steps import Step
from tutor.link.goals import Gauge, Goal, Move, Train, count_moves


class Attempt:
    """One try at a goal, from the step's own settings on.

    A move is a knob set to another value, or a preset put on. Turns of one knob in a row, with no run between them, are
    one move, and none if they end where they began.
    """

    def __init__(self, goal: Goal, reference: tuple[Move, ...], best: int | None = None) -> None:
        self.goal = goal
        self.reference = reference
        self.best = best
        """The fewest moves in which an earlier try reached it, None if none did."""
        self.moves = 0
        """How many moves were made; it stands still once the goal is reached."""
        self.gauges: tuple[Gauge, ...] = tuple(Gauge(condition, None, False) for condition in goal)
        """How things stand, or stood when the goal was reached."""
        self.iteration = 0
        """The step at which they do."""
        self.reached = False
        """Whether the goal was reached."""
        self._turning = ""
        self._from: object = None
        self._all_hints = (_gist(reference), *(move.says for move in reference))
        self._hints = 0

    @property
    def ours(self) -> int:
        """How many moves the reference takes."""
        return count_moves(self.reference)

    def moved(self, what: str, before: object, after: object) -> None:
        """The learner has set `what`, a knob or the presets, from `before` to `after`."""
        if self.reached:
            return
        if what == self._turning:
            before, self.moves = self._from, self.moves - 1
        self._turning, self._from = (what, before) if before != after else ("", None)
        self.moves += before != after

    def ran(self) -> None:
        """The learner has set the run going, or back to its start: the next turn is another move."""
        self._turning = ""

    def saw(self, gauges: tuple[Gauge, ...], reached: bool, iteration: int) -> bool:
        """How things stand at step `iteration`; True if that is the first time the goal is reached."""
        if self.reached or tuple(gauge.condition for gauge in gauges) != self.goal:
            return False
        self.gauges, self.iteration, self.reached = gauges, iteration, reached
        return reached

    @property
    def hints(self) -> tuple[str, ...]:
        """The hints asked for so far: first what the reference turns, then its moves one at a time."""
        return self._all_hints[: self._hints]

    @property
    def more_hints(self) -> bool:
        """Whether some of the reference is still to be told."""
        return self._hints < len(self._all_hints)

    def hint(self) -> bool:
        """Give one hint more; False if there is none left."""
        given = self.more_hints
        self._hints += given
        return given


class Attempts:
    """The try at each of a lesson's goals; `best` finds the fewest moves that ever reached a step's."""

    def __init__(self, steps: Sequence[Step], best: Callable[[str], int | None]) -> None:
        self._by_step = {step.id: Attempt(step.goal, step.reference, best(step.id)) for step in steps if step.goal}

    def at(self, step: Step) -> Attempt | None:
        """The try at this step's goal, if it has one."""
        return self._by_step.get(step.id)

    def start(self, step: Step) -> None:
        """The knobs are this step's own again: its goal is tried anew, and to a try at any other that is a move."""
        self.moved("page", False, True)
        if (old := self.at(step)) is not None:
            best = min(
                (moves for moves in (old.best, old.moves if old.reached else None) if moves is not None), default=None
            )
            self._by_step[step.id] = Attempt(step.goal, step.reference, best)

    def moved(self, what: str, before: object, after: object) -> None:
        """The learner has set `what`, a knob or the presets, from `before` to `after`, on whichever page."""
        for attempt in self._by_step.values():
            attempt.moved(what, before, after)

    def ran(self) -> None:
        """The learner has set the run going, or back to its start."""
        for attempt in self._by_step.values():
            attempt.ran()


def _gist(reference: tuple[Move, ...]) -> str:
    turned = list(dict.fromkeys(move.what for move in reference if not isinstance(move, Train)))
    named = " and ".join(filter(None, (", ".join(turned[:-1]), *turned[-1:])))
    moves = count_moves(reference)
    return f"{f'{moves} moves are' if moves > 1 else 'One move is'} enough: {named}."
