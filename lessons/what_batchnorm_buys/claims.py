"""Checks of this lesson's claims that take a run: its ladders of nets on the project's digits, seed 42."""

import math
import time
from functools import cache
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()
STEPS = 250
ONE = 3**-0.5  # PyTorch's own start of a Linear: std 1 / sqrt(3 fan_in)


def tops(steps: int = STEPS, **knobs: Value) -> list[float]:
    """The highest rung of A and of B whose median seed has 90 % of val right."""
    return [_run(steps, **knobs).top(which) for which in (0, 1)]


def right(steps: int = STEPS, **knobs: Value) -> list[list[float]]:
    """The share of val that is right, the median of five seeds, rung by rung, of A and of B."""
    return _run(steps, **knobs).notes[-1][1].median(2).values.tolist()


def bests(steps: int = STEPS, **knobs: Value) -> list[float]:
    """What the best rung of A and of B has right."""
    return [_run(steps, **knobs).best(which) for which in (0, 1)]


def fewest(steps: int = STEPS, **knobs: Value) -> list[float]:
    """The fewest steps to 90 % over the rungs of A and of B."""
    return [_run(steps, **knobs).fewest(which) for which in (0, 1)]


def race(steps: int = 1500) -> list[list[float]]:
    """Steps to 90 % at rates 0.01 and 0.1, plain and with BN."""
    return _run(steps, lowest=0.01, times=10.0, rungs=2).reached.median(2).values.tolist()


def steps_by_rate(steps: int = STEPS) -> list[list[float]]:
    """Steps to 90 % at rates 0.04, 0.08, 0.16 and 0.32, plain and with BN."""
    return _run(steps).reached.median(2).values[:, 2:6].tolist()


def deep(a: str, b: str, steps: int = STEPS, gain: float = 2**0.5) -> list[float]:
    """What forty layers of A and of B have right at rate 0.04."""
    return bests(steps, a=a, b=b, depth=40, lowest=0.04, rungs=1, gain=gain)


def at_defaults(steps: int = STEPS) -> dict[str, float]:
    """What nine layers have right at rate 0.08 from PyTorch's own start: plain, with BN, and with BN shaken."""
    plain, batch = bests(steps, depth=9, lowest=0.08, rungs=1, gain=ONE)
    shaken = bests(steps, a="shaken", b="shaken", depth=9, lowest=0.08, rungs=1, gain=ONE)[0]
    return {"plain": plain, "batch": batch, "shaken": shaken}


def through_forty() -> dict[str, float]:
    """Forty layers untrained: plain, the mean cosine of two images in the last; BN, first gradient over last."""
    run = _run(0, depth=40, lowest=0.04, rungs=1)
    plain, batch = run.model
    x, y = run.x[:256], run.y[:256]
    with torch.no_grad():
        h = x
        for weight in plain.weights:
            h = (h @ weight).relu()
        h = F.normalize(h, dim=3)
    gradients = torch.autograd.grad(run.each(batch, x, y).sum(), list(batch.weights))
    sizes = [(g.norm(dim=(2, 3)) / w.norm(dim=(2, 3))).median() for g, w in zip(gradients, batch.weights, strict=True)]
    return {"cosine": (h @ h.mT).mean((2, 3)).median().item(), "gradient": (sizes[0] / sizes[-1]).item()}


def moved(steps: int = STEPS, **knobs: Value) -> list[float]:
    """How far the means of the last hidden units are from their first, in stds, at rate 0.08, of A and of B."""
    found = _run(steps, **knobs)
    return found.notes[-1][2][:, found.looked_at].median(1).values.tolist()


def longest(steps: int = STEPS, **knobs: Value) -> list[float]:
    """The highest of the twelve rates at which one step still lowers the loss, of A and of B."""
    rates, losses = _run(steps, **knobs).downhill()
    return [max(r for r, one in zip(rates, side, strict=True) if one < 1) for side in losses.median(2).values.tolist()]


def grown(steps: int = STEPS, **knobs: Value) -> list[float]:
    """Length of B's weights over their first, at rates 0.08, 0.64 and 2.56."""
    curve = _run(steps, **knobs).growth(None).series[1]
    return [curve.y[n] for n in (3, 6, 8)]


def same_outputs() -> list[float]:
    """How far the logits at gains 0.4 to 51.2 are from those at 3.2, at most, before training: plain and with BN."""
    found = _run(0, along="gain", lowest=0.05, lr=0.1)
    with torch.no_grad():
        logits = [nets(found.x[:256]) for nets in found.model]
    return [(each[3:11] - each[6]).abs().max().item() for each in logits]


def drifted(steps: int = 100) -> dict[str, list[float]]:
    """Mean and std of the first layer's pre-activations before and after training plainly at rate 0.08."""
    found = {}
    for when in (0, steps):
        nets = _run(when, lowest=0.08, rungs=1).model[0]
        with torch.no_grad():
            z = _run(when, lowest=0.08, rungs=1).x[:256] @ nets.weights[0] + nets.shifts[0]
        found["later" if when else "step 0"] = [z.mean().item(), z.std().item()]
    return found


