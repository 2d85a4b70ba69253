"""The lab's loop: what it answers to which commands, and what it does between them."""

import math

import pytest

from tests.lab.talk import Terminal, kinds, on_its_own
from tests.line import write_lesson
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.messages import Frame, Look, Open, Pause, Ready, Restart, Run, Seek, Step, Turn, View


def test_opening_is_answered_by_what_the_lesson_offers_and_a_first_frame(terminal):
    ready, frame = terminal.say(View(("where", "slope"), 60), Open(str(terminal.folder), 7, {"lr": 0.5}))
    assert isinstance(ready, Ready)
    assert (ready.about, ready.trains) == ("Fits y = 2x.", True)
    assert [knob.name for knob in ready.knobs] == ["lr", "fails"]
    assert [preset.name for preset in ready.presets] == ["wild"]
    assert [(figure.name, figure.title) for figure in ready.figures] == [("slope", "The slope"), ("where", "The step")]
    assert isinstance(frame, Frame)
    assert (frame.heard, frame.iteration, frame.seed, frame.running, frame.loss) == (2, 0, 7, False, None)
    assert frame.knobs == {"lr": 0.5, "fails": "never"}
    assert list(frame.figures) == ["where", "slope"]
    assert frame.metrics.keys() == {"train"}


@pytest.mark.parametrize(
    "batch",
    [
        (Look(),),
        (Look(), Look(), Look()),
        (View(("slope",), 10), Look()),
        (Step(),),
        (Step(3), Turn({"lr": 0.2}), Restart(1)),
        (Run(),),
        (Pause(), Run(), Pause()),
        (Turn({"fails": "step"}),),
    ],
)
def test_each_batch_is_answered_by_exactly_one_frame(terminal, batch):
    terminal.open()
    answers = terminal.say(*batch)
    assert kinds(answers) == [Frame]
    assert answers[0].heard == 1 + len(batch)


def test_step_by_step_it_is_the_runners_run(terminal):
    terminal.open()
    frames = [terminal.say(Step())[-1] for _ in range(5)] + [terminal.say(Step(20))[-1]]
    runner = Runner(load_experiment(terminal.folder), Sources(), 7)
    for frame in frames:
        runner.advance(frame.iteration - runner.iteration)
        assert frame.loss == runner.loss
    assert [frame.iteration for frame in frames] == [1, 2, 3, 4, 5, 25]
    assert not frames[-1].running


def test_it_trains_between_commands_until_it_is_told_to_pause(terminal):
    terminal.open()
    (started,) = terminal.say(Run())
    assert started.running
    assert terminal.wait() == ()
    (seen,) = terminal.say(Look())
    assert seen.running
    assert seen.iteration > 0
    assert seen.rate > 0
    paused, *_ = terminal.say(Pause())
    assert not paused.running
    assert paused.iteration >= seen.iteration
    (still,) = terminal.say(Look())
    assert still.iteration == paused.iteration
    runner = Runner(load_experiment(terminal.folder), Sources(), 7)
    runner.advance(paused.iteration)
    assert paused.loss == runner.loss


def test_a_run_at_rest_is_measured_where_it_stands(terminal):
    terminal.open()
    terminal.say(Run())
    while terminal.say(Look())[-1].iteration < 100:
        terminal.wait()
    first, *more = terminal.say(Pause())
    frame = (first, *more, *terminal.say(Look()))[-1]
    assert frame.measured_at == frame.iteration == first.iteration
    runner = Runner(load_experiment(terminal.folder), Sources(), 7)
    runner.advance(frame.iteration)
    assert frame.metrics == runner.measure().losses


def test_a_run_that_is_wound_back_is_measured_there_and_nothing_is_noted_twice(terminal):
    terminal.open()
    terminal.say(Step(60))
    first, frame = terminal.say(Seek(37))
    assert first.measured_at == 0
    assert (frame.iteration, frame.measured_at) == (37, 37)
    runner = Runner(load_experiment(terminal.folder), Sources(), 7)
    runner.advance(37)
    assert frame.metrics == runner.measure().losses
    # Wound forward, the past is as it was: a look at step 37 left no trace in the curves.
    *_, there = terminal.say(Seek(60))
    assert there.measured_at == 60


def test_keys_go_before_measuring(terminal):
    terminal.open()
    terminal.say(Step(60))
    measured = terminal._lab._bench.run.measure
    given_up = []

    def measure(stop):
        terminal._inbox.put(Seek(20))
        given_up.append(stop())
        return measured(stop)

    terminal._lab._bench.run.measure = measure
    answers = terminal.say(Seek(10))
    assert given_up == [True]
    assert answers[0].iteration == 10


def test_a_run_that_comes_to_its_last_step_stands_still_and_says_so(tmp_path):
    folder = write_lesson(tmp_path / "line")
    code = (folder / "lab.py").read_text()
    (folder / "lab.py").write_text(code.replace("    def build(self)", "    last_step = 50\n\n    def build(self)", 1))
    terminal = Terminal(folder)
    terminal.open()
    for _ in range(2):
        *_, frame = terminal.say(Run())
        if frame.running:
            (frame,) = on_its_own(terminal)
        assert (frame.iteration, frame.running, frame.halted) == (50, False, "")


def test_a_step_ends_the_running(terminal):
    terminal.open()
    terminal.say(Run())
    (frame,) = terminal.say(Step())
    assert not frame.running


def test_knobs_and_seeds(terminal):
    terminal.open()
    terminal.say(Step(3))
    (live,) = terminal.say(Turn({"lr": 0.5}))
    assert (live.iteration, live.knobs["lr"]) == (3, 0.5)
    (again,) = terminal.say(Restart(7))
    assert (again.iteration, again.seed, again.knobs["lr"]) == (0, 7, 0.5)
    first = terminal.say(Step())[-1].loss
    (other,) = terminal.say(Restart(8), Step())
    assert (other.iteration, other.seed) == (1, 8)
    assert other.loss != first
    assert terminal.say(Restart(7), Step())[-1].loss == first
    (rebuilt,) = terminal.say(Turn({"fails": "figure"}))
    assert (rebuilt.iteration, rebuilt.seed, rebuilt.measured_at) == (0, 7, 0)
    assert rebuilt.metrics


def test_a_restart_while_it_runs_stands_still_at_step_0(terminal):
    terminal.open()
    terminal.say(Run())
    (frame,) = terminal.say(Restart(7))
    assert (frame.iteration, frame.running) == (0, False)


def test_a_run_that_flies_apart_says_so_by_itself(terminal):
    terminal.open(lr=1e6)
    answers = terminal.say(Run())
    while not answers or not answers[-1].halted:
        answers = terminal.wait()
    frame = answers[-1]
    assert not frame.running
    assert not math.isfinite(frame.loss)
    assert frame.halted.startswith(f"The loss became {frame.loss} at step {frame.iteration}.")
    (still,) = terminal.say(Run())
    assert not still.running
