import pytest
import torch
from torch import nn

from tests.lab.tiny import Tiny, X, Y
from tutor.errors import TutorError
from tutor.figures import Text
from tutor.lab import Experiment, figure
from tutor.lab.datasets import Sources


@pytest.fixture
def tiny():
    torch.manual_seed(0)
    experiment = Tiny({"lr": 1}, 7, Sources())
    experiment.build()
    return experiment


def test_knobs_are_settled_and_checked(tiny):
    assert vars(tiny.k) == {"lr": 1.0, "batch": 16, "hidden": 8}
    assert (tiny.seed, tiny.iteration) == (7, 0)
    with pytest.raises(TutorError, match="no knob 'rate'"):
        Tiny({"rate": 1}, 7, Sources())


def test_its_generator_is_seeded(tiny):
    expected = torch.rand(3, generator=torch.Generator().manual_seed(7))
    assert torch.equal(torch.rand(3, generator=tiny.rng), expected)


def test_a_side_generator_is_fixed_by_seed_step_and_purpose(tiny):
    before = tiny.rng.get_state(), torch.get_rng_state()
    drawn = {}
    for seed, iteration, purpose in ((7, 0, 0), (8, 0, 0), (7, 1, 0), (7, 0, 1)):
        tiny.seed, tiny.iteration = seed, iteration
        first, again = (torch.rand(4, generator=tiny.generator(purpose)) for _ in range(2))
        assert torch.equal(first, again)
        drawn[seed, iteration, purpose] = tuple(first.tolist())
    assert len(set(drawn.values())) == 4
    assert torch.equal(tiny.rng.get_state(), before[0])
    assert torch.equal(torch.get_rng_state(), before[1])


def test_the_largest_seed_of_the_command_line_has_side_generators(tiny):
    tiny.seed, tiny.iteration = 2**32 - 1, 10**9
    assert tiny.generator(9).initial_seed() > 0


def test_the_loss_is_the_mean_of_each_loss(tiny):
    tiny.model.eval()
    each = tiny.each_loss(X, Y)
    log_p = tiny.model(X).log_softmax(1)
    expected = torch.stack([-row[y] for row, y in zip(log_p, Y, strict=True)])
    torch.testing.assert_close(each, expected)
    torch.testing.assert_close(tiny.loss(X, Y), expected.mean())


def test_figures_come_in_the_order_of_the_class_and_of_its_bases():
    class Base(Experiment):
        @figure("First")
        def one(self, seen):
            return Text("First", ())

        def unmarked(self, seen):
            return Text("", ())

        @figure("Second")
        def two(self, seen):
            return Text("Second", ())

    class Derived(Base):
        @figure("Third")
        def three(self, seen):
            return Text("Third", ())

        @figure("First, renamed")
        def one(self, seen):
            return Text("First", ())

    assert Base.figures() == {"one": "First", "two": "Second"}
    assert list(Derived.figures().items()) == [("one", "First, renamed"), ("two", "Second"), ("three", "Third")]
    assert Experiment.figures() == {}


def test_an_experiment_trains_if_it_has_a_step():
    class Still(Experiment):
        def build(self):
            self.model = nn.Identity()

    assert Tiny.trains()
    assert not Still.trains()
    assert Still({}, 0, Sources()).splits() == {}


def test_build_must_be_written():
    with pytest.raises(NotImplementedError, match="build"):
        Experiment({}, 0, Sources()).build()
