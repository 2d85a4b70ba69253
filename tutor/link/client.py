"""The terminal's end of the pipe: a lab process, started and spoken to from an asyncio loop."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from tutor.link.framing import HEADER, length, pack, report
from tutor.link.messages import Command, Report

LOG_SIZE = 1_000_000
"""Bytes after which the log is put aside and begun anew."""

_HOME = str(Path(__file__).parents[2])
_SERVE = f"import sys; sys.path.append({_HOME!r}); from tutor.lab_process import main; main()"
"""Not `-m`, which would put the learner's working folder first: a `queue.py` or `torch.py` lying there would be taken.

The folder that holds this package goes last; it matters only in a checkout that isn't installed.
"""


class LabProcess:
    """One lab process. It dies with this one: the pipe's end is its lifeline."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Use `start`."""
        self._process = process
        self.sent = 0
        """How many commands have been sent; a `Frame` whose `heard` equals it is up to date."""

    @classmethod
    async def start(cls, log: Path) -> "LabProcess":
        """Start a lab; it imports torch while the caller goes on. What it prints is appended to `log`."""
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            if log.exists() and log.stat().st_size > LOG_SIZE:
                log.replace(log.with_suffix(".old.log"))
            stderr = log.open("ab")
        except OSError:
            stderr = open(os.devnull, "ab")  # noqa: SIM115 - closed below
        with stderr:
            # Its own session: a Ctrl+C or hang-up meant for the terminal must not reach it.
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-c",
                _SERVE,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
                limit=2**22,
            )
        return cls(process)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def send(self, *commands: Command) -> None:
        """Send commands without waiting; a lab that has died ignores them."""
        stdin = self._process.stdin
        if stdin is None or stdin.is_closing():
            return
        self.sent += len(commands)
        stdin.write(b"".join(map(pack, commands)))

    async def reports(self) -> AsyncIterator[Report]:
        """Everything the lab says, until it ends."""
        stdout = self._process.stdout
        if stdout is None:
            return
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                header = await stdout.readexactly(HEADER)
                yield report(await stdout.readexactly(length(header)))

    async def ended(self) -> str:
        """Wait for the process to end, and say how it did."""
        code = await self._process.wait()
        if code < 0:
            return f"killed by signal {-code} ({signal.Signals(-code).name})"
        return f"exit code {code}"

    async def close(self) -> None:
        """End it now, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
