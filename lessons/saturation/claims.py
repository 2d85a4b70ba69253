"""Checks of this lesson's claims that take a run: of its net on the project's names, or of a ReLU net on its digits."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.lab.datasets import Sources
from tutor.lab.instruments import spread
from tutor.lab.load import load_experiment
from tutor.lab.observation import Observation
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()
_KILLED: dict[str, Value] = {"activation": "relu", "scale": 1.0, "lr": 0.5}


def flat_outputs() -> dict[str, tuple[float, int, int]]:
    """The share of tanh outputs beyond 0.99, columns flat on all 32 examples, and dead units, at step 0 by scale."""
    found = {}
    for scale in (10.0, 1.0, 0.2):
        run = _run(0, scale=scale)
        flat = run.experiment.flat(_preactivations(run))
        found[f"scale {scale:g}"] = flat.float().mean().item(), int(flat.all(0).sum()), int(_dead(run).sum())
    return found


def preactivation_widths() -> dict[str, float]:
    """The std of the pre-activations in the first batch, by scale."""
    return {f"scale {scale:g}": spread(_preactivations(_run(0, scale=scale))) for scale in (1.0, 0.3, 0.2, 0.1, 0.01)}


def validation_by_scale(steps: int = 2000) -> dict[str, float]:
    """Validation loss, by scale."""
    return {f"scale {scale:g}": _val(_run(steps, scale=scale)) for scale in (1.0, 0.3, 0.2, 0.1, 0.01)}


def nearly_linear() -> tuple[float, float, float]:
    """At scale 0.01, in the first batch: the largest |z|, the largest |tanh z - z|, and the mean slope."""
    z = _preactivations(_run(0, scale=0.01))
    return z.abs().max().item(), (z.tanh() - z).abs().max().item(), (1 - z.tanh() ** 2).mean().item()


def relu_by_scale_and_shift() -> dict[str, tuple[float, int]]:
    """The share of z at or below 0, and the dead units, of ReLUs at step 0, over all contexts."""
    settings: tuple[dict[str, Value], ...] = ({"scale": 0.01}, {"scale": 10.0}, {"shift": -5.0})
    found = {}
    for knobs in settings:
        run = _run(0, activation="relu", **knobs)
        name = ", ".join(f"{knob} {value:g}" for knob, value in knobs.items())
        found[name] = 1 - run.experiment.awake().mean().item(), int(_dead(run).sum())
    return found


def dead_by_shift() -> dict[str, int]:
    """Dead ReLUs of 200 at step 0, by shift."""
    return {
        f"{shift:g}": int(_dead(_run(0, activation="relu", shift=shift)).sum()) for shift in (-1.0, -2.0, -3.0, -5.0)
    }


def born_dead(shift: float = -5.0) -> dict[str, tuple[int, float]]:
    """Units below 0 in every context, and validation loss, 2,000 steps after a start at that shift."""
    runs = {name: _run(2000, activation=name, shift=shift) for name in ("relu", "leaky")}
    return {name: (int(_dead(run).sum()), _val(run)) for name, run in runs.items()}


def dead_by_rate(steps: int = 300) -> dict[str, int]:
    """Dead ReLUs of 200 at scale 1, by learning rate, and at scale 0.2 with the rate that killed."""
    found = {f"lr {lr:g}": int(_dead(_run(steps, **_KILLED | {"lr": lr})).sum()) for lr in (0.1, 0.3, 0.5, 0.7)}
    return found | {"lr 0.5, scale 0.2": int(_dead(_run(steps, **_KILLED | {"scale": 0.2})).sum())}


def deaths_in_training(lr: float = 0.5) -> dict[str, int]:
    """Dead ReLUs of 200 at steps 0, 100, 200 and 300, preset killed or at another rate."""
    run, found = _run(0, **_KILLED | {"lr": lr}), {}
    for step in (0, 100, 200, 300):
        run.advance(step - run.iteration)
        found[f"step {step}"] = int(_dead(run).sum())
    return found


def still_dead(steps: int = 1000) -> dict[str, tuple[int, int, float]]:
    """Of the dead at step 300: how many there are, how many are dead `steps` later, and their farthest move."""
    return {
        f"{name}, {letters}": _later(letters, steps, activation=name)
        for name in ("relu", "leaky")
        for letters in ("frozen", "learned")
    }


def frozen_from_the_start(letters: str = "frozen") -> int:
    """Dead ReLUs after 1,000 steps at scale 1 and lr 0.5, if the letters are frozen from step 0, or aren't."""
    return int(_dead(_run(1000, **_KILLED, letters=letters)).sum())


