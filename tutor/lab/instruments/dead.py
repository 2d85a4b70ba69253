"""Units that are saturated on every example there is: no gradient reaches their weights, whatever the batch.

One batch overstates them: a unit may be flat on 32 examples and alive on the rest. So the whole split is gone through,
on a frozen copy of the model in eval mode, up to the first slice after which every unit has been seen alive.
"""

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Self

import torch
from torch import Tensor, nn

from tutor.figures import Bars
from tutor.lab.datasets import Split
from tutor.lab.evaluation import SLICE
from tutor.lab.experiment import Experiment
from tutor.lab.instruments.activations import saturation_mask
from tutor.lab.observation import undisturbed

FRAME = 0.004
"""Seconds that one frame may spend on looking for dead units."""


@dataclass(frozen=True)
class DeadLayer:
    """The dead units of one nonlinearity; a unit is one number of an example's output, counted from 0."""

    name: str
    units: int
    """How many it has."""
    dead: tuple[int, ...]


@dataclass(frozen=True)
class DeadUnits:
    """Each layer's dead units over a whole split, of the model as it was at step `iteration`."""

    iteration: int
    examples: int
    """The size of the split."""
    layers: tuple[DeadLayer, ...]
    """In the order in which they ran; only kinds that `saturation_mask` has a rule for."""


def dead_units(experiment: Experiment, split: Split) -> DeadUnits:
    """The units saturated on every example of `split`, now, at once; the run is left as it is."""
    return _last(dead_unit_slices(experiment, split))


def dead_unit_slices(experiment: Experiment, split: Split) -> Iterator[DeadUnits | None]:
    """The same a slice at a time: yields None after each slice and the result at the end."""
    with undisturbed(experiment):
        run = copy.deepcopy(experiment)
    run.model.eval()
    flat: dict[tuple[str, int], Tensor] = {}
    for name, module in run.model.named_modules():
        module.register_forward_hook(partial(_note, flat, name))
    x, y, _ = split.distinct
    for start in range(0, len(y), SLICE):
        part = slice(start, start + SLICE)
        with undisturbed(experiment), torch.no_grad():
            run.each_loss(x[part], y[part])
        if not any(units.any() for units in flat.values()):
            break
        yield None
    layers = (DeadLayer(name, n, tuple(dead.nonzero().flatten().tolist())) for (name, n), dead in flat.items())
    yield DeadUnits(run.iteration, len(split), tuple(layers))


def _note(
    flat: dict[tuple[str, int], Tensor], name: str, module: nn.Module, _inputs: tuple[object, ...], output: object
) -> None:
    """Keep in `flat` which of the layer's units have been saturated on every example so far."""
    mask = saturation_mask(module, output) if isinstance(output, Tensor) and output.ndim else None
    if mask is None:
        return
    units = mask.reshape(len(mask), -1).all(0)
    key = name, len(units)
    flat[key] = flat[key] & units if key in flat else units


def _last(work: Iterator[DeadUnits | None]) -> DeadUnits:
    return next(result for result in work if result is not None)


class DeadUnitWatch:
    """Keeps a figure of the dead units up to date for a few milliseconds a frame.

    Make it in `build`. Its copies start afresh, so a snapshot or a fork of a run doesn't share what it has seen.
    """

    def __init__(self) -> None:
        self._work: Iterator[DeadUnits | None] | None = None
        self._latest: DeadUnits | None = None
        self._looked_at = -1

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return type(self)()

    def look(self, experiment: Experiment, split: Split, seconds: float = FRAME) -> DeadUnits:
        """The latest complete result, after going on with the next for about `seconds`.

        At the first look, and while the run stands still, the result is that of this very step.
        """
        now = experiment.iteration
        if self._latest is None or (now == self._looked_at and self._latest.iteration != now):
            self._work, self._latest = None, dead_units(experiment, split)
        elif self._latest.iteration != now:
            self._go_on(experiment, split, seconds)
        self._looked_at = now
        return self._latest

    def _go_on(self, experiment: Experiment, split: Split, seconds: float) -> None:
        end = time.perf_counter() + seconds
        # Work that raises is given up: the next look starts afresh.
        work, self._work = self._work or dead_unit_slices(experiment, split), None
        for result in work:
            if result is not None:
                self._latest = result
                return
            if time.perf_counter() >= end:
                break
        self._work = work


def dead_unit_bars(found: DeadUnits) -> Bars:
    """How many units of each layer are dead."""
    labels = tuple(layer.name for layer in found.layers)
    counts = tuple(float(len(layer.dead)) for layer in found.layers)
    most = max((layer.units for layer in found.layers), default=None)
    title = f"Dead on all {found.examples:,} examples, step {found.iteration:,}"
    return Bars(title, labels, counts, f"of {most}" if _alike(found) else "", digits=0, top=most)


def _alike(found: DeadUnits) -> bool:
    return len({layer.units for layer in found.layers}) == 1
