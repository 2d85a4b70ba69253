import copy

import pytest
import torch
from torch import nn

from tests.lab.tiny import Tiny, X, Y, same, whole_state
from tutor.lab.datasets import Sources, Split
from tutor.lab.evaluation import SLICE
from tutor.lab.instruments import DeadUnitWatch, dead_unit_bars, dead_unit_slices, dead_units
from tutor.lab.runner import Runner

TRAIN = Split(X[:200], Y[:200])


class Wounded(Tiny):
    """Tanh units 1 and 5 are dead from the start."""

    def build(self):
        super().build()
        with torch.no_grad():
            self.model[1].weight[[1, 5]] = 1e-3
            self.model[1].bias[[1, 5]] = torch.tensor([4.0, -4.0])


@pytest.fixture
def runner():
    return Runner(Wounded, Sources(), seed=3)


def flat_everywhere(experiment, x):
    """The direct computation: the whole split in one go."""
    model = copy.deepcopy(experiment.model).eval()
    with torch.no_grad():
        h = model[:3](x)
    return tuple((h.abs() > 0.97).all(0).nonzero().flatten().tolist())


def test_dead_units_are_those_of_the_whole_split_in_eval_mode(runner):
    runner.advance(30)
    found = dead_units(runner.experiment, TRAIN)
    assert (found.iteration, found.examples) == (30, 200)
    (layer,) = found.layers
    assert (layer.name, layer.units) == ("2", 8)
    assert layer.dead == flat_everywhere(runner.experiment, TRAIN.x) == (1, 5)


@pytest.mark.parametrize("place", [0, SLICE, -1])
def test_a_unit_that_lives_on_one_example_alone_is_alive(runner, place):
    experiment = runner.experiment
    experiment.model[0].bias.data.zero_()
    experiment.model[0].weight.data[1] = torch.tensor([-4.0, 0, 0, 0])
    experiment.model[1].weight.data[1] = 1.0
    x = torch.zeros(2 * SLICE + 1, 4)
    x[place, 0] = 1.0
    split = Split(x, torch.zeros(len(x), dtype=torch.long))
    assert list(dead_unit_slices(experiment, split))[:-1] == [None] * 3
    assert dead_units(experiment, split).layers[0].dead == flat_everywhere(experiment, x) == (5,)


def test_the_search_ends_when_every_unit_has_been_seen_alive():
    healthy = Runner(Tiny, Sources(), seed=3).experiment
    split = Split(X.repeat(40, 1), Y.repeat(40))
    assert [result is None for result in dead_unit_slices(healthy, split)] == [False]
    assert dead_units(healthy, split).layers[0].dead == flat_everywhere(healthy, X) == ()


def test_relu_units_die_at_zero_and_leaky_ones_never(runner):
    experiment = runner.experiment
    with torch.no_grad():
        experiment.model[1].bias.fill_(-50.0)
    experiment.model[2] = nn.ReLU()
    assert dead_units(experiment, TRAIN).layers[0].dead == tuple(range(8))
    experiment.model[2] = nn.LeakyReLU()
    assert dead_units(experiment, TRAIN).layers[0].dead == ()


def test_looking_for_the_dead_changes_nothing(runner):
    runner.advance(7)
    before = whole_state(runner.experiment)
    dead_units(runner.experiment, TRAIN)
    DeadUnitWatch().look(runner.experiment, TRAIN)
    assert same(before, whole_state(runner.experiment))
    assert not any(module._forward_hooks for module in runner.experiment.model.modules())


def test_a_net_without_nonlinearities_has_no_layers_to_report(runner):
    runner.experiment.model[2] = nn.Identity()
    found = dead_units(runner.experiment, TRAIN)
    assert found.layers == ()
    assert dead_unit_bars(found).draw(40, 5)


def test_the_watch_gives_this_step_first_then_goes_on_bit_by_bit(runner):
    watch = DeadUnitWatch()
    split = Split(X.repeat(40, 1), Y.repeat(40))
    slices = -(-len(split) // SLICE)
    assert watch.look(runner.experiment, split).iteration == 0
    found = []
    for _ in range(slices + 1):
        runner.advance(1)
        # With no time to spare it takes one slice a look, and the search began at step 1.
        found.append(watch.look(runner.experiment, split, seconds=0).iteration)
    assert found == [0] * slices + [1]
    assert watch.look(runner.experiment, split, seconds=0).iteration == runner.iteration
    assert watch.look(runner.experiment, split, seconds=0) == dead_units(runner.experiment, split)


def test_a_copied_watch_starts_afresh(runner):
    watch = DeadUnitWatch()
    watch.look(runner.experiment, TRAIN)
    runner.advance(1)
    assert copy.deepcopy(watch).look(runner.experiment, TRAIN, seconds=0).iteration == 1
    assert watch.look(runner.experiment, TRAIN, seconds=0).iteration == 0


def test_the_bars_count_them(runner):
    drawn = dead_unit_bars(dead_units(runner.experiment, TRAIN))
    assert (drawn.labels, drawn.values, drawn.top, drawn.unit) == (("2",), (2.0,), 8, "of 8")
    assert drawn.title == "Dead on all 200 examples, step 0"
