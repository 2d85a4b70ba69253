import pytest

from tutor.suggest import nearest

LESSONS = ("minibatches", "temperature", "deep-net-xray", "batch-norm", "batch-neighbours")


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("minibatchs", " Did you mean 'minibatches'?"),
        ("MINI", " Did you mean 'minibatches'?"),
        ("batch", " Did you mean 'batch-norm', 'batch-neighbours' or 'minibatches'?"),
        ("batch-n", " Did you mean 'batch-norm' or 'batch-neighbours'?"),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_nearest(word, sentence):
    assert nearest(word, LESSONS) == sentence


def test_choices_are_named_as_they_are_spelt():
    assert nearest("tanH", ["Tanh", "ReLU"]) == " Did you mean 'Tanh'?"
    assert nearest("x", []) == ""
