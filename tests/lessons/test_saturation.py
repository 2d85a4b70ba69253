"""The lesson on saturated and dead units: it draws as the lecture does, and what its text says is so."""

import math
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from tests.figures.drawn import text
from tutor.lab.datasets import Sources
from tutor.lab.instruments import dead_units, saturated, spread
from tutor.lab.load import load_experiment
from tutor.lab.observation import Observation
from tutor.lab.predictions import posed
from tutor.lab.runner import Runner

FOLDER = Path(__file__).parents[2] / "lessons" / "saturation"
KIND = load_experiment(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}


def run(steps, **knobs):
    runner = Runner(KIND, DATA, 42, knobs)
    runner.advance(steps)
    return runner


def val(runner):
    return runner.measure().losses["val"]


def dead(runner):
    return int((runner.experiment.awake() == 0).sum())


def preactivations(runner):
    return runner.experiment.hidden(Observation(runner.experiment, runner.history)).input


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_tells(preset):
    runner = run(20, **PRESETS.get(preset, {}))
    figures = runner.look(list(KIND.figures()), 42)
    assert list(figures) == list(KIND.figures())
    for figure in figures.values():
        for width, height in ((42, 9), (42, 18), (66, 12)):
            assert figure.title in text(figure, width, height)
        assert figure.describe().startswith(figure.title)
    assert "more" not in text(figures["flat_map"], 42, 18)


@pytest.mark.parametrize(
    "knobs",
    [{"lr": 10.0, "scale": 10.0, "activation": name} for name in ("tanh", "relu", "leaky")] + [{"shift": -20.0}],
)
def test_extremes_crash_nothing(knobs):
    runner = run(10, **knobs)
    assert runner.halted or runner.iteration == 10
    for figure in runner.look(list(KIND.figures()), 42).values():
        assert figure.draw(42, 9)
        assert figure.describe()


def notebook(steps, scale=0.2):
    """The lecture's loop in the lecture's words, on the project's names: its parameters and every loss."""
    train = DATA.names(block=3).train
    g = torch.Generator().manual_seed(2147483647)
    C = torch.randn((27, 10), generator=g)
    W1 = torch.randn((30, 200), generator=g) * scale
    b1 = torch.randn(200, generator=g) * 0.01
    W2 = torch.randn((200, 27), generator=g) * 0.01
    b2 = torch.randn(27, generator=g) * 0
    parameters = [C, W1, b1, W2, b2]
    for p in parameters:
        p.requires_grad = True
    losses = []
    for _ in range(steps):
        ix = torch.randint(0, train.x.shape[0], (32,), generator=g)
        emb = C[train.x[ix]]
        h = torch.tanh(emb.view(emb.shape[0], -1) @ W1 + b1)
        loss = F.cross_entropy(h @ W2 + b2, train.y[ix])
        for p in parameters:
            p.grad = None
        loss.backward()
        for p in parameters:
            p.data += -0.1 * p.grad
        losses.append(loss.item())
    return parameters, losses


@pytest.mark.parametrize("scale", [0.2, 1.0])
def test_the_lecture_preset_is_the_lectures_notebook_bit_for_bit(scale):
    parameters, losses = notebook(200, scale)
    runner = run(200, **PRESETS["lecture"] | {"scale": scale})
    assert list(runner.history.losses) == losses
    for ours, theirs in zip(runner.experiment.model.parameters(), parameters, strict=True):
        assert torch.equal(ours, theirs)


def test_the_lecture_draws_whatever_the_seed_and_the_seed_draws_something_else():
    first, other = (Runner(KIND, DATA, seed, PRESETS["lecture"]) for seed in (42, 7))
    assert torch.equal(first.experiment.model.W1, other.experiment.model.W1)
    assert not torch.equal(first.experiment.model.W1, run(0).experiment.model.W1)


def test_the_rate_falls_after_100_000_steps():
    for iteration, factor in ((99_999, 1.0), (100_000, 0.1)):
        runner = run(0)
        runner.experiment.iteration = iteration
        before = runner.experiment.model.b2.detach().clone()
        runner.experiment.step()
        moved = runner.experiment.model.b2.detach() - before
        torch.testing.assert_close(moved, -0.1 * factor * runner.experiment.model.b2.grad)


def test_frozen_letters_stay_while_the_rest_learns():
    runner = run(5, letters="frozen")
    fresh = run(0).experiment.model
    assert torch.equal(runner.experiment.model.C, fresh.C)
    assert not torch.equal(runner.experiment.model.W1, fresh.W1)


@pytest.mark.parametrize("knobs", [PRESETS["shifted"], PRESETS["killed"] | {"shift": -20.0}, {"scale": 10.0}])
def test_the_dead_are_those_that_the_instrument_finds(knobs):
    runner = run(0, **knobs)
    (layer,) = dead_units(runner.experiment, DATA.names(block=3).train).layers
    assert dead(runner) == len(layer.dead)
    assert runner.read(["dead"]) == {"dead": len(layer.dead)}


