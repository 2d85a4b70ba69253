"""Checks of this lesson's claims that take a run of its net, or a count of its examples."""

from pathlib import Path

import torch
from torch.nn import functional as F

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()
LECTURE = 2147483647


def lecture(lr: float = 0.1) -> tuple[float, ...]:
    """From the lecture's own seed: the loss at steps 0, 100 and 1,000."""
    return _losses(0, 100, 1000, seed=LECTURE, lr=lr)


def lecture_without_clearing(loop: str = "never clears") -> tuple[float, ...]:
    """From the lecture's own seed, after 100 steps: with the right loop, and with this one."""
    return (*_losses(100, seed=LECTURE), *_losses(100, seed=LECTURE, loop=loop))


def printed(steps: int = 100, seed: int = LECTURE) -> tuple[float, float]:
    """What the last of so many steps printed, and the loss after it; from the lecture's own seed, or another."""
    run = _run(seed)
    run.advance(steps)
    return run.loss or 0.0, run.measure().losses["train"]


def shapes() -> tuple[object, ...]:
    """The shape of C[X], that of its rows joined by view(-1, 6), and the number of parameters."""
    e = _run().experiment
    emb = e.model.C[e.batch.x]
    return emb.shape, emb.view(-1, 6).shape, sum(p.numel() for p in e.parameters)


def floors(*contexts: int) -> tuple[float, ...]:
    """The floor for a context of 1, 2, 3 and 8 letters, counted letter by letter."""
    return tuple(_run(context=context).experiment.floor for context in contexts or (1, 2, 3, 8))


def best(lr: float = 0.1) -> tuple[float, ...]:
    """The loss after 100, 1,000 and 10,000 steps."""
    return _losses(100, 1000, 10_000, lr=lr)


def without_clearing(loop: str = "never clears") -> dict[str, tuple[float, ...]]:
    """The loss at steps 10, 30 and 100."""
    return {"right": _losses(10, 30, 100), loop: _losses(10, 30, 100, loop=loop)}


def gone_wild(loop: str = "never clears") -> bool:
    """Whether the loss is above 1 at step 400, from every one of five seeds."""
    return all(_losses(400, seed=seed, loop=loop)[0] > 1 for seed in range(42, 47))


def bugs(steps: int = 1000) -> dict[str, float]:
    """The loss after so many steps of the right loop, and of those that clear late and forget C."""
    return {loop: _losses(steps, loop=loop)[0] for loop in ("right", "clears late", "forgets C")}


def rows_that_move(steps: int = 1) -> tuple[int, int]:
    """How many rows of C have moved after so many steps, and how many letters the examples' contexts hold."""
    run = _run()
    run.advance(steps)
    e = run.experiment
    return int((e.first_C != e.model.C).any(1).sum()), len(e.batch.x.unique())


def others(lr: float = 0.1) -> tuple[float, ...]:
    """The loss on the validation names at steps 0, 30 and 1,000."""
    run, losses = _run(lr=lr), []
    for step in (0, 30, 1000):
        run.advance(step - run.iteration)
        losses.append(run.measure().losses["val"])
    return tuple(losses)


def by_optimizer(steps: int = 100, rate: float = 0.1) -> bool:
    """Whether torch.optim.SGD's three calls end with the loop's weights, within a hundred-thousandth."""
    ours, theirs = _run(), _run().experiment
    optimizer = torch.optim.SGD(theirs.parameters, lr=rate)
    ours.advance(steps)
    for _ in range(steps):
        loss = F.cross_entropy(theirs.model(theirs.batch.x), theirs.batch.y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    pairs = zip(ours.experiment.parameters, theirs.parameters, strict=True)
    return all(torch.allclose(a, b, rtol=0, atol=1e-5) for a, b in pairs)


def _run(seed: int = 42, **knobs: Value) -> Runner:
    return Runner(_KIND, _DATA, seed, knobs)


def _losses(*steps: int, seed: int = 42, **knobs: Value) -> tuple[float, ...]:
    """The loss on the 32 examples after each of `steps`."""
    run, found = _run(seed, **knobs), []
    for step in steps:
        run.advance(step - run.iteration)
        e = run.experiment
        with torch.no_grad():
            found.append(F.cross_entropy(e.model(e.batch.x), e.batch.y).item())
    return tuple(found)
