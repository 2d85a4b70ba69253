"""Gradients, ratios, norms, BatchNorm, logits and phases, against a step taken by hand in PyTorch."""

import copy
import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tests.lab.tiny import Tiny, X, Y, same, whole_state
from tutor.figures.numbers import short
from tutor.lab import instruments
from tutor.lab.datasets import Sources
from tutor.lab.experiment import Experiment
from tutor.lab.history import History
from tutor.lab.instruments import Summary, log_ratio, phase_sentences, phase_tables, phases
from tutor.lab.observation import Layer, Observation, Parameter, undisturbed
from tutor.lab.runner import Runner


@pytest.fixture(scope="module")
def runner():
    made = Runner(Tiny, Sources(), seed=3)
    made.advance(40)
    return made


@pytest.fixture
def seen(runner):
    return Observation(runner.experiment, runner.history)


@pytest.fixture
def by_hand(runner):
    """The next step: the experiment after it, each layer's input and output with its gradient, parameters before."""
    run = copy.deepcopy(runner.experiment)
    before = {name: p.detach().clone() for name, p in run.model.named_parameters()}
    with undisturbed(runner.experiment):
        ix = torch.randint(len(X), (run.k.batch,), generator=run.rng)
        h, flow = X[ix], [X[ix]]
        for module in run.model:
            h = module(h)
            h.retain_grad()
            flow.append(h)
        loss = F.cross_entropy(h, Y[ix])
        run.optimizer.zero_grad()
        loss.backward()
        run.optimizer.step()
    return run.model, flow, before, loss.item()


def test_every_figure_of_a_look_leaves_the_run_as_it_is(runner, seen):
    before = whole_state(runner.experiment)
    layers, parameters = seen.layers, seen.parameters
    for make in (
        instruments.activation_table,
        instruments.gradient_histograms,
        instruments.batchnorm_table,
        instruments.batchnorm_mean_scatter,
        instruments.batchnorm_variance_scatter,
        instruments.batchnorm_histograms,
        instruments.logit_table,
    ):
        assert make(layers).draw(60, 12)
        assert make(()).draw(60, 12)
    for make in (
        instruments.parameter_gradient_histograms,
        instruments.gradient_table,
        instruments.ratio_table,
        instruments.weight_norm_bars,
    ):
        assert make(parameters).draw(60, 12)
        assert make(()).draw(60, 12)
    assert all(table.draw(60, 12) for table in phase_tables(phases(seen)))
    assert same(before, whole_state(runner.experiment))


def test_gradients_at_outputs_and_parameters_are_autograds(seen, by_hand):
    model, flow, _, _ = by_hand
    outputs = {str(n): h.grad for n, h in enumerate(flow[1:])}
    weights = {name: p.grad for name, p in model.named_parameters()}
    for found, expected in (
        (instruments.output_gradients(seen.layers), outputs),
        (instruments.parameter_gradients(seen.parameters), weights),
    ):
        assert [one.name for one in found] == list(expected)
        for one in found:
            gradient = expected[one.name]
            assert one.mean == pytest.approx(gradient.mean().item(), abs=1e-8)
            assert one.std == pytest.approx(gradient.std().item(), rel=1e-5)
            assert one.norm == pytest.approx(gradient.square().sum().sqrt().item(), rel=1e-5)
            assert one.histogram.total == gradient.numel()
    rows = instruments.parameter_gradient_histograms(seen.parameters).rows
    assert [row.label for row in rows] == ["0.weight", "4.weight"]


def test_ratios_and_norms_are_computed_as_the_lecture_does(seen, by_hand):
    model, _, before, _ = by_hand
    ratios = {one.name: one for one in instruments.parameter_ratios(seen.parameters)}
    norms = {one.name: one for one in instruments.weight_norms(seen.parameters)}
    for name, p in model.named_parameters():
        old = before[name]
        assert ratios[name].gradient_to_data == pytest.approx((p.grad.std() / old.std()).log10().item(), abs=1e-5)
        update = p.detach() - old
        assert ratios[name].update_to_data == pytest.approx((update.std() / old.std()).log10().item(), abs=1e-4)
        assert norms[name].norm == pytest.approx(torch.linalg.vector_norm(old).item(), rel=1e-5)
        assert norms[name].rms == pytest.approx(old.square().mean().sqrt().item(), rel=1e-5)