def test_two_pixels_in_three_are_lit_and_nobody_is_dead():
    runner = run(0, **PRESETS["saturated"])
    z = preactivations(runner)
    flat = runner.experiment.flat(z)
    assert torch.equal(flat, z.tanh().abs() > 0.99)
    assert (int(flat.sum()), flat.numel()) == (4143, 6400)
    assert spread(z) == pytest.approx(6.1, abs=0.05)
    assert 1 - saturated(z.tanh()) < 1 - flat.float().mean().item()
    assert len({tuple(context) for context in DATA.names(block=3).train.x.tolist()}) == 3144
    assert "3,144" in runner.look(["alive"])["alive"].title
    assert len(DATA.names(block=3).train) == 39_165
    assert runner.experiment.awake().min().item() == pytest.approx(0.235, abs=0.001)
    assert val(runner) == pytest.approx(3.31, abs=0.005)
    assert runner.look(["flat_map"])["flat_map"].title == "Lit: 65% flat, 0 of 200 columns all lit"
    assert math.atanh(0.99) == pytest.approx(2.65, abs=0.005)


def test_the_map_shows_the_flattest_units_first():
    runner = run(0, **PRESETS["saturated"])
    cells = torch.tensor(runner.look(["flat_map"])["flat_map"].values)
    assert cells.shape == (32, 40)
    assert cells[:, :10].mean() > cells[:, -10:].mean()
    assert cells.mean().item() == pytest.approx(0.65, abs=0.04)


def test_a_lit_column_in_a_batch_is_no_death():
    runner = run(0, scale=10.0)
    flat = runner.experiment.flat(preactivations(runner))
    assert flat.float().mean().item() == pytest.approx(0.965, abs=0.001)
    assert (int(flat.all(0).sum()), dead(runner)) == (69, 0)
    assert runner.experiment.awake().min().item() == pytest.approx(0.024, abs=0.001)


@pytest.mark.parametrize(
    ("scale", "std", "share"), [(0.3, 1.8, 0.14), (0.2, 1.2, 0.04), (0.1, 0.61, 0), (0.01, 0.06, 0)]
)
def test_smaller_weights_leave_less_flat(scale, std, share):
    runner = run(0, scale=scale)
    z = preactivations(runner)
    assert spread(z) == pytest.approx(std, abs=0.03)
    assert runner.experiment.flat(z).float().mean().item() == pytest.approx(share, abs=0.006)


def test_tiny_weights_make_a_straight_line():
    z = preactivations(run(0, **PRESETS["linear"]))
    assert z.abs().max().item() == pytest.approx(0.21, abs=0.001)
    assert (z.tanh() - z).abs().max().item() == pytest.approx(0.003, abs=0.0001)
    assert (1 - z.tanh() ** 2).mean().item() == pytest.approx(0.996, abs=0.0005)


def test_scale_kills_no_relu_and_shift_does():
    for scale in (0.01, 0.2, 1.0, 10.0):
        runner = run(0, activation="relu", scale=scale)
        awake = runner.experiment.awake()
        assert awake.mean().item() == pytest.approx(0.5, abs=0.002)
        assert (dead(runner), round(awake.min().item(), 2) >= 0.23) == (0, True)
    assert val(run(0, activation="relu", scale=10.0)) == pytest.approx(13, abs=0.5)
    toll = [dead(run(0, activation="relu", shift=shift)) for shift in (-1.0, -2.0, -3.0, -5.0)]
    assert toll == [0, 5, 69, 198]


def test_the_table_says_that_the_dead_do_not_move():
    table = run(0, **PRESETS["shifted"]).look(["census"])["census"]
    assert table.rows[0] == ("dead", "198", "0")
    leaky = run(0, **PRESETS["shifted"] | {"activation": "leaky"}).look(["census"])["census"]
    assert leaky.rows[0][1] == "198"
    assert float(leaky.rows[0][2]) > 0


@pytest.fixture(scope="module")
def killed():
    """The run at step 300, and what was dead then."""
    runner = run(100, **PRESETS["killed"])
    at_100 = dead(runner)
    runner.advance(200)
    return runner, at_100, runner.experiment.awake() == 0


def test_units_die_while_they_train(killed):
    runner, at_100, gone = killed
    # The exact toll of so rough a run hangs on rounding, which differs between machines.
    assert at_100 == pytest.approx(30, abs=6)
    assert int(gone.sum()) == pytest.approx(42, abs=6)
    assert val(runner) == pytest.approx(2.5, abs=0.15)
    assert dead(run(300, **PRESETS["killed"] | {"scale": 0.2})) == 0
    assert dead(run(300, **PRESETS["killed"] | {"lr": 0.1})) == 0


