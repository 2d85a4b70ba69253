import pytest

from tutor.plain.prose import linear

MARKDOWN = """\
Some *words* with `code`,
on two lines.

- one **bold**
- two

3. third
4. fourth

| | batch 32 | all |
|---|---|---|
| 20 steps | 2.88 | 2.86 |

```
x = 1
  y
```
"""


def test_every_block_is_lines_that_need_no_eyes():
    assert linear(MARKDOWN) == [
        "Some words with code, on two lines.",
        "",
        "- one bold",
        "- two",
        "",
        "3. third",
        "4. fourth",
        "",
        "20 steps: batch 32 2.88; all 2.86",
        "",
        "    x = 1",
        "      y",
    ]


@pytest.mark.parametrize(
    ("markdown", "lines"), [("", []), ("One.", ["One."]), ("`<unk>` < 3", ["<unk> < 3"]), ("> said", ["said"])]
)
def test_short_texts(markdown, lines):
    assert linear(markdown) == lines


def test_what_comes_first_stands_in_the_first_line_only():
    assert linear("One.\n\nTwo.", "Hint 1: ") == ["Hint 1: One.", "", "Two."]
