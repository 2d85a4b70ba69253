"""The lesson's model on the bench: a lab that opened it, asked in turns."""

from collections.abc import Callable
from pathlib import Path

from tutor.link.goals import Goal
from tutor.link.knobs import Value
from tutor.link.messages import Command, Frame, Open, Ready, Report, Restart, Trouble, View
from tutor.plain.lab import Lab, LabError

COLUMNS = 200
"""How many points wide curves are."""

_GONE = "Type restart to start it again, from step 0."


class Bench:
    """One lesson's lab. `tell` is told what goes wrong in the lesson's own code."""

    def __init__(self, folder: Path, start: Callable[[], Lab], names_file: str, tell: Callable[[str], None]) -> None:
        self._folder, self._start, self._names_file, self._tell = folder, start, names_file, tell
        self._lab: Lab | None = None
        self._ready: Ready | None = None
        self._frame: Frame | None = None
        self._view: View | None = None
        self._answers = False
        """Whether the lab has a model, and so answers every batch of commands with a frame."""
        self._ill = False

    def open(self, seed: int) -> None:
        """Start a lab and have it open the lesson, with the knobs as they were; it works while the learner reads."""
        knobs: dict[str, Value] = dict(self._frame.knobs) if self._frame is not None else {}
        self.close()
        self._lab, self._frame, self._view, self._answers = self._start(), None, None, False
        self._lab.send(Open(str(self._folder), seed, knobs, self._names_file))

    def another(self) -> Lab:
        """A lab for something else, which its user closes."""
        return self._start()

    def close(self) -> None:
        """End the lab, if there is one."""
        lab, self._lab = self._lab, None
        if lab is not None:
            lab.close()

    @property
    def alive(self) -> bool:
        """Whether there is a lab."""
        return self._lab is not None

    @property
    def works(self) -> bool:
        """Whether there is a lab that has, or may yet have, a model."""
        return self._lab is not None and (self._answers or not self._ill)

    @property
    def known(self) -> Ready | None:
        """What the lesson offers, as far as is known."""
        return self._ready

    @property
    def ready(self) -> Ready:
        """What the lesson offers, once its model is there; `LabError` if that can't be."""
        while self._ready is None or self._frame is None:
            if self._ill:
                raise LabError("The model isn't there. Type restart to load it again.")
            self.hear()
        return self._ready

    @property
    def frame(self) -> Frame:
        """The run as it was last heard of."""
        while self._frame is None:
            _ = self.ready
        return self._frame

    @property
    def caught_up(self) -> bool:
        """Whether the last frame shows the effect of all that was sent."""
        return self._lab is not None and self._frame is not None and self._frame.heard >= self._lab.sent

    def ask(self, *commands: Command, figures: tuple[str, ...] = (), goal: Goal = ()) -> Frame:
        """Have the lab obey; the frame that shows what came of it, with `figures`."""
        self.send(*commands, figures=figures, goal=goal)
        while not self.caught_up:
            self.hear()
        return self.frame

    def send(self, *commands: Command, figures: tuple[str, ...] = (), goal: Goal = ()) -> None:
        """Send commands; what is heard next may still be about what was sent before."""
        view = View(figures, COLUMNS, goal)
        if self._ill and any(isinstance(command, Restart) for command in commands):
            # It loads the lesson anew, and if that fails no frame follows.
            self._ill = self._answers = False
        self._there().send(*(() if view == self._view else (view,)), *commands)
        self._view = view

    def hear(self, seconds: float | None = None) -> Report | None:
        """The next thing the lab says, None if that takes longer than `seconds`.

        `LabError` if it has ended, or fails with nothing more to come.
        """
        try:
            report = self._there().hear(seconds)
        except LabError as error:
            self.close()
            raise LabError(f"The lab stopped ({error}). {_GONE}") from None
        match report:
            case Ready():
                self._ready, self._answers = report, False
            case Frame():
                self._frame, self._answers = report, True
            case Trouble():
                self._ill = True
                self._in_trouble(report)
            case _:
                pass
        return report

    def _in_trouble(self, trouble: Trouble) -> None:
        what = f"{f'{trouble.where}: ' if trouble.where else ''}{trouble.what}"
        if not self._answers:
            raise LabError(what)
        self._tell(what)

    def _there(self) -> Lab:
        if self._lab is None:
            raise LabError(f"There is no lab. {_GONE}")
        return self._lab
