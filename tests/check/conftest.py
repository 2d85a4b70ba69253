"""The lesson that `tutor new` writes, to be spoiled, and what `tutor check` then finds."""

from pathlib import Path

import pytest
import torch

from tutor.check.standard import check_lesson
from tutor.commands.new import FILES
from tutor.lab.datasets import Sources
from tutor.paths import lessons_dir


class Spoilt:
    """The lesson in a folder of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True)
        for name in FILES:
            (path / name).write_bytes((lessons_dir() / "_template" / name).read_bytes())

    def change(self, file: str, old: str, new: str) -> int:
        """Replace the first `old`, which must be there; its line, counted from 1."""
        text = (self.path / file).read_text(encoding="utf-8")
        before, found, after = text.partition(old)
        assert found, f"{old!r} isn't in {file}"
        (self.path / file).write_text(before + new + after, encoding="utf-8")
        return before.count("\n") + 1

    def findings(self, known=(), fast=True) -> list[str]:
        """What is found, by line, with the file's path below the lesson's folder."""
        known = {outline.id: outline for outline in known}
        found = check_lesson(self.path, known, Sources(), fast=fast)
        return [str(finding).removeprefix(f"{self.path.name}/") for finding in found]


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def spoilt(tmp_path, monkeypatch):
    """The lesson, sound as yet, in the working folder."""
    monkeypatch.chdir(tmp_path)
    return Spoilt(tmp_path / "spoilt")
