import copy

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tests.lab.tiny import FIGURES, Tiny, X, Y, same, whole_state
from tutor.lab import Experiment
from tutor.lab.datasets import Sources
from tutor.lab.history import History
from tutor.lab.observation import Observation, undisturbed
from tutor.lab.runner import Runner


@pytest.fixture
def runner():
    made = Runner(Tiny, Sources(), seed=3)
    made.advance(25)
    return made


def test_looking_changes_nothing(runner):
    before = whole_state(runner.experiment)
    seen = Observation(runner.experiment, runner.history)
    assert seen.layers
    assert seen.parameters
    assert seen.stepped is not runner.experiment.model
    assert runner.look(FIGURES).keys() == set(FIGURES)
    assert same(before, whole_state(runner.experiment))
    assert runner.experiment.model.training


def test_measuring_changes_nothing_but_the_history(runner):
    before, losses = whole_state(runner.experiment), list(runner.history.losses)
    runner.measure()
    assert same(before, whole_state(runner.experiment))
    assert list(runner.history.losses) == losses


def test_two_looks_at_one_step_see_the_same(runner):
    one, other = (Observation(runner.experiment, runner.history) for _ in range(2))
    torch.rand(5)
    runner.experiment.model.zero_grad()
    for left, right in zip(one.layers, other.layers, strict=True):
        assert torch.equal(left.output, right.output)
    assert one.loss == other.loss


def test_what_is_seen_is_the_step_that_comes_next(runner):
    seen = Observation(runner.experiment, runner.history)
    expected = {parameter.name: parameter.data + parameter.update for parameter in seen.parameters}
    loss = seen.loss
    before = {name: tensor.detach().clone() for name, tensor in runner.experiment.model.named_parameters()}
    runner.advance(1)
    assert runner.loss == loss
    for parameter in seen.parameters:
        after = runner.experiment.model.get_parameter(parameter.name).detach()
        assert torch.equal(parameter.data, before[parameter.name])
        assert torch.equal(parameter.update, after - before[parameter.name])
        torch.testing.assert_close(expected[parameter.name], after)
    for name, tensor in seen.stepped.state_dict().items():
        assert torch.equal(tensor, runner.experiment.model.state_dict()[name])


def test_layers_show_what_autograd_gives(runner):
    seen = Observation(runner.experiment, runner.history)
    layers = seen.layers

    run = copy.deepcopy(runner.experiment)
    with undisturbed(runner.experiment):
        ix = torch.randint(len(X), (run.k.batch,), generator=run.rng)
        h, outputs = X[ix], []
        for module in run.model:
            outputs.append((h.detach(), h := module(h)))
            h.retain_grad()
        F.cross_entropy(h, Y[ix]).backward()

    assert [layer.name for layer in layers] == ["0", "1", "2", "3", "4"]
    assert [type(layer.module) for layer in layers] == [nn.Linear, nn.BatchNorm1d, nn.Tanh, nn.Dropout, nn.Linear]
    for layer, (given, output) in zip(layers, outputs, strict=True):
        assert torch.equal(layer.input, given)
        assert torch.equal(layer.output, output.detach())
        torch.testing.assert_close(layer.gradient, output.grad)
        assert not layer.output.requires_grad
    for parameter in seen.parameters:
        torch.testing.assert_close(parameter.gradient, run.model.get_parameter(parameter.name).grad)
    assert [layer.name for layer in seen.of(nn.Tanh, nn.Dropout)] == ["2", "3"]


def test_a_module_that_runs_twice_is_two_layers():
    class Twice(Experiment):
        def build(self):
            self.model = nn.ModuleDict({"a": nn.Linear(2, 2), "tanh": nn.Tanh(), "unused": nn.Linear(2, 2)})

        def step(self):
            tanh = self.model["tanh"]
            loss = tanh(self.model["a"](tanh(torch.ones(1, 2)))).sum()
            loss.backward()
            return loss

    experiment = Twice({}, 0, Sources())
    experiment.build()
    seen = Observation(experiment, History())
    assert [layer.name for layer in seen.layers] == ["tanh", "a", "tanh"]
    first, _, last = seen.layers
    assert first.gradient is None
    assert torch.equal(last.gradient, torch.ones(1, 2))
    unused = next(parameter for parameter in seen.parameters if parameter.name == "unused.weight")
    assert unused.gradient is None
    assert not unused.update.any()


def test_there_is_no_step_to_see_where_nothing_trains():
    class Still(Experiment):
        def build(self):
            self.model = nn.Tanh()

    experiment = Still({}, 0, Sources())
    experiment.build()
    seen = Observation(experiment, History())
    assert (seen.layers, seen.parameters) == ((), ())
    assert isinstance(seen.stepped, nn.Tanh)


def test_undisturbed_puts_both_generators_back_even_after_an_error(runner):
    def disturb():
        with undisturbed(runner.experiment):
            torch.rand(3)
            torch.rand(3, generator=runner.experiment.rng)
            raise ZeroDivisionError

    before = whole_state(runner.experiment)
    with pytest.raises(ZeroDivisionError):
        disturb()
    assert same(before, whole_state(runner.experiment))
