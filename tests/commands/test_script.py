"""`tutor script`: what it prints trains as `tutor run` does, and reads well."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import click
import msgspec
import pytest

from tests.commands import odd
from tutor.cli import cli
from tutor.commands.run import Output, Wanted, run_lesson
from tutor.commands.script import print_script
from tutor.course.lesson import Lesson, load_lesson
from tutor.errors import ExitCode, TutorError
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

LESSONS = sorted(path.parent.name for path in lessons_dir().glob("*/lab.py"))


def trains(name: str) -> bool:
    return load_experiment(lessons_dir() / name).trains()


TRAINING = [name for name in LESSONS if trains(name)]


def lesson(name: str) -> Lesson:
    return with_lab(name, lessons_dir() / name)


def with_lab(name: str, folder: Path) -> Lesson:
    """A lesson of which only the lab counts here."""
    return msgspec.structs.replace(load_lesson(lessons_dir() / "temperature"), id=name, path=folder)


@pytest.fixture
def strange(tmp_path):
    """Makes a lesson of the text of a lab."""

    def write(lab: str) -> Lesson:
        (tmp_path / "lab.py").write_text(lab, encoding="utf-8")
        return with_lab("strange", tmp_path)

    return write


@pytest.fixture
def printed(capsys):
    """The script of a run."""

    def go(wanted: Wanted) -> str:
        capsys.readouterr()
        print_script(wanted)
        return capsys.readouterr().out

    return go


@pytest.fixture
def both(printed, capsys):
    """The losses that the script prints last, and those of `tutor run`, in full."""

    def go(wanted: Wanted) -> tuple[dict[str, float], dict[str, float]]:
        text = printed(wanted)
        exec(compile(text, "script.py", "exec"), {"__name__": "__main__"})
        lines = [line.split() for line in capsys.readouterr().out.splitlines()]
        run_lesson(wanted, Output(as_json=True))
        metrics = json.loads(capsys.readouterr().out.splitlines()[-1])["metrics"]
        expected = {name: value for name, value in metrics.items() if value is not None}
        return {name: float(value) for name, value in lines[-len(expected) :]}, expected

    return go


def turned(name: str) -> tuple[str, ...]:
    """The lesson's first knob, one notch up."""
    knob = load_experiment(lessons_dir() / name).knobs[0]
    return (f"{knob.name}={knob.turn(knob.value, 1)}",)


@pytest.mark.parametrize("name", TRAINING)
def test_the_script_of_every_lesson_ends_with_the_losses_of_the_run(both, name):
    script, run = both(Wanted(lesson(name), 30))
    assert script == run
    assert "loss" in run


@pytest.mark.parametrize("name", TRAINING)
def test_with_a_knob_turned_a_preset_and_another_seed(both, name):
    presets = [preset.name for preset in load_experiment(lessons_dir() / name).presets]
    script, run = both(Wanted(lesson(name), 10, 7, turned(name), preset=presets[0]))
    assert script == run


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "preset"),
    [(name, preset.name) for name in TRAINING for preset in load_experiment(lessons_dir() / name).presets],
)
def test_every_preset(both, name, preset):
    kind = load_experiment(lessons_dir() / name)
    runner = Runner(kind, Sources(), 42, next(each.values for each in kind.presets if each.name == preset))
    runner.advance(10)
    steps = max(runner.iteration - 2, 0) if runner.halted else 10  # some presets are to break down
    script, run = both(Wanted(lesson(name), steps, preset=preset))
    assert script == run


def test_no_steps(both):
    script, run = both(Wanted(lesson("minibatches"), 0))
    assert script == run
    assert list(script) == [name for name in run if name != "loss"]


def test_other_names(both, printed, tmp_path):
    names = tmp_path / "names.txt"
    names.write_text("\n".join([*("anna", "Zoë", "x1"), *("otto", "eve") * 10]), encoding="utf-8")
    wanted = Wanted(lesson("minibatches"), 20, settings=("hidden=8",), names_file=str(names))
    script, run = both(wanted)
    assert script == run
    assert "# 22 names" in printed(wanted)


def test_it_runs_from_a_pipe_in_an_empty_folder(capsys, tmp_path):
    arguments = ["deep-net-xray", "--steps", "4", "--seed", "3", "--set", "depth=2", "--preset", "batchnorm"]
    cli(["script", *arguments], standalone_mode=False)
    text = capsys.readouterr().out
    done = subprocess.run(
        [sys.executable, "-I", "-"], input=text, capture_output=True, text=True, check=True, cwd=tmp_path
    )
    cli(["run", *arguments, "--json"], standalone_mode=False)
    metrics = json.loads(capsys.readouterr().out)["metrics"]
    last = done.stdout.splitlines()[-3:]
    assert last == [f"{name:<6} {metrics[name]}" for name in ("loss", "train", "val")]


