import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.course.made import Notebook, bug, choice, lesson, multiple, numeric, order, place_of, predict, ran, sit, step
from tutor.course.grading import Verdict, grade
from tutor.course.sitting import Sitting
from tutor.learner.sure import SURE
from tutor.link.goals import Gauge, parse_condition

# Pages


def test_pages_go_forward_and_back_and_stop_at_the_ends():
    sitting = sit(("one",), ("two",), ("three",))
    moves = [(sitting.go(by), sitting.step.id) for by in (-1, 1, 1, 1, -1, -1, -1)]
    assert moves == [
        (False, "one"),
        (True, "two"),
        (True, "three"),
        (False, "three"),
        (True, "two"),
        (True, "one"),
        (False, "one"),
    ]


def test_a_page_to_read_is_done_when_it_is_left_forwards():
    keeper = Notebook()
    sitting = sit(("one",), ("two",), ("three",), keeper=keeper)
    sitting.go(1)
    sitting.go(-1)
    assert keeper.finished == [("tiny", "one")]
    assert [sitting.done(name) for name in ("one", "two", "three")] == [True, False, False]


def test_the_last_page_is_done_when_the_learner_wants_to_go_on():
    keeper = Notebook()
    sitting = sit(("one",), keeper=keeper)
    assert not sitting.go(1)
    assert keeper.finished == [("tiny", "one")]


def test_a_page_is_finished_only_once():
    keeper = Notebook(done=["one"])
    sitting = sit(("one",), ("two",), keeper=keeper)
    for by in (1, -1, 1, 1, 1):
        sitting.go(by)
    assert keeper.finished == [("tiny", "two")]


def test_a_page_with_questions_is_not_done_by_leaving_it():
    sitting = sit(("one", choice()), ("two",))
    sitting.go(1)
    assert not sitting.done("one")


def test_a_page_with_questions_is_done_when_all_of_them_are_settled():
    keeper = Notebook()
    sitting = sit(("one", choice("a"), choice("b", predict=True), choice("c")), keeper=keeper)
    sitting.answer(0)
    sitting.next_question()
    predict(sitting, 2)
    sitting.next_question()
    sitting.answer(1)
    assert keeper.finished == []
    sitting.answer(0)
    assert keeper.finished == [("tiny", "one")]


def test_figures_stay_until_a_page_names_others():
    pages = [step("one"), step("two", figures=("loss",)), step("three"), step("four", figures=("bars", "loss"))]
    sitting = Sitting(lesson(pages), Notebook())
    shown = [sitting.figures]
    while sitting.go(1):
        shown.append(sitting.figures)
    assert shown == [(), ("loss",), ("loss",), ("bars", "loss")]


def test_a_lesson_opens_where_it_was_left():
    sitting = sit(("one",), ("two", choice()), keeper=Notebook(done=["one"], place="two"))
    assert sitting.step.id == "two"
    assert sitting.asked.question.id == "first-loss"
    assert sitting.done("one")


@pytest.mark.parametrize("place", [None, "gone", ""])
def test_a_place_that_is_gone_opens_the_first_page(place):
    assert sit(("one",), ("two",), keeper=Notebook(place=place)).step.id == "one"


def test_every_page_opened_is_remembered():
    keeper = Notebook()
    sitting = sit(("one",), ("two",), ("three",), keeper=keeper)
    for by in (1, 1, -1, -1, -1):
        sitting.go(by)
    assert keeper.places == [("tiny", name) for name in ("two", "three", "two", "one")]


# Goals

GOAL = ("val < 2.60", "step <= 1,000")


def sit_at_a_goal(*questions, keeper=None):
    pages = [step("one", *questions, goal=GOAL), step("two")]
    return Sitting(lesson(pages, questions), keeper or Notebook())


def gauges(val, at):
    values = zip(map(parse_condition, GOAL), (val, at), strict=True)
    return tuple(Gauge(condition, value, condition.holds(value)) for condition, value in values)


def test_a_page_with_a_goal_is_done_when_it_is_reached_and_never_by_leaving_it():
    keeper = Notebook()
    sitting = sit_at_a_goal(keeper=keeper)
    sitting.go(1)
    sitting.go(-1)
    assert keeper.finished == []
    assert not sitting.judged(gauges(2.7, 900), False, 900)
    assert keeper.finished == []
    sitting.attempts.moved("lr", 0.1, 0.2)
    assert sitting.judged(gauges(2.5, 1000), True, 1000)
    assert keeper.finished == [("tiny", "one")]
    assert keeper.goals == [("tiny", "one", 1)]
    assert not sitting.judged(gauges(2.5, 1000), True, 1000)


