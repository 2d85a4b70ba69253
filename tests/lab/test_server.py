import math
import queue

import pytest

from tests.line import LAB, line_of, write_lesson
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.lab.server import Lab
from tutor.link.dissection import Dissect, Dissected, Inspect, Inspected
from tutor.link.goals import parse_condition
from tutor.link.messages import Frame, Look, Open, Pause, Ready, Restart, Run, Sample, Seek, Step, Trouble, Turn, View


class Terminal:
    """The other end of a lab: says something, and gives back what it answers in that round."""

    def __init__(self, folder):
        self.folder = folder
        self._inbox, self._heard = queue.SimpleQueue(), []
        self._lab = Lab(self._inbox, self._heard.append)

    def say(self, *commands):
        """Send a batch and let the lab work for one round."""
        for command in commands:
            self._inbox.put(command)
        return self.wait()

    def wait(self):
        """One round of the lab's work; it must have something to do."""
        self._lab.turn()
        answers = tuple(self._heard)
        self._heard.clear()
        return answers

    def open(self, **knobs):
        return self.say(Open(str(self.folder), 7, knobs))


@pytest.fixture
def terminal(tmp_path):
    return Terminal(write_lesson(tmp_path / "line"))


def kinds(answers):
    return [type(answer) for answer in answers]


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


@pytest.mark.parametrize(
    ("fails", "line", "commands"),
    [
        ("build", "raise ValueError", ()),
        ("step", "torch.zeros(2) @", (Step(10),)),
        ("figure", "raise RuntimeError", (View(("slope",), 80),)),
    ],
)
def test_a_lesson_that_fails_is_reported_and_the_lab_goes_on(terminal, fails, line, commands):
    terminal.open()
    answers = terminal.say(Turn({"fails": fails}), *commands)
    (trouble,) = (answer for answer in answers if isinstance(answer, Trouble))
    assert trouble.where == f"line/lab.py:{line_of(line)}"
    assert trouble.what
    assert "Traceback" in trouble.traceback
    assert kinds(answers).count(Frame) == 1
    *_, frame = terminal.say(View((), 80), Turn({"fails": "never"}), Restart(7), Step(2))
    assert frame.iteration == 2


def test_a_restart_after_a_failure_reads_the_mended_code(terminal):
    terminal.open(fails="step")
    assert Trouble in kinds(terminal.say(Step(10)))
    lab = terminal.folder / "lab.py"
    lab.write_text(lab.read_text(encoding="utf-8").replace("torch.zeros(2) @ torch.zeros(3)", "pass"), encoding="utf-8")
    ready, frame = terminal.say(Restart(42))
    assert isinstance(ready, Ready)
    assert frame.knobs["fails"] == "step"
    (frame,) = terminal.say(Step(10))
    assert frame.iteration == 10


def test_a_rebuild_that_fails_leaves_the_run(terminal):
    terminal.open()
    (before,) = terminal.say(Step(4))
    trouble, frame = terminal.say(Turn({"fails": "build", "lr": 0.5}))
    assert isinstance(trouble, Trouble)
    assert (frame.iteration, frame.loss, frame.knobs) == (before.iteration, before.loss, before.knobs)


def test_a_step_that_fails_while_it_runs_stops_the_run(terminal):
    terminal.open(fails="step")
    answers = terminal.say(Run())
    while len(answers) < 2:
        answers += terminal.wait()
    *_, trouble, frame = answers
    assert trouble.where == f"line/lab.py:{line_of('torch.zeros(2) @')}"
    assert (frame.iteration, frame.running) == (3, False)


def test_a_knob_it_hasnt_is_reported_without_a_place(terminal):
    terminal.open()
    trouble, frame = terminal.say(Turn({"rate": 1.0}))
    assert trouble.what.startswith("There is no knob 'rate'.")
    assert trouble.where == ""
    assert frame.iteration == 0


def test_a_lesson_that_cant_be_loaded_is_loaded_again_when_it_is_mended(terminal):
    write_lesson(terminal.folder, "def broken(:\n")
    (trouble,) = terminal.open()
    assert trouble.where == "line/lab.py:1"
    for command in (Look(), Run(), Step(), Turn({"lr": 0.5})):
        assert Frame not in kinds(terminal.say(command))
    write_lesson(terminal.folder, LAB)
    ready, frame = terminal.say(Restart(9))
    assert isinstance(ready, Ready)
    assert (frame.iteration, frame.seed) == (0, 9)
    assert terminal.say(Step())[-1].iteration == 1


