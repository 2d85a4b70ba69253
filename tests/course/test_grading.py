import itertools
import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.course.made import picture
from tutor.course.grading import Verdict, distance, grade, parse_number, shuffled
from tutor.course.quiz import Bug, Choice, LineWhy, Multiple, Near, Numeric, Option, Order

COMMON = {"id": "q", "concept": "c", "ask": "?", "hints": ("Think.",), "explain": "So."}


def options(*right, last=()):
    return tuple(
        Option(text=f"option {index}", why=f"why {index}", right=is_right, last=index in last)
        for index, is_right in enumerate(right)
    )


def numeric(**more):
    return Numeric(**COMMON | {"answer": 3.3, "why_right": "right", "why_wrong": "wrong"} | more)


CHOICE = Choice(**COMMON, options=options(False, True, False))
MULTIPLE = Multiple(**COMMON, options=options(True, True, False, False))
ORDER = Order(**COMMON, items=("forward", "zero", "backward", "update"), why="in turn")
BUG = Bug(**COMMON, listing="a\nb\nc\n", faulty=2, why="b is wrong", others=(LineWhy(line=1, why="a is fine"),))


def test_a_choice_is_right_or_wrong_and_says_why():
    assert grade(CHOICE, 1) == Verdict(True, 1.0, "why 1")
    assert grade(CHOICE, 2) == Verdict(False, 0.0, "why 2")


@pytest.mark.parametrize(
    ("ticked", "score"),
    [({0, 1}, 1.0), ({0}, 0.5), ({0, 2}, 0.0), ({0, 1, 2}, 0.5), ({0, 1, 2, 3}, 0.0), ((), 0.0)],
)
def test_a_multiple_choice_gives_credit_for_a_part(ticked, score):
    verdict = grade(MULTIPLE, frozenset(ticked))
    assert verdict.score == score
    assert verdict.right == (score == 1.0)


def test_a_multiple_choice_explains_the_wrong_ticks_and_never_names_the_missing_ones():
    message = grade(MULTIPLE, frozenset({0, 2})).message
    assert message == "option 2: why 2\n\n1 right option isn't ticked yet."
    assert grade(MULTIPLE, frozenset({0, 1})).message == "option 0: why 0\n\noption 1: why 1"
    assert grade(MULTIPLE, frozenset()).message == "2 right options aren't ticked yet."


@pytest.mark.parametrize("number", [3.25, 3.3, 3.35])
def test_a_number_within_the_tolerance_is_right_at_its_very_edge_too(number):
    assert grade(numeric(tolerance=0.05), number) == Verdict(True, 1.0, "right")


@pytest.mark.parametrize("number", [3.2499, 3.3501, -3.3, 1e300])
def test_a_number_beyond_the_tolerance_is_wrong(number):
    assert grade(numeric(tolerance=0.05), number) == Verdict(False, 0.0, "wrong")


def test_a_relative_tolerance_is_a_share_of_the_answer_whatever_its_sign():
    question = numeric(answer=-2000.0, rel_tolerance=0.01)
    assert grade(question, -2020).right
    assert grade(question, -1980).right
    assert not grade(question, -2021).right
    assert not grade(question, 2000).right


def test_no_tolerance_means_exactly():
    question = numeric(answer=3481.0, tolerance=0.0)
    assert grade(question, 3481).right
    assert not grade(question, 3480).right


def test_a_near_miss_has_its_own_message():
    near = (Near(value=4.75, tolerance=0.01, why="bits"), Near(low=3.0, high=4.0, why="close"))
    question = numeric(tolerance=0.05, near=near)
    assert grade(question, 4.76).message == "bits"
    assert grade(question, 3.0).message == "close"
    assert grade(question, 3.31).message == "right"
    assert grade(question, 9).message == "wrong"


@pytest.mark.parametrize("response", list(itertools.permutations(range(4))))
def test_an_order_scores_the_neighbours_that_belong_together(response):
    verdict = grade(ORDER, response)
    text = "".join(map(str, response))
    pairs = sum(pair in text for pair in ("01", "12", "23"))
    assert verdict.score == pairs / 3
    assert verdict.right == (text == "0123")


def test_an_order_says_how_much_of_it_is_right():
    assert grade(ORDER, (0, 1, 2, 3)).message == "in turn"
    assert grade(ORDER, (0, 1, 3, 2)).message == "1 of the 3 neighbouring pairs is right."


def test_a_bug_is_found_by_its_line():
    assert grade(BUG, 2) == Verdict(True, 1.0, "b is wrong")
    assert grade(BUG, 1) == Verdict(False, 0.0, "a is fine")
    assert grade(BUG, 3) == Verdict(False, 0.0, "Line 3 does what it should. Look again.")


