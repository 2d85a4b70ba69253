"""Studies in the lab: asked for, followed, stopped; the run is as if there had been none."""

import pytest

from tests.lab.talk import Terminal, kinds
from tests.line import write_lesson
from tutor.link.messages import Frame, Look, Run, Seeds, Step, Stop, Studied, Sweep, Trouble

SWEEP = Sweep(1e-3, 1.0, 200)
SEEDS = Seeds(3, 50, {"lr": 0.3})


@pytest.fixture
def terminal(tmp_path):
    made = Terminal(write_lesson(tmp_path / "line"))
    made.open()
    return made


def followed(terminal):
    """All that the lab says until a study is done."""
    said = []
    while not (said and said[-1].done):
        said += terminal.wait()
    return said


@pytest.mark.parametrize("study", [SWEEP, SEEDS], ids=["sweep", "seeds"])
def test_it_ends_by_itself_with_one_report_and_the_run_goes_on_as_if_there_had_been_none(terminal, study, tmp_path):
    terminal.say(Step(20))
    before = terminal.say(Look())[-1]
    assert kinds(terminal.say(study))[0] == Studied
    followed(terminal)
    after = terminal.say(Look())[-1]
    assert (after.iteration, after.loss, after.metrics) == (before.iteration, before.loss, before.metrics)
    other = Terminal(write_lesson(tmp_path / "other"))
    other.open()
    assert terminal.say(Step(30))[-1].loss == other.say(Step(50))[-1].loss


def test_it_reports_only_when_asked_and_a_look_is_answered_by_a_report(terminal):
    terminal.say(Seeds(3, 100_000, {"lr": 0.3}))
    assert terminal.wait() == ()
    (first,) = terminal.say(Look())
    (later,) = terminal.say(Look())
    assert isinstance(first, Studied)
    assert 0 < first.share < later.share < 1
    assert later.heard == first.heard + 1
    assert later.seconds_left > 0


def test_a_run_pauses_for_it_and_a_stop_ends_it_with_what_was_found(terminal):
    terminal.say(Run())
    terminal.say(Seeds(3, 100_000, {"lr": 0.3}))
    last, frame = terminal.say(Stop())
    assert (last.done, last.share < 1) == (True, True)
    assert isinstance(frame, Frame)
    assert not frame.running
    still = terminal.say(Look())[-1]
    assert still.iteration == frame.iteration


def test_a_stop_without_a_study_is_answered_by_a_frame(terminal):
    assert kinds(terminal.say(Stop())) == [Frame]


def test_another_study_takes_the_place_of_the_first(terminal):
    terminal.say(Seeds(3, 100_000, {"lr": 0.3}))
    terminal.say(SWEEP)
    assert followed(terminal)[-1].rates is not None
    assert kinds(terminal.say(Look())) == [Frame]


def test_what_cant_be_studied_is_a_sentence_and_a_frame(terminal):
    trouble, frame = terminal.say(Sweep(1.0, 0.5, 100))
    assert "There is no sweep from 1 to 0.5." in trouble.what
    assert isinstance(frame, Frame)
    assert kinds(terminal.say(Seeds(0, 10, {}))) == [Trouble, Frame]


def test_a_lesson_that_fails_in_a_study_says_where(terminal):
    said = list(terminal.say(Seeds(3, 50, {"fails": "step"})))
    while not any(isinstance(report, Trouble) for report in said):
        said += terminal.wait()
    trouble = next(report for report in said if isinstance(report, Trouble))
    assert "lab.py" in trouble.where
    assert kinds(terminal.say(Look())) == [Frame]
