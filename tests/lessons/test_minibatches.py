"""The mini-batch lesson: its text's numbers, its presets' promises, its optimizers against torch's own."""

import math
import sys

import pytest
import torch
from torch.nn import functional as F

from tutor.figures import Scatter
from tutor.lab.datasets import Sources
from tutor.lab.instruments import saturated
from tutor.lab.load import load_experiment
from tutor.lab.observation import Observation
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

FOLDER = lessons_dir() / "minibatches"
KIND = load_experiment(FOLDER)
LAB = sys.modules[KIND.__module__]
PRESETS = {preset.name: preset.values for preset in KIND.presets}
ALL = 262_144


@pytest.fixture(scope="module")
def data():
    return Sources()


@pytest.fixture
def run(data):
    return lambda **knobs: Runner(KIND, data, 42, knobs)


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_describes_itself_for_every_preset(run, preset):
    runner = run(**PRESETS.get(preset, {}))
    runner.advance(20)
    runner.measure()
    for name, figure in runner.look(tuple(KIND.figures())).items():
        for size in ((42, 9), (66, 12)):
            assert any(text.strip() for line in figure.draw(*size)[1:] for text, _ in line), name
            figure.draw(*size, glyphs="ascii")
        assert "no data" not in figure.describe()


@pytest.mark.parametrize(
    ("name", "oracle"),
    [
        ("sgd", lambda p: torch.optim.SGD([p], 0.01)),
        ("momentum", lambda p: torch.optim.SGD([p], 0.01, momentum=0.9)),
        ("rmsprop", lambda p: torch.optim.RMSprop([p], 0.01)),
        ("adam", lambda p: torch.optim.Adam([p], 0.01)),
    ],
)
def test_the_optimizers_are_those_of_torch(name, oracle):
    ours, theirs = torch.ones(3), torch.ones(3, requires_grad=True)
    m, s = torch.zeros(3), torch.zeros(3)
    optimizer = oracle(theirs)
    for t, gradient in enumerate(torch.randn(100, 3, generator=torch.Generator().manual_seed(1)), start=1):
        LAB.RULES[name](ours, gradient, m, s, t, 0.01)
        theirs.grad = gradient
        optimizer.step()
    torch.testing.assert_close(ours, theirs.detach())


def test_looking_leaves_the_run_as_it_was(run):
    watched, alone = run(optimizer="adam", lr=0.002), run(optimizer="adam", lr=0.002)
    for _ in range(5):
        watched.advance(10)
        watched.look(tuple(KIND.figures()))
    alone.advance(50)
    assert watched.history.losses == alone.history.losses


def test_the_full_gradient_is_that_of_every_example(run):
    runner = run()
    runner.advance(10)
    experiment, train = runner.experiment, runner.experiment.names.train
    full = torch.autograd.grad(F.cross_entropy(experiment.model(train.x), train.y), experiment.parameters)
    x, y, counts = train.distinct
    mine = experiment.gradient((experiment.each_loss(x, y) * counts).sum() / len(train))
    torch.testing.assert_close(mine, torch.cat([g.flatten() for g in full]), atol=1e-6, rtol=1e-4)


def test_the_prediction_s_cosine_is_the_figure_s(run):
    runner = run()
    bars = runner.look(["agreement"])["agreement"]
    seen = Observation(runner.experiment, runner.history)
    assert runner.experiment.agreement_of_32(seen) == pytest.approx(
        dict(zip(bars.labels, bars.values, strict=True))["batch 32"]
    )


def test_an_epoch_of_draws_sees_63_percent_and_a_full_batch_all(run):
    drawn = run()
    drawn.advance(1224)
    rows = dict(drawn.look(["count"])["count"].rows)
    assert rows["steps an epoch, N/B"] == "1,224"
    assert rows["epochs, drawn/N"] == "1.00"
    assert rows["seen at least once"] == "63.2 %"
    whole = run(batch=ALL)
    whole.advance(1)
    rows = dict(whole.look(["count"])["count"].rows)
    assert (rows["steps an epoch, N/B"], rows["seen at least once"]) == ("1", "100.0 %")


def test_the_valley_obeys_the_formula_of_the_text(run):
    lr = 0.018
    x, y = LAB.descend(LAB.sgd, lr)[30]
    assert x == pytest.approx((1 - lr) ** 30, rel=1e-4)
    assert y == pytest.approx((1 - 100 * lr) ** 30, rel=1e-3)

    def ends(lr):
        return {
            s.label.split(": ")[0]: s.label.split(": ")[1] for s in run(lr=lr).look(["descents"])["descents"].series
        }

    assert ends(0.01)["sgd"] == ends(0.02)["sgd"] == "still going"
    assert ends(0.05)["sgd"] == "out"


def test_one_example_a_step_is_the_noisiest(run):
    one, default = run(batch=1), run()
    for runner in (one, default):
        runner.advance(500)
    spread = [torch.tensor(runner.history.losses[-300:]).std() for runner in (one, default)]
    assert spread[0] > 3 * spread[1]


def test_the_full_batch_has_no_noise(run):
    full = run(**PRESETS["full"])
    full.advance(5)
    before = full.measure().losses["train"]
    full.advance(1)
    assert full.loss == pytest.approx(before, abs=1e-4)
    assert list(full.history.losses) == sorted(full.history.losses, reverse=True)


def test_with_two_numbers_a_letter_the_map_is_exact(run):
    runner = run(**PRESETS["two numbers"])
    runner.advance(200)
    figure = runner.look(["letters"])["letters"]
    assert isinstance(figure, Scatter)
    places = torch.tensor([[point.x, point.y] for point in figure.points])
    table = runner.experiment.model.embedding.weight.detach()
    torch.testing.assert_close(torch.pdist(places), torch.pdist(table), atol=1e-4, rtol=1e-4)


def test_large_output_weights_start_sure_and_wrong_and_small_ones_at_ln_27(run):
    assert run(**PRESETS["confident"]).measure().losses["train"] == pytest.approx(6.1, abs=0.05)
    assert run().measure().losses["train"] == pytest.approx(math.log(27), abs=0.005)


def test_a_rate_of_10_never_settles_and_pins_every_unit(run):
    runner = run(**PRESETS["bouncing"])
    runner.advance(300)
    assert not runner.halted
    assert min(runner.history.losses[10:]) > 20
    (layer,) = Observation(runner.experiment, runner.history).of(torch.nn.Tanh)
    assert saturated(layer.output) > 0.99


def test_the_numbers_of_the_pages(run):
    one, default, quiet = run(**PRESETS["one"]), run(), run(batch=256, lr=0.5)
    one.advance(3000)
    default.advance(100)
    quiet.advance(1000)
    assert default.measure().losses["train"] == pytest.approx(2.62, abs=0.02)
    assert default.measure().losses["train"] < one.measure().losses["train"]
    assert quiet.measure().losses["train"] == pytest.approx(2.18, abs=0.02)
