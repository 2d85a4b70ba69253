"""What all screens share: layouts by size, and one line when there is too little of it."""

from typing import cast

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from tutor.ui.app import TutorApp


class TutorScreen(Screen[None]):
    """A screen that knows its size by class, and says so when the terminal is smaller than 40x12."""

    HORIZONTAL_BREAKPOINTS = [
        (0, "-tiny"),
        (40, "-narrow"),
        (80, "-normal"),
        (120, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (12, "-short"), (24, "-tall")]
    DEFAULT_CSS = """
    TutorScreen #too-small { display: none; }
    TutorScreen.-tiny > *, TutorScreen.-flat > * { display: none; }
    TutorScreen.-tiny #too-small, TutorScreen.-flat #too-small { display: block; }
    """

    @property
    def tutor(self) -> TutorApp:
        """The app, by its own type."""
        return cast(TutorApp, self.app)

    def compose(self) -> ComposeResult:
        """The screen's own widgets, and the line for tiny terminals."""
        yield Static("This terminal is too small for tutor: 40x12 is the least.", id="too-small")
        yield from self.parts()

    def parts(self) -> ComposeResult:
        """The screen's own widgets."""
        raise NotImplementedError
        yield
