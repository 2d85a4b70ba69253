"""Steps a second: in the lab, with figures, against the same step in a bare loop and against the notebook's loop."""

import asyncio
import os
import queue
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from statistics import median

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from tests.benchmarks.tables import paired, show
from tests.processes import cpu_ticks, needs_proc
from tutor.course.lesson import load_lesson
from tutor.lab.datasets import Sources
from tutor.lab.experiment import Experiment
from tutor.lab.load import load_experiment
from tutor.lab.server import Lab
from tutor.link.client import LabProcess
from tutor.link.framing import pack
from tutor.link.knobs import Value
from tutor.link.messages import Frame, Look, Open, Pause, Run, View
from tutor.paths import lessons_dir

ROUNDS = 15
SECONDS = 1.0
"""Of training, for each contender in each round."""

FRAMES = 4
"""A second."""

MOST, COLUMNS = 4, 58
"""How many figures are on view at 120x40, and how wide their curves are."""

TICK = 1 / os.sysconf("SC_CLK_TCK")

DATA = Sources()

pytestmark = needs_proc


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@dataclass(frozen=True)
class Contest:
    """A lesson with its knobs, the notebook's way to write the same net, and the figures on view."""

    lesson: str
    knobs: dict[str, Value]
    notebook: Callable[[], Callable[[], float]]
    every_figure: bool = False

    @property
    def folder(self) -> Path:
        """Where the lesson is."""
        return lessons_dir() / self.lesson.replace("-", "_")

    @property
    def name(self) -> str:
        """What it is called in the table."""
        return f"{self.lesson}, {'every figure' if self.every_figure else 'the figures of its first page'}"

    @cached_property
    def kind(self) -> type[Experiment]:
        """The lesson's experiment."""
        return load_experiment(self.folder)

    @property
    def opening(self) -> tuple[View, Open]:
        """What the app says first."""
        every = tuple(self.kind.figures())
        page = (load_lesson(self.folder).steps[0].figures or every)[:MOST]
        return View(every if self.every_figure else tuple(page), COLUMNS), Open(str(self.folder), 42, self.knobs)


def bare(contest: Contest) -> Callable[[], float]:
    """The lesson's own step, in a loop."""
    torch.manual_seed(42)
    experiment = contest.kind(contest.knobs, 42, DATA)
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


class Linear:
    """A linear layer as makemore part 3 writes it, without a bias, which the BatchNorm after it has."""

    def __init__(self, fan_in: int, fan_out: int, g: torch.Generator) -> None:
        self.weight = torch.randn((fan_in, fan_out), generator=g) / fan_in**0.5

    def __call__(self, x: Tensor) -> Tensor:
        self.out = x @ self.weight
        return self.out

    def parameters(self) -> list[Tensor]:
        return [self.weight]


