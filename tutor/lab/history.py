"""What a run leaves behind: its loss at every step, and other series at some steps."""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import torch

from tutor.figures import Histogram, Ridges, Series


@dataclass
class History:
    """The past of one run."""

    losses: "array[float]" = field(default_factory=lambda: array("d"))
    """The mini-batch loss of every step, from step 1 on."""

    groups: dict[str, dict[str, tuple[list[int], list[float]]]] = field(default_factory=dict)
    """Other series: group, label, then steps and values."""

    shapes: dict[str, list[tuple[int, Histogram]]] = field(default_factory=dict)
    """How the values of something were spread, by its name: a step, and their histogram then."""

    clock: list[tuple[int, float]] = field(default_factory=lambda: [(0, 0.0)])
    """At some steps, how many seconds of training it took to get there."""

    def add(self, group: str, label: str, iteration: int, value: float) -> None:
        """Note `value` at step `iteration` in the series `label` of `group`."""
        steps, values = self.groups.setdefault(group, {}).setdefault(label, ([], []))
        steps.append(iteration)
        values.append(value)

    def add_shape(self, name: str, iteration: int, shape: Histogram) -> None:
        """Note how the values of `name` are spread after step `iteration`; once is enough."""
        noted = self.shapes.setdefault(name, [])
        if not noted or noted[-1][0] < iteration:
            noted.append((iteration, shape))

    def ridges(self, name: str, title: str) -> Ridges:
        """How the values of `name` were spread at every step at which that was noted."""
        rows = (msgspec.structs.replace(shape, label=f"step {step:,}") for step, shape in self.shapes.get(name, ()))
        return Ridges(title, tuple(rows))

    def series(self, group: str, columns: int = 80) -> tuple[Series, ...]:
        """Every series of `group`, thinned to at most two points a column."""
        return tuple(
            Series(label, *extremes(steps, values, columns))
            for label, (steps, values) in self.groups.get(group, {}).items()
        )

    def last(self, group: str) -> tuple[int, dict[str, float]]:
        """The last value of each series of `group`, and the last step at which one was noted; 0 if none was."""
        noted = {label: series for label, series in self.groups.get(group, {}).items() if series[0]}
        at = max((steps[-1] for steps, _ in noted.values()), default=0)
        return at, {label: values[-1] for label, (_, values) in noted.items()}

    def loss_series(self, columns: int = 80) -> tuple[Series, Series]:
        """The mini-batch losses: each column's lowest and highest, and each column's mean."""
        steps = range(1, len(self.losses) + 1)
        raw = extremes(steps, self.losses, columns)
        smooth = means(self.losses, columns)
        return Series("batch", *raw, style="faint"), Series("mean", *smooth)

    def until(self, iteration: int) -> "History":
        """The past as it was after step `iteration`."""
        groups = {
            group: {
                label: (steps[: (kept := bisect_right(steps, iteration))], values[:kept])
                for label, (steps, values) in series.items()
            }
            for group, series in self.groups.items()
        }
        shapes = {name: [item for item in noted if item[0] <= iteration] for name, noted in self.shapes.items()}
        clock = [noted for noted in self.clock if noted[0] <= iteration]
        return History(self.losses[:iteration], groups, shapes, clock)

    def loss_by_seconds(self, label: str, columns: int = 80) -> Series:
        """The mean mini-batch loss of each stretch of the run, against seconds of training."""
        steps, values = means(self.losses, columns)
        return Series(label, tuple(self._seconds_at(step) for step in steps), values)

    def _seconds_at(self, step: float) -> float:
        """Interpolated between the noted times, and past the last of them at the pace that led there."""
        after = bisect_left(self.clock, (step, 0.0))
        after = min(max(after, 1), len(self.clock) - 1)
        if after < 1:
            return 0.0
        (left, start), (right, end) = self.clock[after - 1], self.clock[after]
        return start + (end - start) * (step - left) / (right - left)


def extremes(
    steps: Sequence[int], values: Sequence[float], columns: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The curve thinned to at most `columns` pairs of lowest and highest, each at its own step: no spike is lost."""
    if len(values) <= 2 * columns:
        return tuple(map(float, steps)), tuple(values)
    flat, size = _flat(values), -(-len(values) // columns)
    # The last row is filled up with the last value, which adds neither a new lowest nor a new highest.
    folded = torch.cat((flat, flat[-1:].expand(-len(flat) % size))).view(-1, size)
    lowest = folded.nan_to_num(math.inf, math.inf, -math.inf).argmin(1)
    highest = folded.nan_to_num(-math.inf, math.inf, -math.inf).argmax(1)
    picks = torch.stack((lowest, highest), 1).sort(1).values + torch.arange(len(folded)).unsqueeze(1) * size
    kept = picks.flatten().clamp(max=len(values) - 1).tolist()
    if kept[-1] != len(values) - 1:
        kept.append(len(values) - 1)
    return tuple(float(steps[i]) for i in kept), tuple(values[i] for i in kept)


def means(values: Sequence[float], columns: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The mean of each of at most `columns` stretches of `values`, at its middle step; the first value is step 1's."""
    if len(values) <= columns:
        return tuple(float(step) for step in range(1, len(values) + 1)), tuple(values)
    size = -(-len(values) // columns)
    rows = len(values) // size
    folded = _flat(values)[: rows * size].view(rows, size)
    steps = [1 + size * row + (size - 1) / 2 for row in range(rows)]
    averages = folded.mean(1).tolist()
    rest = values[rows * size :]
    if rest:
        steps.append(float(len(values)))
        averages.append(sum(rest) / len(rest))
    return tuple(steps), tuple(averages)


def _flat(values: Sequence[float]) -> torch.Tensor:
    """The values as a float64 tensor of its own: an array that lends its memory to a tensor could not grow."""
    if isinstance(values, array):
        return torch.frombuffer(values, dtype=torch.float64).clone()
    return torch.tensor(values, dtype=torch.float64)
