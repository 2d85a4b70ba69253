"""How large the logits are, and so how sure the model is of its answers, right or wrong."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from torch import nn

from tutor.figures import Table
from tutor.figures.numbers import short
from tutor.lab.observation import Layer


@dataclass(frozen=True)
class LogitScale:
    """The logits of one batch, taken to be the last linear layer's outputs, classes in the last dimension."""

    name: str
    """The layer's; empty if there is no linear layer, and then all numbers are NaN."""
    size: float
    """The mean of |logit|."""
    confidence: float
    """The mean of the largest softmax probability."""
    chance: float
    """1 / classes: the confidence of a model whose logits are all alike."""


def logit_scale(layers: Sequence[Layer]) -> LogitScale:
    """Mean |logit| and mean top probability of the last `nn.Linear` that ran."""
    last = next((layer for layer in reversed(layers) if isinstance(layer.module, nn.Linear)), None)
    if last is None:
        return LogitScale("", math.nan, math.nan, math.nan)
    logits = last.output
    confidence = logits.softmax(-1).amax(-1).mean().item()
    return LogitScale(last.name, logits.abs().mean().item(), confidence, 1 / logits.shape[-1])


def logit_table(layers: Sequence[Layer], title: str = "Logits") -> Table:
    """Mean |logit|, and mean top probability beside that of a model that knows nothing."""
    scale = logit_scale(layers)
    rows = (
        ("mean |logit|", short(scale.size)),
        ("mean top probability", short(scale.confidence)),
        ("1 / classes", short(scale.chance)),
    )
    return Table(title, ("", scale.name), rows)
