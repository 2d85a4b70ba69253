"""A lab process spoken to in turns: send, then wait for what it says."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tutor.link.client import LabProcess
from tutor.link.messages import Command, Report


class LabError(Exception):
    """The lab can't do what it was asked to; the sentence says why."""


class Lab:
    """Blocks where `LabProcess` awaits; its loop stands still in between. Ctrl-C ends a wait and loses nothing."""

    def __init__(self, start: Callable[[], Awaitable[LabProcess]]) -> None:
        self._loop = asyncio.Runner()
        self._heard: asyncio.Queue[Report | None] = asyncio.Queue()
        self._process = self._loop.run(self._begin(start))

    async def _begin(self, start: Callable[[], Awaitable[LabProcess]]) -> LabProcess:
        process = await start()
        self._listener = asyncio.create_task(self._listen(process))
        return process

    async def _listen(self, process: LabProcess) -> None:
        async for report in process.reports():
            self._heard.put_nowait(report)
        self._heard.put_nowait(None)

    @property
    def sent(self) -> int:
        """How many commands the lab has been sent."""
        return self._process.sent

    def send(self, *commands: Command) -> None:
        """Send commands; what is written leaves with the next wait."""
        self._loop.run(self._send(commands))

    async def _send(self, commands: tuple[Command, ...]) -> None:
        self._process.send(*commands)

    def hear(self, seconds: float | None = None) -> Report | None:
        """The next thing the lab says, None if that takes longer than `seconds`; `LabError` if it has ended."""
        return self._loop.run(self._next(seconds))

    async def _next(self, seconds: float | None) -> Report | None:
        with suppress(TimeoutError):
            report = await asyncio.wait_for(self._heard.get(), seconds)
            if report is None:
                raise LabError(await self._process.ended())
            return report
        return None

    def close(self) -> None:
        """End the process."""
        self._loop.run(self._process.close())
        self._loop.close()
