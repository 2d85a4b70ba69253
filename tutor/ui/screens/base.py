"""What all screens share: layouts by size, one line when there is too little of it, and what the palette lists."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.widgets import Static

from tutor.ui.app import TutorApp
from tutor.ui.keymap import remapped
from tutor.ui.keys import Action
from tutor.ui.narrow import NarrowScreen
from tutor.ui.screens.help import HelpScreen


@dataclass(frozen=True)
class Offer:
    """Something that the command palette lists."""

    says: str
    do: Callable[[], object]
    key: str = ""
    """The key that does it too, if there is one."""
    action: str = ""
    """The action's id, if there is a key."""


class TutorScreen(NarrowScreen):
    """A screen that knows its size by class, and says so when the terminal is smaller than 40x12."""

    ACTIONS: ClassVar[tuple[Action, ...]] = ()
    """The keys, of which `BINDINGS` are made too."""

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

    def offers(self) -> Iterator[Offer]:
        """What the command palette lists: all that a key does here."""
        for action in remapped(self.ACTIONS, self.tutor.keys):
            if action.keys and action.says:
                yield Offer(action.says, partial(self.run_action, action.id), action.cap, action.id)

    def action_help(self) -> None:
        """Show the keys."""
        self.app.push_screen(HelpScreen(remapped(self.ACTIONS, self.tutor.keys)))

    def action_glossary(self) -> None:
        """Show the course's words."""
        from tutor.ui.screens.glossary import GlossaryScreen

        self.app.push_screen(GlossaryScreen())

    def action_quit_app(self) -> None:
        """Leave."""
        self.app.exit()
