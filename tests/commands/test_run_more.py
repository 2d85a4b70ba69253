"""What `tutor run` does beyond a plain run: presets, lines on the way, forks, seeds, plots, CSV, weights."""

import csv
import json
import pickle

import pytest

from tutor.commands.run import Output, Wanted, run_lesson
from tutor.commands.seeds import run_seeds
from tutor.course.lesson import load_lesson
from tutor.errors import ExitCode, TutorError
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

FOLDER = lessons_dir() / "minibatches"
SMALL = ("hidden=8",)
JSON = Output(as_json=True)


@pytest.fixture(scope="module")
def lesson():
    return load_lesson(FOLDER)


@pytest.fixture
def run(lesson, capsys):
    def go(steps: int = 30, output: Output = JSON, **wanted):
        run_lesson(Wanted(lesson, steps, **{"settings": SMALL, **wanted}), output)
        return capsys.readouterr().out

    return go


def test_a_preset_and_a_setting_on_top_of_it(run):
    result = json.loads(run(preset="one", settings=("hidden=8", "lr=0.2")))
    assert (result["knobs"]["batch"], result["knobs"]["lr"], result["knobs"]["hidden"]) == (1, 0.2, 8)


def test_an_unknown_preset_names_the_nearest(run):
    with pytest.raises(TutorError, match="Did you mean 'full'") as raised:
        run(preset="ful")
    assert raised.value.code == ExitCode.MISUSE


def test_every_so_many_steps_there_is_a_line(run):
    *lines, last = map(json.loads, run(steps=25, output=Output(as_json=True, every=10)).splitlines())
    assert [line["step"] for line in lines] == [0, 10, 20, 25]
    assert lines[-1]["val"] == last["metrics"]["val"]
    runner = Runner(load_experiment(FOLDER), Sources(), 42, {"hidden": 8})
    runner.advance(10)
    assert lines[1] == {"step": 10, "loss": runner.loss, **runner.measure().losses}


def test_a_fork_is_reported_beside_the_run(run):
    result = json.loads(run(output=Output(as_json=True, fork="lr=0.3")))
    alone = json.loads(run(settings=("hidden=8", "lr=0.3")))
    assert result["fork"]["knobs"] == {"lr": 0.3}
    assert result["fork"]["metrics"] == alone["metrics"]
    assert result["metrics"] == json.loads(run())["metrics"]


def test_the_figures_as_plain_text(run):
    printed = run(output=Output(plot=True))
    assert "\x1b" not in printed
    assert "Hidden activations" in printed
    assert "Loss: " in printed


def test_every_loss_in_a_csv_file(run, tmp_path):
    run(steps=12, output=Output(csv_file=str(tmp_path / "losses.csv"), fork="lr=0.3"))
    rows = list(csv.reader((tmp_path / "losses.csv").open()))
    assert rows[0] == ["step", "loss", "loss_b"]
    assert [row[0] for row in rows[1:]] == [str(step) for step in range(1, 13)]
    runner = Runner(load_experiment(FOLDER), Sources(), 42, {"hidden": 8})
    runner.advance(12)
    assert [float(row[1]) for row in rows[1:]] == list(runner.history.losses)


def test_a_csv_file_that_cannot_be_written_is_one_sentence(run, tmp_path):
    with pytest.raises(TutorError, match="can't be written"):
        run(output=Output(csv_file=str(tmp_path / "no" / "losses.csv")))


def test_weights_go_out_and_come_back(run, tmp_path):
    file = str(tmp_path / "weights.pt")
    saved = json.loads(run(steps=40, output=Output(as_json=True, save=file)))
    resumed = json.loads(run(steps=0, source=file, settings=()))
    assert resumed["knobs"] == saved["knobs"]
    assert (resumed["metrics"]["train"], resumed["metrics"]["val"]) == (
        saved["metrics"]["train"],
        saved["metrics"]["val"],
    )


class Bomb:
    def __reduce__(self):
        return (print, ("boom",))


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize("content", [b"", b"not weights", pickle.dumps({"a": 1}), pickle.dumps(Bomb())], ids=range(4))
def test_a_file_that_is_not_ours_is_refused_and_nothing_in_it_is_run(run, tmp_path, content, capsys):
    file = tmp_path / "weights.pt"
    file.write_bytes(content)
    with pytest.raises(TutorError, match="isn't a file of weights") as raised:
        run(source=str(file))
    assert raised.value.code == ExitCode.MISUSE
    assert "boom" not in capsys.readouterr().out


def test_weights_of_another_shape_or_lesson_are_refused(run, tmp_path):
    file = str(tmp_path / "weights.pt")
    run(steps=1, output=Output(save=file))
    with pytest.raises(TutorError, match="another shape"):
        run(source=file, settings=("hidden=9",))
    with pytest.raises(TutorError, match="weights of minibatches, not of deep-net-xray"):
        run_lesson(Wanted(load_lesson(lessons_dir() / "deep_net_xray"), 1, source=file), Output())
    with pytest.raises(TutorError, match="can't be read: No such file"):
        run(source=str(tmp_path / "none.pt"))


def test_bands_over_seeds_and_a_verdict(lesson, capsys):
    run_seeds(Wanted(lesson, 30, settings=SMALL), 3, "lr=0.0001", True)
    result = json.loads(capsys.readouterr().out)
    assert result["seeds"] == [42, 43, 44]
    finals = []
    for seed in result["seeds"]:
        runner = Runner(load_experiment(FOLDER), Sources(), seed, {"hidden": 8})
        runner.advance(30)
        finals.append(runner.measure().losses["val"])
    band = result["bands"]["A"]["val"]
    assert (band["low"], band["median"], band["high"]) == tuple(sorted(finals))
    assert result["verdict"].startswith("A has the lower val loss for every seed")


def test_a_preset_can_be_the_other_side_and_the_bands_are_drawn(lesson, capsys):
    run_seeds(Wanted(lesson, 20, settings=SMALL), 3, "adam", False, plot=True)
    printed = capsys.readouterr().out
    assert "A: hidden=8" in printed
    assert "B: adam" in printed
    assert "Val loss after 20 steps, 3 of 3 seeds" in printed
    assert "├" in printed
    run_seeds(Wanted(lesson, 20, settings=SMALL), 3, "adam", True)
    both = json.loads(capsys.readouterr().out)["bands"]
    run_seeds(Wanted(lesson, 20, settings=SMALL, preset="adam"), 3, "", True)
    assert json.loads(capsys.readouterr().out)["bands"]["A"] == both["B"]


def test_a_fork_that_is_neither_names_the_nearest_preset(lesson):
    with pytest.raises(TutorError, match=r"There is no preset 'adm'\..*Did you mean 'adam'"):
        run_seeds(Wanted(lesson, 20), 3, "adm", True)


def test_a_fork_that_changes_nothing_has_no_winner(lesson, capsys):
    run_seeds(Wanted(lesson, 20, settings=SMALL), 3, "lr=0.1", False)
    printed = capsys.readouterr().out
    assert "No winner" in printed
    assert "seeds 42 to 44" in printed
