"""`--lessons` and `--trust`: strangers' lessons are found by every command, and run when somebody agreed."""

import json
import os
import sys

import click
import pytest

from tests.terminal import Terminal
from tutor.cli import cli
from tutor.commands.new import new_lesson
from tutor.errors import ExitCode, TutorError


@pytest.fixture
def strange(tmp_path, monkeypatch, capsys):
    """A lesson that somebody else made, in `theirs/strange`; when its code runs, a file `ran` appears."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "theirs_home"))
    folder = tmp_path / "theirs" / "strange"
    with click.Context(cli):
        new_lesson(folder)
    for name in ("lab.py", "claims.py"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(
            f"{text}\nPath = __import__('pathlib').Path\nPath({str(tmp_path / 'ran')!r}).touch()\n"
        )
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "home"))
    capsys.readouterr()
    return folder


def tutor(*arguments):
    cli(arguments, standalone_mode=False)


@pytest.mark.parametrize(
    "arguments",
    [("list", "--json", "--lessons", "theirs"), ("--lessons", "theirs/strange", "list", "--json")],
)
def test_it_is_listed_wherever_the_option_stands_and_nothing_runs(strange, tmp_path, capsys, arguments):
    tutor(*arguments)
    assert "strange" in [row["id"] for row in json.loads(capsys.readouterr().out)]
    assert not (tmp_path / "ran").exists()


def test_several_folders_add_up(strange, capsys):
    cli(["new", "mine/other"], standalone_mode=False)
    capsys.readouterr()
    tutor("--lessons", "theirs", "list", "--lessons", "mine", "--json")
    assert {row["id"] for row in json.loads(capsys.readouterr().out)} >= {"strange", "other", "minibatches"}


def test_a_folder_that_is_not_there_is_refused(strange):
    with pytest.raises(TutorError, match=r"The lessons folder nowhere can't be read: No such file") as caught:
        tutor("list", "--lessons", "nowhere")
    assert caught.value.code is ExitCode.MISUSE


@pytest.mark.parametrize(
    "arguments",
    ["run strange --steps 1", "script strange --steps 1", "claims strange", "check strange", "check theirs"],
)
def test_where_nobody_can_be_asked_nothing_runs(strange, tmp_path, capsys, arguments):
    with pytest.raises(TutorError) as caught:
        tutor(*arguments.split(), "--lessons", "theirs")
    assert str(caught.value) == (
        f"This lesson isn't one of tutor's own. To run it is to run the Python code in {strange}{os.sep}, "
        "which can do whatever you can do on this computer. If you trust it, add --trust."
    )
    assert caught.value.code is ExitCode.MISUSE
    assert not (tmp_path / "ran").exists()


def test_trust_holds_for_this_once(strange, tmp_path, capsys):
    tutor("run", "strange", "--steps", "1", "--json", "--lessons", "theirs", "--trust")
    assert (tmp_path / "ran").exists()
    with pytest.raises(TutorError, match="If you trust it"):
        tutor("run", "strange", "--steps", "1", "--lessons", "theirs")


def test_claims_of_all_lessons_leave_it_out_and_say_so(strange, tmp_path, capsys):
    with pytest.raises(TutorError, match="There is no claim 'one-step'"):
        tutor("claims", "--id", "one-step", "--lessons", "theirs")
    assert capsys.readouterr().err == "tutor: strange is left out: nobody has agreed to run its code.\n"
    assert not (tmp_path / "ran").exists()


def test_a_person_is_asked_once(strange, tmp_path):
    command = (sys.executable, "-m", "tutor", "run", "strange", "--steps", "1", "--lessons", "theirs")
    home = {"TUTOR_HOME": str(tmp_path / "home")}
    with Terminal(command, 120, 24, home) as terminal:
        terminal.wait_for("Run it, now and later? [y/N]")
        terminal.send("n\r")
        terminal.ended()
        assert "Nothing was run." in terminal.text
        assert terminal.code == 1
    assert not (tmp_path / "ran").exists()
    with Terminal(command, 120, 24, home) as terminal:
        terminal.wait_for("Run it, now and later? [y/N]")
        terminal.send("y\r")
        terminal.ended()
        assert terminal.code == 0
    assert (tmp_path / "ran").exists()
    with Terminal(command, 120, 24, home) as terminal:
        terminal.ended()
        assert terminal.code == 0
        assert "isn't one of tutor's own" not in terminal.text
