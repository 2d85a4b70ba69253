"""Runs that stop where a goal is reached, and steps that are taken apart."""

from tests.lab.talk import kinds, on_its_own
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.dissection import Dissect, Dissected, Inspect, Inspected
from tutor.link.goals import parse_condition
from tutor.link.messages import Frame, Look, Pause, Run, Sample, Step, Trouble, View


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