def test_a_ratio_that_does_not_exist_is_no_number():
    some, none = torch.tensor([1.0, 2.0]), torch.zeros(2)
    for part, data in ((None, some), (none, some), (some, none), (torch.tensor([math.inf, 0.0]), some)):
        assert math.isnan(log_ratio(part, data))
    bare = (Parameter("p", none, None, none),)
    assert instruments.ratio_table(bare).rows == (("p", "-", "-"),)
    assert instruments.gradient_table(bare).rows == ()


def test_grad_data_is_noted_along_the_run():
    runner = Runner(Tiny, Sources(), seed=3)
    runner.advance(3)
    seen = Observation(runner.experiment, runner.history)
    expected = {p.name: p.gradient.std() / p.data.std() for p in seen.parameters if p.data.ndim > 1}
    runner.advance(1)
    curve = instruments.gradient_ratio_curve(seen)
    assert curve.log_y
    assert [series.label for series in curve.series] == ["0", "4"]
    for series in curve.series:
        assert series.x == (1, 2, 3, 4)
        assert series.y[-1] == pytest.approx(expected[f"{series.label}.weight"].item(), rel=1e-6)


def test_batchnorm_unit_by_unit_agrees_with_the_module(seen, by_hand):
    model, flow, _, _ = by_hand
    norm, batch = model[1], flow[1]
    oracle = nn.BatchNorm1d(8, momentum=1.0)
    oracle(batch)
    (units,) = instruments.batchnorm_units(seen.layers)
    assert units.name == "1"
    assert units.mean == pytest.approx(oracle.running_mean.tolist(), abs=1e-6)
    assert units.variance == pytest.approx(oracle.running_var.tolist(), rel=1e-5)
    state = (norm.running_mean, norm.running_var, norm.weight, norm.bias)
    shown = (units.running_mean, units.running_variance, units.gamma, units.beta)
    for values, tensor in zip(shown, state, strict=True):
        assert values == pytest.approx(tensor.tolist(), rel=1e-5)
    places = instruments.batchnorm_mean_scatter(seen.layers).points
    assert [(p.x, p.y) for p in places] == list(zip(units.running_mean, units.mean, strict=True))
    places = instruments.batchnorm_variance_scatter(seen.layers).points
    assert [(p.x, p.y) for p in places] == list(zip(units.running_variance, units.variance, strict=True))
    assert {p.mark for p in places} == {"1"}
    rows = instruments.batchnorm_histograms(seen.layers).rows
    assert [(row.label, row.total) for row in rows] == [("1 γ", 8), ("1 β", 8)]


def test_a_batchnorm_that_learns_nothing_has_no_gamma():
    norm = nn.BatchNorm2d(3, affine=False)
    batch = torch.randn(4, 3, 5, 5, generator=torch.Generator().manual_seed(0))
    layer = Layer("n", norm, batch, norm(batch), None)
    (units,) = instruments.batchnorm_units((layer,))
    assert (units.gamma, units.beta, len(units.mean)) == ((), (), 3)
    assert instruments.batchnorm_histograms((layer,)).rows == ()


def test_the_logit_scale_is_that_of_the_last_linear_layer(seen, by_hand):
    logits = by_hand[1][-1].detach()
    scale = instruments.logit_scale(seen.layers)
    assert scale.name == "4"
    assert scale.size == pytest.approx(logits.abs().mean().item(), rel=1e-5)
    sure = logits.exp() / logits.exp().sum(1, keepdim=True)
    assert scale.confidence == pytest.approx(sure.max(1).values.mean().item(), rel=1e-5)
    assert scale.chance == pytest.approx(1 / 3)
    assert math.isnan(instruments.logit_scale(()).size)


def test_a_step_in_its_phases(seen, by_hand):
    model, flow, before, loss = by_hand
    found = phases(seen)
    assert [name for name, _ in found.forward] == ["input", "0", "1", "2", "3", "4", "loss"]
    for (name, values), tensor in zip(found.forward, flow, strict=False):
        agrees(Summary.of(name, values), tensor.detach())
    assert found.forward[-1][1].item() == pytest.approx(loss)
    order = ["4", "4.weight", "4.bias", "3", "2", "1", "1.weight", "1.bias", "0", "0.weight", "0.bias"]
    assert [name for name, _ in found.backward] == order
    for name, values in found.backward:
        expected = flow[int(name) + 1].grad if name.isdigit() else model.get_parameter(name).grad
        agrees(Summary.of(name, values), expected)
    assert [name for name, _ in found.update] == list(before)
    for name, values in found.update:
        agrees(Summary.of(name, values), model.get_parameter(name).detach() - before[name])
    forward, backward, update = phase_tables(found)
    assert forward.rows[0][:2] == ("input", "16×4")
    assert (len(backward.rows), len(update.rows)) == (11, 6)


