"""A step taken apart into its phases: the messages that ask for its tensors, and those that tell of them."""

import msgspec

from tutor.figures import AnyFigure, Table


class Dissect(msgspec.Struct, frozen=True, tag=True):
    """Pause, and take the next training step apart without taking it; answered by `Dissected`."""


class Inspect(msgspec.Struct, frozen=True, tag=True):
    """Draw a tensor of the step last taken apart, by its phase and its row there; answered by `Inspected`."""

    phase: int
    row: int


class Phase(msgspec.Struct, frozen=True):
    """One phase of a training step: what it does, in a sentence or two with this step's numbers, and its tensors."""

    says: str
    tensors: Table


class Dissected(msgspec.Struct, frozen=True, tag=True):
    """The step after `iteration`, in its phases: forward, backward, update."""

    iteration: int
    phases: tuple[Phase, ...]


class Inspected(msgspec.Struct, frozen=True, tag=True):
    """A tensor's pictures, by name."""

    phase: int
    row: int
    figures: dict[str, AnyFigure]
