"""What was seen of the run, and whether the learner has done anything to it since a prediction was locked."""

from typing import NamedTuple

from tutor.link.knobs import Value


class State(NamedTuple):
    """Where a run is, as far as a prediction cares."""

    iteration: int
    knobs: tuple[tuple[str, Value], ...]


class Seen:
    """The run as it is, and as it was when a prediction was last locked or came out."""

    def __init__(self) -> None:
        self._now: State | None = None
        self._then: State | None = None

    def saw(self, state: State) -> None:
        """The run is in `state` now."""
        self._now = state
        self._then = self._then or state

    def start_anew(self) -> None:
        """The run was set up anew, not by the learner: the next state seen is where everything starts."""
        self._now = self._then = None

    def mark(self) -> None:
        """From here on another change counts."""
        self._then = self._now

    @property
    def iteration(self) -> int:
        """The step at which the run was last seen."""
        return self._now.iteration if self._now is not None else 0

    @property
    def tried(self) -> bool:
        """Whether the learner has run something, or turned a knob, since the mark."""
        if self._now is None or self._then is None:
            return False
        trained = self._now.iteration not in (0, self._then.iteration)
        return trained or self._now.knobs != self._then.knobs