def test_one_can_go_on_without_reaching_the_goal():
    sitting = sit_at_a_goal()
    assert sitting.go(1)
    assert sitting.step.id == "two"
    assert sitting.attempt is None
    assert not sitting.judged(gauges(2.5, 1000), True, 1000)


def test_nothing_is_left_to_reach_once_it_was_reached_until_it_is_tried_again():
    sitting = sit_at_a_goal()
    assert [condition.says for condition in sitting.goal] == ["val < 2.60", "step ≤ 1,000"]
    sitting.judged(gauges(2.5, 1000), True, 1000)
    assert sitting.goal == ()
    sitting.attempts.start(sitting.step)
    assert len(sitting.goal) == 2
    assert sitting.attempt.best == 0


@pytest.mark.parametrize("first", ["question", "goal"])
def test_a_page_with_both_is_done_when_both_are(first):
    sitting = sit_at_a_goal(choice())
    sitting.answer(0) if first == "question" else sitting.judged(gauges(2.5, 1000), True, 1000)
    assert not sitting.done("one")
    sitting.judged(gauges(2.5, 1000), True, 1000) if first == "question" else sitting.answer(0)
    assert sitting.done("one")


def test_a_goal_reached_in_an_earlier_sitting_is_remembered():
    keeper = Notebook()
    keeper.reach_goal("tiny", "one", 4)
    sitting = sit_at_a_goal(choice(), keeper=keeper)
    assert sitting.attempt.best == 4
    sitting.answer(0)
    assert sitting.done("one")


def test_hints_are_the_questions_first_and_then_the_goals():
    sitting = sit_at_a_goal(choice(hints=("27 letters.",)))
    assert [sitting.hint() for _ in range(5)] == [True, True, True, True, False]
    assert sitting.asked.hints == 1
    assert sitting.attempt.hints == ("One move is enough: lr.", "Set lr to 0.2.", "Run 100 steps.")


# Questions


def test_a_page_without_questions_asks_nothing():
    sitting = sit(("one",))
    assert sitting.asked is None
    assert not sitting.hint()
    assert not sitting.next_question()
    assert sitting.pick(0) is sitting.submit() is sitting.answer(0) is None


def test_questions_come_one_after_another():
    sitting = sit(("one", choice("a"), choice("b")))
    assert (sitting.asked.question.id, sitting.place) == ("a", (1, 2))
    assert sitting.next_question()
    assert (sitting.asked.question.id, sitting.place) == ("b", (2, 2))
    assert not sitting.next_question()


def test_a_page_opens_at_its_first_question_without_an_answer():
    sitting = sit(("one", choice("a"), choice("b")), ("two",))
    sitting.answer(0)
    sitting.go(1)
    sitting.go(-1)
    assert sitting.asked.question.id == "b"


@pytest.mark.parametrize("option", [0, 1, 2])
def test_one_pick_answers_a_choice(option):
    keeper = Notebook()
    sitting = sit(("one", choice()), keeper=keeper)
    verdict = sitting.pick(place_of(sitting, option))
    assert verdict == grade(choice(), option)
    assert keeper.answers == [("tiny", "first-loss", option, option == 0)]
    assert (sitting.asked.response, sitting.asked.verdict) == (option, verdict)
    assert sitting.asked.revealed
    assert sitting.asked.settled is (option == 0)


def test_a_wrong_choice_may_be_tried_again_and_a_right_one_is_final():
    keeper = Notebook()
    sitting = sit(("one", choice()), keeper=keeper)
    for option in (1, 0, 2):
        sitting.pick(place_of(sitting, option))
    assert [response for _, _, response, _ in keeper.answers] == [1, 0]
    assert sitting.asked.right
    assert sitting.answer(2) is None


@pytest.mark.parametrize("shown", [-1, 3, 99])
def test_picking_what_is_not_there_does_nothing(shown):
    sitting = sit(("one", choice()))
    assert sitting.pick(shown) is None
    assert sitting.asked.verdict is None


