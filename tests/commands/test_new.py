"""`tutor new`: a lesson that works, in a folder that was empty."""

import json

import pytest

from tutor.cli import cli
from tutor.commands.new import FILES
from tutor.course.lesson import load_lesson
from tutor.errors import ExitCode, TutorError
from tutor.paths import lessons_dir


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty working folder, and a home beside it."""
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "home"


def tutor(*arguments):
    cli(arguments, standalone_mode=False)


def test_it_passes_the_check_and_runs_without_being_asked_about(capsys):
    tutor("new", "deep/my_lesson")
    said = capsys.readouterr().out
    assert "tutor my-lesson --lessons deep/my_lesson" in said
    assert str(lessons_dir() / "README.md") in said
    tutor("check", "deep/my_lesson", "--fast")
    assert capsys.readouterr().out == "1 lesson checked, without what trains for long: nothing to mend.\n"
    tutor("run", "my-lesson", "--lessons", "deep", "--steps", "3", "--json")
    assert json.loads(capsys.readouterr().out)["lesson"] == "my-lesson"


def test_it_is_named_for_its_folder(tmp_path):
    tutor("new", "two_words")
    lesson = load_lesson(tmp_path / "here" / "two_words")
    assert (lesson.id, lesson.title) == ("two-words", "Two words")
    assert sorted(path.name for path in lesson.path.iterdir()) == sorted(FILES)


def test_an_empty_folder_will_do(tmp_path):
    (tmp_path / "here" / "empty").mkdir()
    tutor("new", "empty")
    assert load_lesson(tmp_path / "here" / "empty").steps


@pytest.mark.parametrize("name", ["My_lesson", "my-lesson", "_hidden", "a__b", "ünï"])
def test_a_name_that_no_lesson_can_have_is_refused(name, tmp_path):
    with pytest.raises(TutorError, match="can't be a lesson's folder") as caught:
        tutor("new", name)
    assert caught.value.code is ExitCode.MISUSE
    assert not (tmp_path / "here" / name).exists()


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "here" / "full").mkdir()
    (tmp_path / "here" / "full" / "notes.txt").write_text("mine")
    (tmp_path / "here" / "file").write_text("mine")
    for name in ("full", "file"):
        with pytest.raises(TutorError, match=rf"{name} isn't empty\. Name one that doesn't exist yet, or is empty\."):
            tutor("new", name)
    assert [path.name for path in (tmp_path / "here" / "full").iterdir()] == ["notes.txt"]


def test_where_nothing_can_be_written_it_says_so(tmp_path):
    (tmp_path / "here" / "file").write_text("mine")
    with pytest.raises(TutorError, match=r"can't be written: Not a directory\. Name another folder\."):
        tutor("new", "file/inside")
