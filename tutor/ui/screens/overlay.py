"""A screen that lies over a live run and looks at it in its own way."""

from typing import TYPE_CHECKING

from textual import on

from tutor.link.messages import Trouble
from tutor.ui.screens.base import TutorScreen
from tutor.ui.session import LabEnded, LabSaid, Session

if TYPE_CHECKING:
    from tutor.ui.screens.tuning import TuningScreen


class RunOverlay(TutorScreen):
    """Hears what the lab of `run` says, as `LabSaid`; while it is up, the figures below aren't made."""

    def __init__(self, run: "TuningScreen") -> None:
        super().__init__()
        self.run = run
        frame = run.session.frame
        self.of_a = frame is not None and bool(frame.fork)
        """Whether it looks at A of a fork, and not at the only run there is."""

    @property
    def session(self) -> Session:
        """The lab's session, which is the run's."""
        return self.run.session

    def on_mount(self) -> None:
        """Listen."""
        self.session.listen(self.post_message)
        self.session.hide()

    def on_unmount(self) -> None:
        """Listen no more."""
        self.session.forget(self.post_message)

    def on_screen_resume(self) -> None:
        """The lab may have ended while something lay over this."""
        if not self.session.alive:
            self.action_back()

    @on(LabEnded)
    def _lab_ended(self) -> None:
        # The run's own screen says what happened, and what to do.
        self.action_back()

    @on(LabSaid)
    def _trouble(self, event: LabSaid) -> None:
        if isinstance(event.report, Trouble):
            self.action_back()

    def action_back(self) -> None:
        """Back to the run's own screen."""
        if self.is_current:
            self.dismiss()
