"""How fast a run trains."""

from collections import deque


class Pace:
    """Steps a second over the last second or so of training."""

    def __init__(self) -> None:
        self._bursts: deque[tuple[int, float]] = deque()
        self._steps = 0
        self._seconds = 0.0

    @property
    def value(self) -> float:
        """Steps a second, 0 before the first burst."""
        return self._steps / self._seconds if self._seconds else 0.0

    def note(self, steps: int, seconds: float) -> None:
        """Count a burst of training."""
        self._bursts.append((steps, seconds))
        self._steps += steps
        self._seconds += seconds
        while self._seconds > 1.0 and len(self._bursts) > 1:
            old_steps, old_seconds = self._bursts.popleft()
            self._steps -= old_steps
            self._seconds -= old_seconds
