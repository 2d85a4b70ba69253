"""The help screen: the table of keys, and a few words."""

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from tutor.roles import Line
from tutor.ui.keys import Action
from tutor.ui.widgets.lines import Lines


class HelpScreen(ModalScreen[None]):
    """What each key does. Any key but the arrows closes it."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen VerticalScroll {
        width: 76; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
        background: $surface; border:
        round $primary; }
    """

    def __init__(self, actions: tuple[Action, ...]) -> None:
        super().__init__()
        self._actions = actions

    def compose(self) -> ComposeResult:
        """The table."""
        rows: list[Line] = [(("Keys", "title"),), (("", "text"),)]
        rows += [((f"{action.cap:>9}  ", "accent"), (action.says, "text")) for action in self._actions if action.says]
        rows += [(("", "text"),), (("The mouse works too: click a knob, an answer, a lesson.", "muted"),)]
        with VerticalScroll():
            yield Lines(rows)

    def on_key(self, event: events.Key) -> None:
        """Close, unless it is a scrolling key."""
        if event.key not in ("up", "down", "pageup", "pagedown", "home", "end"):
            event.stop()
            self.dismiss()
