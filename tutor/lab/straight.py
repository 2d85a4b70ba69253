"""`nn.Sequential` with less ado: the same layers and kernels, the same numbers to the last bit, more steps a second.

In nets as small as this course's an eighth of a step goes into what lies between the layers: looking for hooks that
nobody has set, checking what was checked before, finding weights the long way. Here each layer's function is called
at once.
"""

import copy
from collections.abc import Callable, Iterable
from typing import Any, Self, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_Module = TypeVar("_Module", bound=nn.Module)
_UNCHANGING = (bool, int, float, str, type(None))


class Straight(nn.Sequential):
    """A sequence that calls the functions of the common layers directly.

    A layer of another kind, or with hooks on it, is called as ever.
    """

    def forward(self, x: Tensor) -> Tensor:
        """What `nn.Sequential` computes."""
        layers: Iterable[Any] = self._modules.values()
        for layer in layers:
            function = _FUNCTIONS.get(type(layer))
            x = layer(x) if function is None or _watched(layer) else function(layer, x)
        return x

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        """A deep copy like any other, in half the time: most of a module is empty dictionaries of hooks."""
        return _copied(self, memo)


def _copied(module: _Module, memo: dict[int, object]) -> _Module:
    """`module` and its layers, copied."""
    twin = module.__new__(type(module))
    memo[id(module)] = twin
    for name, value in vars(module).items():
        if type(value) in _UNCHANGING:
            vars(twin)[name] = value
        elif isinstance(value, dict) and not value:
            vars(twin)[name] = type(value)()
        elif name == "_modules":
            vars(twin)[name] = {key: _layer_copied(layer, memo) for key, layer in value.items()}
        else:
            vars(twin)[name] = copy.deepcopy(value, memo)
    return twin


def _layer_copied(layer: Any, memo: dict[int, object]) -> object:
    plain = type(layer) in _FUNCTIONS and id(layer) not in memo
    return _copied(layer, memo) if plain else copy.deepcopy(layer, memo)


def straighten(model: object) -> None:
    """Make `model` a `Straight` from now on if it is a plain `nn.Sequential`; any other is left as it is."""
    if type(model) is nn.Sequential:
        model.__class__ = Straight


def _watched(layer: Any) -> bool:
    return bool(layer._forward_hooks or layer._forward_pre_hooks or layer._backward_hooks or layer._backward_pre_hooks)


def _embedding(layer: Any, x: Tensor) -> Tensor:
    rare = layer.max_norm, layer.norm_type, layer.scale_grad_by_freq, layer.sparse
    return F.embedding(x, layer._parameters["weight"], layer.padding_idx, *rare)


def _linear(layer: Any, x: Tensor) -> Tensor:
    own = layer._parameters
    return F.linear(x, own["weight"], own["bias"])


def _layer_norm(layer: Any, x: Tensor) -> Tensor:
    own = layer._parameters
    return F.layer_norm(x, layer.normalized_shape, own["weight"], own["bias"], layer.eps)


def _batch_norm(layer: Any, x: Tensor) -> Tensor:
    if x.ndim != 2 or len(x) < 2 or layer.momentum is None or not layer.track_running_stats:
        return layer(x)  # type: ignore[no-any-return]
    own, kept = layer._parameters, layer._buffers
    if layer.training:
        kept["num_batches_tracked"].add_(1)
    how = layer.training, layer.momentum, layer.eps, False  # False: not by cuDNN
    return torch.batch_norm(x, own["weight"], own["bias"], kept["running_mean"], kept["running_var"], *how)


_FUNCTIONS: dict[type[nn.Module], Callable[[Any, Tensor], Tensor]] = {
    nn.Embedding: _embedding,
    nn.Flatten: lambda layer, x: x.flatten(layer.start_dim, layer.end_dim),
    nn.Linear: _linear,
    nn.LayerNorm: _layer_norm,
    nn.BatchNorm1d: _batch_norm,
    nn.Tanh: lambda _, x: torch.tanh(x),
    nn.Sigmoid: lambda _, x: torch.sigmoid(x),
    nn.ReLU: lambda layer, x: F.relu(x, layer.inplace),
}
