"""The claims of this lesson that take its forms of the loss, their costs, or a run of its net."""

import sys
from pathlib import Path

import torch
from torch.nn import functional as F

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_LAB = sys.modules[_KIND.__module__]
_DATA = Sources()
BY_HAND, PAIR, BUILT_IN = "by hand", "log_softmax, nll", "F.cross_entropy"


def costs(rows: int) -> dict[str, list[int]]:
    """Nodes in autograd's graph, and bytes kept for the backward pass, of a table of `rows` by 27."""
    forms = {name: _LAB.COSTED[name] for name in (BY_HAND, BUILT_IN)}
    return {name: [_LAB.nodes(form), _LAB.kept(form, rows)] for name, form in forms.items()}


def faster(rows: tuple[int, ...] = (32, 4096)) -> list[bool]:
    """Whether the loss by hand takes over 1.3 times as long as built in, forward and backward, for so many rows."""
    return [_times(count)[BY_HAND] > 1.3 for count in rows]


def same_nodes_same_time() -> list[bool]:
    """Whether the pair has the built-in's nodes, and for 4,096 rows a time within a third of it."""
    same = _LAB.nodes(_LAB.COSTED[PAIR]) == _LAB.nodes(_LAB.COSTED[BUILT_IN])
    return [same, 0.67 < _times(4096)[PAIR] < 1.5]


def caught(exp=torch.exp) -> str:
    """What a program prints that tries softmax by hand on 1000, 1001, 1002, and expects an exception."""
    try:
        e = [exp(z) for z in torch.tensor([1000.0, 1001.0, 1002.0]).double()]
        p = [float(weight / sum(e)) for weight in e]
        return f"{p}"
    except ArithmeticError:
        return "OVERFLOW!"


def reach() -> list[list[str]]:
    """The largest d at which the loss is finite: by hand, shifted and in logs, in float16, 32 and 64."""
    return [[_LAB.farthest(form, dtype) for dtype in _LAB.DTYPES] for form in ("by hand", "shifted", "in logs")]


def patch(form: str = "patched") -> dict[str, list[float]]:
    """The loss of class a at d = 100 and 99, and its slope with respect to the four scores at 100."""
    z = _LAB.scores(100.0, "float32")[None].requires_grad_()
    loss = _LAB.FORMS[form](z, _LAB.A)
    lower = _LAB.FORMS[form](_LAB.scores(99.0, "float32")[None], _LAB.A)
    return {"loss": [loss.item(), lower.item()], "slope": torch.autograd.grad(loss, z)[0][0].tolist()}


def second_batch(ink: int = 16) -> list[float]:
    """After one step, in the next batch of 64: the largest score, and how far a right digit lies behind at most."""
    run = _run(1, ink=ink).experiment
    ix = torch.randint(len(run.train), (64,), generator=run.rng)
    z, y = run.model(run.train.x[ix]).detach(), run.train.y[ix]
    return [z.max().item(), (z.amax(1) - z[torch.arange(64), y]).max().item()]


def raw_pixels(ink: int = 16) -> dict[str, list[float]]:
    """After 500 steps or where it halts: the step, and the share of the validation digits that is right."""
    found = {}
    for form in ("by hand", "shifted", "patched", "in logs"):
        run = _run(500, form=form, ink=ink)
        found[form] = [run.iteration, round(run.measure().accuracies["val"], 3)]
    return found


def late(form: str = "by hand") -> list[int]:
    """The step at which float16 with lr 1 halts, for seeds 42 to 46, of 1,500 at most."""
    return [_run(1500, seed, form=form, dtype="float16", lr=1.0).iteration for seed in range(42, 47)]


def sixteen_bits(lr: float = 0.01) -> float:
    """The validation accuracy of 500 steps in logs, in float16, from pixels up to 16."""
    return _run(500, form="in logs", dtype="float16", ink=16, lr=lr).measure().accuracies["val"]


def float64_by_hand(lr: float = 0.1) -> int:
    """How many of 500 steps the loss by hand survives in float64 on pixels up to 16."""
    return _run(500, dtype="float64", ink=16, lr=lr).iteration


def same_losses(ink: int = 1) -> bool:
    """Whether by hand and in logs agree within 1e-5 on all losses of 500 steps."""
    one, other = (_run(500, form=form, ink=ink).history.losses for form in ("by hand", "in logs"))
    return len(one) == len(other) and max(abs(a - b) for a, b in zip(one, other, strict=True)) < 1e-5


def torch_agrees(d: float = 30.0) -> bool:
    """Whether the form in logs is F.cross_entropy, for every right class."""
    z, y = _LAB.scores(d, "float64").repeat(4, 1), torch.arange(4)
    return torch.allclose(_LAB.in_logs(z, y), F.cross_entropy(z, y, reduction="none"))


def _times(rows: int) -> dict[str, float]:
    return dict(zip(_LAB.COSTED, _LAB.slowness(rows), strict=True))


def _run(steps: int, seed: int = 42, **knobs: Value) -> Runner:
    run = Runner(_KIND, _DATA, seed, knobs)
    run.advance(steps)
    return run
