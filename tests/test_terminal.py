"""The app in a real terminal: it ends when it should, says when its lab has died, and is silent when idle."""

import os
import random
import signal
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.app import App
from tests.processes import alive, needs_proc, wait_until
from tests.terminal import ESCAPE, LEFT, RIGHT, TAB, Terminal
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

pytestmark = [pytest.mark.slow, needs_proc]


@pytest.fixture
def app(tmp_path) -> Iterator[App]:
    with App(tmp_path, "minibatches") as opened:
        yield opened


def test_q_while_it_trains_leaves_no_process(app):
    lab = app.train()
    app.send("q")
    app.ended(5)
    assert app.code == 0
    wait_until(lambda: not alive(lab), 5)


def test_no_color_means_none(tmp_path, monkeypatch):
    with App(tmp_path, "minibatches") as coloured:
        coloured.ready()
        assert len(coloured.colours) > 3
    monkeypatch.setenv("NO_COLOR", "1")
    with App(tmp_path, "minibatches") as plain:
        plain.train()
        assert plain.colours == {"default"}


def test_q_before_the_lab_is_up(app):
    app.wait_for("page 1 of")
    app.send("q")
    app.ended(5)
    assert app.code == 0


@pytest.mark.parametrize("state", [App.ready, App.train])
def test_a_killed_app_takes_its_lab_with_it(app, state: Callable[[App], int]):
    lab = state(app)
    app.kill()
    wait_until(lambda: not alive(lab), 5)


def test_a_killed_lab_is_said_and_started_again_with_r(app):
    lab = app.train()
    os.kill(lab, signal.SIGKILL)
    app.wait_for("The lab stopped (killed by signal 9 (SIGKILL)).")
    app.send("r")
    app.wait_for(lambda text: "The lab stopped" not in text)
    assert app.train() != lab
    app.send("q")
    app.ended(5)
    assert app.code == 0


def test_nothing_is_sent_while_nothing_changes(app):
    app.train()
    app.pause()
    assert app.listen(5.0) == 0


def test_no_answer_of_the_terminal_is_left_for_the_shell(tmp_path):
    # What is asked at the very end is answered late on such a line; `cat` shows what then comes from the keyboard.
    tutor = f"{sys.executable} -m tutor minibatches"
    script = f"{tutor}; stty -icanon -echo min 0 time 10; cat -v; echo that was all"
    with Terminal(("sh", "-c", script), 80, 24, {"TUTOR_HOME": str(tmp_path)}, rate=8 * 1024) as terminal:
        terminal.wait_for("loss –")
        terminal.send(" ")
        terminal.wait_for("running")
        terminal.send("]")
        terminal.listen(0.3)
        terminal.send("q")
        terminal.wait_for("that was all")
        assert "^[[" not in terminal.text


def test_a_storm_of_sizes_while_it_trains(app):
    app.train()
    for columns, rows in ((80, 24), (40, 12), (20, 5), (200, 60), (79, 24), (300, 100), (41, 13), (120, 40)) * 3:
        app.resize(columns, rows)
        app.listen(0.05)
    app.wait_for("quit")
    here = app.step
    app.wait_for(lambda _: app.step > here)
    assert "Noisy steps win" in app.text
    app.send("q")
    app.ended(5)
    assert app.code == 0


def test_a_slow_line_slows_frames_not_keys(tmp_path):
    with App(tmp_path, "deep-net-xray", 120, 40, rate=8 * 1024) as app:
        app.train(50)
        app.send(TAB)
        app.listen(6.0)
        late = []
        for key, value in ((RIGHT, "lr 0.2"), (LEFT, "lr 0.1")) * 8:
            app.listen(random.uniform(0.1, 0.5))
            late.append(app.send(key))
            late[-1] = app.wait_for(lambda text, value=value: value in text) - late[-1]
        assert sorted(late)[len(late) // 2] < 0.5


def test_help_opens_over_a_run_and_closes(app):
    app.train()
    app.send("?")
    app.wait_for("take one training step")
    app.send(ESCAPE)
    app.wait_for(lambda text: "take one training step" not in text)
    here = app.step
    app.wait_for(lambda _: app.step > here)


def test_the_loss_on_screen_is_the_runners(app):
    app.train()
    app.pause()
    runner = Runner(load_experiment(lessons_dir() / "minibatches"), Sources(), int(app.status("seed")))
    runner.advance(app.step)
    assert app.status("loss") == f"{runner.loss:.3f}"
