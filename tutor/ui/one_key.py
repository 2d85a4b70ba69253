"""One key after the other: what is typed ahead goes to whoever has the focus once the key before has had its effect."""

from collections import deque
from functools import partial

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

_PATIENCE = 0.25
"""Seconds after which a key counts as handled even if a widget that was taken down swallowed it."""


class OneKeyAtATime(App[None]):
    """Textual gives each key to the widget that has the focus when it comes.

    Over a slow line several come at once. Of `j`, `1`, `2`, the digits would go to the page, as answers, and not to the
    line that `j` opens.
    """

    def __init__(self, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._typed: deque[events.Key] = deque()
        self._key: events.Key | None = None
        """The key that is being handled."""

    async def on_event(self, event: events.Event) -> None:
        """Hold a key back while another is being handled."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
        elif self._key is not None:
            self._typed.append(event)
            self.set_timer(_PATIENCE, partial(self._handled, self._key))
        else:
            await self._handle(event)

    async def _handle(self, key: events.Key) -> None:
        self._key = key
        target = self.focused or self.screen
        await super().on_event(key)
        # What the key made the widget say comes behind it in the queues, from there up to the app.
        if not key.is_forwarded or not target.call_later(target.call_later, self._follow, target, key):
            await self._handled(key)

    def _follow(self, node: MessagePump, key: events.Key) -> None:
        """The key, and what came of it, has passed `node`."""
        parent = node._parent
        if node is self or parent is None or not parent.call_later(self._follow, parent, key):
            self.call_later(self._handled, key)

    async def _handled(self, key: events.Key) -> None:
        if self._key is key:
            self._key = None
            if self._typed:
                await self._handle(self._typed.popleft())
