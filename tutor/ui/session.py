"""The terminal's side of one lesson's lab: open it, ask it for frames, notice when it dies."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from textual.message import Message

from tutor.course.lesson import Lesson
from tutor.link.client import LabProcess
from tutor.link.goals import Goal
from tutor.link.knobs import Value
from tutor.link.messages import Command, Frame, Look, Open, Ready, Report, Studied, View

_What = TypeVar("_What")


class LabSaid(Message):
    """A report came from the lab."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


class LabEnded(Message):
    """The lab process ended without being asked to."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how


class Session:
    """One lab process, serving one lesson. `post` takes its messages to the screen; others may listen too."""

    def __init__(self, lesson: Lesson, post: Callable[[Message], object]) -> None:
        self._lesson = lesson
        self._listeners = [post]
        self._lab: LabProcess | None = None
        self._view = View((), 80)
        self.ready: Ready | None = None
        """What the lesson offers, once its code is loaded."""
        self.frame: Frame | None = None
        """The last frame."""
        self._heard = 0

    async def serve(self, lab: LabProcess, seed: int, knobs: dict[str, Value], names_file: str) -> None:
        """Open the lesson in `lab` and pass on what it says, until it ends."""
        self._lab, self.frame, self._heard = lab, None, 0
        self.send(self._view, Open(str(self._lesson.path), seed, knobs, names_file))
        async for report in lab.reports():
            match report:
                case Ready():
                    self.ready = report
                case Frame():
                    self.frame, self._heard = report, report.heard
                case Studied():
                    self._heard = report.heard
                case _:
                    pass
            self._tell(LabSaid, report)
        how = await lab.ended()
        if self._lab is lab:
            self._lab = None
            if self.frame is not None:
                self.frame = msgspec.structs.replace(self.frame, running=False)
            self._tell(LabEnded, how)

    def listen(self, post: Callable[[Message], object]) -> None:
        """Tell `post` too what the lab says, from now on."""
        self._listeners.append(post)

    def forget(self, post: Callable[[Message], object]) -> None:
        """Tell `post` nothing any more."""
        self._listeners.remove(post)

    def _tell(self, kind: Callable[[_What], Message], what: _What) -> None:
        # A message has one receiver: each listener gets its own.
        for post in tuple(self._listeners):
            post(kind(what))

    @property
    def alive(self) -> bool:
        """Whether there is a process to talk to."""
        return self._lab is not None

    @property
    def sent(self) -> int:
        """How many commands the lab has been sent."""
        return self._lab.sent if self._lab is not None else 0

    @property
    def caught_up(self) -> bool:
        """Whether the last frame (or what a study told) shows the effect of all that was sent."""
        return self._lab is not None and self.frame is not None and self._heard >= self._lab.sent

    def is_last(self, frame: Frame) -> bool:
        """Whether `frame` shows the effect of all that was sent. One that is handled late may not, caught up or not."""
        return self._lab is not None and frame.heard >= self._lab.sent

    def send(self, *commands: Command) -> None:
        """Send commands; each batch is answered by a frame."""
        if self._lab is not None:
            self._lab.send(*commands)

    def look(self) -> None:
        """Ask for a frame, unless one is already on its way: frames never queue."""
        if self.caught_up:
            self.send(Look())

    def view(self, figures: tuple[str, ...], columns: int, goal: Goal = ()) -> None:
        """Tell the lab which figures are on screen, and the goal; it answers with them."""
        view = View(figures, columns, goal)
        if view != self._view:
            self._view = view
            self.send(view)

    def show(self, figures: tuple[str, ...], columns: int) -> None:
        """Tell the lab that just these figures are on screen; the goal remains."""
        self.view(figures, columns, self._view.goal)

    def hide(self) -> None:
        """Tell the lab that no figure is on screen; the goal remains."""
        self.show((), self._view.columns)

    async def close(self) -> None:
        """End the process, on purpose."""
        lab, self._lab = self._lab, None
        if lab is not None:
            await lab.close()
