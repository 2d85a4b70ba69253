import math
from collections import Counter

import pytest
import torch
from torch import nn

from tests.lab.tiny import Tiny
from tutor.lab.datasets import Sources
from tutor.lab.experiment import Experiment
from tutor.lab.sampling import LIKELIEST, LONGEST, sampled


class Bigram(Experiment):
    """Letters `.ab`, each by its own odds after the one before; row 0 is what a text begins with."""

    alphabet = ".ab"
    odds = ((0.2, 0.5, 0.3), (0.3, 0.1, 0.6), (0.6, 0.4, 1e-30))

    def build(self):
        self.model = nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(3))
        self.logits = torch.tensor(self.odds).log()

    def next_logits(self, drawn):
        last = drawn[:, -1] if drawn.shape[1] else torch.zeros(len(drawn), dtype=torch.long)
        return self.model(self.logits[last])


@pytest.fixture
def run():
    made = Bigram({}, 0, Sources())
    made.build()
    made.model[1].running_var.fill_(1 - made.model[1].eps)
    return made


def test_only_what_overrides_the_logits_generates():
    assert Bigram.generates()
    assert not Tiny.generates()


def test_letters_come_as_often_as_their_odds_say(run):
    texts = sampled(run, range(4000)).samples
    first = Counter(text[:1] for text in texts)
    for letter, chance in zip(("", "a", "b"), run.odds[0], strict=True):
        assert first[letter] / 4000 == pytest.approx(chance, abs=4 * math.sqrt(chance * (1 - chance) / 4000))
    assert not any("bb" in text for text in texts)


def test_the_same_seed_gives_the_same_text_alone_or_among_others(run):
    together = sampled(run, range(20))
    assert together == sampled(run, range(20))
    assert tuple(sampled(run, (seed,)).samples[0] for seed in range(20)) == together.samples
    assert len(set(together.samples)) > 5


def test_temperature_divides_the_logits(run):
    drawn = sampled(run, (5,), temperature=2.0)
    first = drawn.letters[0]
    expected = torch.softmax(torch.tensor(run.odds[0]).log() / 2, 0)
    assert dict(first.likeliest) == {
        letter: pytest.approx(p, rel=1e-5) for letter, p in zip(".ab", expected.tolist(), strict=True)
    }
    cold = sampled(run, range(30), temperature=0.01).samples
    assert set(cold) == {"ab"}


def test_each_letter_is_where_its_number_falls(run):
    for seed in range(10):
        drawn = sampled(run, (3, seed))
        text = "".join(one.letter for one in drawn.letters)
        assert text == drawn.samples[1] + "."
        for before, one in zip("." + text, drawn.letters, strict=False):
            odds = run.odds[".ab".index(before)]
            place = ".ab".index(one.letter)
            assert sum(odds[:place]) - 1e-6 <= one.luck <= sum(odds[: place + 1]) + 1e-6
            assert one.chance == pytest.approx(odds[place], rel=1e-5)
            assert [chance for _, chance in one.likeliest] == sorted((c for _, c in one.likeliest), reverse=True)
            assert len(one.likeliest) <= LIKELIEST


def test_what_never_ends_is_cut(run):
    run.logits = torch.tensor([[-50.0, 0.0, -50.0]] * 3)
    drawn = sampled(run, (1, 2))
    assert drawn.samples == ("a" * LONGEST + "…",) * 2
    assert len(drawn.letters) == LONGEST


def test_logits_that_are_no_numbers_are_said_to_be(run):
    run.logits = torch.full((3, 3), math.nan)
    drawn = sampled(run, (1,))
    assert drawn.samples == ("(its logits are no longer numbers)",)
    assert drawn.letters == ()


def test_sampling_leaves_the_model_and_the_generators_as_they_are(run):
    run.model[1].eval()
    buffers = run.model.state_dict()
    before = [tensor.clone() for tensor in buffers.values()]
    generators = run.rng.get_state(), torch.get_rng_state()
    sampled(run, range(5))
    assert all(map(torch.equal, before, buffers.values()))
    assert all(map(torch.equal, generators, (run.rng.get_state(), torch.get_rng_state())))
    assert [module.training for module in run.model.modules()] == [True, True, False]
