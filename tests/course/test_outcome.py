"""What measured numbers make of a prediction."""

import math

import msgspec
import pytest

from tests.course.made import COMMON, picture
from tutor.course.grading import grade
from tutor.course.live import Live, Setting
from tutor.course.outcome import filled, judged, told, unsteady
from tutor.course.quiz import Choice, Numeric, Option, Order
from tutor.link.trials import Outcome, Trial

LIVE = Live(metric="val", steps=100, set={"lr": 0.1}, than=Setting(steps=0))
SIGN = Choice(
    **COMMON,
    live=LIVE,
    options=(
        Option(text="falls", why="It learns.", right=True, when=("change < -0.1",)),
        Option(text="stays", why="It does more.", when=("change >= -0.1", "change <= 0.1")),
        Option(text="rises", why="It learns.", when=("change > 0.1",)),
    ),
)
VALUE = Numeric(
    **COMMON,
    live=Live(metric="val", steps=100),
    answer=2.5,
    factor=1.25,
    why_right="Near.",
    why_wrong="Far.",
)
RANK = Order(
    **COMMON,
    live=Live(
        metric="val",
        steps=100,
        set={"lr": 0.1},
        runs=(Setting(set={"batch": 8}), Setting(set={"batch": 1}), Setting(steps=5, preset="slow")),
        tie=0.05,
    ),
    items=("eight", "one", "slow"),
    why="So.",
)


def gave(*values, seed=42):
    return Outcome(seed, tuple(value if isinstance(value, tuple) else (value,) for value in values))


def test_the_trials_are_what_live_says_with_what_others_differ_in():
    assert LIVE.trials == (Trial((100,), {"lr": 0.1}), Trial((0,), {"lr": 0.1}))
    assert picture().live.trials == (Trial((0, 100, 400), {}),)
    assert RANK.live.trials == (
        Trial((100,), {"lr": 0.1, "batch": 8}),
        Trial((100,), {"lr": 0.1, "batch": 1}),
        Trial((5,), {"lr": 0.1}, "slow"),
    )


@pytest.mark.parametrize(
    ("values", "right"), [((2.5, 3.3), 0), ((3.25, 3.3), 1), ((3.3, 3.3), 1), ((math.inf, 3.3), 2)]
)
def test_the_option_whose_conditions_hold_is_the_right_one(values, right):
    outcome = gave(*values)
    assert [judged(SIGN, outcome, option).right for option in range(3)] == [option == right for option in range(3)]
    assert [option.right for option in filled(SIGN, outcome).options].index(True) == right


def test_a_condition_may_name_the_metric_or_a_ratio():
    options = (
        Option(text="half", why="Yes.", right=True, when=("ratio < 0.75", "val < 2")),
        Option(text="not", why="No.", when=("ratio >= 0.75",)),
    )
    question = msgspec.structs.replace(SIGN, options=options)
    assert judged(question, gave(1.5, 3.0), 0).right
    assert judged(question, gave(2.5, 3.0), 1).right
    with pytest.raises(ValueError, match="0 options fit what was measured"):
        filled(question, gave(2.5, 5.0))


@pytest.mark.parametrize(("number", "right"), [(2.0, True), (1.9, False), (3.12, True), (3.2, False)])
def test_a_number_is_held_against_the_measured_one_within_a_factor(number, right):
    assert judged(VALUE, gave(2.5), number).right is right
    assert not judged(VALUE, gave(25.0), number).right


def test_an_order_is_that_of_the_values_and_ties_may_stand_either_way():
    orders = {(0, 1, 2): True, (1, 0, 2): True, (0, 2, 1): False, (2, 1, 0): False}
    assert {order: judged(RANK, gave(2.50, 2.48, 3.1), order).right for order in orders} == orders
    assert judged(RANK, gave(2.5, 2.3, 2.1), (2, 1, 0)).right
    highest = msgspec.structs.replace(RANK, live=msgspec.structs.replace(RANK.live, highest_first=True))
    assert judged(highest, gave(2.5, 2.3, 2.1), (0, 1, 2)).right


def test_the_curve_nearest_to_the_run_is_the_right_one():
    live = Live(metric="val", at=(0, 100, 400), log=True)
    options = (
        Option(text="down", why="So.", right=True, points=(30.0, 10.0, 3.0)),
        Option(text="level", why="No.", points=(30.0, 30.0, 30.0)),
    )
    question = Choice(**COMMON, live=live, options=options)
    assert judged(question, gave((30.0, 8.0, 4.0)), 0).right
    assert judged(question, gave((30.0, 30.0, 300.0)), 1).right


def test_a_drawn_curve_is_held_against_the_measured_one_as_far_as_its_axis_goes():
    outcome = gave((3.0, 2.0, math.inf))
    assert filled(picture(), outcome).answer == (3.0, 2.0, 4.0)
    verdict = judged(picture(), outcome, (3.0, 2.0, 4.0))
    assert (verdict.right, verdict.score) == (True, 1.0)


def test_what_was_measured_is_told():
    assert told(SIGN, gave(2.5, 3.3)) == "Measured here, seed 42: val is 2.5 at step 100, against 3.3."
    assert told(VALUE, gave(2.4567)) == "Measured here, seed 42: val is 2.457 at step 100."
    assert told(RANK, gave(2.5, 2.3, 2.1)) == "Measured here, seed 42: val is eight 2.5; one 2.3; slow 2.1."
    assert told(picture(), gave((3.0, 2.0, 1.5))).endswith("val is 3 at step 0, 2 at step 100, 1.5 at step 400.")


def test_a_tolerance_is_at_least_twice_the_spread():
    steady = [gave(value) for value in (2.4, 2.5, 2.6)]
    assert unsteady(VALUE, steady) == ""
    # log10 1.25 = 0.097; the standard deviation of these logarithms is 0.10.
    assert "less than twice the spread over seeds" in unsteady(VALUE, [gave(value) for value in (2.0, 2.5, 3.2)])


def test_another_key_from_another_seed_is_luck():
    assert unsteady(SIGN, [gave(2.5, 3.3), gave(2.6, 3.3)]) == ""
    assert unsteady(SIGN, [gave(2.5, 3.3), gave(3.3, 3.3, seed=43)]).startswith("another option is right from seed 43")
    assert unsteady(RANK, [gave(2.5, 2.48, 3.1), gave(2.48, 2.5, 3.1)]) == ""
    assert (
        unsteady(RANK, [gave(2.5, 2.6, 3.1), gave(2.6, 2.5, 3.1)]) == "the items come in another order from some seeds."
    )


def test_a_drawn_curves_tolerance_covers_the_spread_of_the_curves():
    near = [gave((3.0, 2.0 + shift, 1.5)) for shift in (-0.05, 0.0, 0.05)]
    assert unsteady(picture(), near) == ""
    far = [gave((3.0 + shift, 2.0 + shift, 1.5 + shift)) for shift in (-0.3, 0.0, 0.3)]
    assert "less than twice the spread" in unsteady(picture(), far)


def test_the_authors_key_counts_where_nothing_was_measured():
    assert grade(SIGN, 0).right
    assert grade(RANK, (0, 1, 2)).right
