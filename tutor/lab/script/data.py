"""The data of a script: what `self.data` gives a lesson, in short plain code, with the data itself in the text."""

import base64
import zlib
from collections.abc import Sequence
from pathlib import Path

import torch

SPLIT = '''\
class Split:
    """Examples: inputs x and their classes y."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __len__(self):
        return len(self.y)
'''

DISTINCT = '''
    @property
    def distinct(self):
        """Each different example once, x and y, and how often it occurs."""
        if self.x.is_floating_point():
            return self.x, self.y, torch.ones_like(self.y)
        rows, counts = torch.cat((self.x, self.y[:, None]), 1).unique(dim=0, return_counts=True)
        return rows[:, :-1].contiguous(), rows[:, -1].contiguous(), counts
'''

NAMES = '''\
# {count:,} names, compressed. To train on a list of your own: words = open("names.txt").read().split()
NAMES = "{packed}"  # noqa: E501


class Names:
    """From the last few letters of a name, predict the next one; a dot begins and ends each name."""

    letters = ".abcdefghijklmnopqrstuvwxyz"
    vocab = len(letters)
    words = tuple(zlib.decompress(base64.b85decode(NAMES)).decode().split())

    def __init__(self, block=3):
        self.block = block
        words = list(self.words)
        random.Random(42).shuffle(words)
        a, b = int(0.8 * len(words)), int(0.9 * len(words))
        self.train, self.val, self.test = map(self.examples, (words[:a], words[a:b], words[b:]))

    def examples(self, words):
        x, y = [], []
        for word in words:
            context = [0] * self.block
            for letter in word + ".":
                ix = self.letters.index(letter)
                x.append(context)
                y.append(ix)
                context = [*context[1:], ix]
        return Split(torch.tensor(x), torch.tensor(y))
'''

SPELLING = """
    @classmethod
    def encode(cls, text):
        return [cls.letters.index(letter) for letter in text]

    @classmethod
    def decode(cls, classes):
        return "".join(cls.letters[number] for number in classes)
"""

DIGITS = '''\
# {count:,} handwritten digits, compressed: 64 pixels from 0 to 16 each, and which digit it is.
# E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI, doi:10.24432/C50P49 (CC BY 4.0)
DIGITS = "{packed}"  # noqa: E501


class Digits:
    """From 8x8 pixels, predict which digit it is."""

    vocab = 10

    def __init__(self):
        rows = torch.tensor(list(zlib.decompress(base64.b85decode(DIGITS)))).view(-1, 65)
        x, y = rows[:, :64].float() / 16, rows[:, 64]
        order = list(range(len(rows)))
        random.Random(42).shuffle(order)
        a, b = int(0.8 * len(rows)), int(0.9 * len(rows))
        parts = order[:a], order[a:b], order[b:]
        self.train, self.val, self.test = (Split(x[part], y[part]) for part in parts)
'''


def names(words: Sequence[str], used: set[str]) -> str:
    """The names as a class like `tutor.lab.datasets.Names`; `used` are the words of the code that uses it."""
    text = NAMES.format(count=len(words), packed=_packed("\n".join(words).encode()))
    return text + (SPELLING if used & {"encode", "decode"} else "")


def digits(path: Path) -> str:
    """The digits stored in `path` as a class like `tutor.lab.datasets.Digits`."""
    stored = torch.load(path, weights_only=True)
    rows = torch.cat((stored["images"].flatten(1), stored["labels"].unsqueeze(1)), 1)
    return DIGITS.format(count=len(rows), packed=_packed(bytes(rows.flatten().tolist())))


def split(used: set[str]) -> str:
    """A class like `tutor.lab.datasets.Split`; `used` are the words of the code that uses it."""
    return SPLIT + (DISTINCT if "distinct" in used else "")


def _packed(data: bytes) -> str:
    """`data` in letters on one line, which is easier to scroll past than many."""
    return base64.b85encode(zlib.compress(data)).decode()
