"""The line to the terminal: how much of what was sent it has taken, and whether it can take more.

A slow line doesn't push back: the kernel, sshd and the network hold seconds of output before a write blocks, and a
key's answer would wait behind all of it. So the terminal itself is asked, behind what it is sent, where its cursor
is. Its answer says that it has painted everything before.
"""

import sys
import time
from collections.abc import Callable
from threading import Event
from typing import Any, cast

from textual.driver import Driver
from textual.events import CursorPosition
from textual.message import Message

ASK = "\x1b[6n"
"""Device status report 6 (DSR) of ECMA-48, which every terminal answers."""

_LEAST = 512
"""Bytes that aren't worth asking about: no key waits long behind them."""

_QUEUE = 0.03
"""Seconds that a key's answer may wait behind what is on its way already."""

_SWITCH = 0.0005
"""Seconds that a thread may wait for the busy one: Python's own 5 ms would be added to the answer to a key, twice."""

_FORGET = 0.9
"""How much of the line's best rate is believed at the next answer: lines get slower too."""

_PATIENCE = 10.0
"""Seconds after which no answer will come."""


class Wire:
    """Counts the bytes on their way; figures wait while there are more than the line takes in a moment.

    As in BBR congestion control (Cardwell et al. 2016), the best rate and the quickest answer seen say how many that
    are. A terminal that doesn't answer is sent everything at once, and so is one that isn't there.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: list[Callable[[], object]] = []
        self.connect(None)

    def connect(self, ask: Callable[[], object] | None) -> None:
        """Begin with a terminal that `ask` asks for an answer, or with none."""
        self._ask = ask
        self._sent = self._taken = self._asked = 0
        self._asked_at = self._busy_since = 0.0
        self._nearest = _PATIENCE
        self._rate = 0.0
        self.answers = False
        """Whether this terminal has ever answered."""

    def sent(self, count: int) -> None:
        """Note that `count` bytes have been sent."""
        if self._sent == self._taken:
            self._busy_since = self._clock()
        self._sent += count
        if self._waiting and self.open:
            self._release()
        if self._ask is not None and not self.asking and self._sent - self._taken >= _LEAST:
            self._asked, self._asked_at = self._sent, self._clock()
            self._ask()

    def answered(self) -> None:
        """Note that the terminal has answered: it has taken all that was sent before it was asked."""
        if not self.asking:
            return
        now = self._clock()
        self._nearest = min(self._nearest, now - self._asked_at)
        rate = (self._asked - self._taken) / max(now - self._busy_since, 1e-6)
        self._rate = max(rate, self._rate * _FORGET)
        self._taken, self._busy_since, self.answers = self._asked, now, True
        self.sent(0)
        if self.open:
            self._release()

    @property
    def asking(self) -> bool:
        """Whether an answer is still to come."""
        return self._asked > self._taken

    @property
    def open(self) -> bool:
        """Whether more can be sent without keeping a key waiting."""
        if self.asking and self._clock() - self._asked_at > _PATIENCE:
            self._taken, self.answers = self._sent, False
        room = max(self._rate * (self._nearest + _QUEUE), _LEAST)
        return not self.answers or self._sent - self._taken <= room

    def when_open(self, call: Callable[[], object]) -> None:
        """Call `call` when more can be sent: now, or after an answer."""
        if self.open:
            call()
        else:
            self._waiting.append(call)

    def _release(self) -> None:
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            call()


def with_wire(driver: type[Driver], wire: Wire, begin: Callable[[], object]) -> type[Driver]:
    """`driver`, telling `wire` of all that it sends; `begin` is called whenever it takes the terminal over."""

    class WireDriver(driver):  # type: ignore[misc, valid-type]
        def __init__(self, *given: Any, **more: Any) -> None:
            super().__init__(*given, **more)
            self._answer = Event()

        def _ask(self) -> None:
            self._answer.clear()
            super().write(ASK)

        def start_application_mode(self) -> None:
            begin()
            super().start_application_mode()
            # What is painted is written by another thread, which waits for this one each time it needs the interpreter.
            sys.setswitchinterval(_SWITCH)
            wire.connect(self._ask)

        def write(self, data: str) -> None:
            super().write(data)
            wire.sent(len(data.encode()))

        def process_message(self, message: Message) -> None:
            # This is the input's own thread, so that `disable_input` can wait for it.
            if isinstance(message, CursorPosition):
                self._answer.set()
            super().process_message(message)

        def disable_input(self) -> None:
            # An answer that comes after the end would be typed at the shell.
            if wire.asking:
                self._answer.wait(2.0 if wire.answers else 0.2)
            wire.connect(None)
            super().disable_input()

    return cast(type[Driver], WireDriver)
