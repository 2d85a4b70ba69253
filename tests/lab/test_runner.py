import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from tests.lab.tiny import FIGURES, Tiny, X, Y, same, whole_state
from tutor.errors import TutorError
from tutor.lab.datasets import Sources
from tutor.lab.guard import LessonError
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

DATA = Sources()
MINIBATCHES = load_experiment(lessons_dir() / "minibatches")


def run(seed: int = 42, **knobs) -> Runner:
    return Runner(Tiny, DATA, seed, knobs)


def losses(runner: Runner) -> list[float]:
    return list(runner.history.losses)


@pytest.fixture(scope="module")
def undisturbed_losses() -> list[float]:
    """Of a run that nobody looks at, in one go."""
    runner = run()
    runner.advance(3000)
    return losses(runner)


# Time decides how many steps and evaluations a burst holds, as it does in the app.
bursts = st.tuples(st.just("burst"), st.floats(0, 0.001), st.integers(1, 20))
chunks = st.tuples(st.just("advance"), st.integers(0, 40))
looks = st.tuples(st.just("look"), st.sets(st.sampled_from(FIGURES)), st.integers(1, 100))
measurements = st.tuples(st.just("measure"))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.one_of(bursts, chunks, looks, measurements), max_size=12))
def test_the_losses_are_the_same_whatever_happens_between_the_steps(undisturbed_losses, schedule):
    runner = run()
    for what, *how in schedule:
        if what == "burst":
            runner.train_for(*how)
        elif what == "advance":
            runner.advance(*how)
        elif what == "look":
            runner.look(*how)
        else:
            runner.measure()
    runner.advance(5)
    taken = runner.iteration
    assert losses(runner) == undisturbed_losses[:taken]


def test_a_run_ends_in_the_same_state_whether_it_was_watched_or_not():
    alone = run()
    alone.advance(60)
    left_alone = whole_state(alone.experiment)
    watched = run()
    for _ in range(20):
        watched.advance(3)
        watched.look(FIGURES)
        watched.measure()
    assert same(left_alone, whole_state(watched.experiment))