@cache
def adam(kind: str, steps: int = STEPS) -> list[float]:
    """What is right with Adam at rates 0.001, 0.003, 0.01, 0.03, 0.1 and 0.3, the median of five seeds."""
    rates = torch.tensor([0.001, 0.003, 0.01, 0.03, 0.1, 0.3]).view(-1, 1, 1, 1)
    run = Runner(_KIND, _DATA, 42, {"a": kind, "b": kind, "rungs": 6}).experiment
    nets, rng = run.model[0], torch.Generator().manual_seed(42)
    own = [p for p in nets.parameters() if p.shape[0] == 6]
    means, squares = ([torch.zeros_like(p) for p in own] for _ in range(2))
    for n in range(1, steps + 1):
        ix = torch.randint(len(run.x), (5, 32), generator=rng)
        loss = run.each(nets, run.x[ix], run.y[ix]).sum()
        gradients = torch.autograd.grad(loss, own, allow_unused=True)
        with torch.no_grad():
            for p, g, m, v in zip(own, gradients, means, squares, strict=True):
                if g is not None:
                    m.lerp_(g, 0.1)
                    v.lerp_(g * g, 0.001)
                    p -= rates * (m / (1 - 0.9**n)) / ((v / (1 - 0.999**n)).sqrt() + 1e-8)
    return _val(nets.eval(), run)


def adam_deep(steps: int = STEPS) -> dict[str, float]:
    """Nine layers from PyTorch's start at the best of Adam's rates 0.001, 0.003 and 0.01, and SGD's best of twelve."""
    digits = _DATA.digits()
    best = 0.0
    for rate in (0.001, 0.003, 0.01):
        torch.manual_seed(42)
        sizes = [64, *[32] * 9]
        layers = [m for i, o in pairwise(sizes) for m in (nn.Linear(i, o), nn.ReLU())]
        net = nn.Sequential(*layers, nn.Linear(32, 10))
        optimizer = torch.optim.Adam(net.parameters(), rate)
        for _ in range(steps):
            ix = torch.randint(len(digits.train.x), (32,))
            optimizer.zero_grad()
            F.cross_entropy(net(digits.train.x[ix]), digits.train.y[ix]).backward()
            optimizer.step()
        with torch.no_grad():
            best = max(best, (net(digits.val.x).argmax(1) == digits.val.y).float().mean().item())
    return {"Adam": best, "SGD": bests(steps, b="plain", depth=9, gain=ONE, lowest=0.02, times=4.0, rungs=5)[0]}


@cache
def conv(norm: bool, rate: float, steps: int = 150) -> list[float]:
    """What two conv layers have right with momentum 0.9, sorted over three seeds."""
    digits, found = _DATA.digits(), []
    for seed in (42, 43, 44):
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for i, o in ((1, 16), (16, 32)):
            layers += [nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o) if norm else nn.Identity(), nn.ReLU()]
            layers.append(nn.MaxPool2d(2))
        net = nn.Sequential(*layers, nn.Flatten(), nn.Linear(128, 10))
        optimizer = torch.optim.SGD(net.parameters(), rate, momentum=0.9)
        for _ in range(steps):
            ix = torch.randint(len(digits.train.x), (32,))
            optimizer.zero_grad()
            F.cross_entropy(net(digits.train.x[ix].view(-1, 1, 8, 8)), digits.train.y[ix]).backward()
            optimizer.step()
        net.eval()
        with torch.no_grad():
            found.append((net(digits.val.x.view(-1, 1, 8, 8)).argmax(1) == digits.val.y).float().mean().item())
    return sorted(found)


def learnt(steps: int = 1500) -> list[list[float]]:
    """Right on train and on val, plain and with BN, at rate 0.16, the median of five seeds."""
    run = _run(steps, lowest=0.16, rungs=1)
    found = []
    for nets in run.model.eval():
        with torch.no_grad():
            shares = [(nets(x).argmax(3) == y).float().mean(2) for x, y in ((run.x, run.y), (run.val.x, run.val.y))]
        found.append([share.median().item() for share in shares])
    run.model.train()
    return found


def bytes_kept() -> dict[str, int]:
    """Bytes of running statistics, and bytes saved for the backward pass of 64 images, plain and with BN."""
    plain, batch = _mlp(False), _mlp(True)
    running = sum(b.numel() * b.element_size() for name, b in batch.named_buffers() if name.endswith(("mean", "var")))
    return {"running": running, "plain": _saved(plain), "batch": _saved(batch)}


def slower(rounds: int = 60) -> float:
    """Time of a training step with BN over that without, the median of interleaved pairs."""
    x, y = _DATA.digits().train.x[:64], _DATA.digits().train.y[:64]
    nets, ratios = (_mlp(False), _mlp(True)), []
    for n in range(rounds):
        spent = []
        for net in nets:
            started = time.thread_time()
            for _ in range(10):
                F.cross_entropy(net(x), y).backward()
            spent.append(time.thread_time() - started)
        if n > 4:
            ratios.append(spent[1] / spent[0])
    return torch.tensor(ratios).median().item()


def _mlp(norm: bool) -> nn.Sequential:
    layers: list[nn.Module] = []
    for i in (64, 64, 64):
        layers += [nn.Linear(i, 64, bias=not norm), *([nn.BatchNorm1d(64)] if norm else []), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(64, 10))


def _saved(net: nn.Module) -> int:
    """Bytes that autograd keeps of one batch's forward pass, each storage once, the weights left out."""
    weights = {p.untyped_storage().data_ptr() for p in net.parameters()}
    kept: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    digits = _DATA.digits()
    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        loss = F.cross_entropy(net(digits.train.x[:64]), digits.train.y[:64])
    del loss
    return sum(kept.values())


def _val(nets: nn.Module, run: object) -> list[float]:
    with torch.no_grad():
        return (nets(run.val.x).argmax(3) == run.val.y).float().mean(2).median(1).values.tolist()


@cache
def _run(steps: int, **knobs: Value):
    run = Runner(_KIND, _DATA, 42, knobs)
    run.advance(steps)
    assert math.isfinite(run.loss or 0)
    return run.experiment
