"""The help screen: the table of keys, and a few words."""

from functools import lru_cache

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from tutor.roles import Line
from tutor.ui.keys import Action
from tutor.ui.prose import laid_out, wrapped
from tutor.ui.screens.sheet import Sheet
from tutor.ui.widgets.lines import Lines

_MOUSE = "The mouse works too: click a lesson, an answer, a knob, a key, the status line; drag the timeline."


class HelpScreen(Sheet):
    """What each key does. Any key but the arrows closes it."""

    DEFAULT_CSS = """
    HelpScreen VerticalScroll { height: auto; max-height: 100%; }
    """

    def __init__(self, actions: tuple[Action, ...]) -> None:
        super().__init__()
        self._actions = actions

    def compose(self) -> ComposeResult:
        """The table."""
        with VerticalScroll():
            yield _Keys(self._actions)

    def on_key(self, event: events.Key) -> None:
        """Close, unless it is a scrolling key."""
        if event.key not in self.SCROLLS:
            event.stop()
            self.dismiss()


class _Keys(Lines):
    """A key and what it does on each line, or on several where that is too long."""

    def __init__(self, actions: tuple[Action, ...]) -> None:
        super().__init__()
        self._actions = actions

    def lay_out(self, width: int) -> list[Line]:
        return list(_table(self._actions, width))


@lru_cache(maxsize=8)
def _table(actions: tuple[Action, ...], width: int) -> tuple[Line, ...]:
    """Made once: a layout asks for it again and again, and each opening too."""
    rows: list[Line] = [(("Keys", "title"),), ()]
    for action in actions if width else ():
        if action.says:
            (_, *first), *rest = wrapped([(action.says, "text")], width, f"{action.cap:>9}  ", " " * 11)
            rows += [((f"{action.cap:>9}  ", "accent"), *first), *rest]
    return (*rows, (), *laid_out(_MOUSE, width, "muted"))
