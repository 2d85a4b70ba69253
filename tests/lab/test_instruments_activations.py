import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tutor.lab.instruments import (
    activation_histograms,
    activation_statistics,
    activation_table,
    saturated,
    saturated_share,
    saturation_map,
    saturation_mask,
)
from tutor.lab.observation import Layer

Z = torch.linspace(-8, 8, 4001).view(1, -1)


def layer(module, given, name="h"):
    return Layer(name, module, given, module(given).detach(), None)


def slopes(function, z):
    z = z.clone().requires_grad_()
    return torch.autograd.grad(function(z).sum(), z)[0]


@pytest.mark.parametrize(("module", "function"), [(nn.Tanh(), torch.tanh), (nn.Sigmoid(), torch.sigmoid)])
def test_saturated_is_where_autograd_passes_on_less_than_six_percent(module, function):
    slope = slopes(function, Z)
    mask = saturation_mask(module, function(Z))
    share = slope / slope.max()
    steepness = 1 - 0.97**2
    clear = (share - steepness).abs() > 1e-4
    assert torch.equal(mask[clear], (share < steepness)[clear])
    assert 0.3 < mask.float().mean() < 0.9


def test_a_relu_is_saturated_where_it_passes_on_nothing_and_a_leaky_one_nowhere():
    assert torch.equal(saturation_mask(nn.ReLU(), F.relu(Z)), slopes(F.relu, Z) == 0)
    assert not saturation_mask(nn.LeakyReLU(), F.leaky_relu(Z)).any()
    assert saturation_mask(nn.Linear(2, 2), Z) is None


def test_shares_by_kind():
    assert saturated_share(layer(nn.ReLU(), torch.tensor([[-1.0, 0.0, 2.0, 3.0]]))) == 0.5
    assert saturated_share(layer(nn.LeakyReLU(), Z)) == 0
    assert saturated_share(layer(nn.Tanh(), Z)) == saturated(torch.tanh(Z))
    assert math.isnan(saturated_share(layer(nn.Linear(4001, 2), Z)))


def test_statistics_are_those_of_torch():
    torch.manual_seed(0)
    given = torch.randn(32, 50)
    layers = tuple(layer(kind, given, str(n)) for n, kind in enumerate((nn.ReLU(), nn.Linear(50, 7), nn.Sigmoid())))
    for one, seen in zip(activation_statistics(layers), layers, strict=True):
        assert one.name == seen.name
        assert one.mean == pytest.approx(seen.output.mean().item())
        assert one.std == pytest.approx(seen.output.std().item())
    relu, linear, sigmoid = activation_statistics(layers)
    assert relu.histogram.total == (given > 0).sum()
    assert relu.histogram.low == 0
    assert (linear.histogram.low, linear.histogram.high) == (-relu.histogram.high, relu.histogram.high)
    assert list(sigmoid.histogram.counts) == torch.histc(torch.sigmoid(given), 60, 0, 1).long().tolist()


def test_histograms_and_table_tell_the_kind():
    layers = (layer(nn.ReLU(), Z, "a"), layer(nn.ReLU(), -Z, "b"))
    assert activation_histograms(layers).x_label == "relu output above 0"
    assert activation_histograms(layers).rows[0].note == "50% saturated, std 2.58"
    assert activation_histograms(()).rows == ()
    table = activation_table((*layers, layer(nn.Identity(), Z, "c")))
    assert [row[0] for row in table.rows] == ["a", "b", "c"]
    assert [row[3] for row in table.rows] == ["50 %", "50 %", "-"]


def test_the_map_shows_who_is_saturated_on_what_and_names_the_dead_columns():
    h = torch.tensor([[0.99, 0.0, -1.0], [0.98, 0.99, -0.99]])
    drawn = saturation_map(Layer("tanh 1", nn.Tanh(), h, h, None))
    assert drawn.values == ((1, 0, 1), (1, 1, 1))
    assert drawn.title == "tanh 1: 2 dead in this batch: 0, 2"
    cut = saturation_map(Layer("tanh 1", nn.Tanh(), h, h, None), examples=1)
    assert (cut.values, cut.title) == (drawn.values[:1], drawn.title)
    assert "more" in saturation_map(Layer("r", nn.ReLU(), h, torch.zeros(4, 9), None)).title
    assert saturation_map(layer(nn.LeakyReLU(), h)).title == "h: no unit dead in this batch"
    assert saturation_map(Layer("l", nn.Linear(3, 3), h, h, None)).values == ()


def test_what_is_not_finite_stops_nothing():
    wild = torch.tensor([[math.nan, math.inf, 0.5], [math.nan, -math.inf, 0.0]])
    for kind in (nn.Tanh(), nn.Sigmoid(), nn.ReLU(), nn.LeakyReLU(), nn.Identity()):
        seen = Layer("w", kind, wild, wild, None)
        assert activation_histograms((seen,)).describe()
        assert activation_table((seen,)).draw(40, 5)
        assert saturation_map(seen).draw(40, 5)
