"""Predictions: locked on one page, carried along, and brought out by what the learner does to the run."""

import math

import pytest
from msgspec import structs

from tests.course.made import Notebook, choice, live_choice, own, picture, place_of, predict, ran, sit
from tutor.course.grading import grade
from tutor.course.live import Live
from tutor.link.trials import Outcome, Posed


@pytest.fixture
def guessed():
    """A prediction, locked, on the page of the run."""
    sitting = sit(("guess", choice(predict=True)), ("run",), ("after",))
    sitting.saw(ran(0, lr=0.1), resting=True)
    predict(sitting, 1)
    sitting.go(1)
    return sitting


def test_a_prediction_is_made_once_and_its_verdict_waits():
    keeper = Notebook()
    sitting = sit(("guess", choice(predict=True)), keeper=keeper)
    predict(sitting, 1)
    assert (sitting.asked.locked, sitting.asked.settled, sitting.asked.revealed) == (True, True, False)
    assert sitting.answer(0) is None
    assert sitting.pick(0) is None
    assert keeper.answers == [("tiny", "first-loss", 1, False)]
    assert keeper.finished == [("tiny", "guess")]


def test_a_locked_prediction_goes_along_to_the_next_page(guessed):
    assert guessed.step.id == "run"
    assert guessed.asked.question.id == "first-loss"
    assert guessed.asked.locked


def test_a_carried_prediction_does_not_finish_the_page_it_came_to(guessed):
    guessed.saw(ran(100, lr=0.1), resting=True)
    assert not guessed.done("run")
    guessed.go(1)
    assert guessed.done("run")


def test_a_prediction_that_came_out_stays_behind(guessed):
    guessed.saw(ran(100, lr=0.1), resting=True)
    assert guessed.asked.revealed
    guessed.go(1)
    assert guessed.asked is None


def test_a_locked_prediction_goes_on_until_it_comes_out(guessed):
    guessed.go(1)
    assert guessed.step.id == "after"
    assert guessed.asked.locked


def test_a_prediction_that_is_left_behind_waits_on_its_own_page():
    sitting = sit(("guess", choice("a", predict=True)), ("run",), ("after",), ("later", choice("b")))
    predict(sitting, 1)
    sitting.go(3)
    assert sitting.asked.question.id == "b"
    sitting.go(-3)
    assert sitting.asked.question.id == "a"
    assert sitting.asked.locked


def test_what_stands_at_step_0_comes_out_without_a_run():
    for steps, due in ((0, True), (100, False)):
        question = structs.replace(live_choice(), live=Live(metric="val", steps=steps))
        sitting = sit(("guess", question))
        sitting.saw(ran(0), resting=True)
        predict(sitting, 0)
        assert sitting.due == due


def test_a_locked_prediction_still_goes_along_after_a_look_back(guessed):
    guessed.go(1)
    guessed.go(-1)
    guessed.go(1)
    assert guessed.asked is not None
    assert guessed.asked.locked


def test_going_back_to_where_it_was_made_shows_it_once(guessed):
    guessed.go(-1)
    assert (guessed.asked.question.id, guessed.place) == ("first-loss", (1, 1))


def test_a_question_asked_on_two_pages_stands_once_on_each():
    prediction = choice(predict=True)
    sitting = sit(("guess", prediction), ("again", prediction))
    predict(sitting, 1)
    sitting.go(1)
    assert sitting.place == (1, 1)


@pytest.mark.parametrize(
    ("states", "revealed"),
    [
        ([(ran(0, lr=0.1), True)], False),
        ([(ran(50, lr=0.1), False)], False),
        ([(ran(50, lr=0.1), False), (ran(90, lr=0.1), True)], True),
        ([(ran(1, lr=0.1), True)], True),
        ([(ran(0, lr=0.2), True)], True),
        ([(ran(0, lr=0.2), False)], False),
    ],
    ids=["nothing", "running", "ran", "one step", "a knob", "a knob in motion"],
)
def test_a_prediction_comes_out_when_something_changed_and_rests(guessed, states, revealed):
    said = [guessed.saw(state, resting) for state, resting in states]
    assert guessed.asked.revealed is revealed
    assert said == [False] * (len(states) - 1) + [revealed]


