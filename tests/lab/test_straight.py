import copy

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.lab.straight import Straight, straighten
from tutor.paths import lessons_dir

MIXED = {
    "everything": lambda: nn.Sequential(
        nn.Embedding(9, 4),
        nn.Flatten(),
        nn.Linear(8, 6, bias=False),
        nn.BatchNorm1d(6),
        nn.Tanh(),
        nn.Linear(6, 6),
        nn.LayerNorm(6),
        nn.ReLU(inplace=True),
        nn.Sequential(nn.Linear(6, 6), nn.Sigmoid()),
        nn.LeakyReLU(0.1),
        nn.Dropout(0.3),
        nn.Linear(6, 5),
    ),
    "BatchNorm in its rarer forms": lambda: nn.Sequential(
        nn.Embedding(9, 4),
        nn.BatchNorm1d(2, momentum=None),
        nn.Flatten(),
        nn.BatchNorm1d(8, track_running_stats=False),
        nn.BatchNorm1d(8, affine=False),
        nn.BatchNorm1d(8, bias=False),
        nn.Linear(8, 5),
    ),
}


def train(model: nn.Module, steps: int = 20) -> list[torch.Tensor]:
    """Everything that comes out of some steps and an evaluation: losses, and the whole state."""
    torch.manual_seed(3)
    x, y = torch.randint(9, (steps, 7, 2)), torch.randint(5, (steps, 7))
    found = []
    for i in range(steps):
        model.zero_grad()
        loss = F.cross_entropy(model(x[i]), y[i])
        loss.backward()
        found.append(loss.detach())
        with torch.no_grad():
            for p in model.parameters():
                p -= 0.1 * p.grad
    model.eval()
    return [*found, model(x[0]).detach(), *model.state_dict().values()]


@pytest.mark.parametrize("make", MIXED.values(), ids=MIXED)
def test_all_that_it_computes_and_keeps_is_what_sequential_does_to_the_last_bit(make):
    plain = make()
    straight = copy.deepcopy(plain)
    straighten(straight)
    assert type(straight) is Straight
    ours, theirs = train(straight), train(plain)
    assert len(ours) == len(theirs)
    assert all(map(torch.equal, ours, theirs))


@pytest.mark.parametrize(
    "register",
    ["register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook"],
)
def test_hooks_are_called(register):
    model = nn.Sequential(nn.Linear(2, 2), nn.Tanh())
    straighten(model)
    called = []
    for layer in model:
        getattr(layer, register)(lambda module, *_: called.append(type(module)))
    model(torch.ones(1, 2)).sum().backward()
    assert len(called) == 2
    assert set(called) == {nn.Linear, nn.Tanh}


def test_another_model_is_left_as_it_is():
    class Own(nn.Sequential):
        pass

    for model in (Own(nn.Linear(1, 1)), nn.Linear(1, 1)):
        kind = type(model)
        straighten(model)
        assert type(model) is kind
    straighten(None)


@pytest.mark.parametrize("norm", ["none", "batch", "layer"])
def test_a_lesson_in_the_lab_trains_as_its_code_alone_does(norm):
    kind, data = load_experiment(lessons_dir() / "deep_net_xray"), Sources()
    runner = Runner(kind, data, 42, {"norm": norm})
    assert type(runner.experiment.model) is Straight
    runner.advance(30)
    torch.manual_seed(42)
    alone = kind({"norm": norm}, 42, data)
    alone.build()
    losses = []
    for _ in range(30):
        losses.append(alone.step().item())
        alone.iteration += 1
    assert list(runner.history.losses) == losses
    state = runner.experiment.model.state_dict()
    assert all(torch.equal(state[name], tensor) for name, tensor in alone.model.state_dict().items())


def test_a_batch_of_one_is_refused_as_ever():
    model = nn.Sequential(nn.BatchNorm1d(3))
    straighten(model)
    with pytest.raises(ValueError, match="Expected more than 1 value per channel"):
        model(torch.zeros(1, 3))