@pytest.mark.parametrize(
    ("question", "response"),
    [
        (CHOICE, 3),
        (CHOICE, -1),
        (CHOICE, 1.0),
        (MULTIPLE, frozenset({4})),
        (MULTIPLE, 0),
        (numeric(tolerance=1.0), (1,)),
        (ORDER, (0, 1, 2)),
        (ORDER, (0, 1, 2, 2)),
        (BUG, 0),
        (BUG, 4),
    ],
)
def test_a_response_that_the_question_cannot_have_is_refused(question, response):
    with pytest.raises(ValueError, match="is no response to the question 'q'"):
        grade(question, response)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2.3", 2.3),
        (" -0.5 ", -0.5),
        ("−0.5", -0.5),
        ("+7", 7),
        ("1,234.5e-3", 1.2345),
        ("12,345,678", 12345678),
        (".5", 0.5),
        ("5.", 5),
        ("1E3", 1000),
        ("1/27", 1 / 27),
        ("-5 / 3", -5 / 3),
        ("٣", 3),
    ],
)
def test_numbers_as_people_type_them(text, number):
    assert parse_number(text) == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "abc",
        "1,5",
        "12,34",
        "1.5,000",
        "1e",
        "1e999",
        "nan",
        "inf",
        "1/0",
        "1//2",
        "1_000",
        "0x1f",
        "3 4",
    ],
)
def test_what_is_no_number_is_said_in_a_sentence(text):
    with pytest.raises(ValueError, match=r"isn't a number: type one such as 2\.3"):
        parse_number(text)


def test_a_unit_may_be_typed_too():
    assert parse_number("3.3 Nats", unit="nats") == 3.3
    assert parse_number("5%", unit="%") == 5
    with pytest.raises(ValueError, match=r"'3\.3 bits' isn't a number"):
        parse_number("3.3 bits", unit="nats")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_back_as_it_was_printed(number):
    assert parse_number(repr(number)) == number


@given(st.integers(-(10**15), 10**15))
def test_every_integer_with_commas_is_read_back(number):
    assert parse_number(f"{number:,}") == number


@given(st.text())
def test_any_text_is_a_finite_number_or_a_value_error(text):
    try:
        number = parse_number(text)
    except ValueError:
        return
    assert math.isfinite(number)


FLAGS = st.lists(st.booleans(), min_size=2, max_size=9)


@given(last=FLAGS, sitting=st.text())
def test_shuffled_options_are_a_permutation_with_the_last_ones_last(last, sitting):
    question = Multiple(
        **COMMON,
        options=tuple(Option(text=str(index), why="w", right=True, last=flag) for index, flag in enumerate(last)),
    )
    order = shuffled(question, sitting)
    assert sorted(order) == list(range(len(last)))
    assert [last[index] for index in order] == sorted(last)
    assert [index for index in order if last[index]] == [index for index, flag in enumerate(last) if flag]
    assert shuffled(question, sitting) == order


@given(count=st.integers(2, 9), sitting=st.text())
def test_shuffled_items_are_never_in_the_right_order(count, sitting):
    question = Order(**COMMON, items=tuple(map(str, range(count))), why="w")
    order = shuffled(question, sitting)
    assert sorted(order) == list(range(count))
    assert list(order) != sorted(order)


def test_every_order_comes_up_and_about_equally_often():
    orders = [shuffled(CHOICE, f"sitting {number}") for number in range(600)]
    counts = [orders.count(order) for order in itertools.permutations(range(3))]
    assert min(counts) > 60


def test_another_question_is_shuffled_otherwise_in_the_same_sitting():
    shuffles = {
        shuffled(Choice(**COMMON | {"id": f"q{number}"}, options=options(True, *[False] * 7)), "s")
        for number in range(20)
    }
    assert len(shuffles) > 10


def test_lines_of_code_stay_and_numbers_have_no_order():
    assert shuffled(BUG, "s") == (0, 1, 2)
    assert shuffled(numeric(tolerance=1.0), "s") == ()


def test_the_order_is_the_same_in_another_process():
    program = (
        "from tutor.course.grading import shuffled; from tutor.course.quiz import Order;"
        "print(shuffled(Order(id='q', concept='c', ask='?', hints=('h',), explain='e', items=tuple('abcdefg'),"
        "why='w'), 'monday'))"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    question = Order(**COMMON, items=tuple("abcdefg"), why="w")
    assert out.strip() == str(shuffled(question, "monday"))


points = st.lists(st.floats(0.5, 50), min_size=6, max_size=6)


@given(points, points, st.booleans())
def test_the_distance_of_two_curves_is_the_area_between_them(one, other, log):
    at = (0, 1, 3, 6, 7, 12)

    def gap(x):
        left = max(place for place in range(5) if at[place] <= x)
        share = (x - at[left]) / (at[left + 1] - at[left])
        heights = [[math.log10(y) for y in curve] if log else curve for curve in (one, other)]
        first, second = (ys[left] * (1 - share) + ys[left + 1] * share for ys in heights)
        return abs(first - second)

    fine = 2400
    area = sum(gap(12 * (place + 0.5) / fine) for place in range(fine)) / fine
    assert distance(at, one, other, log=log) == pytest.approx(area, rel=1e-2, abs=1e-3)


def test_a_drawn_curve_scores_by_the_area_between_it_and_the_run():
    assert grade(picture(), (3.1, 2.1, 1.6)).right
    far = grade(picture(), (3.4, 2.4, 1.9))
    assert (far.right, far.score) == (False, pytest.approx(0.5))
    assert far.message.startswith("Between your curve and the run's lies 0.4 on average; 0.2 is near enough.")
    assert "Farthest at step 0: you 3.4, the run 3." in grade(picture(), (3.4, 2.0, 1.5)).message
    with pytest.raises(ValueError, match="no response"):
        grade(picture(), (3.0, 2.0))


@pytest.mark.parametrize(("number", "right"), [(1.1, True), (9.9, True), (1.09, False), (9.91, False)])
def test_a_number_within_a_factor_of_the_answer_is_right(number, right):
    assert grade(numeric(factor=3), number).right is right
