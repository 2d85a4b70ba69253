"""A small sound lesson on disk, to read and to spoil."""

from collections.abc import Callable
from pathlib import Path

import pytest

LESSON = """\
+++
title = "One batch"
order = 3
summary = "Overfit one batch to see that the loop works."
concepts = ["one-batch", "overfitting"]
needs = ["softmax"]
minutes = 15
sources = ["Karpathy, makemore part 2"]
+++

## Why one batch?

A net that can't learn *one* batch has a bug. It costs $5, not `$x^2$`.

```python
## not a heading
print("\\\\frac")
```

## Guess first

```step
id = "guess"
kind = "predict"
figures = ["loss", "samples"]
set = { batch = 32, lr = 0.1, norm = "none", shuffle = true }
preset = "small"
questions = ["first-loss", "spread"]
```

What does the *first* loss say?

## Épisode 2: l'été
Short.
"""

QUIZ = """\
[[question]]
id = "first-loss"
kind = "choice"
concept = "one-batch"
ask = "What is the first loss near?"
hints = ["27 letters are equally likely."]
explain = "A net that knows nothing is near ln 27."
predict = true
options = [
    {text = "3.3", right = true, why = "ln 27 is 3.296."},
    {text = "27", why = "That is how many letters there are."},
    {text = "none of these", last = true, why = "One of them is."},
]

[[question]]
id = "spread"
kind = "multiple"
concept = "one-batch"
ask = "Which lower the noise of the gradient?"
hints = ["A mean of n has a spread of 1/√n."]
explain = "Only averaging over more does."
options = [
    {text = "a larger batch", right = true, why = "It averages over more."},
    {text = "averaging over two batches", right = true, why = "That is a batch twice as large."},
    {text = "a new seed", why = "It changes which noise, not how much."},
    {text = "a larger step", why = "It makes the noise matter more."},
]

[[question]]
id = "ln-27"
kind = "numeric"
concept = "one-batch"
ask = "What is −ln(1/27)?"
hints = ["ln 27 = 3 ln 3."]
explain = "3 × 1.0986."
answer = 3.3
tolerance = 0.05
unit = "nats"
why_right = "That is where an untrained net starts."
why_wrong = "Take the natural logarithm of 27."
near = [
    {value = 4.75, tolerance = 0.01, why = "That is in bits."},
    {low = 1.4, high = 1.45, why = "That is to base 10."},
]

[[question]]
id = "loop"
kind = "order"
concept = "overfitting"
ask = "Order one iteration."
hints = ["The loss comes before its gradient."]
explain = "Forward, backward, update."
items = ["forward", "zero the gradients", "backward", "update"]
why = "Each needs what the one before it made."

[[question]]
id = "no-zero"
kind = "bug"
concept = "overfitting"
ask = "Which line is wrong?"
hints = ["Look at the sign."]
explain = "A step goes against the gradient."
listing = '''
loss = F.cross_entropy(logits, y)
loss.backward()

p.data += lr * p.grad
'''
faulty = 4
why = "It climbs."
others = [{line = 2, why = "This fills p.grad."}]
"""


class Folder:
    """A lesson's folder whose files a test may change."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True)
        (path / "lesson.md").write_text(LESSON, encoding="utf-8")
        (path / "quiz.toml").write_text(QUIZ, encoding="utf-8")
        (path / "lab.py").write_text("")

    def change(self, file: str, old: str, new: str) -> int:
        """Replace the first `old`, which must be there; returns its line, counted from 1."""
        text = (self.path / file).read_text(encoding="utf-8")
        before, found, after = text.partition(old)
        assert found, f"{old!r} isn't in {file}"
        (self.path / file).write_text(before + new + after, encoding="utf-8")
        return before.count("\n") + 1


@pytest.fixture
def new_lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Folder]:
    """Writes the sound lesson to `lessons/<name>`, below the working folder."""
    monkeypatch.chdir(tmp_path)
    return lambda name="one_batch", within="lessons": Folder(tmp_path / within / name)


@pytest.fixture
def folder(new_lesson: Callable[..., Folder]) -> Folder:
    """The sound lesson in `lessons/one_batch`."""
    return new_lesson()
