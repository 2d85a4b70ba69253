"""`tutor --plain` as a process, with a lab of its own."""

import os
import re
import signal
import sys

import pytest

from tests.plain.talking import Plain
from tests.processes import alive, children, needs_proc, wait_until
from tests.terminal import Terminal
from tutor.course.lesson import load_lesson
from tutor.course.quiz import Bug, Choice, Draw, Multiple, Numeric, Order, Own
from tutor.learner.record import Record
from tutor.link.goals import SetKnob, Train, UsePreset
from tutor.paths import lessons_dir
from tutor.plain.prose import linear

TUTOR = (sys.executable, "-m", "tutor")


def typed(question, said):
    """The right answer to `question`, whose options were said in some order."""

    def number(text):
        return re.search(rf"^(\d+)\. {re.escape(text)}($| Its curve: )", said, re.MULTILINE)[1]

    match question:
        case Numeric():
            return f"{question.answer:.12g}"
        case Bug():
            return str(question.faulty)
        case Draw():
            return " ".join(f"{value:.12g}" for value in question.answer)
        case Order():
            return " ".join(map(number, question.items))
        case Choice() | Multiple():
            return " ".join(number(linear(option.text)[0]) for option in question.options if option.right)


def answered(plain, question, said):
    """Answer rightly; what is said in the end."""
    if isinstance(question, Own):
        plain.type(f"run {question.steps}")
        said = plain.type("")
        tries = (plain.type(str(number)) for number in range(1, 1 + len(re.findall(r"^\d+\. ", said, re.MULTILINE))))
        return next(told for told in tries if "Right. " in told)
    said = plain.type(typed(question, said))
    if question.predict:
        plain.type("think")
        said = plain.type("show")
        said = plain.type("show") if "Nothing has changed yet" in said else said
    return said


def move(step):
    """A step of a goal's reference as it is typed."""
    match step:
        case SetKnob(knob, text):
            return f"{knob}={text}"
        case UsePreset(preset):
            return f"preset {preset}"
        case Train(steps):
            return f"run {steps}"


def walk(home, name):
    """Read every page of a lesson, answer every question and reach every goal; all that was said."""
    lesson = load_lesson(lessons_dir() / name.replace("-", "_"))
    with Plain(home, name) as plain:
        said = plain.first
        for number, step in enumerate(lesson.steps, start=1):
            assert f"Page {number} of {len(lesson.steps)}: {step.title}" in said
            for question in (lesson.questions[name] for name in step.questions):
                asked = linear(question.ask)[0]
                said = said if asked in said else plain.type("")
                assert asked in said
                said = answered(plain, question, said)
                assert "Right. " in said
            for told in map(move, step.reference):
                said = plain.type(told)
            said = plain.type("next")
        assert "This is the last page." in said
        out, err, code = plain.end()
    assert (err, code) == ("", 0)
    assert out.endswith("Goodbye. Everything is kept.\n")
    with Record(home / "record.sqlite3") as record:
        (progress,) = record.progress([lesson]).values()
    assert (progress.steps_done, progress.right) == (progress.steps, progress.questions)
    return plain.all.decode()


def test_a_whole_lesson(tmp_path):
    said = walk(tmp_path, "temperature")
    assert "\x1b" not in said
    assert not re.search("[\u2500-\u259f\u2800-\u28ff✓✗]", said)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["minibatches", "deep-net-xray"])
def test_a_whole_lesson_that_trains(tmp_path, name):
    walk(tmp_path, name)


def test_the_run_is_that_of_tutor_run(tmp_path):
    with Plain(tmp_path, "minibatches") as plain:
        said = plain.type("run 30")
        assert re.search(r"Step 30, seed 42: loss (\S+)\. Measured: train", said)
        again = plain.type("restart") + plain.type("run 30")
        assert said.splitlines()[-2] == again.splitlines()[-2]
        assert "at step 30" in plain.type("figure losses")
        assert "3. Update of step 31." in plain.type("phases")
        assert "Step 30, at temperature 1" in plain.type("sample")
        assert plain.type("seek 10").startswith("seek 10\nStep 10 of 30")
        assert "\nB has lr 0.2 from step 10 on" in plain.type("fork lr=0.2")
        assert plain.type("keep b").startswith("keep b\nStep 10")
        study = plain.type("noise lr=0.2 2 20")
        assert "Two times 2 runs of 20 steps" in study
        assert "Suggested: " in plain.type("find-lr 0.1 0.001 1 50")


@needs_proc
def test_in_a_terminal_that_can_do_nothing(tmp_path):
    environment = {"TERM": "dumb", "TUTOR_HOME": str(tmp_path), "LC_ALL": "C"}
    with Terminal((*TUTOR, "temperature", "--plain"), environment=environment) as terminal:
        terminal.wait_for("Type figures to hear")
        # The text is there before the lab is.
        terminal.wait_for(lambda _: bool(children(terminal.pid)))
        (lab,) = children(terminal.pid)
        terminal.send("go 3\r")
        terminal.wait_for("p_i / p_j = e^((z_i - z_j) / T)")
        terminal.wait_for(lambda text: text.rstrip().endswith("\n>"))
        terminal.send("\x03")
        terminal.wait_for("Goodbye. Everything is kept.")
        terminal.ended()
        assert terminal.code == 0
    wait_until(lambda: not alive(lab))


@pytest.mark.slow
@needs_proc
def test_ctrl_c_pauses_a_run(tmp_path):
    command = (*TUTOR, "minibatches", "--plain")
    with Terminal(command, rows=60, environment={"TUTOR_HOME": str(tmp_path)}) as terminal:
        terminal.wait_for("Type figures to hear")
        terminal.send("run 1000000\r")
        terminal.wait_for(re.compile(r"Step [\d,]+, loss").search)
        terminal.send("\x03")
        terminal.wait_for("It ran at")
        terminal.wait_for("seed 42")
        terminal.send("quit\r")
        terminal.wait_for("Goodbye")
        terminal.ended()
        assert terminal.code == 0


@needs_proc
def test_a_lab_that_is_killed(tmp_path):
    with Plain(tmp_path, "temperature") as plain:
        plain.type("T=2")
        (lab,) = children(plain.process.pid)
        os.kill(lab, signal.SIGKILL)
        wait_until(lambda: not alive(lab))
        assert "The lab stopped (killed by signal 9 (SIGKILL)). Type restart" in plain.type("T=3")
        plain.type("restart")
        assert "T is 3." in plain.type("T=3")


def test_the_list(tmp_path):
    with Plain(tmp_path) as plain:
        assert "\n4. temperature: The hidden dial: temperature. 30 minutes.\n" in plain.first
        assert "There is no lesson 'temprature'. Did you mean 'temperature'?" in plain.type("temprature")
        assert "Page 1 of 12: One dial, four jobs." in plain.type("4")
        plain.type("go 2")
        assert "4. temperature: The hidden dial: temperature. 30 minutes; done: 1 of 12 pages" in plain.type("lessons")
        out, err, code = plain.end()
    assert (out, err, code) == ("\nGoodbye. Everything is kept.\n", "", 0)
