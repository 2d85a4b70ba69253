"""The command line, each time in a process of its own."""

import json
import os
import pty
import subprocess
import sys

import pytest

from tests.terminal import Terminal
from tutor import __version__

TUTOR = (sys.executable, "-m", "tutor")


def tutor(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run([*TUTOR, *arguments], text=True, check=False, **options)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"], ["list", "--help"]])
def test_help_and_version_import_neither_torch_nor_textual(arguments):
    program = (
        "import sys\n"
        "from tutor.cli import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    print(*({'torch', 'textual', 'rich', 'msgspec'} & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    assert done.stderr == "\n"
    assert done.stdout


def test_version():
    done = tutor("--version")
    assert (done.stdout, done.stderr, done.returncode) == (f"tutor, version {__version__}\n", "", 0)


def test_help_names_the_commands_and_not_the_hidden_one():
    done = tutor("--help")
    commands = done.stdout.partition("Commands:")[2]
    listed = {line.split()[0] for line in commands.splitlines() if line.strip()}
    assert listed >= {"list", "run"}
    assert "open" not in listed
    assert (done.stderr, done.returncode) == ("", 0)


def test_list():
    done = tutor("list", "--json")
    assert {row["id"] for row in json.loads(done.stdout)} >= {"minibatches", "temperature", "deep-net-xray"}
    assert (done.stderr, done.returncode) == ("", 0)


def test_two_runs_are_the_same_to_the_last_digit():
    def metrics():
        done = tutor("run", "minibatches", "--steps", "60", "--seed", "3", "--set", "hidden=50", "--json")
        assert (done.stderr, done.returncode) == ("", 0)
        return json.loads(done.stdout, parse_float=str)["metrics"]

    first = metrics()
    assert first.keys() == {"loss", "train", "val"}
    assert first == metrics()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("run minibatchs", "There is no lesson 'minibatchs'. Did you mean 'minibatches'? `tutor list` shows them all."),
        ("minibatchs", "There is no lesson 'minibatchs'. Did you mean 'minibatches'? `tutor list` shows them all."),
        ("run zzz", "There is no lesson 'zzz'. `tutor list` shows them all."),
        ("run minibatches --set hiden=3", "Did you mean 'hidden'?"),
        ("minibatches --names /no/where", "/no/where can't be read: No such file or directory."),
        ("run minibatches --steps many", "'many' is not a valid integer"),
        ("run minibatches --steps -1", "-1 is not in the range"),
        ("run minibatches --seed -1", "-1 is not in the range"),
        (f"run minibatches --seed {2**64}", f"{2**64} is not in the range"),
        ("run", "Missing argument 'LESSON'."),
        ("list --jsn", "No such option '--jsn'"),
        ("", "The app needs a terminal, and this is a pipe or a file. Add --plain for lines of text, or use `tutor"),
        ("minibatches", "The app needs a terminal"),
    ],
)
def test_a_mistake_is_one_sentence_on_stderr_and_exit_2(arguments, sentence):
    done = tutor(*arguments.split())
    assert sentence in done.stderr
    assert done.stderr.startswith("tutor: ")
    assert done.stderr.count("\n") == 1
    assert (done.stdout, done.returncode) == ("", 2)


@pytest.mark.parametrize("term", ["dumb", "unknown", ""])
def test_a_terminal_that_cant_be_drawn_on_gets_one_sentence(term, tmp_path):
    with Terminal(TUTOR, columns=160, environment={"TERM": term, "TUTOR_HOME": str(tmp_path)}) as terminal:
        terminal.ended()
        terminal.settle()
        said = " ".join(terminal.text.split())
    assert said.startswith(f"tutor: The app can't draw on a terminal of type '{term}'. Set TERM to what it really is")
    assert terminal.code == 2


def test_the_largest_seed_works():
    done = tutor("run", "minibatches", "--steps", "1", "--seed", str(2**32 - 1), "--json")
    assert json.loads(done.stdout)["seed"] == 2**32 - 1


def test_a_progress_bar_is_drawn_when_stderr_is_a_terminal():
    ours, theirs = pty.openpty()
    done = tutor("run", "minibatches", "--steps", "250", "--json", stderr=theirs)
    os.close(theirs)
    drawn = os.read(ours, 65536).decode()
    os.close(ours)
    assert "training" in drawn
    assert "100%" in drawn
    assert json.loads(done.stdout)["steps"] == 250


@pytest.mark.parametrize("arguments", [["--help"], ["list", "--json"], ["run", "minibatches", "--steps", "1"]])
def test_a_reader_that_has_gone_is_no_reason_to_complain(arguments):
    reader, writer = os.pipe()
    os.close(reader)
    done = tutor(*arguments, stdout=writer)
    os.close(writer)
    assert done.stderr == ""
    assert done.returncode == 1
