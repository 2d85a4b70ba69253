"""A round of questions as lines of text."""

import io

import pytest

from tests.course.made import Shelf, choice, lesson, order, own, step
from tests.ui.fake_lab import FakeLab
from tutor.course import posing
from tutor.course.grading import Verdict
from tutor.course.review import Item, Round
from tutor.learner.record import Record
from tutor.learner.trust import EVERYONE, Trust
from tutor.plain.conversation import GOODBYE, Conversation
from tutor.plain.conversation import HELP as HELP_AT_THE_LIST
from tutor.plain.lab import Lab
from tutor.plain.review import HELP, hold_round
from tutor.plain.voice import Voice

TINY = lesson([step("one", choice(), order())], [choice(), order()])


def no_make(item, own):
    raise AssertionError("nothing is to be made")


@pytest.fixture
def talk():
    """Holds a round with these lines typed: what was said, whether to go on, the record, and the round."""

    def at(*typed, testing=None):
        record, out = Record(None), io.StringIO()
        items = [Item(TINY, choice(predict=True)), Item(TINY, order())]
        sitting = Round(items, record, testing)
        goes_on = hold_round(sitting, record, Voice(io.StringIO("".join(f"{line}\n" for line in typed)), out), no_make)
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


# Questions of a new run


def review_of_own(*typed, make=FakeLab, trust=EVERYONE):
    """What is said in a review of a question that a lab makes, the labs, and the record."""
    record, out, labs = Record(None), io.StringIO(), []
    record.write(("INSERT INTO due VALUES ('tiny', 'mine', '2020-01-01')", ()))

    async def start():
        labs.append(make())
        labs[-1].made["mine"] = ("At your step 100: which?", (("one", "No."), ("two", "Yes.")), 1)
        return labs[-1]

    shelf = Shelf(lesson([step("one", own())], [own()]))
    voice = Voice(io.StringIO("".join(f"{line}\n" for line in typed)), out)
    Conversation(shelf, record, voice, start_lab=lambda: Lab(start), trust=trust).hold_review()
    return out.getvalue(), labs, record


def test_a_question_of_a_run_is_made_by_a_lab_that_ends_with_it():
    said, (lab,), record = review_of_own("1", "")
    assert "The lab is making this question, of a new run.\n\nQuestion:\nAt your step 100: which?\n1. " in said
    assert lab.closed
    (kept,) = record.answers()
    assert (kept.question, kept.review) == ("mine", True)
    assert f"{int(kept.right)} of 1 right." in said


class Dying(FakeLab):
    """Ends when it is first asked for something."""

    def answer(self):
        self.die("exit code 1")


class Mute(FakeLab):
    """Says nothing."""

    def answer(self):
        pass


@pytest.mark.parametrize(
    ("make", "why"), [(Dying, "its lab stopped (exit code 1)."), (Mute, "its lab took more than 30 seconds.")]
)
def test_one_that_cannot_be_made_is_skipped_with_a_sentence(monkeypatch, make, why):
    monkeypatch.setattr(posing, "PATIENCE", 30.0 if make is Dying else 0.05)
    said, (lab,), record = review_of_own("1", "", make=make)
    assert f"This question can't be asked today, and stays due: {why}\nPress enter to go on.\n" in said
    assert "There is nothing to answer here. Press enter to go on.\n" in said
    assert "0 of 0 right, 1 skipped." in said
    assert lab.closed
    assert (record.answers(), len(record.due())) == ((), 1)


def test_a_strangers_lesson_is_not_started(tmp_path):
    said, labs, _ = review_of_own("", trust=Trust(tmp_path / "trusted.txt"))
    assert "stays due: its lesson isn't one of tutor's own, and you haven't agreed to run its code.\n" in said
    assert labs == []
