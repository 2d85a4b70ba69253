"""When numbers stop being numbers: which layer and tensor went first."""

import math

import torch
from torch import Tensor

from tutor.lab.experiment import Experiment
from tutor.lab.history import History
from tutor.lab.observation import Observation


def sound(experiment: Experiment) -> bool:
    """Whether every parameter is finite."""
    model = getattr(experiment, "model", None)
    return model is None or all(torch.isfinite(tensor).all() for tensor in model.parameters())


def first_to_go(before: Experiment) -> str:
    """The first tensor that isn't finite in the step after `before`, in the order of computing: forward,
    backward, update.

    Empty if all of them are finite.
    """
    for name, tensor in before.model.named_parameters():
        if not torch.isfinite(tensor).all():
            return f"the parameter {name} ({_share(tensor)})"
    seen = Observation(before, History())
    for layer in seen.layers:
        if not torch.isfinite(layer.output).all():
            return f"the output of {layer.name} ({_share(layer.output)})"
    if not math.isfinite(seen.loss):
        return "the loss itself, while every layer's output is still finite"
    for layer in reversed(seen.layers):
        if layer.gradient is not None and not torch.isfinite(layer.gradient).all():
            return f"the gradient at {layer.name} ({_share(layer.gradient)})"
    for parameter in seen.parameters:
        if not torch.isfinite(parameter.data + parameter.update).all():
            return f"the update of {parameter.name} ({_share(parameter.update)})"
    return ""


def _share(tensor: Tensor) -> str:
    bad = tensor.numel() - int(torch.isfinite(tensor).sum())
    return f"{bad:,} of {tensor.numel():,} values"