def test_each_phase_is_told_in_numbers(seen, by_hand):
    model, _, before, loss = by_hand
    forward, backward, update = phase_sentences(seen)
    assert forward.startswith("16 examples go through the net")
    assert forward.endswith(f"**{loss:.4g}**.")
    gradients = {name: p.grad.abs().max().item() for name, p in model.named_parameters()}
    steepest = max(gradients, key=gradients.get)
    assert f"one of `{steepest}`: raised by 0.01" in backward
    assert f"**{short(gradients[steepest] * 0.01)}**" in backward
    shares = {
        name: ((p.detach() - before[name]).norm() / before[name].norm()).item()
        for name, p in model.named_parameters()
        if p.ndim > 1
    }
    most = max(shares, key=shares.get)
    assert update.endswith(f"`{most}` moves most for its size, by **{short(100 * shares[most])} %** of it.")


def told_update(optimizer):
    class One(Experiment):
        def build(self):
            self.model = nn.Linear(4, 1)
            self.optimizer = optimizer(self.model.parameters())

        def step(self):
            loss = self.model(X[:1]).square().mean()
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            return loss

    torch.manual_seed(1)
    run = One({}, 0, Sources())
    run.build()
    forward, _, update = phase_sentences(Observation(run, History()))
    assert forward.startswith("One example goes")
    return update


def test_the_learning_rate_is_told_where_the_update_is_minus_it_times_the_gradient():
    plain = told_update(lambda parameters: torch.optim.SGD(parameters, lr=0.03))
    assert "against its gradient, by **0.03** times" in plain
    other = told_update(lambda parameters: torch.optim.Adam(parameters, lr=0.03))
    assert other.startswith("The optimizer made these from the gradients")


def test_a_tensors_pictures_hold_its_values():
    values = torch.arange(24.0).reshape(4, 3, 2)
    pictures = instruments.tensor_figures("one", values)
    assert list(pictures) == ["spread", "map", "numbers"]
    assert pictures["spread"].rows[0].total == 24
    assert pictures["map"].values == tuple(map(tuple, values.reshape(4, 6).tolist()))
    assert pictures["numbers"].rows[3] == ("3", "18", "19", "20", "21", "22")


def test_pictures_of_large_small_and_ruined_tensors():
    large = instruments.tensor_figures("large", torch.zeros(200, 300))["map"]
    assert (len(large.values), len(large.values[0])) == (64, 160)
    assert large.title == "large, its first 64×160"
    assert list(instruments.tensor_figures("row", torch.zeros(5))) == ["spread", "numbers"]
    assert instruments.tensor_figures("loss", torch.tensor(2.5))["numbers"].rows == (("2.5",),)
    ruined = instruments.tensor_figures("ruined", torch.tensor([[1.0, math.nan], [math.inf, 2.0]]))
    assert ruined["spread"].rows[0].note == "2 not finite"
    for values in (torch.full((2, 2), math.nan), torch.zeros(0, 3), torch.tensor([1, 2, 3])):
        assert all(picture.draw(40, 8) for picture in instruments.tensor_figures("any", values).values())


def agrees(one, tensor):
    assert one.shape == tensor.shape
    expected = (tensor.mean(), tensor.std(), tensor.min(), tensor.max())
    for value, wanted in zip((one.mean, one.std, one.low, one.high), expected, strict=True):
        assert value == pytest.approx(wanted.item(), rel=1e-4, abs=1e-7)


def test_an_experiment_that_trains_nothing_has_empty_phases():
    class Still(Experiment):
        def build(self):
            self.model = nn.Linear(2, 2)

    still = Still({}, 0, Sources())
    still.build()
    assert phases(Observation(still, History())) == instruments.Phases((), (), ())


def test_a_summary_takes_integers_and_nothing_at_all():
    assert Summary.of("ix", torch.tensor([1, 2, 3])) == Summary("ix", (3,), 2.0, 1.0, 1.0, 3.0)
    empty = Summary.of("none", torch.zeros(0, 3))
    assert (empty.shape, empty.std) == ((0, 3), 0)
    assert math.isnan(empty.low)
