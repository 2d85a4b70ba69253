"""The data in a script against the data sets that the lessons get."""

import base64
import random
import zlib

import pytest
import torch

from tutor.lab.datasets import Digits, Names, Sources, Split
from tutor.lab.script import data
from tutor.paths import data_dir


def run(*texts: str) -> dict:
    names = {"torch": torch, "base64": base64, "random": random, "zlib": zlib}
    exec("\n\n".join(texts), names)
    return names


@pytest.fixture(scope="module")
def sources():
    return Sources()


@pytest.mark.parametrize("block", [1, 3, 8])
def test_names_are_the_same_tensors(sources, block):
    expected: Names = sources.names(block)
    found = run(data.split(set()), data.names(sources.word_list(), {"decode"}))["Names"](block=block)
    assert (found.words, found.vocab, found.letters, found.block) == (expected.words, 27, expected.letters, block)
    assert found.decode(found.encode("emma.")) == "emma."
    for part in ("train", "val", "test"):
        same(getattr(found, part), getattr(expected, part))


def test_digits_are_the_same_tensors(sources):
    expected: Digits = sources.digits()
    found = run(data.split(set()), data.digits(data_dir() / "digits.pt"))["Digits"]()
    assert found.vocab == expected.vocab
    for part in ("train", "val", "test"):
        same(getattr(found, part), getattr(expected, part))


def test_distinct_examples_are_the_same_in_the_same_order(sources):
    split = run(data.split({"distinct"}))["Split"]
    for expected in (sources.names(3).val, sources.digits().val):
        found = split(expected.x, expected.y).distinct
        assert all(map(torch.equal, found, expected.distinct))
        assert all(one.is_contiguous() for one in found)


def same(found, expected: Split) -> None:
    assert len(found) == len(expected)
    assert torch.equal(found.x, expected.x)
    assert torch.equal(found.y, expected.y)
    assert (found.x.dtype, found.y.dtype) == (expected.x.dtype, expected.y.dtype)
