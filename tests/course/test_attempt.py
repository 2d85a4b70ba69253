import pytest

from tests.course.made import step
from tutor.course.attempt import Attempt, Attempts
from tutor.link.goals import Gauge, parse_condition, parse_move

GOAL = (parse_condition("val < 2.60"), parse_condition("step <= 1,000"))
OURS = tuple(map(parse_move, ("gain = 1.1", "lr = 0.02", "run 1000")))


@pytest.fixture
def attempt():
    return Attempt(GOAL, OURS)


def gauges(val, at):
    return tuple(
        Gauge(condition, value, condition.holds(value)) for condition, value in zip(GOAL, (val, at), strict=True)
    )


def test_it_starts_with_nothing_known_and_nothing_done(attempt):
    assert [gauge.value for gauge in attempt.gauges] == [None, None]
    assert (attempt.moves, attempt.ours, attempt.reached, attempt.hints) == (0, 2, False, ())


@pytest.mark.parametrize(
    ("turns", "moves"),
    [
        ([("lr", 0.1, 0.2)], 1),
        ([("lr", 0.1, 0.2), ("lr", 0.2, 0.5), ("lr", 0.5, 1.0)], 1),
        ([("lr", 0.1, 0.2), ("gain", 1.0, 2.0)], 2),
        ([("lr", 0.1, 0.2), ("gain", 1.0, 2.0), ("lr", 0.2, 0.1)], 3),
        ([("lr", 0.1, 0.2), ("lr", 0.2, 0.1)], 0),
        ([("lr", 0.1, 0.2), ("lr", 0.2, 0.1), ("lr", 0.1, 0.2)], 1),
        ([("lr", 0.1, 0.1)], 0),
        ([("preset", {"lr": 0.1}, {"lr": 1}), ("preset", {"lr": 1}, {"lr": 2})], 1),
        ([("gain", 1, 2), ("lr", 0.1, 0.2), ("lr", 0.2, 0.1), ("gain", 2, 3)], 2),
    ],
)
def test_turns_of_one_knob_in_a_row_are_one_move(attempt, turns, moves):
    for turn in turns:
        attempt.moved(*turn)
    assert attempt.moves == moves


def test_a_run_between_two_turns_makes_them_two_moves(attempt):
    attempt.moved("lr", 0.1, 0.2)
    attempt.ran()
    attempt.moved("lr", 0.2, 0.1)
    assert attempt.moves == 2


def test_running_is_free(attempt):
    attempt.ran()
    attempt.ran()
    assert attempt.moves == 0


def test_the_goal_is_reached_once_and_stays_as_it_was_then(attempt):
    assert not attempt.saw(gauges(2.7, 1000), False, 1000)
    assert attempt.gauges == gauges(2.7, 1000)
    attempt.moved("lr", 0.1, 0.2)
    assert attempt.saw(gauges(2.5, 800), True, 800)
    assert not attempt.saw(gauges(2.4, 900), True, 900)
    attempt.moved("gain", 1, 2)
    assert (attempt.reached, attempt.iteration, attempt.moves) == (True, 800, 1)
    assert attempt.gauges == gauges(2.5, 800)


def test_gauges_of_another_goal_are_not_looked_at(attempt):
    other = (Gauge(parse_condition("val < 3"), 2.5, True),)
    assert not attempt.saw(other, True, 10)
    assert not attempt.saw((), False, 10)
    assert not attempt.reached


def test_hints_first_name_the_knobs_then_tell_the_moves_one_at_a_time(attempt):
    told = []
    while attempt.hint():
        told.append(attempt.hints[-1])
        assert len(attempt.hints) == len(told)
    assert told == ["2 moves are enough: gain and lr.", "Set gain to 1.1.", "Set lr to 0.02.", "Run 1,000 steps."]
    assert not attempt.more_hints


def test_the_first_hint_names_a_knob_once():
    ours = tuple(map(parse_move, ("preset adam", "lr = 0.1", "run 10", "batch = 64", "lr = 0.01", "run 10")))
    attempt = Attempt(GOAL, ours)
    attempt.hint()
    assert attempt.hints == ("4 moves are enough: a preset, lr and batch.",)


def test_a_new_start_forgets_the_moves_and_keeps_the_best():
    page = step("one", goal=["val < 2.60", "step <= 1,000"])
    attempts = Attempts([page], lambda _: 5)
    attempts.moved("lr", 0.1, 0.2)
    attempts.at(page).saw(gauges(2.5, 800), True, 800)
    attempts.start(page)
    now = attempts.at(page)
    assert (now.moves, now.reached, now.best) == (0, False, 1)
    assert now.gauges == tuple(Gauge(condition, None, False) for condition in GOAL)


def test_moves_on_another_page_count_and_so_do_its_settings():
    page, other = step("one", goal=["val < 2.60"]), step("two")
    attempts = Attempts([page, other], lambda _: None)
    attempts.start(page)
    attempts.moved("lr", 0.1, 0.2)
    attempts.start(other)
    assert attempts.at(page).moves == 2
    assert attempts.at(other) is None
