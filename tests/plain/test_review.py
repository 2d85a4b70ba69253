"""A round of questions as lines of text."""

import io

import pytest

from tests.course.made import Shelf, choice, lesson, order, step
from tutor.course.grading import Verdict
from tutor.course.review import Item, Round
from tutor.learner.record import Record
from tutor.plain.conversation import GOODBYE, Conversation
from tutor.plain.conversation import HELP as HELP_AT_THE_LIST
from tutor.plain.review import HELP, hold_round
from tutor.plain.voice import Voice

TINY = lesson([step("one", choice(), order())], [choice(), order()])


@pytest.fixture
def talk():
    """Holds a round with these lines typed: what was said, whether to go on, the record, and the round."""

    def at(*typed, testing=None):
        record, out = Record(None), io.StringIO()
        items = [Item(TINY, choice(predict=True)), Item(TINY, order())]
        sitting = Round(items, record, testing)
        goes_on = hold_round(sitting, record, Voice(io.StringIO("".join(f"{line}\n" for line in typed)), out))
        return out.getvalue(), goes_on, record, sitting

    return at


def test_right_and_wrong_answers_and_the_end(talk):
    said, goes_on, record, sitting = talk("9", "2", "", "1", "3 2 1", "on")
    assert goes_on
    assert "Review: 2 questions." in said
    assert said.count("From the lesson A tiny lesson.") == 2
    assert "'9' is no answer here" in said
    assert "It takes 3 numbers from 1 to 3." in said
    assert "Press enter to go on." in said
    assert [given.question for given in record.answers()] == ["first-loss", "loop"]
    assert all(given.review for given in record.answers())
    assert f"{sitting.right} of 2 right." in said


def test_the_answer_is_told_after_a_wrong_one(talk):
    # The order is never shown in the right one.
    said, _, record, _ = talk("skip", "1 2 3", "")
    assert [given.right for given in record.answers()] == [False]
    assert "The answer: forward, then backward, then update." in said


@pytest.mark.parametrize(("line", "goes_on"), [("quit", False), ("lessons", True)])
def test_leaving(talk, line, goes_on):
    _, went_on, record, _ = talk(line)
    assert went_on == goes_on
    assert record.answers() == ()


def test_hints_help_and_words_that_are_none(talk):
    said, goes_on, _, _ = talk("hint", "help", "run 100", "", "question")
    assert not goes_on
    assert "Hint 1: 27 letters." in said
    assert all(line in said for line in HELP)
    assert "There is no word 'run 100'. Type help for all of them." in said
    assert said.count("Question 1 of 2:") == 3


def test_a_test_says_whose_it_is(talk):
    said, _, _, _ = talk("skip", "skip", testing=TINY)
    assert said.startswith("Test of the lesson A tiny lesson: 2 questions.")
    assert "0 of 2 right. It takes 80 % to know a lesson beforehand" in said


def at_the_list(*typed, record=None):
    """What is said to lines typed at the list of lessons."""
    out = io.StringIO()
    voice = Voice(io.StringIO("".join(f"{line}\n" for line in typed)), out)
    Conversation(Shelf(TINY), record or Record(None), voice).hold(None)
    return out.getvalue()


def test_the_list_of_lessons_says_what_is_due_and_asks_it():
    record = Record(None)
    record.write(("INSERT INTO due VALUES ('tiny', 'loop', '2020-01-01')", ()))
    said = at_the_list("review", "3 2 1", "", "quit", record=record)
    assert "1 question to review today: type review." in said
    assert "Review: 1 question." in said
    assert [given.question for given in record.answers()] == ["loop"]
    assert said.endswith(f"{GOODBYE}\n")


def test_quitting_a_review_or_a_test_quits_altogether():
    record = Record(None)
    record.write(("INSERT INTO due VALUES ('tiny', 'loop', '2020-01-01')", ()))
    for word in ("review", "test tiny", "test 3"):
        assert at_the_list(word, "quit", "list", record=record).count("3. tiny:") == 1


def test_surprises_and_help_at_the_list():
    record = Record(None)
    record.answer("tiny", "loop", (2, 1, 0), Verdict(False, 0.0, ""), sure="know")
    said = at_the_list("surprises", "help", "review", "quit", record=record)
    assert "You said that you knew once; once you were wrong.\n" in said
    assert "- knew: 1, 0 right (0 %)\n" in said
    assert "- tiny/loop, " in said
    assert "Order one iteration.\n" in said
    assert all(f"{line}\n" in said for line in HELP_AT_THE_LIST)
    assert "Nothing to review today. The next question returns tomorrow.\n" in said
