"""The app in a real terminal, training: keys, bytes, idleness, slow lines, and how fast it goes."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from tests.app import App
from tests.benchmarks.tables import percentile, show
from tests.processes import alive, children, cpu_ticks, needs_proc, wait_until
from tests.terminal import LEFT, RIGHT, TAB

pytestmark = needs_proc

PRESSES = 60
"""Of each key."""

SECONDS = 5.0
"""For which bytes are counted."""

TICK = 1 / os.sysconf("SC_CLK_TCK")

BUDGET = {(80, 24): 12, (120, 40): 30}
"""KiB a second that training may send, by the size of the terminal."""

SLOW = 16 * 1024
"""Bytes a second that a slow line takes."""


@pytest.fixture(params=[(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
def app(request, tmp_path) -> Iterator[App]:
    with App(tmp_path, "minibatches", *request.param) as opened:
        opened.size = "{}x{}".format(*request.param)
        yield opened


def press(app: App, key: str, seen: Callable[[str], bool]) -> float:
    """Milliseconds from a key, pressed at any moment between two frames, to the screen that it asks for."""
    app.listen(random.uniform(0.1, 0.4))
    assert not seen(app.text)
    pressed = app.send(key)
    return 1000 * (app.wait_for(seen) - pressed)


def test_keys(app):
    helping = "take one training step"
    app.train()
    keys: dict[str, list[float]] = {name: [] for name in ("? (help)", "? (close it)", "→ (a live knob up)", "← (down)")}
    for _ in range(PRESSES):
        keys["? (help)"].append(press(app, "?", lambda text: helping in text))
        keys["? (close it)"].append(press(app, "?", lambda text: helping not in text))
    app.send(TAB)
    app.listen(0.5)
    for _ in range(PRESSES):
        keys["→ (a live knob up)"].append(press(app, RIGHT, lambda text: "lr 0.2" in text))
        keys["← (down)"].append(press(app, LEFT, lambda text: "lr 0.1" in text))
    every = [time for times in keys.values() for time in times]
    rows = [
        (name, *(f"{percentile(times, percent):.0f}" for percent in (50, 95)), f"{max(times):.0f}")
        for name, times in {**keys, "all": every}.items()
    ]
    show(f"Key to screen while training, {app.size}", ("", "p50 ms", "p95 ms", "most"), rows)


def test_bytes_and_cpu(app):
    app.train()
    rows = []

    def count(what: str) -> None:
        before, (lab,) = cpu_ticks(app.pid), children(app.pid)
        lab_before = cpu_ticks(lab)
        taken = app.listen(SECONDS)
        ours, theirs = cpu_ticks(app.pid) - before, cpu_ticks(lab) - lab_before
        rows.append(
            (
                what,
                f"{taken / SECONDS / 1024:.1f}",
                taken,
                *(f"{ticks * TICK / SECONDS:.1%}" for ticks in (ours, theirs)),
            )
        )

    count("training")
    app.send("?")
    app.listen(0.5)
    count("training under the help")
    app.send("?")
    app.listen(0.5)
    app.pause()
    count("paused")
    show(f"Bytes to the terminal and CPU, {app.size}", ("", "KiB/s", "bytes in 5 s", "app", "lab"), rows)


def train_with_figures(app: App) -> None:
    """Go to the page of `deep-net-xray` with the most figures, and train."""
    app.ready()
    for _ in range(3):
        app.send("]")
        app.settle(1.0)
    app.send(" ")
    app.wait_for(lambda _: app.step > 300, 120.0)


@pytest.mark.parametrize("size", BUDGET, ids="{0[0]}x{0[1]}".format)
def test_bytes_with_four_figures(tmp_path, size):
    with App(tmp_path, "deep-net-xray", *size) as app:
        train_with_figures(app)
        steps, end, before = set(), time.perf_counter() + 4 * SECONDS, app.received
        cpu = cpu_ticks(app.pid)
        while time.perf_counter() < end:
            app.listen(0.05)
            steps.add(app.step)
        taken, frames = app.received - before, len(steps)
        spent = (cpu_ticks(app.pid) - cpu) * TICK
        app.pause()
        idle = app.listen(SECONDS)
    rate = taken / (4 * SECONDS) / 1024
    row = (
        f"{rate:.1f}",
        f"{frames / (4 * SECONDS):.1f}",
        f"{taken / frames:.0f}",
        f"{1000 * spent / frames:.0f}",
        idle,
    )
    header = ("KiB/s", "frames/s", "bytes a frame", "CPU ms a frame", "bytes in 5 s, paused")
    show(f"Four figures of deep-net-xray, {size[0]}x{size[1]}", header, [row])
    assert rate <= BUDGET[size]
    assert idle == 0


@pytest.mark.parametrize("size", BUDGET, ids="{0[0]}x{0[1]}".format)
def test_keys_on_a_slow_line(tmp_path, size):
    with App(tmp_path, "deep-net-xray", *size, rate=SLOW) as app:
        train_with_figures(app)
        app.send(TAB)
        # That lays out the screen anew, which takes such a line a second.
        app.listen(3.0)
        before = app.received
        times = []
        started = time.perf_counter()
        for _ in range(PRESSES):
            for key, value in ((RIGHT, "lr 0.2"), (LEFT, "lr 0.1")):
                times.append(press(app, key, lambda text, value=value: value in text))
        rate = (app.received - before) / (time.perf_counter() - started) / 1024
    row = (*(f"{percentile(times, percent):.0f}" for percent in (50, 95)), f"{max(times):.0f}", f"{rate:.1f}")
    show(f"A knob turned on a line of 16 KiB/s, {size[0]}x{size[1]}", ("p50 ms", "p95 ms", "most", "KiB/s"), [row])


def test_ends(tmp_path):
    taken: dict[str, list[float]] = {}

    def note(what: str, started: float) -> None:
        taken.setdefault(what, []).append(1000 * (time.perf_counter() - started))

    for _ in range(5):
        with App(tmp_path, "minibatches") as app:
            lab = app.train()
            pressed = app.send("q")
            app.ended()
            note("q while training: the app has ended", pressed)
            wait_until(lambda lab=lab: not alive(lab))
            note("q while training: no process is left", pressed)
        with App(tmp_path, "minibatches") as app:
            lab = app.train()
            killed = time.perf_counter()
            app.kill()
            wait_until(lambda lab=lab: not alive(lab))
            note("SIGKILL of the app: the lab has gone", killed)
        with App(tmp_path, "minibatches") as app:
            lab = app.train()
            killed = time.perf_counter()
            os.kill(lab, signal.SIGKILL)
            app.wait_for("The lab stopped")
            note("SIGKILL of the lab: the screen says so", killed)
            pressed = app.send("r")
            app.wait_for(lambda text: "The lab stopped" not in text)
            app.wait_for(lambda _, app=app: app.step == 0)
            note("r: a new lab stands at step 0", pressed)
    rows = [(what, f"{sorted(times)[len(times) // 2]:.0f}", f"{max(times):.0f}") for what, times in taken.items()]
    show("Endings", ("", "median ms", "most"), rows)
