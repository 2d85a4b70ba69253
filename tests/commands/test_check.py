"""`tutor check`: what it prints, and when it fails."""

import json

import pytest

from tutor.cli import cli
from tutor.errors import TutorError


@pytest.fixture(autouse=True)
def lesson(tmp_path, monkeypatch, capsys):
    """A sound lesson of one's own, in `mine/sound`, below the working folder."""
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    cli(["new", "mine/sound"], standalone_mode=False)
    capsys.readouterr()
    return tmp_path / "mine" / "sound"


def change(lesson, file, old, new):
    text = (lesson / file).read_text(encoding="utf-8")
    assert old in text
    (lesson / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def check(capsys, *arguments):
    """What it prints, and its exit code."""
    code = 0
    try:
        cli(["check", "--fast", *arguments], standalone_mode=False)
    except SystemExit as ended:
        code = int(ended.code)
    return capsys.readouterr().out, code


@pytest.mark.parametrize("where", ["mine", "mine/sound", "mine/sound/"])
def test_a_folder_of_lessons_or_one(capsys, where):
    said = "1 lesson checked, without what trains for long: nothing to mend.\n"
    assert check(capsys, where) == (said, 0)


def test_the_working_folder(capsys, lesson, monkeypatch):
    monkeypatch.chdir(lesson)
    assert check(capsys, ".")[1] == 0


def test_a_lesson_by_its_name(capsys):
    assert check(capsys, "sound", "--lessons", "mine")[1] == 0


def test_findings_say_where_and_what_to_do_and_fail(capsys, lesson):
    change(lesson, "lesson.md", '"losses"]', '"loses"]')
    out, code = check(capsys, "mine")
    assert out.splitlines() == [
        "mine/sound/lesson.md:14: the page 'line' names 'loses' in `figures`, which lab.py doesn't have. "
        "Did you mean 'losses'?",
        "1 lesson checked, without what trains for long: 1 to mend.",
    ]
    assert code == 1


def test_code_that_cant_be_loaded_is_found_where_it_is(capsys, lesson):
    change(lesson, "lab.py", "import torch\n", "import torhc\n")
    assert check(capsys, "mine")[0].startswith("mine/sound/lab.py:5: ModuleNotFoundError: No module named 'torhc'")


def test_a_warning_is_told_and_does_not_fail(capsys, lesson):
    change(lesson, "lesson.md", "minutes = 5", 'minutes = 5\nneeds = ["nothing-of-the-kind"]')
    out, code = check(capsys, "mine")
    assert out.startswith("mine/sound/lesson.md:7: warning: it needs 'nothing-of-the-kind', ")
    assert out.endswith(": nothing to mend, 1 warning.\n")
    assert code == 0


def test_as_json(capsys, lesson):
    change(lesson, "lab.py", "p.grad", "p.gard")
    out, code = check(capsys, "mine", "--json")
    (finding,) = json.loads(out)
    assert (finding["file"], finding["warning"], code) == ("mine/sound/lab.py", False, 1)
    assert finding["line"] == 1 + (lesson / "lab.py").read_text(encoding="utf-8").split("p.gard")[0].count("\n")
    assert finding["what"].startswith("with its knobs as they are: ")


def test_lessons_that_need_each_other_know_each_other(capsys, lesson):
    cli(["new", "mine/other"], standalone_mode=False)
    change(lesson, "lesson.md", "minutes = 5", 'minutes = 5\nneeds = ["other"]')
    assert check(capsys, "mine")[0].endswith("2 lessons checked, without what trains for long: nothing to mend.\n")


def test_a_folder_without_a_lesson_is_refused(tmp_path, capsys):
    (tmp_path / "none").mkdir()
    with pytest.raises(TutorError, match=r"none holds no lesson\. Name a lesson's folder, a folder of lessons, or a"):
        check(capsys, "none")


def test_nothing_runs_that_nobody_agreed_to(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "another"))
    with pytest.raises(TutorError, match=r"isn't one of tutor's own.*mine/sound/.*add --trust"):
        check(capsys, "mine")
    assert check(capsys, "mine", "--trust")[1] == 0