def tanh_at_high_rate(lr: float = 10.0) -> int:
    """Tanh units flat in every context after 1,000 steps."""
    return int(_dead(_run(1000, lr=lr)).sum())


def far_off(bias: float = -1000.0) -> dict[str, tuple[float, bool]]:
    """A ReLU with a bias far off, 300 steps on: its bias, and whether it is dead; with plain SGD, and with decay."""
    found = {}
    for name, decay in (("plain", 0.0), ("weight decay 0.01", 0.01)):
        run = _run(0, activation="relu", letters="frozen")
        model = run.experiment.model
        with torch.no_grad():
            model.b1[0] = bias
            for _ in range(300):
                for p in (model.W1, model.b1, model.W2, model.b2):
                    p.mul_(1 - run.experiment.k.lr * decay)
                with torch.enable_grad():
                    run.advance(1)
        found[name] = model.b1[0].item(), bool(_dead(run)[0])
    return found


def leaky_at_minus_five(lr: float = 0.1) -> tuple[float, float]:
    """The bias of a leaky unit that starts at -5, after 300 steps, letters frozen; and of a ReLU."""
    biases = []
    for name in ("leaky", "relu"):
        run = _run(0, activation=name, letters="frozen", lr=lr)
        with torch.no_grad():
            run.experiment.model.b1[0] = -5
        run.advance(300)
        biases.append(run.experiment.model.b1[0].item())
    return biases[0], biases[1]


def batchnorm_and_the_dead(steps: int = 400) -> dict[str, tuple[int, ...]]:
    """Dead ReLUs of 100 in each hidden layer of a digit net after so many steps, with and without BatchNorm."""
    return {
        "lr 1, none": _digits(norm=False, lr=1.0, steps=steps),
        "lr 1, BatchNorm": _digits(norm=True, lr=1.0, steps=steps),
        "lr 50, BatchNorm": _digits(norm=True, lr=50.0, steps=steps),
        "beta -8, step 0": _digits(norm=True, lr=1.0, steps=0, beta=-8.0),
    }


def _digits(*, norm: bool, lr: float, steps: int, beta: float = 0.0) -> tuple[int, ...]:
    rng, train = torch.Generator().manual_seed(42), _DATA.digits().train
    layers: list[nn.Module] = []
    for fan_in in (64, 100):
        layers += [nn.Linear(fan_in, 100), *([nn.BatchNorm1d(100)] if norm else []), nn.ReLU()]
    net = nn.Sequential(*layers, nn.Linear(100, 10))
    with torch.no_grad():
        for module in net:
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=(2 / module.in_features) ** 0.5, generator=rng)
                nn.init.zeros_(module.bias)
            elif isinstance(module, nn.BatchNorm1d):
                nn.init.constant_(module.bias, beta)
    for _ in range(steps):
        ix = torch.randint(len(train), (64,), generator=rng)
        net.zero_grad()
        F.cross_entropy(net(train.x[ix]), train.y[ix]).backward()
        with torch.no_grad():
            for p in net.parameters():
                p -= lr * p.grad
    # In train mode, so that BatchNorm uses the statistics of the whole split.
    outputs: list[Tensor] = []
    for module in net:
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(lambda _module, _given, output: outputs.append(output))
    with torch.no_grad():
        net(train.x)
    return tuple(int((h == 0).all(0).sum()) for h in outputs)


def _later(letters: str, steps: int, **knobs: Value) -> tuple[int, int, float]:
    run = _run(300, **_KILLED | knobs)
    run.turn({"letters": letters})
    model, dead = run.experiment.model, _dead(run)
    before = torch.cat((model.W1, model.b1[None])).detach()[:, dead]
    run.advance(steps)
    model = run.experiment.model
    moved = torch.cat((model.W1, model.b1[None])).detach()[:, dead] - before
    return int(dead.sum()), int((_dead(run) & dead).sum()), moved.abs().max().item()


def _dead(run: Runner) -> Tensor:
    return run.experiment.awake() == 0


def _preactivations(run: Runner) -> Tensor:
    return run.experiment.hidden(Observation(run.experiment, run.history)).input


def _val(run: Runner) -> float:
    return run.measure().losses["val"]


def _run(steps: int, **knobs: Value) -> Runner:
    run = Runner(_KIND, _DATA, 42, knobs)
    run.advance(steps)
    return run
