"""A program in a real pseudo-terminal: what it paints, and keys to press."""

import collections
import contextlib
import fcntl
import os
import pty
import queue
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence

import pyte

ESCAPE, ENTER, TAB, UP, DOWN, RIGHT, LEFT = "\x1b", "\r", "\t", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"


_ASK = b"\x1b[6n"

_BURST = 16
"""Chunks, of some 4 KiB each."""


class Terminal:
    """`command` in a terminal of `columns` by `rows`; use it as a context manager, which ends it for good."""

    def __init__(
        self,
        command: Sequence[str],
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
        rate: float = 0.0,
    ) -> None:
        """Start `command`, with `environment` on top of this process's own; the line takes `rate` bytes a second."""
        self._rate = rate
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._chunks: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        self._burst: collections.deque[tuple[float, bytes]] = collections.deque()
        self.received = 0
        """How many bytes have been taken in by `wait_for` and `listen`."""
        self.code: int | None = None
        """The exit code, once `ended` has returned."""
        size = {"LINES": "", "COLUMNS": "", "TERM": "xterm-256color"}
        inherited = {name: value for name, value in os.environ.items() if name not in size and name[:4] != "SSH_"}
        full = {**inherited, "TERM": size["TERM"], **(environment or {})}
        self.started = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if not self.pid:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvpe(command[0], list(command), full)
        # A thread reads, so that what it notes as a chunk's time doesn't include this process's own painting; nor does
        # it wait long for that.
        sys.setswitchinterval(0.0005)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        if self.code is None:
            self.kill()
            self.ended()
        # Closed while it is read, its number could become the next terminal's, whose bytes this reader would take.
        self._reader.join()
        os.close(self._fd)

    @property
    def colours(self) -> set[str]:
        """Every foreground and background on screen, by pyte's names."""
        cells = (cell for row in self._screen.buffer.values() for cell in row.values())
        return {colour for cell in cells for colour in (cell.fg, cell.bg)}

    @property
    def text(self) -> str:
        """The screen, line by line."""
        return "\n".join(self._screen.display)

    def send(self, keys: str) -> float:
        """Press keys; the time at which they were."""
        now = time.perf_counter()
        os.write(self._fd, keys.encode())
        return now

    def resize(self, columns: int, rows: int) -> None:
        """Drag the window to another size."""
        self._screen.resize(rows, columns)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait_for(self, seen: str | Callable[[str], object], seconds: float = 30.0) -> float:
        """Read until the text is on screen, or a predicate of the screen is true; when its last bytes came."""
        holds = (lambda text: seen in text) if isinstance(seen, str) else seen
        end, at = time.perf_counter() + seconds, time.perf_counter()
        while not holds(self.text):
            left = end - time.perf_counter()
            try:
                at = self._take(max(left, 0.0))
            except queue.Empty:
                raise AssertionError(f"not on screen after {seconds} s:\n{self.text}") from None
        return at

    def listen(self, seconds: float) -> int:
        """Read for `seconds`; how many bytes came."""
        end, before = time.perf_counter() + seconds, self.received
        try:
            while True:
                self._take(max(end - time.perf_counter(), 0.0))
        except queue.Empty:
            return self.received - before

    def settle(self, quiet: float = 0.5) -> None:
        """Read until nothing has come for `quiet` seconds."""
        while self.listen(quiet):
            pass

    def ended(self, seconds: float = 30.0) -> float:
        """Wait for the program to end; when it was seen to."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
                return time.perf_counter()
            self.listen(0.002)
        raise AssertionError(f"still running after {seconds} s:\n{self.text}")

    def kill(self) -> None:
        """Kill the program, as a dropped connection or the kernel might."""
        os.kill(self.pid, signal.SIGKILL)

    def _take(self, seconds: float) -> float:
        if not self._burst:
            self._burst.append(self._chunks.get(timeout=seconds) if seconds else self._chunks.get_nowait())
            # Painting here takes a core's time from the program that still writes the rest of it.
            with contextlib.suppress(queue.Empty):
                while len(self._burst) < _BURST:
                    self._burst.append(self._chunks.get(timeout=0.003))
        at, chunk = self._burst.popleft()
        self.received += len(chunk)
        self._stream.feed(chunk)
        return at

    def _read(self) -> None:
        free_at, tail = time.perf_counter(), b""
        try:
            while chunk := os.read(self._fd, 256 if self._rate else 65536):
                if self._rate:
                    free_at = max(free_at, time.perf_counter()) + len(chunk) / self._rate
                    time.sleep(max(free_at - time.perf_counter(), 0.0))
                self._chunks.put((time.perf_counter(), chunk))
                tail += chunk
                # A terminal says where its cursor is when it is asked.
                os.write(self._fd, b"\x1b[1;1R" * tail.count(_ASK))
                tail = tail[tail.rfind(_ASK) + len(_ASK) :] if _ASK in tail else tail[-len(_ASK) + 1 :]
        except OSError:
            return