def test_the_first_thing_seen_of_a_run_brings_out_nothing():
    sitting = sit(("guess", choice(predict=True)))
    predict(sitting, 1)
    assert not sitting.saw(ran(0, lr=0.1), resting=True)
    assert sitting.asked.locked
    assert sitting.saw(ran(1, lr=0.1), resting=True)


def test_a_restart_is_no_run(guessed):
    late = sit(("guess", choice(predict=True)))
    late.saw(ran(700, lr=0.1), resting=True)
    predict(late, 1)
    assert not late.saw(ran(700, lr=0.1), resting=True)
    assert not late.saw(ran(0, lr=0.1), resting=True)
    assert late.saw(ran(300, lr=0.1), resting=True)


def test_predictions_come_out_one_at_a_time():
    sitting = sit(("guess", choice("a", predict=True), choice("b", predict=True)), ("run",))
    sitting.saw(ran(0), resting=True)
    predict(sitting, 1)
    sitting.next_question()
    predict(sitting, 1)
    sitting.go(1)
    assert sitting.place == (1, 2)
    assert sitting.saw(ran(100), resting=True)
    assert sitting.asked.question.id == "a"
    assert sitting.asked.revealed
    sitting.next_question()
    assert sitting.asked.locked
    assert not sitting.saw(ran(100), resting=True)
    assert sitting.saw(ran(200), resting=True)
    assert sitting.asked.question.id == "b"


def test_a_prediction_may_be_revealed_without_a_run(guessed):
    assert not guessed.seen.tried
    guessed.reveal()
    assert guessed.asked.revealed
    assert guessed.asked.verdict == grade(choice(), 1)


def test_a_carried_prediction_is_asked_before_the_pages_own_questions():
    sitting = sit(("guess", choice("a", predict=True)), ("run", choice("b")))
    sitting.saw(ran(0), resting=True)
    predict(sitting, 1)
    sitting.go(1)
    assert (sitting.asked.question.id, sitting.place) == ("a", (1, 2))
    sitting.saw(ran(9), resting=True)
    assert sitting.next_question()
    sitting.answer(0)
    assert sitting.done("run")


def test_a_run_that_was_set_up_anew_brings_out_nothing(guessed):
    guessed.seen.start_anew()
    assert not guessed.saw(ran(0, lr=0.5), resting=True)
    assert guessed.saw(ran(0, lr=0.6), resting=True)


def test_a_prediction_locked_while_the_run_is_set_up_waits_for_what_comes_after():
    sitting = sit(("guess", choice(predict=True)))
    sitting.saw(ran(900, lr=0.1), resting=True)
    sitting.seen.start_anew()
    predict(sitting, 1)
    assert not sitting.saw(ran(0, lr=0.5), resting=True)
    assert sitting.saw(ran(1, lr=0.5), resting=True)


# How sure


def test_a_prediction_is_locked_with_how_sure_the_learner_is():
    keeper = Notebook()
    sitting = sit(("guess", choice(predict=True)), keeper=keeper)
    assert not sitting.lock("know")
    sitting.pick(place_of(sitting, 1))
    assert (sitting.asked.given, sitting.asked.locked, keeper.answers) == (1, False, [])
    assert sitting.lock("know")
    assert (sitting.asked.given, sitting.asked.locked, sitting.asked.sure) == (None, True, "know")
    assert keeper.sure == {"first-loss": "know"}
    assert not sitting.lock("guess")


def test_it_can_be_taken_back_before_it_is_locked():
    sitting = sit(("guess", choice(predict=True)))
    assert not sitting.take_back()
    sitting.answer(1)
    assert sitting.pick(0) is None
    assert sitting.take_back()
    predict(sitting, 0)
    assert sitting.asked.response == 0
    assert not sitting.take_back()


