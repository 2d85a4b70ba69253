"""Steps a second: in the lab, with figures, against the same step in a bare loop and against the notebook's loop."""

import asyncio
import itertools
import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from tests.benchmarks.tables import paired, show
from tutor.course.lesson import load_lesson
from tutor.lab.datasets import Sources
from tutor.lab.experiment import Experiment
from tutor.lab.load import load_experiment
from tutor.lab.server import Lab
from tutor.link.client import LabProcess
from tutor.link.framing import pack
from tutor.link.messages import Frame, Look, Open, Pause, Run, View
from tutor.paths import lessons_dir

ROUNDS = 7
SECONDS = 2.0
"""Of training, for each contender in each round."""

FRAMES = 4
"""A second."""

MOST, COLUMNS = 4, 58
"""How many figures are on view at 120x40, and how wide their curves are."""

DATA = Sources()


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def view(kind: type[Experiment], folder: Path) -> View:
    """What the lesson's first page shows."""
    figures = load_lesson(folder).steps[0].figures or tuple(kind.figures())
    return View(tuple(figures[:MOST]), COLUMNS)


def bare(kind: type[Experiment]) -> Callable[[], float]:
    """The lesson's own step, in a loop."""
    torch.manual_seed(42)
    experiment = kind({}, 42, DATA)
    experiment.build()

    def step() -> float:
        loss = experiment.step().item()
        experiment.iteration += 1
        return loss

    return step


def notebook_minibatches() -> Callable[[], float]:
    """The loop of makemore part 2: 10 numbers a letter, 200 tanh units, batches of 32."""
    g = torch.Generator().manual_seed(42)
    train = DATA.names(3).train
    C = torch.randn((27, 10), generator=g)
    W1, b1 = torch.randn((30, 200), generator=g) * 0.3, torch.zeros(200)
    W2, b2 = torch.randn((200, 27), generator=g) * 0.01, torch.zeros(27)
    parameters = [C, W1, b1, W2, b2]

    def loss_of(x: Tensor, y: Tensor) -> Tensor:
        h = torch.tanh(C[x].view(-1, 30) @ W1 + b1)
        return F.cross_entropy(h @ W2 + b2, y)

    return by_hand(parameters, loss_of, train.x, train.y, g)


def notebook_deep() -> Callable[[], float]:
    """The loop of makemore part 3 without BatchNorm: five tanh layers of 100 units, and the output layer."""
    g = torch.Generator().manual_seed(42)
    train = DATA.names(3).train
    C = torch.randn((27, 10), generator=g)
    sizes = [30, 100, 100, 100, 100, 100, 27]
    weights = [torch.randn(pair, generator=g) * (5 / 3) / pair[0] ** 0.5 for pair in itertools.pairwise(sizes)]
    biases = [torch.zeros(size) for size in sizes[1:]]
    weights[-1] *= 0.06

    def loss_of(x: Tensor, y: Tensor) -> Tensor:
        h = C[x].view(-1, 30)
        for W, b in zip(weights[:-1], biases[:-1], strict=True):
            h = torch.tanh(h @ W + b)
        return F.cross_entropy(h @ weights[-1] + biases[-1], y)

    return by_hand([C, *weights, *biases], loss_of, train.x, train.y, g)


def by_hand(
    parameters: list[Tensor], loss_of: Callable[[Tensor, Tensor], Tensor], x: Tensor, y: Tensor, g: torch.Generator
) -> Callable[[], float]:
    """One step as a notebook writes it."""
    for p in parameters:
        p.requires_grad = True

    def step() -> float:
        ix = torch.randint(0, len(x), (32,), generator=g)
        loss = loss_of(x[ix], y[ix])
        for p in parameters:
            p.grad = None
        loss.backward()
        for p in parameters:
            p.data += -0.1 * p.grad
        return loss.item()

    return step


def rate(step: Callable[[], float]) -> float:
    """Steps a second of a bare loop."""
    steps, started = 0, time.perf_counter()
    while (now := time.perf_counter()) < started + SECONDS:
        for _ in range(20):
            step()
        steps += 20
    return steps / (now - started)


class InProcess:
    """The lab's own loop in this process: bursts, evaluation, and packed frames."""

    def __init__(self, kind: type[Experiment], folder: Path) -> None:
        self._inbox: queue.SimpleQueue = queue.SimpleQueue()
        self._frames: list[Frame] = []
        self._lab = Lab(self._inbox, self._take)
        self._say(view(kind, folder), Open(str(folder), 42))

    def rate(self) -> float:
        """Steps a second with figures."""
        before = self._say(Run()).iteration
        started = now = time.perf_counter()
        look = started + 1 / FRAMES
        while now < started + SECONDS:
            if now >= look:
                self._say(Look())
                look += 1 / FRAMES
            else:
                self._lab.turn()
            now = time.perf_counter()
        return (self._say(Pause()).iteration - before) / (now - started)

    def _say(self, *commands: object) -> Frame:
        for command in commands:
            self._inbox.put(command)
        self._lab.turn()
        return self._frames[-1]

    def _take(self, report: object) -> None:
        pack(report)
        if isinstance(report, Frame):
            self._frames = [report]


class OwnProcess:
    """The lab as the app has it: a process, asked for frames."""

    def __init__(self, kind: type[Experiment], folder: Path, log: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._lab = self._loop.run_until_complete(LabProcess.start(log))
        self._reports = self._lab.reports()
        self._loop.run_until_complete(self._say(view(kind, folder), Open(str(folder), 42)))

    def rate(self) -> float:
        """Steps a second with figures."""
        return self._loop.run_until_complete(self._rate())

    def close(self) -> None:
        """End the process."""
        self._loop.run_until_complete(self._lab.close())
        self._loop.close()

    async def _rate(self) -> float:
        before, started = (await self._say(Run())).iteration, time.perf_counter()
        while time.perf_counter() < started + SECONDS:
            await asyncio.sleep(1 / FRAMES)
            await self._say(Look())
        return ((await self._say(Pause())).iteration - before) / (time.perf_counter() - started)

    async def _say(self, *commands: object) -> Frame:
        self._lab.send(*commands)
        async for report in self._reports:
            if isinstance(report, Frame) and report.heard == self._lab.sent:
                return report
        raise AssertionError("the lab ended")


@pytest.fixture(params=["minibatches", "deep-net-xray"])
def contenders(request, tmp_path: Path) -> Iterator[dict[str, Callable[[], float]]]:
    """What is measured, by its name in the table."""
    folder = lessons_dir() / request.param.replace("-", "_")
    kind = load_experiment(folder)
    notebook = notebook_minibatches() if request.param == "minibatches" else notebook_deep()
    step, own = bare(kind), OwnProcess(kind, folder, tmp_path / "lab.log")
    yield {
        f"{request.param}: the lesson's step in a bare loop": lambda: rate(step),
        "the notebook's loop": lambda: rate(notebook),
        "the lab, in this process, 4 frames/s": InProcess(kind, folder).rate,
        "the lab process, 4 frames/s": own.rate,
    }
    own.close()


def test_steps_per_second(contenders):
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, measure in contenders.items():
            rates[name].append(measure())
    first, notebook, *_ = rates.values()
    rows = [
        (name, f"{median(found):,.0f}", f"{paired(found, first):.1%}", f"{paired(found, notebook):.1%}")
        for name, found in rates.items()
    ]
    show("Steps a second", ("", "median", "of the bare loop", "of the notebook's"), rows)
