from pathlib import Path

import pytest

from tutor import paths
from tutor.errors import TutorError


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package folder in an otherwise empty place, which `tutor.paths` takes for its own."""
    folder = tmp_path / "tutor"
    folder.mkdir()
    monkeypatch.setattr(paths, "_PACKAGE", folder)
    return folder


def test_finds_the_folders_of_this_installation() -> None:
    assert paths.lessons_dir().is_dir()
    assert (paths.data_dir() / "names.txt").is_file()
    assert (paths.data_dir() / "digits.pt").is_file()


def test_finds_the_folders_of_a_wheel(package: Path) -> None:
    (package / "_lessons").mkdir()
    (package / "_data").mkdir()
    assert paths.lessons_dir() == package / "_lessons"
    assert paths.data_dir() == package / "_data"


def test_finds_the_folders_of_a_checkout(package: Path) -> None:
    (package.parent / "lessons").mkdir()
    (package.parent / "data").mkdir()
    (package.parent / "pyproject.toml").write_text('[project]\nname = "nn-tutor"\n', encoding="utf-8")
    assert paths.lessons_dir() == package.parent / "lessons"
    assert paths.data_dir() == package.parent / "data"


@pytest.mark.parametrize("project", [None, b'[project]\nname = "other"\n', b"\xff\xfe"])
def test_a_strangers_folder_beside_the_package_is_not_ours(package: Path, project: bytes | None) -> None:
    (package.parent / "data").mkdir()
    if project is not None:
        (package.parent / "pyproject.toml").write_bytes(project)
    with pytest.raises(TutorError, match="no data folder"):
        paths.data_dir()
