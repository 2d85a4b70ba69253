"""Drawing while a run goes on: a figure that takes long is drawn anew less often, so that training hardly waits."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from tutor.figures import AnyFigure

SHARE = 0.02
"""The part of the time that any one figure may take of a run that goes on."""


@dataclass(frozen=True)
class _Drawn:
    figure: AnyFigure
    seconds: float
    """What it took."""
    at: float


class Looks:
    """The figures of one run as they were drawn last."""

    def __init__(self) -> None:
        self._drawn: dict[str, _Drawn] = {}

    def take(self, name: str, draw: Callable[[], AnyFigure], *, sparing: bool) -> AnyFigure:
        """The figure as it is now; if `sparing`, as it was when last drawn, unless that is long ago for its cost."""
        started, last = time.perf_counter(), self._drawn.get(name)
        if sparing and last is not None and (started - last.at) * SHARE < last.seconds:
            return last.figure
        figure = draw()
        ended = time.perf_counter()
        self._drawn[name] = _Drawn(figure, ended - started, ended)
        return figure
