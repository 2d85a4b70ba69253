"""Checks of this lesson's claims that take its net or the names: each function measures one."""

import math
from pathlib import Path

import torch

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = load_experiment(Path(__file__).parent)
_DATA = Sources()


def counting() -> dict[str, float]:
    """By counting all names: the pairs, how many are different, the loss, and ln 27."""
    run = _run(0).experiment
    found = {"pairs": run.counts.sum().item(), "different": len(run.counts)}
    return found | {"loss": run.nll(run.table()), "ln 27": math.log(27)}


def losses(*steps: int, **knobs: Value) -> list[float]:
    """The net's loss after 0, 10, 100 and 1,000 steps, or `steps`."""
    run, found = _run(0, **knobs), []
    for step in steps or (0, 10, 100, 1000):
        run.advance(step - run.iteration)
        found.append(run.experiment.nll(run.experiment.net()))
    return found


def same_names(steps: int = 1000) -> str:
    """How many of 200 names come out the same from the counted table and from the net."""
    return _run(steps).look(["made_up"])["made_up"].title


def row_of_a(start: str = "zeros") -> dict[str, float]:
    """Its share of the pairs, p and P of the dot, and how far s · (p − P) is from autograd's gradient."""
    run = _run(0, start=start)
    net, N = run.experiment, run.experiment.N.double()
    share, p, P = (N[1].sum() / N.sum()).item(), net.net()[1], net.table()[1]
    run.advance(1)
    off = (share * (p - P) - net.model.W.grad[1]).abs().max().item()
    return {"share": share, "p": p[0].item(), "P": P[0].item(), "off": off}


def log_counts(steps: int = 1000) -> dict[str, float]:
    """Where a pair occurs over 50 times: how many such pairs, and W − ln N less its row's mean: the std."""
    net = _run(steps).experiment
    W, N = net.model.W.detach(), net.N
    often = N > 50
    rows = [(W[i] - N[i].log())[often[i]] for i in range(27)]
    offsets = torch.cat([row - row.mean() for row in rows if len(row)])
    return {"pairs": len(offsets), "std": offsets.std().item()}


def settled(log_counts: dict[str, float]) -> bool:
    """Whether W is ln N plus a constant of the row, to 0.002."""
    return log_counts["std"] < 0.002


def offsets(letter: int, steps: int = 1000) -> list[float]:
    """W − ln N of the three most frequent pairs that begin with this letter."""
    net = _run(steps).experiment
    W, N = net.model.W.detach()[letter], net.N[letter]
    return [(W[i] - N[i].log()).item() for i in N.argsort(descending=True, stable=True)[:3]]


def never_quite(*steps: int) -> dict[str, list[float]]:
    """The gap to the counted loss, and the probability left on pairs that never occur, at steps 1,000 and 2,000."""
    run = _run(0)
    found: dict[str, list[float]] = {"gap": [], "unseen": []}
    for step in steps or (1000, 2000):
        run.advance(step - run.iteration)
        for name, value in run.read(list(found)).items():
            found[name].append(value)
    return found | {"pairs": [int((run.experiment.N == 0).sum())]}


def rates(steps: int = 1000) -> list[float]:
    """The gap at a learning rate of 1, 50, 70, 72 and 100."""
    return [_run(steps, lr=float(lr)).read(["gap"])["gap"] for lr in (1, 50, 70, 72, 100)]


def limits() -> list[float]:
    """The learning rate above which the rows of a, e and the dot step over their valley: 2 over the curvature."""
    net, found = _run(0).experiment, []
    for letter in (1, 5, 0):
        P, share = net.table()[letter], (net.N[letter].sum() / net.N.sum()).item()
        curvature = torch.linalg.eigvalsh(torch.diag(P) - torch.outer(P, P))[-1].item()
        found.append(2 / (share * curvature))
    return found


def bouncing(lr: float = 100.0) -> dict[str, float]:
    """Lowest and highest loss of steps 991 to 1,000, and the rows of a and e's parts of the gap after them."""
    run = _run(1000, lr=lr)
    last = run.history.losses[-10:]
    gaps = {row[0]: float(row[2]) for row in run.look(["rows"])["rows"].rows}
    return {
        "low": min(last),
        "high": max(last),
        "a": gaps["a"],
        "e": gaps["e"],
        "others": sum(gaps.values()) - gaps["a"] - gaps["e"],
    }


def pulled(*strengths: float, steps: int = 1000) -> dict[str, list[float]]:
    """After 1,000 steps with l2 0, 0.01, 1: loss, mean entropy, and p of u after q."""
    found = {}
    for l2 in strengths or (0.0, 0.01, 1.0):
        run = _run(steps, l2=l2)
        found[f"{l2:g}"] = [
            run.experiment.nll(run.experiment.net()),
            run.read(["entropy"])["entropy"],
            run.experiment.net()[17, 21].item(),
        ]
    return found


def faked() -> dict[str, list[float]]:
    """The same of the counted table with 1 and 100 fake counts."""
    net, found = _run(0).experiment, {}
    for fake in (1.0, 100.0):
        P = net.table(fake)
        found[f"{fake:g}"] = [net.nll(P), -torch.xlogy(P, P).sum(1).mean().item(), P[17, 21].item()]
    return found


def few_names(*strengths: float, names: int = 64) -> dict[str, list[float]]:
    """With l2 0, 0.2 and 0.3: val after 20 steps; own loss and val after 1,000."""
    found = {}
    for l2 in strengths or (0.0, 0.2, 0.3):
        run = _run(20, names=names, l2=l2)
        early = run.measure().losses["val"]
        run.advance(980)
        found[f"{l2:g}"] = [early, run.experiment.nll(run.experiment.net()), run.measure().losses["val"]]
    return found


def counted_few(fake: float = 0.0) -> float:
    """The loss on val of the table counted from 64 names."""
    net = _run(0, names=64).experiment
    return -net.table(fake)[net.val.x[:, 0], net.val.y].log().mean().item()


def best_pull(steps: int = 500) -> dict[str, float]:
    """From 64 and from 512 names: which l2 of 0, 0.03 and 0.3 gives the lowest val after 500 steps."""

    def val(names: int, l2: float) -> float:
        return _run(steps, names=names, l2=l2).measure().losses["val"]

    return {str(names): min((0.0, 0.03, 0.3), key=lambda l2: val(names, l2)) for names in (64, 512)}


def backwards(dim: int = 0, steps: int = 1000) -> list[float]:
    """Softmax along `dim`: the loss after `steps`, and the smallest and the largest sum of a row of P."""
    N = _run(0).experiment.N.double()
    W = torch.zeros(27, 27, dtype=torch.double, requires_grad=True)
    for _ in range(steps):
        P = W.softmax(dim)
        loss = -(N * P.log()).sum() / N.sum()
        W.grad = None
        loss.backward()
        W.data -= 50 * W.grad
    return [loss.item(), P.sum(1).min().item(), P.sum(1).max().item()]


def _run(steps: int, **knobs: Value) -> Runner:
    run = Runner(_KIND, _DATA, 42, knobs)
    run.advance(steps)
    return run