def test_a_multiple_choice_is_ticked_unticked_and_then_given():
    keeper = Notebook()
    sitting = sit(("one", multiple()), keeper=keeper)
    assert sitting.submit() is None
    for option in (2, 0, 2, 1):
        assert sitting.pick(place_of(sitting, option)) is None
    assert sitting.asked.picked == (0, 1)
    assert keeper.answers == []
    assert sitting.submit().right
    assert keeper.answers == [("tiny", "spread", frozenset({0, 1}), True)]


def test_after_a_wrong_answer_ticking_starts_afresh():
    sitting = sit(("one", multiple()))
    sitting.pick(place_of(sitting, 2))
    assert not sitting.submit().right
    assert sitting.asked.picked == ()
    for option in (0, 1):
        sitting.pick(place_of(sitting, option))
    assert sitting.submit().right


def test_an_order_can_be_given_only_when_it_is_whole():
    keeper = Notebook()
    sitting = sit(("one", order()), keeper=keeper)
    for item in (1, 0):
        sitting.pick(place_of(sitting, item))
        assert sitting.submit() is None
    sitting.pick(place_of(sitting, 2))
    assert sitting.submit() == grade(order(), (1, 0, 2))
    for item in (0, 1, 2):
        sitting.pick(place_of(sitting, item))
    assert sitting.submit().right
    assert [response for _, _, response, _ in keeper.answers] == [(1, 0, 2), (0, 1, 2)]


def test_a_faulty_line_is_picked_by_its_number():
    keeper = Notebook()
    sitting = sit(("one", bug()), keeper=keeper)
    assert sitting.pick(1).message == "This fills p.grad."
    assert sitting.pick(2).right
    assert [response for _, _, response, _ in keeper.answers] == [2, 3]


def test_a_number_is_answered_as_it_is():
    keeper = Notebook()
    sitting = sit(("one", numeric()), keeper=keeper)
    assert sitting.pick(0) is None
    assert sitting.answer(4.75).message == "That is in bits."
    assert sitting.answer(3.3).right
    assert keeper.answers == [("tiny", "ln-27", 4.75, False), ("tiny", "ln-27", 3.3, True)]


def test_a_response_the_question_cannot_have_is_refused_and_not_kept():
    keeper = Notebook()
    sitting = sit(("one", bug()), keeper=keeper)
    with pytest.raises(ValueError, match="no response"):
        sitting.answer(9)
    assert keeper.answers == []
    assert sitting.asked.verdict is None


def test_hints_come_one_by_one_and_run_out():
    sitting = sit(("one", choice(hints=("first", "second"))))
    assert [(sitting.hint(), sitting.asked.hints) for _ in range(3)] == [(True, 1), (True, 2), (False, 2)]


def test_there_are_no_hints_once_it_is_settled():
    sitting = sit(("one", choice()))
    sitting.answer(0)
    assert not sitting.hint()


def test_options_keep_their_order_on_retry_and_in_one_sitting():
    sitting = sit(("one", choice(), order()), ("two",), token="7")
    before = sitting.asked.order
    sitting.answer(1)
    sitting.go(1)
    sitting.go(-1)
    assert sitting.asked.order == before
    assert sit(("one", choice(), order()), token="7").asked.order == before
    assert len({sit(("one", choice()), token=str(token)).asked.order for token in range(40)}) == 6


# Whatever the learner does


moves = st.lists(
    st.one_of(
        st.tuples(st.just("go"), st.sampled_from([-1, 1])),
        st.tuples(st.just("pick"), st.integers(-1, 4)),
        st.tuples(st.sampled_from(["submit", "hint", "next_question", "reveal", "take_back", "skip"])),
        st.tuples(st.just("lock"), st.sampled_from(SURE)),
        st.tuples(st.just("saw"), st.integers(0, 3).map(ran), st.booleans()),
    ),
    max_size=40,
)


@given(moves)
def test_no_sequence_of_moves_breaks_a_sitting(moves):
    keeper = Notebook()
    pages = ("one", choice("a", predict=True), multiple()), ("two",), ("three", order(), bug()), ("four", numeric())
    sitting = sit(*pages, keeper=keeper)
    for name, *arguments in moves:
        verdict = getattr(sitting, name)(*arguments)
        assert isinstance(verdict, bool | Verdict | None)
        first, count = sitting.place
        assert sitting.asked is None or 1 <= first <= count
    assert len(set(keeper.finished)) == len(keeper.finished)
    assert all(before != after for before, after in itertools.pairwise(keeper.places))
    assert sum(question == "a" for _, question, _, _ in keeper.answers) <= 1
