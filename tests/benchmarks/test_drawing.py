"""What drawing takes of the app's own time and memory, on a lab that isn't there."""

import asyncio
import gc
import math
import random
import time
from pathlib import Path
from statistics import median

import pytest

from tests.benchmarks.tables import percentile, show
from tests.course.made import lesson, step
from tests.processes import needs_proc
from tests.ui.conftest import AppOnFakeLabs
from tests.ui.fake_lab import READY, FakeLab
from tests.ui.screen import opened
from tutor.course.catalog import Catalog
from tutor.figures import Bars, Curve, Guide, Histogram, Histograms, Series
from tutor.learner.record import Record
from tutor.link.messages import FigureName
from tutor.ui.widgets.figure_pane import FigurePane
from tutor.ui.widgets.figure_view import FigureView

pytestmark = needs_proc

NAMES = ("loss", "activations", "saturated", "gradients")
FRAMES = 7200
"""Half an hour at four a second."""


def loss(frame: int, chance: random.Random) -> Curve:
    """As the lab sends it: two points a column, however long the run is."""
    x = tuple(frame * 40 * n / 120 for n in range(120))
    noise = tuple(2.2 + math.exp(-place / 5000) + chance.gauss(0, 0.2) for place in x)
    mean = tuple(2.2 + math.exp(-place / 5000) for place in x)
    series = (Series("batch", x, noise, "faint"), Series("mean", x, mean), Series("val", x[::8], mean[::8]))
    return Curve("Loss", series, y_label="nats", guides=(Guide(3.296, "ln 27"),))


def figures(frame: int, chance: random.Random) -> dict:
    """Four that all change."""
    layers = [f"tanh {n}" for n in range(1, 6)]
    shares = tuple(40 + chance.random() * 10 for _ in layers)
    stds = tuple(0.01 * chance.random() for _ in layers)
    return {
        "loss": loss(frame, chance),
        "activations": Histograms(
            "Activations",
            tuple(
                Histogram(name, -1, 1, tuple(chance.randrange(400) for _ in range(40)), f"{chance.random():.0%} flat")
                for name in layers
            ),
        ),
        "saturated": Bars("Saturated", tuple(layers), shares, unit="%"),
        "gradients": Curve("Gradients", (Series("std", tuple(range(1, 6)), stds),), log_y=True),
    }


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path))
    ready = READY.__class__("", True, READY.knobs, (), tuple(FigureName(name, name) for name in NAMES))
    made = lesson([step("one", figures=NAMES)])
    first = figures(1, random.Random(0))
    return AppOnFakeLabs(Catalog({}), Record(None), made, make=lambda: FakeLab(ready=ready, figures=first))


async def draw(pilot, frame: int, chance: random.Random) -> None:
    """Have a frame shown, all of it."""
    lab, pane = pilot.app.lab, pilot.app.screen.query_one(FigurePane)
    made = figures(frame, chance)
    lab.say(lab.frame(iteration=40 * frame, end=40 * frame, figures=made, running=True))
    last = pane.query(FigureView)[len(made) - 1]
    while last.figure is not made[NAMES[-1]]:
        await asyncio.sleep(0)


async def test_time(app, monkeypatch):
    chance = random.Random(1)
    spent: list[float] = []
    run = asyncio.Handle._run

    def timed(handle):
        started = time.thread_time()
        run(handle)
        spent.append(1000 * (time.thread_time() - started))

    whole, stalls = [], []
    async with opened(app, (120, 40)) as pilot:
        for frame in range(1, 41):
            await draw(pilot, frame, chance)
        monkeypatch.setattr(asyncio.Handle, "_run", timed)
        for frame in range(41, 141):
            spent.clear()
            await draw(pilot, frame, chance)
            whole.append(sum(spent))
            stalls.append(max(spent))
        monkeypatch.undo()
    rows = [
        ("all of a frame", f"{median(whole):.1f}", f"{percentile(whole, 95):.1f}", f"{max(whole):.1f}"),
        ("its longest piece", f"{median(stalls):.1f}", f"{percentile(stalls, 95):.1f}", f"{max(stalls):.1f}"),
    ]
    show("Drawing four figures at 120x40, CPU time", ("", "p50 ms", "p95 ms", "most"), rows)


def resident() -> float:
    """MiB of memory that this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


async def test_memory(app, monkeypatch):
    # Textual paints sixty times a second at most, which four figures a frame would wait for.
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 1 / 1000)
    chance = random.Random(2)
    taken: dict[int, float] = {}
    async with opened(app, (120, 40)) as pilot:
        for frame in range(1, FRAMES + 1):
            await draw(pilot, frame, chance)
            if frame in (500, 2000, FRAMES):
                taken[frame] = resident()
    rows = [(f"{frame:,}", f"{size:.1f}", f"{size / taken[500]:.3f}") for frame, size in taken.items()]
    show("Memory after frames of four figures at 120x40", ("frames", "MiB", "of that after 500"), rows)
    assert taken[FRAMES] < 1.1 * taken[500]