def later(name, letters, steps=1000):
    """Of the units dead at step 300: how many, how many still are, and how far their weights moved."""
    runner = run(300, **PRESETS[name])
    gone = runner.experiment.awake() == 0
    before = runner.experiment.model.W1.detach().clone()
    runner.turn({"letters": letters})
    runner.advance(steps)
    still = (runner.experiment.awake() == 0) & gone
    moved = (runner.experiment.model.W1.detach() - before)[:, gone].abs().max().item()
    return int(gone.sum()), int(still.sum()), moved


def test_with_frozen_letters_the_dead_stay_dead_to_the_last_bit():
    toll, still, moved = later("killed", "frozen", 300)
    assert still == toll > 30
    assert moved == 0.0


@pytest.mark.slow
def test_who_wakes_the_dead():
    assert later("killed", "frozen")[1:] == (pytest.approx(42, abs=6), 0.0)
    assert later("killed", "learned")[1] == pytest.approx(30, abs=6)
    frozen, learned = later("leaky", "frozen"), later("leaky", "learned")
    assert frozen[:2] == (pytest.approx(40, abs=6), pytest.approx(34, abs=6))
    assert learned[1] == pytest.approx(19, abs=6)
    assert learned[1] < frozen[1] < frozen[0]


@pytest.mark.slow
def test_only_where_the_letters_learn_does_the_count_of_the_dead_fall():
    for letters, falls in (("frozen", False), ("learned", True)):
        runner = run(300, **PRESETS["killed"])
        runner.turn({"letters": letters})
        counts = [dead(runner)]
        for _ in range(10):
            runner.advance(100)
            counts.append(dead(runner))
        assert (counts != sorted(counts)) == falls


@pytest.mark.parametrize(
    ("steps", "knobs"),
    [(60, PRESETS["killed"]), (5, {}), (0, PRESETS["shifted"]), (0, {"scale": 10.0}), (0, {"shift": -20.0})],
)
def test_the_question_about_the_own_run_is_answered_by_map_and_histogram(steps, knobs):
    runner = run(steps, **knobs)
    experiment = runner.experiment
    lit = experiment.flat(preactivations(runner)).all(0)
    never = experiment.awake() == 0
    gradients = {p.name: p.gradient for p in Observation(experiment, runner.history).parameters}
    for luck in range(8):
        made = posed(runner, "own-dead", luck)
        options = list(made.options)
        assert len(set(options)) == len(options) > 1
        if " unit " in made.ask:
            unit = int(made.ask.split(" unit ")[1].split()[0])
            assert lit[unit]
            assert not never[unit]
            still = not gradients["W1"][:, unit].any()
            assert options[made.right] == ("Exactly nothing" if still else "A little") + ", and it isn't dead"
        else:
            assert options[made.right] == f"{int(lit.sum())} lit throughout, {int(never.sum())} dead"


@pytest.mark.slow
def test_validation_by_scale():
    for scale, loss in ((1.0, 2.318), (0.3, 2.283), (0.2, 2.291), (0.1, 2.322), (0.01, 2.375)):
        assert val(run(2000, scale=scale)) == pytest.approx(loss, abs=0.005)


@pytest.mark.slow
def test_of_those_born_dead_only_the_leaky_wake():
    relu, leaky = (run(2000, **PRESETS["shifted"] | {"activation": name}) for name in ("relu", "leaky"))
    assert (dead(relu), dead(leaky)) == (198, pytest.approx(194, abs=2))
    assert (val(relu), val(leaky)) == (pytest.approx(2.84, abs=0.01), pytest.approx(2.67, abs=0.03))


@pytest.mark.slow
def test_the_toll_by_rate():
    tolls = [dead(run(1000, **PRESETS["killed"] | {"lr": lr})) for lr in (0.3, 0.4, 0.5, 0.6, 0.7)]
    assert tolls == [0, *(pytest.approx(toll, abs=12) for toll in (27, 40, 84, 148))]
    assert run(50, **PRESETS["killed"] | {"lr": 0.8}).halted
    assert dead(run(1000, **PRESETS["killed"] | {"letters": "frozen"})) == 0
    assert dead(run(1000, lr=10.0)) == pytest.approx(180, abs=12)


@pytest.mark.slow
def test_the_goals_neighbours():
    assert val(run(1000, **PRESETS["killed"])) == pytest.approx(2.40, abs=0.04)
    assert val(run(1000, **PRESETS["killed"] | {"lr": 0.1})) == pytest.approx(2.39, abs=0.02)
    assert val(run(1000, **PRESETS["killed"] | {"scale": 0.2})) == pytest.approx(2.25, abs=0.02)
