"""Trials and questions of the own run: what they give, and that the learner's run is as if there had been none."""

import math
import re

import pytest
import torch

from tests.lab.talk import Terminal, kinds
from tests.lab.tiny import Tiny
from tests.line import LAB, write_lesson
from tutor.errors import TutorError
from tutor.lab import Experiment, OwnQuestion, question
from tutor.lab.datasets import Sources
from tutor.lab.predictions import outcomes, posed, tried
from tutor.lab.runner import Runner
from tutor.link.messages import Frame, Look, Open, Pause, Run, Step
from tutor.link.trials import Outcome, Pose, Posed, Trial, Tried, Try

SLOW, FAST = Trial((0, 30), {"lr": 0.01}), Trial((30,), {"lr": 1.0})


class Classifying(Tiny):
    """Has accuracies."""

    each_loss = Experiment.each_loss


class Asking(Tiny):
    """Asks about its step."""

    wrong = ("never",)

    @question("where")
    def where(self, seen, rng):
        torch.rand(1, generator=self.rng)
        right = f"step {self.iteration}"
        return OwnQuestion(f"Where? {rng.randrange(1000)}", (right, *self.wrong), 0, ("It is.", *self.wrong))


def outcome(metric, *trials, seed=7, kind=Tiny):
    return list(tried(kind, Sources(), metric, trials, seed))[-1]


def test_a_trial_gives_what_a_run_with_these_settings_measures():
    runs = [Runner(Tiny, Sources(), 7, {"lr": lr}) for lr in (0.01, 1.0)]
    first = runs[0].measure().losses["val"]
    for run in runs:
        run.advance(30)
    slow, fast = (run.measure().losses["val"] for run in runs)
    assert outcome("val", SLOW, FAST) == Outcome(7, ((first, slow), (fast,)))


def test_a_metric_is_what_a_goal_can_name():
    run = Runner(Tiny, Sources(), 7)
    run.advance(120)
    assert outcome("loss", Trial((120,))).values[0] == pytest.approx([sum(run.history.losses[-100:]) / 100])
    run = Runner(Classifying, Sources(), 7)
    run.advance(120)
    assert outcome("val accuracy", Trial((120,)), kind=Classifying).values[0] == (run.measure().accuracies["val"],)


def test_a_run_that_breaks_down_is_at_infinity():
    assert outcome("val", Trial((5, 400), {"lr": 1e38})).values[0][1] == math.inf


@pytest.mark.parametrize(
    ("metric", "trial", "what"),
    [
        ("vall", Trial((1,)), "'vall', which the lesson doesn't measure"),
        ("loss", Trial((1,)), "'loss' isn't known at step 1"),
        ("val", Trial((1,), {"rate": 1.0}), "There is no knob 'rate'"),
        ("val", Trial((1,), {}, "fast"), "There is no preset 'fast'"),
    ],
)
def test_what_cannot_be_measured_is_one_sentence(metric, trial, what):
    with pytest.raises(TutorError, match=what):
        outcome(metric, trial)


def test_several_seeds_show_the_spread():
    found = outcomes(Tiny, Sources(), "val", (FAST,), range(3))
    assert found == tuple(outcome("val", FAST, seed=seed) for seed in range(3))
    assert len({each.values for each in found}) == 3


def test_a_question_is_made_of_the_run_and_leaves_it_as_it_was():
    run, other = (Runner(Asking, Sources(), 7) for _ in range(2))
    run.advance(20)
    made = posed(run, "where", 1)
    assert (made.options[made.right], made.whys[made.right]) == ("step 20", "It is.")
    assert posed(run, "where", 1) == made != posed(run, "where", 2)
    run.advance(20)
    other.advance(40)
    assert list(run.history.losses) == list(other.history.losses)


def test_a_question_that_cannot_be_asked_is_one_sentence(monkeypatch):
    run = Runner(Asking, Sources(), 7)
    with pytest.raises(TutorError, match=r"lab\.py makes no question 'when'"):
        posed(run, "when", 1)
    monkeypatch.setattr(Asking, "wrong", ())
    with pytest.raises(TutorError, match="can't be asked of this run"):
        posed(run, "where", 1)


# In the lab

QUESTION = """
    @question("which")
    def which(self, seen, rng):
        return OwnQuestion("Which?", ("this", f"step {self.iteration}"), 1, ("No.", "Yes."))
"""
ASKING = LAB.replace("Number, Preset, figure", "Number, OwnQuestion, Preset, figure, question") + QUESTION
TRY = Try("falls", "train", (Trial((0, 50), {"lr": 0.01}),), 7)


@pytest.fixture
def terminal(tmp_path):
    made = Terminal(write_lesson(tmp_path / "line", ASKING))
    made.open()
    return made


def followed(terminal, kind, *commands):
    """What the lab says to `commands`, and by itself, until it says something of this kind; that, and all of it."""
    said = terminal.say(*commands)
    while kind not in kinds(said):
        said += terminal.wait()
    return next(each for each in said if isinstance(each, kind)), said


def test_trials_are_made_while_the_run_rests_and_change_nothing(terminal, tmp_path):
    terminal.say(Step(20))
    before = terminal.say(Look())[-1]
    found, said = followed(terminal, Tried, TRY)
    assert isinstance(said[0], Frame)
    assert found.question == "falls"
    first, last = found.outcome.values[0]
    assert last < first
    after = terminal.say(Look())[-1]
    assert (after.iteration, after.loss, after.metrics) == (before.iteration, before.loss, before.metrics)
    other = Terminal(write_lesson(tmp_path / "other"))
    other.open()
    assert terminal.say(Step(30))[-1].loss == other.say(Step(50))[-1].loss


def test_trials_wait_while_the_run_goes_on(terminal):
    terminal.say(Run(), TRY)
    assert Tried not in kinds(terminal.say(Look()) + terminal.wait() + terminal.wait())
    followed(terminal, Tried, Pause())


def test_what_cannot_be_tried_is_said(terminal):
    found, _ = followed(terminal, Tried, Try("falls", "vall", (Trial((1,)),), 7))
    assert (found.question, found.outcome) == ("falls", None)
    assert "'vall'" in found.trouble


def test_trials_of_a_lesson_that_is_closed_are_forgotten(terminal):
    terminal.say(Try("falls", "train", (Trial((10**9,)),), 7))
    terminal.open()
    assert followed(terminal, Tried, TRY)[0].outcome is not None


def test_a_question_is_made_of_the_run_as_it_stands_or_of_another(terminal):
    terminal.say(Step(20))
    asked, frame = terminal.say(Pose("which", 1))
    assert asked == Posed("which", "Which?", (("this", "No."), ("step 20", "Yes.")), 1)
    assert frame.iteration == 20
    asked, _ = followed(terminal, Posed, Pose("which", 3, Trial((40,))))
    assert asked.options[1] == ("step 40", "Yes.")
    assert re.fullmatch(r"This run is new: seed 3, step 40(, \w+ \S+)+\.\n\nWhich\?", asked.ask)


def test_a_question_that_fails_says_so(terminal):
    asked = terminal.say(Pose("what", 1))[0]
    assert asked.options == ()
    assert "lab.py makes no question 'what'" in asked.ask


def test_a_lab_without_a_model_says_that_nothing_can_be_tried(tmp_path):
    lab = Terminal(write_lesson(tmp_path / "line"))
    lab.say(Open(str(lab.folder), 7, {"fails": "build"}))
    assert followed(lab, Tried, TRY)[0].outcome is None
