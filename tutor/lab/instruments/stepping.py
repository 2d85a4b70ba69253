"""One training step in its three phases: what went forward, what came back, and what it changed."""

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from tutor.figures import Table
from tutor.figures.numbers import short
from tutor.lab.instruments.values import Summary
from tutor.lab.observation import Observation


@dataclass(frozen=True)
class Phases:
    """The tensors of the observed step, phase by phase, each phase in the order in which it makes them."""

    forward: tuple[Summary, ...]
    """The first layer's input, every layer's output, and the loss."""
    backward: tuple[Summary, ...]
    """From the last layer to the first: the gradient at its output, then its parameters' gradients.

    A parameter's is the one that the update used: summed, clipped or whatever else the lesson did with it.
    """
    update: tuple[Summary, ...]
    """What was added to each parameter."""


def phases(seen: Observation) -> Phases:
    """Summaries of the next step's tensors; all empty for an experiment that trains nothing."""
    if not seen.layers and not seen.parameters:
        return Phases((), (), ())
    forward = [Summary.of("input", layer.input) for layer in seen.layers[:1]]
    forward += [Summary.of(layer.name, layer.output) for layer in seen.layers]
    forward.append(Summary("loss", (), seen.loss, 0.0, seen.loss, seen.loss))
    return Phases(
        tuple(forward),
        tuple(Summary.of(name, gradient) for name, gradient in _gradients(seen)),
        tuple(Summary.of(parameter.name, parameter.update) for parameter in seen.parameters),
    )


def _gradients(seen: Observation) -> Iterator[tuple[str, Tensor]]:
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


def _table(title: str, summaries: tuple[Summary, ...]) -> Table:
    rows = tuple(
        (one.name, "×".join(map(str, one.shape)) or "number", *map(short, (one.mean, one.std, one.low, one.high)))
        for one in summaries
    )
    return Table(title, ("tensor", "shape", "mean", "std", "min", "max"), rows)
