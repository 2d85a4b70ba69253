"""Noting on the run's history how far a training step moves each weight matrix, and how the outputs are spread."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from torch import Tensor, nn

from tutor.lab.experiment import Experiment
from tutor.lab.history import History
from tutor.lab.instruments.values import histogram

BINS = 40
"""As many as a row of a terminal can tell apart."""


def notes(experiment: Experiment) -> bool:
    """Whether there is anything to note."""
    return experiment.records_updates or bool(experiment.records_outputs)


def noted_step(experiment: Experiment, history: History) -> float:
    """Take one step, and note what the lesson wants of it. The loss."""
    with _outputs_noted(experiment, history):
        return _updates_noted(experiment, history) if experiment.records_updates else experiment.step().item()


@contextmanager
def _outputs_noted(experiment: Experiment, history: History) -> Iterator[None]:
    """Within, layers that run have their outputs counted: those of the weights before the step."""

    def watched(name: str, low: float, high: float) -> None:
        def hook(_module: nn.Module, _inputs: tuple[object, ...], output: Tensor) -> None:
            history.add_shape(name, experiment.iteration, histogram(name, output, low, high, BINS))

        hooks.callback(experiment.model.get_submodule(name).register_forward_hook(hook).remove)

    with ExitStack() as hooks:
        for name, (low, high) in experiment.records_outputs.items():
            watched(name, low, high)
        yield


def _updates_noted(experiment: Experiment, history: History) -> float:
    """Note std(update) / std(data) and std(gradient) / std(data) of every weight matrix."""
    weights = [(name, tensor) for name, tensor in experiment.model.named_parameters() if tensor.ndim > 1]
    before = [tensor.detach().clone() for _, tensor in weights]
    loss = experiment.step().item()
    for (name, tensor), old in zip(weights, before, strict=True):
        label, spread = name.removesuffix(".weight"), old.std()
        ratio = ((tensor.detach() - old).std() / spread).item()
        history.add("update:data", label, experiment.iteration + 1, ratio)
        if tensor.grad is not None:
            history.add("grad:data", label, experiment.iteration + 1, (tensor.grad.std() / spread).item())
    return loss
