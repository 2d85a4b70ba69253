import json

import msgspec
import pytest
import torch
from torch.nn import functional as F

from tests.line import write_lesson
from tutor.commands.run import Output, Wanted, run_lesson
from tutor.course.lesson import load_lesson
from tutor.errors import ExitCode, TutorError
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

FOLDER = lessons_dir() / "minibatches"


@pytest.fixture(scope="module")
def lesson():
    return load_lesson(FOLDER)


@pytest.fixture
def run(lesson, capsys):
    """Runs the lesson; what it printed on stdout and on stderr."""

    def go(*settings: str, steps: int = 30, seed: int = 42, names: str | None = None, as_json: bool = True):
        run_lesson(Wanted(lesson, steps, seed, settings, names), Output(as_json))
        return capsys.readouterr()

    return go


def test_the_json_holds_what_the_runner_measures(run):
    printed = run("lr=0.2", "batch=8", "optimizer=momentum", steps=40, seed=9)
    result = json.loads(printed.out)
    assert printed.err == ""
    assert list(result) == ["lesson", "seed", "steps", "knobs", "metrics", "seconds", "steps_per_second", "accuracies"]
    runner = Runner(load_experiment(FOLDER), Sources(), 9, {"lr": 0.2, "batch": 8, "optimizer": "momentum"})
    runner.advance(40)
    assert result["lesson"] == "minibatches"
    assert (result["seed"], result["steps"]) == (9, 40)
    assert result["knobs"] == runner.knobs
    assert result["metrics"] == {"loss": runner.loss, **runner.measure().losses}
    assert result["accuracies"] == runner.measure().accuracies
    assert list(result["metrics"]) == ["loss", "train", "val"]
    assert result["seconds"] >= 0
    assert result["steps_per_second"] > 0


def test_no_steps(run):
    result = json.loads(run(steps=0).out)
    assert result["steps"] == 0
    assert result["metrics"]["loss"] is None
    assert result["metrics"]["train"] == pytest.approx(3.296, abs=0.05)
    assert result["steps_per_second"] == 0


def test_the_test_split_is_measured_only_when_asked_for(lesson, capsys):
    run_lesson(Wanted(lesson, 30), Output(as_json=True, test=True))
    result = json.loads(capsys.readouterr().out)
    runner = Runner(load_experiment(FOLDER), Sources(), 42)
    runner.advance(30)
    test, model = runner.experiment.names.test, runner.experiment.model
    with torch.no_grad():
        logits = model(test.x)
    assert list(result["metrics"]) == ["loss", "train", "val", "test"]
    assert result["metrics"]["test"] == pytest.approx(F.cross_entropy(logits, test.y).item(), abs=1e-6)
    assert result["accuracies"]["test"] == pytest.approx((logits.argmax(1) == test.y).float().mean().item())


def test_a_lesson_that_holds_nothing_out_says_so(lesson, tmp_path):
    line = msgspec.structs.replace(lesson, path=write_lesson(tmp_path / "line"))
    with pytest.raises(TutorError, match="no test split") as raised:
        run_lesson(Wanted(line, 1), Output(test=True))
    assert raised.value.code == ExitCode.MISUSE


def test_in_words(run):
    result = json.loads(run(steps=20).out)
    words = run(steps=20, as_json=False).out
    assert words.startswith("minibatches: 20 steps, seed 42\n")
    assert f"  loss   {result['metrics']['loss']:.4f}\n" in words
    for name in ("train", "val"):
        assert f"  {name:<6} {result['metrics'][name]:.4f}  {100 * result['accuracies'][name]:.1f} % right\n" in words
    assert "batch 32" in words
    assert words.endswith("steps/s\n")


def test_a_run_that_flies_apart_prints_what_there_is_and_fails(lesson, tmp_path, capsys):
    wild = msgspec.structs.replace(lesson, path=write_lesson(tmp_path / "line"))
    with pytest.raises(TutorError, match=r"^The loss became (nan|inf) at step \d+\.") as raised:
        run_lesson(Wanted(wild, 1000, 42, ("lr=1e6",)), Output(as_json=True))
    assert raised.value.code == ExitCode.FAILURE
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert 0 < result["steps"] < 1000
    assert result["metrics"] == {"loss": None, "train": None}


def test_other_names(run, tmp_path):
    names = tmp_path / "names.txt"
    names.write_text("\n".join(["anna", "x1", *("otto",) * 20]), encoding="utf-8")
    printed = run(names=str(names), steps=3)
    assert printed.err == "tutor: names.txt: 1 of 22 lines skipped (line 2 'x1': not only letters a to z).\n"
    assert json.loads(printed.out)["metrics"] != json.loads(run(steps=3).out)["metrics"]


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("lrr=1", "There is no knob 'lrr'."),
        ("lr=fast", "lr can't be 'fast'. It takes a number from 0.0001 to 10."),
        ("lr=11", "lr can't be 11.0."),
        ("lr", "'lr' isn't a setting. Write KNOB=VALUE, such as lr=0.1."),
        ("optimizer=adm", "optimizer can't be 'adm'. It takes sgd, momentum, rmsprop or adam. Did you mean 'adam'?"),
    ],
)
def test_a_setting_it_cant_take(run, capsys, setting, sentence):
    with pytest.raises(TutorError) as raised:
        run(setting)
    assert str(raised.value).startswith(sentence)
    assert raised.value.code == ExitCode.MISUSE
    assert capsys.readouterr().out == ""


def test_a_lesson_that_has_nothing_to_train():
    with pytest.raises(TutorError, match=r"temperature has nothing to train\.") as raised:
        run_lesson(Wanted(load_lesson(lessons_dir() / "temperature"), 1), Output())
    assert raised.value.code == ExitCode.MISUSE
