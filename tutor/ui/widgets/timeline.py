"""The line that shows where in the run the learner stands: a click or a drag on it winds the run there."""

from textual import events
from textual.message import Message

from tutor.link.messages import Frame
from tutor.roles import Line
from tutor.ui.status import pointed_at, timeline
from tutor.ui.widgets.lines import Lines

_NO_RUN = Frame(heard=0, iteration=0, seed=0, running=False, knobs={})


class Timeline(Lines):
    """Shows what a fork compares, and the place in the run if it isn't the end."""

    class Sought(Message):
        """The pointer is at step `iteration`."""

        def __init__(self, iteration: int) -> None:
            super().__init__()
            self.iteration = iteration

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._frame = _NO_RUN
        self._dragged = False

    def follow(self, frame: Frame) -> None:
        """Show where `frame` lies."""
        self._frame = frame
        self.redraw()

    def lay_out(self, width: int) -> list[Line]:
        """The fork's words, then the bar."""
        return timeline(self._frame, width)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go where the pointer is, and follow it."""
        if self._frame.iteration < self._frame.end and event.y == len(self.lines) - 1:
            self._dragged = True
            self.capture_mouse()
            self._seek(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the pointer while its button is down."""
        if self._dragged:
            self._seek(event.x)

    def on_mouse_up(self) -> None:
        """Follow no more."""
        self._dragged = False
        self.release_mouse()

    def _seek(self, column: int) -> None:
        self.post_message(self.Sought(pointed_at(self._frame, self.screen.size.width, column)))