def test_a_model_that_cant_be_built_is_built_with_other_knobs(terminal):
    ready, trouble = terminal.open(fails="build")
    assert (type(ready), type(trouble)) == (Ready, Trouble)
    (frame,) = terminal.say(Turn({"fails": "never"}))
    assert (frame.iteration, frame.seed) == (0, 7)


def test_commands_before_any_lesson(terminal):
    for command in (Step(), Restart(1), Turn({})):
        (trouble,) = terminal.say(command)
        assert isinstance(trouble, Trouble)
    assert terminal.say(Look(), Run(), Pause(), View((), 80)) == ()


def on_its_own(terminal):
    """Let it train until it answers unasked."""
    for _ in range(10_000):
        if answers := terminal.wait():
            return answers
    raise AssertionError("it never stopped by itself")


def goal(*texts):
    return View((), 60, tuple(map(parse_condition, texts)))


def test_a_run_stops_by_itself_where_its_goal_is_reached(terminal):
    terminal.open(lr=0.001)
    (before,) = terminal.say(goal("train < 0.5", "lr = 0.001"))
    assert [gauge.holds for gauge in before.goal] == [False, True]
    assert not before.reached
    (started,) = terminal.say(Run())
    assert started.running
    (frame,) = on_its_own(terminal)
    assert (frame.running, frame.reached, frame.iteration % 100) == (False, True, 0)
    runner = Runner(load_experiment(terminal.folder), Sources(), 7, {"lr": 0.001})
    below = []
    while not below or below[-1] >= 0.5:
        runner.advance(100)
        below.append(runner.measure().losses["train"])
    assert frame.iteration == 100 * len(below)
    assert frame.goal[0].value == frame.metrics["train"] == below[-1]
    assert frame.measured_at == frame.iteration


def test_a_run_stops_at_the_last_step_that_its_goal_allows_and_may_go_on(terminal):
    terminal.open()
    terminal.say(goal("train < 0", "step <= 137"), Run())
    (frame,) = on_its_own(terminal)
    assert (frame.iteration, frame.running, frame.reached, frame.measured_at) == (137, False, False, 137)
    terminal.say(Run())
    (later,) = terminal.say(Look())
    assert later.running
    assert later.iteration > 137
    assert [gauge.holds for gauge in later.goal] == [False, False]


def test_without_a_goal_nothing_stops(terminal):
    terminal.open()
    terminal.say(goal("step <= 5"))
    terminal.say(View((), 60), Run())
    assert not any(terminal.wait() for _ in range(20))
    (frame,) = terminal.say(Look())
    assert (frame.goal, frame.reached, frame.running) == ((), False, True)


def test_a_goal_that_names_no_metric_is_said_once(terminal):
    terminal.open()
    trouble, frame = terminal.say(goal("vall < 2"))
    assert isinstance(trouble, Trouble)
    assert "'vall'" in trouble.what
    assert frame.goal == ()
    assert kinds(terminal.say(Look())) == [Frame]


def test_a_step_is_taken_apart_without_being_taken(terminal):
    terminal.open()
    terminal.say(Step(3), Run())
    apart, frame = terminal.say(Dissect())
    assert isinstance(apart, Dissected)
    assert (apart.iteration, frame.running) == (frame.iteration, False)
    assert [phase.tensors.title[:2] for phase in apart.phases] == ["1.", "2.", "3."]
    (stepped,) = terminal.say(Step())
    assert f"**{stepped.loss:.4g}**" in apart.phases[0].says
    earlier, _ = terminal.say(Inspect(2, 0))
    assert isinstance(earlier, Inspected)
    assert earlier.figures
    terminal.say(Run(), Pause())
    assert kinds(terminal.say(Inspect(2, 0))) == [Frame]


def test_a_lesson_that_makes_nothing_up_says_so(terminal):
    ready, _ = terminal.open()
    assert not ready.generates
    assert kinds(terminal.say(Sample((1,)))) == [Trouble, Frame]
