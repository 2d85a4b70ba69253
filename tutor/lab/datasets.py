"""The data sets that lessons train on, split 80/10/10, as tensors."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Self, TypeVar

import torch
from torch import Tensor

from tutor.names import NameList, read_names
from tutor.paths import data_dir

_SPLIT_SEED = 42
_Item = TypeVar("_Item")


class _Shared:
    """Data that never changes: its deep copy is itself, so that a run's snapshots share their data."""

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self


@dataclass(frozen=True, eq=False)
class Split(_Shared):
    """One part of a data set: its examples' inputs and classes."""

    x: Tensor
    """The inputs, (n, features)."""

    y: Tensor
    """The classes, int64 (n,)."""

    def __len__(self) -> int:
        return len(self.y)

    @cached_property
    def distinct(self) -> tuple[Tensor, Tensor, Tensor]:
        """Each different example once: inputs, classes, and how often it occurs. Only class-number inputs are compared.

        Names share their beginnings and endings, so this is a quarter of the examples to evaluate, for the same mean.
        """
        if self.x.is_floating_point():
            return self.x, self.y, torch.ones_like(self.y)
        rows = torch.cat((self.x, self.y.unsqueeze(1)), 1)
        # One number stands for a row, since numbers sort a hundred times faster than rows do.
        places = (int(rows.max()) + 1) ** torch.arange(rows.shape[1]).flip(0)
        keys, counts = (rows * places).sum(1).unique(return_counts=True)
        rows = keys.unsqueeze(1) // places % (int(rows.max()) + 1)
        return rows[:, :-1].contiguous(), rows[:, -1].contiguous(), counts


@dataclass(frozen=True, eq=False)
class Names(_Shared):
    """Names as next-character examples: from the last `block` characters, predict the next one.

    The words are split by name after a seeded shuffle, as in Karpathy's makemore (parts 2 and 3), so the
    lectures' own list gives the lectures' splits.
    """

    letters: ClassVar[str] = ".abcdefghijklmnopqrstuvwxyz"
    """The vocabulary, by class number; the dot stands for both the start and the end of a name."""

    vocab: ClassVar[int] = len(letters)
    """The number of classes, 27."""

    words: tuple[str, ...]
    """All names, in the list's order."""

    block: int
    """How many characters the model sees."""

    train: Split
    """80 % of the names; x is int64 (n, block), here and below."""

    val: Split
    """10 % of the names, to compare settings on."""

    test: Split
    """10 % of the names, to be looked at once."""

    @classmethod
    def split(cls, words: Sequence[str], block: int) -> Self:
        """Shuffle `words` and cut them into three splits of examples with a context of `block` characters."""
        parts = (_examples(part, block) for part in _parts(words))
        return cls(tuple(words), block, *parts)

    @classmethod
    def encode(cls, text: str) -> list[int]:
        """The class numbers of `text`; a character outside the vocabulary raises `ValueError`."""
        return [cls.letters.index(letter) for letter in text]

    @classmethod
    def decode(cls, classes: Iterable[int]) -> str:
        """The characters of `classes`."""
        return "".join(cls.letters[number] for number in classes)


@dataclass(frozen=True, eq=False)
class Digits(_Shared):
    """Handwritten digits: from 8x8 pixels, predict which digit it is.

    1,797 images of the UCI set Optical Recognition of Handwritten Digits (Alpaydin and Kaynak, 1998). Each
    split's x is float32 (n, 64), an image's rows one after the other, from 0 (no ink) to 1.
    """

    vocab: ClassVar[int] = 10
    """The number of classes."""

    train: Split
    """80 % of the images."""

    val: Split
    """10 % of the images, to compare settings on."""

    test: Split
    """10 % of the images, to be looked at once."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the images and labels in `path` (see `data/README.md`) and split them by a fixed shuffle."""
        stored = torch.load(path, weights_only=True)
        x = stored["images"].flatten(1).float() / 16
        y = stored["labels"].long()
        return cls(*(Split(x[part], y[part]) for part in _parts(range(len(y)))))


class Sources(_Shared):
    """The data sets of one run of the program, each made when it is first asked for."""

    def __init__(self, names_file: Path | None = None) -> None:
        """Take the names from `names_file`, or from the program's own list."""
        self._names_file = names_file
        self._names: dict[int, Names] = {}

    @cached_property
    def name_list(self) -> NameList:
        """The names as read, with what was skipped; an unusable file raises `TutorError`."""
        return read_names(self._names_file or data_dir() / "names.txt")

    @cached_property
    def _digits(self) -> Digits:
        return Digits.load(data_dir() / "digits.pt")

    def word_list(self) -> tuple[str, ...]:
        """The names alone, in the file's order."""
        return self.name_list.words

    def names(self, block: int = 3) -> Names:
        """The names as examples with a context of `block` characters."""
        if block not in self._names:
            self._names[block] = Names.split(self.word_list(), block)
        return self._names[block]

    def digits(self) -> Digits:
        """The handwritten digits."""
        return self._digits


def _parts(items: Sequence[_Item]) -> tuple[list[_Item], list[_Item], list[_Item]]:
    """80, 10 and 10 % of `items`, shuffled."""
    shuffled = list(items)
    random.Random(_SPLIT_SEED).shuffle(shuffled)
    first, second = int(0.8 * len(shuffled)), int(0.9 * len(shuffled))
    return shuffled[:first], shuffled[first:second], shuffled[second:]


def _examples(words: Iterable[str], block: int) -> Split:
    """Each character of `words`, and the dot after each word, with the `block` characters before it."""
    padding = " " * block
    text = "".join(f"{padding}{word}." for word in words)
    characters = torch.frombuffer(bytearray(text, "ascii"), dtype=torch.uint8)
    classes = torch.where(characters >= ord("a"), characters - (ord("a") - 1), 0).long()
    windows = classes.unfold(0, block + 1, 1)
    predicted = windows[characters[block:] != ord(" ")]
    return Split(predicted[:, :block].contiguous(), predicted[:, block].contiguous())
