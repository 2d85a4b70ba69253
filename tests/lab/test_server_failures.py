"""A lesson's own code fails: it is said with its place, and the lab goes on."""

import pytest

from tests.lab.talk import kinds
from tests.line import LAB, line_of, write_lesson
from tutor.link.messages import Frame, Look, Pause, Ready, Restart, Run, Step, Trouble, Turn, View


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
