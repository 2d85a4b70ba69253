"""The claims of this lesson that take the names, or a net; each function measures one."""

import functools
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from tutor.lab import Experiment
from tutor.lab.datasets import Names, Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.lab.sampling import sampled

DATA = Sources()


@functools.cache
def _read(names: int = 10_000, **knobs: bool | float | str) -> Experiment:
    """The lesson's own machine, at seed 42, after so many names of the list (all, if it hasn't that many)."""
    runner = Runner(load_experiment(Path(__file__).parent), DATA, 42, knobs)
    runner.advance(names)
    return runner.experiment


def _made_up(run: Experiment) -> tuple[str, ...]:
    return sampled(run, range(1, 1001)).samples


def _nll(P: torch.Tensor) -> float:
    """The mean of -ln P over all pairs of the list."""
    N = _read().model.N
    return (-torch.xlogy(N, P).sum() / N.sum()).item()


def three_models() -> list[float]:
    """Mean -ln p over all pairs: all 27 alike, letters by their frequency, and pairs."""
    N = _read().model.N.double()
    frequencies = N.sum(0) / N.sum()
    return [_nll(torch.full((27, 27), 1 / 27)), _nll(frequencies.expand(27, 27)), _nll(_read().chances())]


def made_up() -> tuple[str, ...]:
    """The first four names it makes up after the whole list."""
    return _made_up(_read())[:4]


def table() -> tuple[int, int, int]:
    """Cells, cells that the list fills, pairs."""
    N = _read().model.N
    return N.numel(), int((N > 0).sum()), int(N.sum())


def cells(*names: int) -> list[int]:
    """Cells filled after so many names, 100 and all of them if not said."""
    return [int((_read(count).model.N > 0).sum()) for count in names or (100, 10_000)]


def kinds(names: int = 1) -> int:
    """Different ones among 1,000 names made up after `names` names."""
    return len(set(_made_up(_read(names))))


def endless(dots: bool = False) -> float:
    """The share of names made up that run on until they are cut, of those that begin at all."""
    names = [name for name in _made_up(_read(dots=dots)) if name]
    return sum(name.endswith("…") for name in names) / len(names)


def best_guesses(fake: float = 0.0) -> tuple[list[float], int, int]:
    """The four largest and the smallest of the rows' best chances; how many are above 0.5, and below 0.4."""
    best = _read(fake=fake).chances().amax(1).sort(descending=True).values
    return [*best[:4].tolist(), best[-1].item()], int((best > 0.5).sum()), int((best < 0.4).sum())


def on_the_list() -> tuple[int, int, int]:
    """Names on the list among 1,000 made up: knowing nothing, the frequencies of letters, pairs."""
    listed, N = set(DATA.word_list()), _read().model.N.double()

    def found(P: torch.Tensor) -> int:
        run = Runner(load_experiment(Path(__file__).parent), DATA, 42).experiment
        run.chances = lambda: P
        return sum(name in listed for name in _made_up(run))

    return found(torch.full((27, 27), 1 / 27)), found((N.sum(0) / N.sum()).expand(27, 27)), found(_read().chances())


def rows_without_keepdim(keepdim: bool = False) -> tuple[float, float]:
    """The smallest and the largest sum of a row of chances."""
    sums = _read(keepdim=keepdim).chances().sum(1)
    return sums.min().item(), sums.max().item()


def loss_without_keepdim() -> tuple[float, float]:
    """The mean of -ln P, with keepdim and without."""
    return _nll(_read().chances()), _nll(_read(keepdim=False).chances())


def u_after_q(*fakes: float) -> list[float]:
    """The chance of u after q for so many fake counts; 0, 1 and 20 if not said."""
    q, u = Names.encode("qu")
    return [_read(fake=fake).chances()[q, u].item() for fake in fakes or (0.0, 1.0, 20.0)]


@functools.cache
def bigram_and_net(steps: int = 5000) -> tuple[float, float]:
    """Mean -ln p on names held back: pairs counted on the others (0.1 added to each cell), and a net of 3,481 numbers.

    The net looks at three letters, each as 2 numbers, through 100 tanh units: plain SGD, rate 0.1, batches of 32.
    """
    names, pairs = DATA.names(3), DATA.names(1)
    N = torch.full((27, 27), 0.1).double()
    N.index_put_((pairs.train.x[:, 0], pairs.train.y), torch.ones(len(pairs.train)).double(), accumulate=True)
    counted = F.nll_loss((N / N.sum(1, keepdim=True)).log()[pairs.val.x[:, 0]], pairs.val.y)
    torch.manual_seed(42)
    net = nn.Sequential(nn.Embedding(27, 2), nn.Flatten(), nn.Linear(6, 100), nn.Tanh(), nn.Linear(100, 27))
    for _ in range(steps):
        ix = torch.randint(len(names.train), (32,))
        loss = F.cross_entropy(net(names.train.x[ix]), names.train.y[ix])
        net.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in net.parameters():
                p.add_(p.grad, alpha=-0.1)
    with torch.no_grad():
        return round(counted.item(), 3), round(F.cross_entropy(net(names.val.x), names.val.y).item(), 3)
