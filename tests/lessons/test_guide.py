"""The guide for authors shows pieces of the lesson that `tutor new` writes, as they are."""

import re

import pytest

from tutor.commands.new import FILES
from tutor.paths import lessons_dir

GUIDE = (lessons_dir() / "README.md").read_text(encoding="utf-8")
PIECES = re.findall(r"^(`{3,4})(?:toml|python|markdown)\n(.*?)^\1$", GUIDE, re.MULTILINE | re.DOTALL)
LESSON = "\n".join((lessons_dir() / "_template" / name).read_text(encoding="utf-8") for name in FILES)


@pytest.mark.parametrize("piece", [text for _, text in PIECES])
def test_what_it_shows_stands_in_the_lesson(piece):
    assert piece in LESSON


def test_it_shows_some_of_each_kind():
    assert len(PIECES) > 6
