import copy
import random
from pathlib import Path

import pytest
import torch

from tutor.errors import TutorError
from tutor.lab.datasets import Digits, Names, Sources, Split
from tutor.paths import data_dir


def makemore(words: list[str], block: int) -> tuple[list[list[int]], list[int]]:
    """The lectures' `build_dataset`, one character at a time."""
    x, y = [], []
    for word in words:
        context = [0] * block
        for letter in [*word, "."]:
            x.append(context)
            y.append(Names.letters.index(letter))
            context = [*context[1:], y[-1]]
    return x, y


@pytest.fixture(scope="module")
def sources() -> Sources:
    return Sources()


@pytest.mark.parametrize("block", [1, 3, 8])
def test_names_are_split_and_cut_as_in_the_lectures(sources: Sources, block: int) -> None:
    names = sources.names(block)
    words = list(sources.word_list())
    random.Random(42).shuffle(words)
    first, second = int(0.8 * len(words)), int(0.9 * len(words))
    for split, part in (
        (names.train, words[:first]),
        (names.val, words[first:second]),
        (names.test, words[second:]),
    ):
        x, y = makemore(part, block)
        assert torch.equal(split.x, torch.tensor(x))
        assert torch.equal(split.y, torch.tensor(y))


def test_names_keep_the_order_of_the_list(sources: Sources) -> None:
    assert sources.names().words == sources.word_list()
    assert sources.names().block == 3


def test_encode_and_decode_are_inverses() -> None:
    assert Names.vocab == 27
    assert Names.encode(".az") == [0, 1, 26]
    assert Names.decode(torch.tensor([5, 13, 13, 1, 0]).tolist()) == "emma."
    with pytest.raises(ValueError, match="not found"):
        Names.encode("é")


def test_names_come_from_the_file_that_was_named(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("\n".join(["Ann", "bob", "x1", *"cdefghij"]), encoding="utf-8")
    sources = Sources(path)
    assert sources.word_list() == ("ann", "bob", *"cdefghij")
    assert [line.number for line in sources.name_list.skipped] == [3]
    names = sources.names(2)
    # Every letter is an example, and so is the dot after each name.
    assert len(names.train) + len(names.val) + len(names.test) == 4 + 4 + 8 * 2


def test_an_unusable_file_is_refused_when_names_are_asked_for(tmp_path: Path) -> None:
    sources = Sources(tmp_path / "nowhere.txt")
    assert len(sources.digits().train) == 1437
    with pytest.raises(TutorError):
        sources.names()


def test_digits_are_split_80_10_10_and_scaled(sources: Sources) -> None:
    digits = sources.digits()
    splits = (digits.train, digits.val, digits.test)
    assert [len(split) for split in splits] == [1437, 180, 180]
    x, y = torch.cat([split.x for split in splits]), torch.cat([split.y for split in splits])
    assert x.dtype == torch.float32
    assert y.dtype == torch.int64
    assert x.min() == 0
    assert x.max() == 1

    stored = torch.load(data_dir() / "digits.pt", weights_only=True)
    rows = torch.cat([stored["images"].flatten(1), stored["labels"][:, None]], dim=1).tolist()
    seen = torch.cat([x * 16, y[:, None]], dim=1).int().tolist()
    assert seen != rows
    assert sorted(seen) == sorted(rows)


def test_a_second_program_gets_the_same_digits(sources: Sources) -> None:
    again = Digits.load(data_dir() / "digits.pt")
    assert torch.equal(again.val.x, sources.digits().val.x)
    assert torch.equal(again.test.y, sources.digits().test.y)


def test_data_is_made_once_and_shared_by_deep_copies(sources: Sources) -> None:
    assert sources.names(3) is sources.names(3)
    assert sources.digits() is sources.digits()
    for item in (sources, sources.names(3), sources.digits(), sources.names(3).train):
        assert copy.deepcopy(item) is item


def test_a_split_has_its_examples_length() -> None:
    assert len(Split(torch.zeros(5, 2), torch.zeros(5, dtype=torch.int64))) == 5
