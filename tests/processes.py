"""Waiting for what other processes do, and seeing whether they still live."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


def wait_until(true: Callable[[], object], seconds: float = 10.0) -> None:
    """Return as soon as `true()` is; fail if it isn't after `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"still waiting after {seconds} s"
        time.sleep(0.005)


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended and that nobody waited for doesn't."""
    fields = _stat(pid)
    return bool(fields) and fields[0] not in "ZX"


def children(pid: int) -> list[int]:
    """The living child processes of `pid`."""
    every = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [child for child in every if (fields := _stat(child)) and int(fields[1]) == pid and fields[0] not in "ZX"]


def cpu_ticks(pid: int) -> int:
    """User and system time of `pid`, in clock ticks (hundredths of a second on Linux)."""
    fields = _stat(pid)
    return int(fields[11]) + int(fields[12])


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on (field 3 of proc(5)); empty if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
