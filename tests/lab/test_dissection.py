"""A step taken apart, and the step itself."""

import pytest
import torch

from tests.lab.tiny import Tiny, same, whole_state
from tutor.errors import TutorError
from tutor.lab import Experiment
from tutor.lab.datasets import Sources
from tutor.lab.dissection import Dissection
from tutor.lab.runner import Runner


@pytest.fixture
def runner():
    made = Runner(Tiny, Sources(), seed=3)
    made.advance(25)
    return made


def test_it_is_the_step_that_the_run_then_takes(runner):
    before = {name: p.detach().clone() for name, p in runner.experiment.model.named_parameters()}
    apart = Dissection(runner)
    assert apart.report.iteration == 25
    runner.advance(1)
    forward, _, update = apart.report.phases
    assert forward.tensors.rows[-1][0] == "loss"
    assert f"**{runner.loss:.4g}**" in forward.says
    for row, (name, p) in enumerate(runner.experiment.model.named_parameters()):
        assert update.tensors.rows[row][0] == name
        picture = apart.figures(2, row)
        moved = p.detach() - before[name]
        if moved.ndim > 1:
            assert torch.equal(torch.tensor(picture["map"].values), moved)
        assert picture["spread"].rows[0].total == moved.numel()


def test_taking_a_step_apart_leaves_the_run_as_it_is(runner):
    before = whole_state(runner.experiment)
    apart = Dissection(runner)
    for phase, told in enumerate(apart.report.phases):
        assert all(apart.figures(phase, row) for row in range(len(told.tensors.rows)))
    assert same(before, whole_state(runner.experiment))
    other = Runner(Tiny, Sources(), seed=3)
    other.advance(30)
    runner.advance(5)
    assert runner.history.losses == other.history.losses


@pytest.mark.parametrize("place", [(0, 99), (3, 0), (-1, 0), (0, -1)])
def test_a_place_that_holds_no_tensor_is_an_error(runner, place):
    with pytest.raises(TutorError):
        Dissection(runner).figures(*place)


def test_a_lesson_without_layers_and_weights_says_that_there_is_nothing_to_take_apart():
    class Counting(Experiment):
        def build(self):
            self.model = torch.nn.Identity()

        def step(self):
            return torch.zeros(())

    with pytest.raises(TutorError, match="no layers and no weights"):
        Dissection(Runner(Counting, Sources()))