class BatchNorm:
    """BatchNorm by hand, as in makemore part 3: mean, variance, scale and shift, and running buffers."""

    def __init__(self, width: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        self.eps, self.momentum = eps, momentum
        self.gamma, self.beta = torch.ones(width), torch.zeros(width)
        self.running_mean, self.running_var = torch.zeros(width), torch.ones(width)

    def __call__(self, x: Tensor) -> Tensor:
        mean, var = x.mean(0, keepdim=True), x.var(0, keepdim=True)
        self.out = self.gamma * ((x - mean) / torch.sqrt(var + self.eps)) + self.beta
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var
        return self.out

    def parameters(self) -> list[Tensor]:
        return [self.gamma, self.beta]


class Tanh:
    """The nonlinearity, with its output kept to be looked at."""

    def __call__(self, x: Tensor) -> Tensor:
        self.out = torch.tanh(x)
        return self.out

    def parameters(self) -> list[Tensor]:
        return []


def notebook_deep(*, logits_normalized: bool) -> Callable[[], float]:
    """The six-layer BatchNorm net of makemore part 3, its layers written by hand.

    Like the lesson's net, or with a BatchNorm on the logits too, as the lecture ends up with.
    """
    g = torch.Generator().manual_seed(42)
    train = DATA.names(3).train
    C = torch.randn((27, 10), generator=g)
    layers: list[Linear | BatchNorm | Tanh] = []
    for fan_in in (30, 100, 100, 100, 100):
        layers += [Linear(fan_in, 100, g), BatchNorm(100), Tanh()]
    layers.append(Linear(100, 27, g))
    if logits_normalized:
        layers.append(BatchNorm(27))

    def loss_of(x: Tensor, y: Tensor) -> Tensor:
        h = C[x].view(len(x), -1)
        for layer in layers:
            h = layer(h)
        return F.cross_entropy(h, y)

    return by_hand([C, *(p for layer in layers for p in layer.parameters())], loss_of, train.x, train.y, g)


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


@dataclass(frozen=True)
class Rate:
    """Steps a second, by the clock on the wall and by the time that the process had a processor.

    The second hardly minds what else the machine does.
    """

    wall: float
    cpu: float

    @classmethod
    def between(cls, steps: int, started: tuple[float, float], ended: tuple[float, float]) -> "Rate":
        """So many steps between two readings of both clocks."""
        return cls(steps / (ended[0] - started[0]), steps / (ended[1] - started[1]))


def clocks() -> tuple[float, float]:
    """Now, by both clocks."""
    return time.perf_counter(), time.process_time()


def rate(step: Callable[[], float]) -> Rate:
    """A bare loop's."""
    steps, started = 0, clocks()
    while (now := clocks())[0] < started[0] + SECONDS:
        for _ in range(20):
            step()
        steps += 20
    return Rate.between(steps, started, now)


class InProcess:
    """The lab's own loop in this process: bursts, evaluation, and packed frames."""

    def __init__(self, contest: Contest) -> None:
        self._inbox: queue.SimpleQueue = queue.SimpleQueue()
        self._frames: list[Frame] = []
        self._lab = Lab(self._inbox, self._take)
        self._say(*contest.opening)

    def rate(self) -> Rate:
        """With figures, from one frame to the last."""
        first, started = self._say(Run()), clocks()
        last, ended = first, started
        for count in range(1, round(SECONDS * FRAMES) + 1):
            while time.perf_counter() < started[0] + count / FRAMES:
                self._lab.turn()
            last, ended = self._say(Look()), clocks()
        self._say(Pause())
        return Rate.between(last.iteration - first.iteration, started, ended)

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

    def __init__(self, contest: Contest, log: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._lab = self._loop.run_until_complete(LabProcess.start(log))
        self._reports = self._lab.reports()
        self._loop.run_until_complete(self._say(*contest.opening))

    def rate(self) -> Rate:
        """With figures, from one frame to the last."""
        return self._loop.run_until_complete(self._rate())

    def close(self) -> None:
        """End the process."""
        self._loop.run_until_complete(self._lab.close())
        self._loop.close()

    async def _rate(self) -> Rate:
        first, started = await self._say(Run()), self._clocks()
        last, ended = first, started
        for count in range(1, round(SECONDS * FRAMES) + 1):
            await asyncio.sleep(max(started[0] + count / FRAMES - time.perf_counter(), 0.0))
            last, ended = await self._say(Look()), self._clocks()
        await self._say(Pause())
        return Rate.between(last.iteration - first.iteration, started, ended)

    def _clocks(self) -> tuple[float, float]:
        return time.perf_counter(), cpu_ticks(self._lab.pid) * TICK

    async def _say(self, *commands: object) -> Frame:
        self._lab.send(*commands)
        async for report in self._reports:
            if isinstance(report, Frame) and report.heard == self._lab.sent:
                return report
        raise AssertionError("the lab ended")


LIKE_THE_LESSON = partial(notebook_deep, logits_normalized=False)
AS_IN_THE_LECTURE = partial(notebook_deep, logits_normalized=True)

CONTESTS = (
    Contest("minibatches", {}, notebook_minibatches),
    Contest("minibatches", {}, notebook_minibatches, every_figure=True),
    Contest("deep-net-xray", {"norm": "batch"}, LIKE_THE_LESSON),
    Contest("deep-net-xray", {"norm": "batch"}, LIKE_THE_LESSON, every_figure=True),
    Contest("deep-net-xray", {"norm": "batch"}, AS_IN_THE_LECTURE, every_figure=True),
)


@pytest.fixture(params=CONTESTS, ids=lambda contest: contest.name)
def contenders(request, tmp_path: Path) -> Iterator[dict[str, Callable[[], Rate]]]:
    """What is measured, by its name in the table."""
    contest: Contest = request.param
    notebook, step, own = contest.notebook(), bare(contest), OwnProcess(contest, tmp_path / "lab.log")
    yield {
        f"{contest.name}: the lesson's step in a bare loop": lambda: rate(step),
        "the notebook's loop": lambda: rate(notebook),
        f"the lab, in this process, {FRAMES} frames/s": InProcess(contest).rate,
        f"the lab process, {FRAMES} frames/s": own.rate,
    }
    own.close()


def test_steps_per_second(contenders):
    """Each in turn, in short stretches: the ratios are medians of pairs."""
    rates: dict[str, list[Rate]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, measure in contenders.items():
            rates[name].append(measure())
    walls = {name: [found.wall for found in all_found] for name, all_found in rates.items()}
    cpus = {name: [found.cpu for found in all_found] for name, all_found in rates.items()}
    first, notebook, *_ = rates
    rows = [
        (
            name,
            f"{median(walls[name]):,.0f}",
            *(f"{paired(each[name], each[other]):.1%}" for other in (first, notebook) for each in (walls, cpus)),
        )
        for name in rates
    ]
    header = ("", "median", "of the bare loop", "by CPU time", "of the notebook's", "by CPU time")
    show("Steps a second", header, rows)
