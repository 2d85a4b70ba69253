"""One training step in its three phases: what went forward, what came back, and what it changed."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from tutor.figures import Table
from tutor.figures.numbers import short
from tutor.lab.instruments.values import Summary
from tutor.lab.observation import Observation, Parameter

Named = tuple[str, Tensor]
"""A tensor and its name."""

NUDGE = 0.01
"""By how much a parameter is imagined to be raised, to say in numbers what a gradient means."""


@dataclass(frozen=True)
class Phases:
    """The tensors of the observed step, phase by phase, each phase in the order in which it makes them."""

    forward: tuple[Named, ...]
    """The first layer's input, every layer's output, and the loss."""
    backward: tuple[Named, ...]
    """From the last layer to the first: the gradient at its output, then its parameters' gradients.

    A parameter's is the one that the update used: summed, clipped or whatever else the lesson did with it.
    """
    update: tuple[Named, ...]
    """What was added to each parameter."""


def phases(seen: Observation) -> Phases:
    """The next step's tensors; all empty for an experiment that trains nothing."""
    if not seen.layers and not seen.parameters:
        return Phases((), (), ())
    forward = [("input", layer.input) for layer in seen.layers[:1]]
    forward += [(layer.name, layer.output) for layer in seen.layers]
    forward.append(("loss", torch.tensor(seen.loss)))
    return Phases(
        tuple(forward),
        tuple(_gradients(seen)),
        tuple((parameter.name, parameter.update) for parameter in seen.parameters),
    )


def _gradients(seen: Observation) -> Iterator[Named]:
    """Backwards through the layers; parameters that belong to none of them come at the end, each one once."""
    waiting = {p.name: p.gradient for p in seen.parameters if p.gradient is not None}
    for layer in reversed(seen.layers):
        if layer.gradient is not None:
            yield layer.name, layer.gradient
        for own, _ in layer.module.named_parameters(prefix=layer.name):
            if own in waiting:
                yield own, waiting.pop(own)
    yield from waiting.items()


def phase_tables(found: Phases) -> tuple[Table, Table, Table]:
    """One table a phase: name, shape, mean, std, lowest and highest of each tensor."""
    return (
        _table("1. Forward: outputs", found.forward),
        _table("2. Backward: gradients of the loss", found.backward),
        _table("3. Update: what is added", found.update),
    )


def _table(title: str, tensors: tuple[Named, ...]) -> Table:
    summaries = (Summary.of(name, values) for name, values in tensors)
    rows = tuple(
        (one.name, "×".join(map(str, one.shape)) or "number", *map(short, (one.mean, one.std, one.low, one.high)))
        for one in summaries
    )
    return Table(title, ("tensor", "shape", "mean", "std", "min", "max"), rows)


def phase_sentences(seen: Observation) -> tuple[str, str, str]:
    """What each phase does, with this step's numbers."""
    return _forward(seen), _backward(seen), _update(seen)


def _forward(seen: Observation) -> str:
    count = len(seen.layers[0].input) if seen.layers and seen.layers[0].input.ndim else 0
    who = "One example goes" if count == 1 else f"{count:,} examples go" if count else "The batch goes"
    return (
        f"{who} through the net, layer by layer. What comes out is compared with the right answers, and one number "
        f"says how wrong it is: the loss, **{seen.loss:.4g}**."
    )


def _backward(seen: Observation) -> str:
    start = "From the loss back to the first layer: how would the loss change if a number were a little larger?"
    steepest = [(p.name, gradient.flatten()[gradient.abs().argmax()].item()) for p, gradient in _trained(seen)]
    if not steepest:
        return start
    name, slope = max(steepest, key=lambda one: abs(one[1]))
    way = "rise" if slope > 0 else "fall"
    return (
        f"{start} The steepest is one of `{name}`: raised by {NUDGE}, it would let the loss {way} by about "
        f"**{short(abs(slope) * NUDGE)}**."
    )


def _update(seen: Observation) -> str:
    rate = _common_rate(seen)
    rule = "The optimizer made these from the gradients and from what it keeps of earlier ones."
    if rate:
        rule = f"Every parameter moves against its gradient, by **{short(rate)}** times as much: the learning rate."
    sizes = ((p.name, p.update.norm().item(), p.data.norm().item()) for p in seen.parameters if p.data.ndim > 1)
    shares = [(name, moved / size) for name, moved, size in sizes if size]
    if not shares:
        return rule
    name, share = max(shares, key=lambda one: one[1])
    return f"{rule} `{name}` moves most for its size, by **{short(100 * share)} %** of it."


def _trained(seen: Observation) -> list[tuple[Parameter, Tensor]]:
    """Every parameter with its gradient."""
    return [(p, p.gradient) for p in seen.parameters if p.gradient is not None and p.gradient.numel()]


def _common_rate(seen: Observation) -> float:
    """The learning rate, if every update is minus this number times the gradient; else 0."""
    trained = _trained(seen)
    size = sum(gradient.double().square().sum().item() for _, gradient in trained)
    along = sum((gradient.double() * p.update.double()).sum().item() for p, gradient in trained)
    rate = -along / size if size else 0.0
    # A weight moves by whole steps of its own precision, which is coarse beside a small update.
    alike = all(
        torch.allclose(p.update, -rate * gradient, rtol=1e-3, atol=1e-6 * p.data.abs().max().item())
        for p, gradient in trained
    )
    return rate if rate > 0 and alike else 0.0
