"""Looking at a run without touching it.

An observation takes the *next* training step on a copy of the run, watched through hooks, and throws the copy
away. So every look at a given step shows the same tensors, whether the run is going, paused or wound back, and
the run itself pays nothing between looks.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn

from tutor.figures import Series
from tutor.lab.experiment import Experiment
from tutor.lab.history import History


@dataclass(frozen=True)
class Layer:
    """One leaf module as it was used in the observed step."""

    name: str
    """Its name in the model, such as `hidden`."""

    module: nn.Module
    input: Tensor
    """What it was given, detached."""

    output: Tensor
    """What it returned, detached."""

    gradient: Tensor | None
    """The loss's gradient with respect to `output`, or None if none flowed."""


@dataclass(frozen=True)
class Parameter:
    """A trainable tensor as the observed step used and changed it."""

    name: str
    data: Tensor
    """Before the step."""

    gradient: Tensor | None
    update: Tensor
    """What the step added to `data`."""


@dataclass(frozen=True)
class _Watched:
    layers: tuple[Layer, ...]
    parameters: tuple[Parameter, ...]
    model: nn.Module | None
    loss: float


class Observation:
    """What a figure may draw: the run's past (`history`) and its next step, tensor by tensor.

    The next step is taken on a copy at the first use of `layers`, `parameters`, `stepped` or `loss`.
    """

    def __init__(
        self,
        experiment: Experiment,
        history: History,
        columns: int = 80,
        past: tuple[Series, ...] = (),
        label: str = "now",
    ) -> None:
        self._experiment = experiment
        self._past = past
        self._label = label
        self.history = history
        """Losses and other series up to now."""
        self.columns = columns
        """How many points wide the curves are drawn."""

    @property
    def runs(self) -> tuple[Series, ...]:
        """Loss against seconds of training, of the last few runs and of this one."""
        return (*self._past, self.history.loss_by_seconds(self._label, self.columns))

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The leaf modules in the order in which they ran."""
        return self._watched.layers

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Every trainable tensor."""
        return self._watched.parameters

    @property
    def stepped(self) -> nn.Module | None:
        """The copy's model after the observed step."""
        return self._watched.model

    @property
    def loss(self) -> float:
        """The loss of the observed step's batch."""
        return self._watched.loss

    def of(self, *kinds: type[nn.Module]) -> tuple[Layer, ...]:
        """The layers that are instances of `kinds`."""
        return tuple(layer for layer in self.layers if isinstance(layer.module, kinds))

    @cached_property
    def _watched(self) -> _Watched:
        with undisturbed(self._experiment):
            return _watch(copy.deepcopy(self._experiment))


def _watch(run: Experiment) -> _Watched:
    """Take one step of `run`, recording each leaf module's output, its gradient, and each parameter's change."""
    model = getattr(run, "model", None)
    if model is None or not run.trains():
        return _Watched((), (), model, float("nan"))
    calls: list[tuple[str, nn.Module, Tensor, Tensor]] = []
    gradients: dict[int, Tensor] = {}

    def watch(name: str, module: nn.Module) -> None:
        def hook(_module: nn.Module, inputs: tuple[object, ...], output: object) -> None:
            if not (inputs and isinstance(inputs[0], Tensor) and isinstance(output, Tensor)):
                return
            place = len(calls)
            calls.append((name, module, inputs[0].detach(), output.detach()))
            if output.requires_grad:
                output.register_hook(lambda gradient: gradients.__setitem__(place, gradient.detach()))

        module.register_forward_hook(hook)

    for name, module in model.named_modules():
        if not any(module.children()):
            watch(name, module)
    before = {name: tensor.detach().clone() for name, tensor in model.named_parameters()}
    loss = run.step().item()
    layers = tuple(
        Layer(name, module, given, output, gradients.get(place))
        for place, (name, module, given, output) in enumerate(calls)
    )
    parameters = tuple(
        Parameter(name, before[name], tensor.grad, tensor.detach() - before[name])
        for name, tensor in model.named_parameters()
    )
    return _Watched(layers, parameters, model, loss)


@contextmanager
def undisturbed(experiment: Experiment) -> Iterator[None]:
    """Put torch's global generator and the run's own back as they were: what is drawn in here changes no later step."""
    everyones, own = torch.get_rng_state(), experiment.rng.get_state()
    try:
        yield
    finally:
        torch.set_rng_state(everyones)
        experiment.rng.set_state(own)
