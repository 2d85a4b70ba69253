"""Noting on the run's history how far a training step moves each weight matrix."""

from tutor.lab.experiment import Experiment
from tutor.lab.history import History


def noted_step(experiment: Experiment, history: History) -> float:
    """Take one step; note std(update) / std(data) and std(gradient) / std(data) of every weight matrix. The loss."""
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
