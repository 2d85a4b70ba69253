"""The temperature lesson: its functions against torch, its presets' promises, its text's numbers."""

import importlib.util
import math
import re
import sys

import pytest
import torch
from torch.nn import functional as F

from tutor.course.grading import grade
from tutor.course.lesson import load_lesson
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.predictions import posed
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

FOLDER = lessons_dir() / "temperature"
KIND = load_experiment(FOLDER)
LAB = sys.modules[KIND.__module__]
PRESETS = {preset.name: preset.values for preset in KIND.presets}


@pytest.fixture(scope="module")
def data():
    return Sources()


@pytest.fixture(scope="module")
def run(data):
    """A run with these knobs; those that rebuild are built once."""
    built = {}

    def look_up(**knobs):
        rebuilding = {name: value for name, value in knobs.items() if name in ("digit_steps", "hidden")}
        key = tuple(sorted(rebuilding.items()))
        if key not in built:
            built[key] = Runner(KIND, data, 42, rebuilding)
        runner = built[key]
        defaults = {knob.name: knob.value for knob in KIND.knobs if knob.live}
        assert not runner.turn(defaults | {k: v for k, v in knobs.items() if k not in rebuilding})
        return runner

    return look_up


@pytest.fixture(scope="module")
def measured():
    """The functions of claims.py."""
    spec = importlib.util.spec_from_file_location("temperature_claims", FOLDER / "claims.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def look(runner, name):
    return runner.look([name])[name]


def best_T(runner):
    return LAB.TEMPERATURES[runner.experiment.digits(LAB.TEMPERATURES)["NLL"].argmin()].item()


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_describes_itself_for_every_preset(run, preset):
    runner = run(**PRESETS.get(preset, {}))
    assert runner.advance(20) == 0
    for name, figure in runner.look(tuple(KIND.figures())).items():
        for size in ((42, 9), (66, 12)):
            assert any(text.strip() for line in figure.draw(*size)[1:] for text, _ in line), name
            figure.draw(*size, glyphs="ascii")
        assert "no data" not in figure.describe()
        assert "ot finite" not in figure.describe()


@pytest.mark.parametrize("T", [0.05, 1, 20])
def test_softmax_is_that_of_torch_and_knows_no_overflow(T):
    z = torch.tensor([[3, 2, 1], [-10, 0, 10], [10, 10, 10]]).double()
    torch.testing.assert_close(LAB.softmax(z, T), torch.softmax(z / T, 1))
    assert LAB.softmax(1000 * z, T).isfinite().all()


@pytest.mark.parametrize("seed", range(20))
def test_sparsemax_is_the_nearest_point_of_the_simplex(measured, seed):
    z = torch.randn(5, generator=torch.Generator().manual_seed(seed)).double()
    p = LAB.sparsemax(z)
    assert p.tolist() == pytest.approx(measured._sparsemax(z.tolist()), abs=1e-9)
    others = torch.softmax(torch.randn(1000, 5, dtype=torch.double), 1)
    assert ((others - z).norm(dim=1) >= (p - z).norm()).all()


@pytest.mark.parametrize("s", [0.0, 2.0, 10.0])
def test_the_gradients_are_those_of_autograd(s):
    z = torch.tensor([0, 0, s], dtype=torch.double, requires_grad=True)
    squared = (torch.softmax(z, 0) - torch.eye(3)[0]).square().sum()
    losses = {
        "NLL, right": F.cross_entropy(z, torch.tensor(2)),
        "NLL, wrong": F.cross_entropy(z, torch.tensor(0)),
        "squared, wrong": squared,
    }
    sizes = {name: torch.autograd.grad(loss, z)[0].abs().max() for name, loss in losses.items()}
    sizes["dp/dz"] = torch.autograd.functional.jacobian(lambda z: torch.softmax(z, 0), z).abs().max()
    ours = LAB.slopes(torch.tensor([s]).double())
    assert {name: size.item() for name, size in ours.items()} == pytest.approx(
        {name: size.item() for name, size in sizes.items()}
    )


def test_cold_is_all_but_one_hot_and_repeats_itself(run):
    runner = run(**PRESETS["cold"])
    assert look(runner, "probabilities").values == pytest.approx((1, 0, 0), abs=1e-8)
    assert look(runner, "entropies").series[-1].y[0] < 1e-6
    kinds = int(look(runner, "samples").rows[0][-1].split()[0])
    assert 1 < kinds < 40


def test_hot_is_all_but_uniform_and_noise(run):
    runner = run(**PRESETS["hot"])
    assert math.log(3) - look(runner, "entropies").series[-1].y[0] == pytest.approx(0.00083, abs=1e-5)
    kinds, real = (int(row[-1].split()[0]) for row in look(runner, "samples").rows[:2])
    assert kinds > 180
    assert real < 5


def test_a_tie_stays_a_tie_and_a_tenth_of_the_scores_is_ten_times_the_temperature(run):
    assert look(run(**PRESETS["tie"]), "probabilities").values == pytest.approx((0.5, 0.5, 0), abs=1e-8)
    tenth = look(run(**PRESETS["tenth"]), "probabilities").values
    assert tenth == pytest.approx(look(run(T=10.0), "probabilities").values)


def test_a_net_stopped_early_is_too_modest_and_one_trained_for_long_too_sure(run):
    assert best_T(run(**PRESETS["early"])) == pytest.approx(0.8, abs=0.1)
    assert best_T(run()) == pytest.approx(1.5, abs=0.15)
    assert best_T(run(**PRESETS["late"])) == pytest.approx(1.8, abs=0.15)


@pytest.mark.parametrize("steps", [16, 512])
def test_the_question_about_the_own_reader_wants_a_power_of_the_ratio(run, steps):
    runner = run(digit_steps=steps)
    asked = set()
    for luck in range(20):
        made = posed(runner, "own-ratio", luck)
        picture, T = re.search("Digit ([0-9]+) of .* T = (0.5|2)[?]", made.ask).groups()
        first, second = torch.softmax(runner.experiment.digit_z[int(picture) - 1] / float(T), 0).topk(2).values
        assert float(made.options[made.right].split()[0]) == pytest.approx((first / second).item(), abs=0.06)
        asked.add((picture, T))
    assert len(asked) > 10


def test_a_cold_net_makes_few_kinds_of_name(run):
    runner = run(T=0.05)
    assert runner.read(["kinds"])["kinds"] == 16
    assert look(runner, "samples").rows[0][-1] == "16 kinds"


@pytest.mark.slow
def test_other_cold_nets_make_fewer_kinds_of_name(data):
    kinds = [Runner(KIND, data, seed, {"T": 0.05}).read(["kinds"])["kinds"] for seed in range(1, 7)]
    assert (min(kinds), max(kinds)) == (3, 13)


def winners_by_row(runner):
    return [re.sub(r"(.)\1*", r"\1", "".join(map(str, row))) for row in look(runner, "winners").winners]


def test_linear_borders_are_straight_and_only_a_hidden_layer_bends_them(run):
    # A convex region meets each row once.
    assert all(len(set(row)) == len(row) for row in winners_by_row(run()))
    assert any(len(set(row)) < len(row) for row in winners_by_row(run(**PRESETS["bent"])))


def test_temperature_moves_no_border_and_no_decision(run):
    warm, hot = (run(T=T).look(["winners", "certainty"]) for T in (1.0, 5.0))
    assert warm["winners"] == hot["winners"]
    assert warm["certainty"] != hot["certainty"]
    accuracy = run().experiment.digits(LAB.TEMPERATURES)["accuracy"]
    assert (accuracy == accuracy[0]).all()


def test_the_digit_scores_are_those_of_torch(run):
    e = run().experiment
    ours = e.digits(torch.tensor([0.2, 1.5]))
    theirs = [F.cross_entropy(e.digit_z / T, e.digit_y).item() for T in (0.2, 1.5)]
    assert ours["NLL"].tolist() == pytest.approx(theirs)
    assert ours["accuracy"][0] == (e.digit_z.argmax(1) == e.digit_y).double().mean()


def test_the_goal_can_be_reached_and_not_by_the_knobs_notches(run):
    loss = {T: run(T=T, **PRESETS["late"]).look(["nll"])["nll"].series[-1].y[0] for T in (1.0, 1.8, 2.0)}
    assert loss[1.8] < 0.4195
    assert min(loss[1.0], loss[2.0]) > 0.4205


def test_sparsemax_lets_class_3_in_where_the_question_says(run):
    question = load_lesson(FOLDER).questions["sparse-zero"]
    below, above = (look(run(T=T), "sparse").values[-1] for T in (question.answer - 0.01, question.answer + 0.01))
    assert below == 0 < above
    assert grade(question, 1).message != grade(question, 7).message


def test_a_list_of_ten_names_is_enough(tmp_path):
    names = tmp_path / "ten.txt"
    names.write_text("\n".join(["ann", "bob", "cleo", "dan", "eve", "flo", "gus", "hal", "ida", "joe"]))
    runner = Runner(KIND, Sources(names), 42)
    rows = look(runner, "samples").rows
    assert int(rows[1][0].split()[0]) > 150
