"""Which questions return, in what order, and a sitting at them."""

from datetime import date, timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.course.made import bug, choice, lesson, multiple, numeric, order, own, step
from tutor.course.catalog import Catalog
from tutor.course.live import Live
from tutor.course.posing import to_make, unmade
from tutor.course.quiz import Draw, Own
from tutor.course.review import (
    Item,
    Round,
    can_stand_alone,
    interleaved,
    queue,
    solution,
    waiting,
    whole_quiz,
    why_none,
)
from tutor.learner.record import Record
from tutor.learner.schedule import today
from tutor.link.messages import Open
from tutor.link.trials import Pose, Posed, Trial
from tutor.paths import lessons_dir

DAY = date(2026, 3, 10)


def named(name, *questions):
    made = lesson([step("first"), step("second", *questions)], questions)
    return msgspec.structs.replace(made, id=name, title=name.capitalize())


def on(concept, name):
    return msgspec.structs.replace(choice(name), concept=concept)


def names(items):
    return [item.name for item in items]


ALPHA = named("alpha", choice(), multiple())
BETA = named("beta", order(), bug())
DUE = {
    ("alpha", "first-loss"): DAY - timedelta(days=1),
    ("alpha", "spread"): DAY - timedelta(days=9),
    ("beta", "loop"): DAY,
    ("beta", "no-zero"): DAY + timedelta(days=1),
    ("alpha", "gone"): DAY,
    ("gone", "first-loss"): DAY,
}


def test_what_is_due_is_asked_and_what_is_not_or_is_no_more_is_left():
    assert set(names(queue([ALPHA, BETA], DUE, DAY, 20))) == {"alpha/first-loss", "alpha/spread", "beta/loop"}


def test_the_longest_due_come_first_where_there_is_a_limit():
    assert names(queue([ALPHA, BETA], DUE, DAY, 1)) == ["alpha/spread"]
    assert set(names(queue([ALPHA, BETA], DUE, DAY, 2))) == {"alpha/spread", "alpha/first-loss"}
    assert queue([ALPHA, BETA], DUE, DAY, 0) == ()


def test_what_only_a_lab_can_ask_is_left_out():
    curve = Live(metric="val", at=(0, 100))
    about = {"concept": "loss", "ask": "?", "hints": ("!",), "explain": "."}
    draw = Draw(id="draw", **about, predict=True, live=curve, answer=(3.3, 2.5), low=2, high=4, tolerance=0.1, why=".")
    mine = Own(id="own", **about)
    assert [can_stand_alone(question) for question in (choice(), numeric(), draw, mine)] == [
        True,
        True,
        False,
        False,
    ]
    alpha = named("alpha", draw, choice(), mine)
    assert names(whole_quiz(alpha)) == ["alpha/first-loss"]
    due = {("alpha", question): DAY for question in ("draw", "first-loss", "own")}
    assert set(names(queue([alpha], due, DAY, 20))) == {"alpha/first-loss", "alpha/own"}
    record = Record(None)
    record.write(("INSERT INTO due VALUES ('alpha', 'draw', '2020-01-01')", ()))
    assert why_none([alpha], record, 20).startswith("Nothing to review yet")


MADE = Posed("mine", "Which?", (("one", "No."), ("two", "Yes.")), 1)


def test_a_question_of_a_run_is_made_anew_answered_once_and_kept_as_a_review():
    record = Record(None)
    alpha = named("alpha", own())
    sitting = Round([Item(alpha, own())], record)
    assert sitting.waits
    assert not sitting.done_here
    assert sitting.pick(0) is None
    ((item, mine),) = sitting.unmade
    assert (item.name, mine) == ("alpha/mine", own())
    assert sitting.made(item, MADE)
    assert (sitting.unmade, sitting.waits, sitting.asked.question.ask) == ((), False, "Which?")
    assert not sitting.pick(sitting.asked.order.index(0)).right
    assert sitting.done_here
    (kept,) = record.answers()
    assert (kept.lesson, kept.question, kept.right, kept.review) == ("alpha", "mine", False, True)
    assert solution(sitting.asked.question) == "The answer: two."
    assert ("alpha", "mine") in record.due()


def test_a_question_that_cannot_be_made_is_left_for_another_day():
    record = Record(None)
    sitting = Round([Item(named("alpha", own()), own())], record)
    assert sitting.made(sitting.item, unmade("it is too slow."))
    assert sitting.asked.question.ask == "This question can't be asked today, and stays due: it is too slow."
    assert (sitting.unmade, sitting.waits, sitting.done_here) == ((), False, True)
    assert record.answers() == ()
    assert sitting.end() == "0 of 0 right, 1 skipped."


