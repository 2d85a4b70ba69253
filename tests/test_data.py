import hashlib
import math
import re
from collections import Counter
from itertools import pairwise

import pytest
import torch

from tutor.paths import data_dir


def test_names_are_distinct_sorted_and_plain() -> None:
    words = (data_dir() / "names.txt").read_text(encoding="ascii").splitlines()
    assert len(words) == 7067
    assert words == sorted(set(words))
    assert all(re.fullmatch("[a-z]+", word) for word in words)


def test_a_bigram_model_scores_what_the_notes_on_the_data_say() -> None:
    words = (data_dir() / "names.txt").read_text(encoding="ascii").split()
    pairs = Counter(pair for word in words for pair in pairwise(f".{word}."))
    firsts = Counter[str]()
    for (first, _), count in pairs.items():
        firsts[first] += count
    nats = -sum(count * math.log(count / firsts[first]) for (first, _), count in pairs.items())
    assert nats / pairs.total() == pytest.approx(2.409, abs=5e-4)


def test_digits_load_without_pickled_code() -> None:
    stored = torch.load(data_dir() / "digits.pt", weights_only=True)
    assert set(stored) == {"images", "labels"}
    images, labels = stored["images"], stored["labels"]
    assert (images.dtype, images.shape) == (torch.uint8, (1797, 8, 8))
    assert (labels.dtype, labels.shape) == (torch.uint8, (1797,))
    assert images.min() == 0
    assert images.max() == 16
    assert labels.bincount().tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert labels[:10].tolist() == list(range(10))


@pytest.mark.parametrize("name", ["names.txt", "digits.pt"])
def test_the_files_are_those_that_the_readme_describes(name: str) -> None:
    digest = hashlib.sha256((data_dir() / name).read_bytes()).hexdigest()
    assert digest in (data_dir() / "README.md").read_text(encoding="utf-8")