def test_a_skipped_prediction_is_kept_as_skipped_and_can_still_be_made():
    keeper = Notebook()
    sitting = sit(("guess", choice("a", predict=True), choice("b")), keeper=keeper)
    assert sitting.owed
    assert sitting.skip()
    assert not sitting.owed
    assert not sitting.skip()
    assert keeper.skipped == [("tiny", "a")]
    assert keeper.answers == keeper.finished == []
    predict(sitting, 1)
    assert not sitting.asked.revealed
    sitting.next_question()
    assert not sitting.skip()


def test_a_page_that_was_done_before_owes_no_prediction():
    assert not sit(("guess", choice(predict=True)), keeper=Notebook(done=["guess"])).owed
    sitting = sit(("guess", choice("a", predict=True)), ("run", choice("b")))
    sitting.go(1)
    assert not sitting.owed


# The live model


@pytest.fixture
def measured():
    """A locked live prediction, and who keeps it: that val will be below 3."""
    keeper = Notebook()
    sitting = sit(("guess", live_choice()), ("run",), keeper=keeper)
    predict(sitting, 0)
    return sitting, keeper


def test_the_live_models_verdict_is_waited_for(measured):
    sitting, keeper = measured
    assert [asked.question.id for asked in sitting.waiting] == ["falls"]
    sitting.reveal()
    assert (sitting.asked.measuring, sitting.asked.revealed) == (True, False)
    assert sitting.settle("falls", Outcome(42, ((2.5,),)))
    assert (sitting.asked.measuring, sitting.asked.revealed, sitting.asked.right) == (False, True, True)
    assert sitting.waiting == ()
    assert keeper.regraded == []


def test_a_verdict_that_turns_out_otherwise_is_kept_so(measured):
    sitting, keeper = measured
    sitting.settle("falls", Outcome(7, ((3.5,),)))
    assert sitting.asked.locked
    sitting.reveal()
    assert not sitting.asked.right
    assert keeper.answers == [("tiny", "falls", 0, True)]
    assert keeper.regraded == [("tiny", "falls", False)]


def test_where_nothing_can_be_measured_the_authors_key_counts(measured):
    sitting, keeper = measured
    sitting.reveal()
    sitting.settle("falls", None, "There is no metric 'val'.")
    assert (sitting.asked.revealed, sitting.asked.right, sitting.asked.outcome) == (True, True, None)
    assert sitting.asked.trouble == "There is no metric 'val'."
    assert not sitting.settle("falls", Outcome(7, ((3.5,),)))
    assert keeper.regraded == []


def test_what_was_measured_and_fits_no_answer_is_told(measured):
    sitting, _ = measured
    sitting.settle("falls", Outcome(7, ((math.nan,),)))
    assert (sitting.asked.right, sitting.asked.outcome) == (True, None)
    assert sitting.asked.trouble.startswith("0 options fit what was measured: Measured here, seed 7")


def test_a_curve_is_drawn_given_and_locked():
    keeper = Notebook()
    sitting = sit(("guess", picture()), keeper=keeper)
    assert sitting.submit() is None
    sitting.asked.points = (3.0, 2.0, 1.5)
    sitting.submit()
    assert sitting.lock("guess")
    assert keeper.answers == [("tiny", "curve", (3.0, 2.0, 1.5), True)]


# Questions of the own run


def test_a_question_made_of_the_own_run_is_asked_like_any_other():
    keeper = Notebook()
    sitting = sit(("mine", own()), keeper=keeper, token="a")
    assert not sitting.pose(Posed("mine", "It can't be."))
    assert sitting.pose(Posed("mine", "Which?", (("one", "No."), ("two", "Yes.")), 1))
    assert sitting.asked.question.ask == "Which?"
    assert not sitting.pick(place_of(sitting, 0)).right
    assert sitting.pick(place_of(sitting, 1)).right
    assert keeper.finished == [("tiny", "mine")]
    assert sit(("mine", own()), token="a").luck != sit(("mine", own()), token="b").luck