def test_a_run_is_a_bare_loop(undisturbed_losses):
    torch.manual_seed(42)
    rng = torch.Generator().manual_seed(42)
    model = torch.nn.Sequential(
        torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.Tanh(), torch.nn.Dropout(0.2), torch.nn.Linear(8, 3)
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    bare = []
    for _ in range(200):
        ix = torch.randint(300, (16,), generator=rng)
        loss = F.cross_entropy(model(X[ix]), Y[ix])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        bare.append(loss.item())
    assert bare == undisturbed_losses[:200]


def test_minibatches_is_the_notebooks_loop():
    runner = Runner(MINIBATCHES, DATA, 11)
    model, train = runner.experiment.model, runner.experiment.names.train
    C = model.embedding.weight.detach().clone()
    W1, b1 = model.hidden.weight.detach().T.clone(), model.hidden.bias.detach().clone()
    W2, b2 = model.output.weight.detach().T.clone(), model.output.bias.detach().clone()
    parameters = [C, W1, b1, W2, b2]
    for p in parameters:
        p.requires_grad = True
    rng = torch.Generator().manual_seed(11)
    notebook = []
    for _ in range(300):
        ix = torch.randint(len(train), (32,), generator=rng)
        emb = C[train.x[ix]]
        h = torch.tanh(emb.view(-1, 30) @ W1 + b1)
        logits = h @ W2 + b2
        loss = F.cross_entropy(logits, train.y[ix])
        for p in parameters:
            p.grad = None
        loss.backward()
        for p in parameters:
            p.data += -0.1 * p.grad
        notebook.append(loss.item())
    runner.advance(300)
    assert losses(runner) == pytest.approx(notebook, abs=1e-6)


def test_two_runs_of_minibatches_are_the_same_to_the_last_bit():
    one, other = Runner(MINIBATCHES, DATA, 5), Runner(MINIBATCHES, DATA, 5)
    one.advance(150)
    while other.iteration < 150:
        other.advance(min(7, 150 - other.iteration))
        other.look(tuple(MINIBATCHES.figures()))
    assert losses(one) == losses(other)
    assert one.measure().losses == other.measure().losses


def test_a_live_knob_takes_effect_at_the_next_step(undisturbed_losses):
    runner = run()
    runner.advance(30)
    experiment = runner.experiment
    before = experiment.model[0].weight.detach().clone()
    momentum = experiment.optimizer.state[experiment.model[0].weight]["momentum_buffer"].clone()
    assert runner.turn({"lr": 0.5, "batch": 16}) is False
    assert runner.experiment is experiment
    assert runner.iteration == 30
    runner.advance(1)
    # The loss of step 31 belongs to the weights that the old rate led to; its update, to the new rate.
    assert losses(runner) == undisturbed_losses[:31]
    update = experiment.model[0].weight.detach() - before
    torch.testing.assert_close(update, -0.5 * (0.9 * momentum + experiment.model[0].weight.grad))
    runner.advance(1)
    assert runner.loss != undisturbed_losses[31]


def test_a_rebuilding_knob_starts_again_from_the_same_seed():
    runner = run(seed=9)
    runner.advance(30)
    assert runner.turn({"hidden": 16, "lr": 0.2}) is True
    assert (runner.iteration, runner.loss, losses(runner)) == (0, None, [])
    assert runner.seed == 9
    runner.advance(30)
    fresh = run(seed=9, hidden=16, lr=0.2)
    fresh.advance(30)
    assert losses(runner) == losses(fresh)
    assert runner.knobs == fresh.knobs == {"lr": 0.2, "batch": 16, "hidden": 16}


def test_turning_a_knob_to_where_it_is_rebuilds_nothing():
    runner = run()
    runner.advance(3)
    assert runner.turn({"hidden": 8}) is False
    assert runner.iteration == 3


def test_restart_repeats_the_run_and_another_seed_does_not(undisturbed_losses):
    runner = run()
    runner.advance(25)
    runner.restart(42)
    assert runner.iteration == 0
    runner.advance(25)
    assert losses(runner) == undisturbed_losses[:25]
    runner.restart(43)
    runner.advance(25)
    assert runner.seed == 43
    assert losses(runner)[0] != undisturbed_losses[0]


@pytest.mark.parametrize("values", [{"hidden": 13}, {"hidden": 13, "lr": 1.0}])
def test_a_rebuild_that_fails_leaves_all_as_it_was(undisturbed_losses, values):
    runner = run()
    runner.advance(25)
    before, knobs = whole_state(runner.experiment), runner.knobs
    with pytest.raises(LessonError, match="ValueError: thirteen"):
        runner.turn(values)
    assert runner.knobs == knobs
    assert same(before, whole_state(runner.experiment))
    assert runner.past == ()
    runner.advance(25)
    assert losses(runner) == undisturbed_losses[:50]


def test_a_knob_out_of_range_leaves_all_as_it_was():
    runner = run()
    runner.advance(2)
    for values in ({"lr": -1.0}, {"hidden": 4, "lr": -1.0}, {"rate": 1.0}):
        with pytest.raises(TutorError):
            runner.turn(values)
    assert runner.knobs == {"lr": 0.1, "batch": 16, "hidden": 8}
    assert vars(runner.experiment.k) == runner.knobs
    assert runner.iteration == 2


def test_a_loss_that_is_no_number_halts_the_run_at_its_step():
    runner = run(lr=1e38)
    asked = 500
    taken = runner.advance(asked)
    assert taken < asked
    assert taken == runner.iteration == len(losses(runner))
    assert not math.isfinite(runner.loss)
    assert all(map(math.isfinite, losses(runner)[:-1]))
    assert runner.halted.startswith(f"The loss became {runner.loss} at step {taken}.")
    assert runner.advance(1) == 0
    assert runner.train_for(0.01, 5) == 0
    assert runner.iteration == taken
    runner.turn({"lr": 0.1})
    runner.restart(42)
    assert runner.halted == ""
    assert runner.advance(5) == 5


def test_a_run_with_a_last_step_ends_there_and_can_be_wound_back():
    class Short(Tiny):
        last_step = 7

    runner = Runner(Short, DATA, 42)
    assert runner.advance(5) == 5
    assert runner.advance(5) == 2
    assert runner.advance(5) == 0
    assert runner.train_for(0.01, 5) == 0
    assert (runner.iteration, runner.halted) == (7, "")
    whole = losses(runner)
    runner.seek(3)
    assert runner.advance(50) == 4
    assert losses(runner) == whole
    runner.restart(42)
    assert runner.advance(50) == 7


def test_a_lesson_that_fails_in_a_step_keeps_the_steps_before():
    class Fails(Tiny):
        def step(self):
            if self.iteration == 4:
                raise RuntimeError("enough")
            return super().step()

    runner = Runner(Fails, DATA, 42)
    with pytest.raises(LessonError, match="RuntimeError: enough"):
        runner.advance(10)
    assert runner.iteration == len(losses(runner)) == 4


def test_a_batch_of_one_under_batchnorm_is_a_sentence_and_costs_nothing():
    runner, other = run(), run()
    for one in (runner, other):
        one.advance(10)
    runner.turn({"batch": 1})
    with pytest.raises(TutorError, match="single example has no spread") as raised:
        runner.advance(5)
    assert not isinstance(raised.value, LessonError)
    assert runner.iteration == 10
    runner.turn({"batch": 16})
    runner.advance(10)
    other.advance(10)
    assert runner.history.losses == other.history.losses
    assert same(whole_state(runner.experiment), whole_state(other.experiment))
    runner.seek(15)
    assert runner.loss == other.history.losses[14]


@pytest.mark.parametrize(
    ("lesson", "knobs"),
    [
        ("minibatches", {"lr": 10.0, "optimizer": "rmsprop", "output_scale": 10.0}),
        ("minibatches", {"batch": 1, "hidden": 1, "embedding": 1}),
        ("deep_net_xray", {"depth": 50, "norm": "batch"}),
        ("deep_net_xray", {"depth": 50, "activation": "relu", "gain": 10.0, "lr": 10.0}),
    ],
)
@pytest.mark.parametrize("zero", [False, True])
def test_whatever_a_learner_tries_the_run_can_be_looked_at_and_wound_back(lesson, knobs, zero):
    kind = load_experiment(lessons_dir() / lesson)
    runner = Runner(kind, DATA, 42, knobs)
    if zero:
        with torch.no_grad():
            for tensor in runner.experiment.model.parameters():
                tensor.zero_()
    taken = runner.advance(5)
    assert taken == 5 or "First to go" in runner.halted
    figures = runner.look(tuple(name for name in kind.figures() if name != "agreement"))
    assert all(figure.draw(60, 12) and figure.describe() for figure in figures.values())
    runner.seek(0)
    assert not runner.halted
