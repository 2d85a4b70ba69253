import json
from collections import deque

import msgspec
import pytest
from click.testing import CliRunner

from tests.line import write_lesson
from tutor.cli import cli
from tutor.commands.find_lr import find_lr
from tutor.commands.run import Wanted
from tutor.course.lesson import load_lesson
from tutor.errors import ExitCode, TutorError
from tutor.lab.datasets import Sources
from tutor.lab.guard import LessonError
from tutor.lab.load import load_experiment
from tutor.lab.lr_finder import sweep
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

FOLDER = lessons_dir() / "minibatches"


@pytest.fixture(scope="module")
def lesson():
    return load_lesson(FOLDER)


@pytest.fixture
def line(lesson, tmp_path):
    return msgspec.structs.replace(lesson, id="line", path=write_lesson(tmp_path / "line"))


def test_the_json_holds_what_the_finder_finds(lesson, capsys):
    find_lr(Wanted(lesson, 150, 9, ("batch=16",)), True, 1e-3, 5)
    result = json.loads(capsys.readouterr().out)
    runner = Runner(load_experiment(FOLDER), Sources(), 9, {"batch": 16})
    found = deque(sweep(runner.experiment, 1e-3, 5, 150), maxlen=1).pop()
    assert result == {
        "lesson": "minibatches",
        "seed": 9,
        "knobs": runner.knobs,
        "marks": found.marks,
        "stopped_at": found.stopped_at,
        "rates": list(found.rates),
        "raw": list(found.raw),
        "smoothed": list(found.smoothed),
    }
    assert list(result["marks"]) == ["steepest", "minimum/10", "valley"]


def test_in_words(line, capsys):
    find_lr(Wanted(line, 100, 42, ()), False, None, 1.0)
    words = capsys.readouterr().out.splitlines()[1:]
    assert words[0] == "line: learning rates from 0.001 to 1 in 100 steps, seed 42"
    assert [row.split()[0] for row in words[1:4]] == ["steepest", "minimum/10", "valley"]
    assert words[4] == "  The loss did not diverge."


def test_the_curve_as_text(line, capsys):
    find_lr(Wanted(line, 100, 42, ()), False, None, 1.0, plot=True)
    printed = capsys.readouterr().out
    assert "learning rate" in printed
    assert "Learning-rate finder: smoothed " in printed


def test_a_loss_that_diverges(line, capsys):
    find_lr(Wanted(line, 100, 42, ()), False, 1.0, None)
    assert capsys.readouterr().out.splitlines()[-1].startswith("  The loss diverged at ")


def test_a_lesson_whose_step_fails(line):
    with pytest.raises(LessonError, match=r"line/lab\.py:\d+: RuntimeError"):
        find_lr(Wanted(line, 100, 42, ("fails=step",)), True, None, None)


def test_a_lesson_that_has_nothing_to_train():
    with pytest.raises(TutorError, match=r"temperature has nothing to train\.") as raised:
        find_lr(Wanted(load_lesson(lessons_dir() / "temperature"), 100, 42, ()), True, None, None)
    assert raised.value.code == ExitCode.MISUSE


def test_the_options_reach_the_finder():
    options = ["--low", "0.01", "--high", "1", "--steps", "12", "--seed", "3", "--set", "hidden=20", "--json"]
    arguments = ["run", "minibatches", "--find-lr", *options]
    result = json.loads(CliRunner().invoke(cli, arguments, catch_exceptions=False).stdout)
    assert (result["seed"], result["knobs"]["hidden"]) == (3, 20)
    assert (result["rates"][0], result["rates"][-1], len(result["rates"])) == (0.01, 1, 12)


@pytest.mark.parametrize("option", ["--low", "--high"])
def test_bounds_without_a_sweep(option):
    with pytest.raises(TutorError, match=r"Give them with --find-lr\.") as raised:
        CliRunner().invoke(cli, ["run", "minibatches", option, "1"], catch_exceptions=False)
    assert raised.value.code == ExitCode.MISUSE
