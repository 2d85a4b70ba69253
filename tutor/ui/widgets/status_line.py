"""The line that says how the run stands."""

from tutor.link.messages import Frame
from tutor.roles import Line
from tutor.ui.status import status
from tutor.ui.widgets.lines import Lines


class StatusLine(Lines):
    """Shows what the last frame says: step, loss, speed, seed, the splits' losses, and whether it runs."""

    DEFAULT_CSS = """
    StatusLine { height: 1; background: $surface; }
    """

    def __init__(self, until_then: str = "", id: str | None = None) -> None:
        """`until_then` stands there before the first frame comes."""
        super().__init__([((until_then, "muted"),)], id=id)
        self._frame: Frame | None = None
        self._trains = True
        self._secret = False

    def follow(self, frame: Frame, trains: bool = True, *, secret: bool = False) -> None:
        """Show how the run stands. Losses that are `secret` are to be predicted first."""
        self._frame, self._trains, self._secret = frame, trains, secret
        self.redraw()

    def lay_out(self, width: int) -> list[Line]:
        """As much as there is room for."""
        if self._frame is None:
            return super().lay_out(width)
        return [status(self._frame, self._trains, width, secret=self._secret)]