@pytest.mark.parametrize("name", TRAINING)
def test_it_is_a_page_that_the_house_would_keep(printed, name):
    text = printed(Wanted(lesson(name), 100))
    imported = {
        (node.module or "").partition(".")[0] if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.Import, ast.ImportFrom))
    }
    assert "tutor" not in imported
    assert not re.search(r"self\.k\b", text)
    rules = ["--select", "E,F,W,I,B,UP,SIM,RUF", "--ignore", "RUF001,RUF002,RUF003", "--line-length", "120"]
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", *rules, "-"]
    done = subprocess.run(ruff, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_what_training_needs_is_kept_in_the_lessons_own_words(printed):
    text = printed(Wanted(lesson("minibatches"), 100, settings=("lr=0.2",)))
    assert "    lr=0.2,  # learning rate\n" in text
    assert "# One iteration: draw a mini-batch, forward, backward, update.\n    x, y = batch()\n" in text
    assert "    loss = F.cross_entropy(model(x), y)\n" in text
    words = set(ast.dump(ast.parse(text)).split("'"))
    assert not words & {"drawn", "unseen", "valley", "descend", "height", "Preset", "figure", "self.k", "cache"}
    assert "# An example escapes this batch" not in text


@pytest.mark.parametrize("settings", [(), ("schedule=1-cycle", "width=small")])
def test_a_strangers_lesson_with_every_oddity(both, strange, settings):
    script, run = both(Wanted(strange(odd.LAB), 20, 5, settings))
    assert script == run


def test_a_lesson_on_digits_with_self_by_another_name(both, printed, strange):
    wanted = Wanted(strange(odd.READER), 8)
    script, run = both(wanted)
    assert script == run
    assert "unused" not in printed(wanted)


def test_it_stops_where_a_run_that_flies_apart_stops(printed, strange):
    wanted = Wanted(strange(odd.LAB), 20, preset="wild")
    with pytest.raises(TutorError, match="The loss became nan at step") as raised:
        run_lesson(wanted, Output(as_json=True))
    exec(compile(printed(wanted), "script.py", "exec"), script := {"__name__": "__main__"})
    assert f" {script['iteration']}. " in raised.value.what
    assert script["loss"].isnan()


def test_what_a_stranger_wrote_reads_as_it_did(printed, strange):
    text = printed(Wanted(strange(odd.LAB), 20))
    assert "# The widths of the hidden layer.\nWIDTHS =" in text
    assert "SKIPPED =" in text, "it draws from the generator between two others that are kept"
    assert "# A little more than the usual loss.\ndef get_loss(x: Tensor, y: Tensor) -> Tensor:\n" in text
    assert "class OneCycle(Schedule):" in text
    assert "seen" not in text
    assert "TITLE" not in text


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("self.model = nn", "vars(self)['model'] = nn", r"lab.py:21: build uses 'self' as a whole\."),
        ("nn.Linear(2, 2)", "nn.Linear(2, len(self.data.name_list.path.name[:2]))", "build uses self.data in a way"),
        ("nn.Linear(2, 2)", "nn.Linear(2, 2 if self.trains() else 3)", r"self\.trains, which nothing sets\."),
        ("Plain(Experiment)", "Plain(Mixin, Experiment)", "built on more than Experiment"),
        (
            "    def build",
            "    def __init__(self, *a):\n        super().__init__(*a)\n\n    def build",
            "an __init__ of its",
        ),
        (
            "loss.backward()",
            "with undisturbed(self):\n            pass\n        loss.backward()",
            "undisturbed|as a whole",
        ),
        ("loss.backward()", "from tutor.names import read_names\n        loss.backward()", "can't import tutor"),
        ("loss.backward()", "Plain.loss\n        loss.backward()", "names its own class Plain"),
        ("x.argmax(1)", "x.argmax(F)", "'F' is something else in a script"),
        ("loss.backward()", "undisturbed\n        loss.backward()", "uses undisturbed of tutor.lab.observation"),
    ],
)
def test_what_cannot_be_carried_is_one_sentence_with_its_line(printed, strange, old, new, sentence):
    assert odd.PLAIN.count(old) == 1
    wanted = Wanted(strange(odd.PLAIN.replace(old, new)), 1)
    with pytest.raises(TutorError, match=sentence) as raised:
        printed(wanted)
    assert raised.value.what.startswith("lab.py:")
    assert raised.value.remedy


def test_a_lesson_that_has_nothing_to_train():
    with pytest.raises(TutorError, match=r"temperature has nothing to train\.") as raised:
        print_script(Wanted(lesson("temperature"), 1))
    assert raised.value.code == ExitCode.MISUSE


def test_an_unknown_knob_is_refused_as_in_a_run(capsys):
    with pytest.raises(TutorError, match=r"There is no knob 'lrr'\."):
        cli(["script", "minibatches", "--set", "lrr=1"], standalone_mode=False)
    with pytest.raises(click.ClickException):
        cli(["script", "minibatches", "--steps", "-1"], standalone_mode=False)
    assert capsys.readouterr().out == ""