def test_the_run_to_make_has_the_lessons_settings_and_a_seed_of_the_day():
    mine = msgspec.structs.replace(own(), set={"lr": 0.2}, preset="small")
    alpha = named("alpha", mine)
    opened, pose = to_make(alpha, mine, DAY, "names.txt")
    assert opened == Open(str(alpha.path), pose.luck, {}, "names.txt")
    assert pose == Pose("mine", pose.luck, Trial((100,), {"lr": 0.2}, "small"))
    assert to_make(alpha, mine, DAY)[1] == pose
    seeds = {to_make(alpha, mine, DAY + timedelta(days=later))[1].luck for later in range(30)}
    assert len(seeds) == 30


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([ALPHA, BETA])), max_size=12))
def test_two_on_one_concept_never_follow_each_other_where_that_can_be(drawn):
    items = [Item(made, on(concept, f"q{number}")) for number, (concept, made) in enumerate(drawn)]
    concepts = [concept for concept, _ in drawn]
    mixed = interleaved(items)
    assert sorted(names(mixed)) == sorted(names(items))
    repeats = sum(one.question.concept == other.question.concept for one, other in pairwise(mixed))
    # The commonest of n needs n - 1 others between.
    most = max((concepts.count(concept) for concept in concepts), default=0)
    assert repeats == max(most - 1 - (len(concepts) - most), 0)


def test_lessons_alternate_where_the_concept_is_one():
    items = [Item(made, on("loss", f"q{number}")) for made in (ALPHA, BETA) for number in range(2)]
    assert [item.lesson.id for item in interleaved(items)] in (
        ["alpha", "beta", "alpha", "beta"],
        ["beta", "alpha", "beta", "alpha"],
    )


def test_each_question_is_answered_once_and_kept_under_its_own_id_as_a_review():
    record = Record(None)
    sitting = Round([Item(ALPHA, choice(predict=True)), Item(BETA, order())], record)
    assert sitting.item.name == "alpha/first-loss"
    sitting.answer(1)
    assert (sitting.asked.settled, sitting.asked.revealed, sitting.asked.right) == (True, True, False)
    assert sitting.answer(0) is None
    assert sitting.next_question()
    assert sitting.item.name == "beta/loop"
    sitting.answer((0, 1, 2))
    assert not sitting.next_question()
    kept = [(given.lesson, given.question, given.right, given.review) for given in record.answers()]
    assert kept == [("alpha", "first-loss", False, True), ("beta", "loop", True, True)]
    assert record.last_lesson() is None
    assert sitting.end() == "1 of 2 right. The first of them returns tomorrow."


def test_what_is_skipped_is_said_and_stays_due():
    record = Record(None)
    sitting = Round([Item(ALPHA, choice()), Item(BETA, order())], record)
    sitting.next_question()
    sitting.answer((0, 1, 2))
    assert sitting.end() == "1 of 1 right, 1 skipped. The first of them returns in 2 days."
    assert set(record.due()) == {("beta", "loop")}


@pytest.mark.parametrize(("right", "known"), [(4, True), (3, False)])
def test_a_lesson_is_known_once_four_fifths_of_its_questions_are_right(right, known):
    record = Record(None)
    tested = named("alpha", *(on("loss", f"q{number}") for number in range(5)))
    sitting = Round(whole_quiz(tested), record, testing=tested)
    for number in range(5):
        sitting.answer(0 if number < right else 1)
        sitting.next_question()
    assert ("you know this lesson" in sitting.end()) == known
    assert record.progress([tested])["alpha"].known == known
    assert not any(given.review for given in record.answers())


def test_the_day_has_its_limit_and_what_is_wrong_does_not_return_on_it():
    record = Record(None)
    overdue = {("alpha", "first-loss"): "2020-01-01", ("alpha", "spread"): "2020-01-02", ("beta", "loop"): "2020-01-03"}
    record.write(*(("INSERT INTO due VALUES (?, ?, ?)", (*key, day)) for key, day in overdue.items()))
    lessons = [ALPHA, BETA]
    first = waiting(lessons, record, 2)
    assert names(first) == ["alpha/first-loss", "alpha/spread"]
    sitting = Round(first, record)
    sitting.answer(1)
    sitting.next_question()
    assert names(waiting(lessons, record, 2)) == ["alpha/spread"]
    sitting.answer(frozenset({2}))
    assert waiting(lessons, record, 2) == ()
    assert why_none(lessons, record, 2) == "That was it for today: 2 reviews a day. 1 more will wait."
    assert names(waiting(lessons, record, 3)) == ["beta/loop"]


def test_why_there_is_nothing_to_review():
    record = Record(None)
    assert why_none([ALPHA], record, 20).startswith("Nothing to review yet")
    record.write(("INSERT INTO due VALUES ('alpha', 'spread', ?)", ((today() + timedelta(days=1)).isoformat(),)))
    assert why_none([ALPHA], record, 20) == "Nothing to review today. The next question returns tomorrow."


def test_every_question_of_the_course_can_be_asked_here_and_its_solution_told():
    record = Record(None)
    for each in Catalog.find([lessons_dir()]).lessons:
        items = whole_quiz(each)
        sitting = Round(items, record)
        for item in items:
            assert sitting.item == item
            assert item.page is not None
            assert sitting.asked.order or not hasattr(item.question, "options")
            assert solution(item.question)
            sitting.next_question()


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (choice(), "The answer: 3.3."),
        (multiple(), "The answer: a larger batch; two batches averaged."),
        (numeric(), "The answer: 3.3 nats."),
        (order(), "The answer: forward, then backward, then update."),
        (bug(), "The answer: line 3."),
    ],
)
def test_the_solution_in_words(question, says):
    assert solution(question) == says
