"""The key line at the bottom: what the keys do, and buttons for the mouse."""

from typing import TYPE_CHECKING, cast

from textual import events

from tutor.roles import Line
from tutor.ui.keymap import remapped
from tutor.ui.keys import Action, fitting, length
from tutor.ui.widgets.lines import Lines

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp


class KeyBar(Lines):
    """Shows as many keys as fit; a click on one does what it does."""

    DEFAULT_CSS = """
    KeyBar { height: 1; }
    """

    def __init__(self, actions: tuple[Action, ...], id: str | None = None) -> None:
        super().__init__(id=id)
        self._actions = actions

    def offer(self, actions: tuple[Action, ...]) -> None:
        """Show these keys instead."""
        self._actions = actions
        self.redraw()

    def _fitting(self, width: int) -> tuple[Action, ...]:
        return fitting(remapped(self._actions, cast("TutorApp", self.app).keys), width)

    async def on_click(self, event: events.Click) -> None:
        """Do what the key under the pointer does."""
        left = 0
        for action in self._fitting(self.size.width):
            right = left + length(action)
            if left <= event.x < right and action.keys:
                await self.screen.run_action(action.id)
            left = right

    def lay_out(self, width: int) -> list[Line]:
        """One line."""
        spans: list[tuple[str, str]] = []
        for action in self._fitting(width):
            spans.append((f" {action.cap} ", "accent"))
            if action.label:
                spans.append((f"{action.label} ", "muted"))
        return [tuple(spans)]
