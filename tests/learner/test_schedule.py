"""When questions return, against FSRS itself and by hand."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from fsrs import Card, Rating, Scheduler

from tutor.learner.schedule import Given, day_of, due_after


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def on(day, right, sure=None, hour=12):
    return Given(f"2026-03-{day:02}T{hour:02}:00:00+00:00", right, sure)


@pytest.mark.parametrize(
    "course", [[(1, True)], [(1, False)], [(1, True), (3, True), (14, True)], [(1, True), (5, False), (6, True)]]
)
def test_one_answer_a_day_is_what_fsrs_makes_of_good_and_again(course):
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card = Card()
    for day, right in course:
        at = datetime(2026, 3, day, tzinfo=UTC)
        card, _ = scheduler.review_card(card, Rating.Good if right else Rating.Again, at)
    assert due_after([on(day, right) for day, right in course]) == card.due.date()


def test_what_is_right_returns_later_each_time_and_what_is_wrong_tomorrow():
    days, gaps = [date(2026, 1, 1)], []
    for _ in range(4):
        answers = [Given(f"{day}T12:00:00+00:00", True, None) for day in days]
        days.append(due_after(answers))
        gaps.append((days[-1] - days[-2]).days)
    assert gaps == sorted(set(gaps))
    assert gaps[0] >= 2
    assert due_after([on(1, False)]) == date(2026, 3, 2)


def test_only_the_first_answer_of_a_day_counts():
    assert due_after([on(1, False), on(1, True)]) == due_after([on(1, False)])
    assert due_after([on(1, True), on(1, False, hour=13)]) == due_after([on(1, True)])


def test_a_sure_error_returns_the_next_day_however_well_it_was_known():
    known = [on(1, True), on(3, True), on(14, True)]
    assert due_after([*known, on(28, False, "guess")]) > date(2026, 3, 29)
    assert due_after([*known, on(28, False, "know")]) == date(2026, 3, 29)
    assert due_after([*known, on(28, True), on(28, False, "know", hour=13)]) == date(2026, 3, 29)
    assert due_after([on(1, False, "know"), on(2, True)]) == due_after([on(1, False), on(2, True)])


def test_a_day_begins_at_four_on_the_learners_clock(monkeypatch):
    assert day_of("2026-03-02T03:59:59+00:00") == date(2026, 3, 1)
    assert day_of("2026-03-02T04:00:00+00:00") == date(2026, 3, 2)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    assert day_of("2026-03-01T18:59:00+00:00") == date(2026, 3, 1)
    assert day_of("2026-03-01T19:00:00+00:00") == date(2026, 3, 2)


def test_an_hour_more_or_less_in_a_year_is_still_a_day(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    first = Given("2026-03-28T18:00:00+00:00", True, None)
    second = Given((datetime(2026, 3, 28, 18, tzinfo=UTC) + timedelta(hours=23)).isoformat(), True, None)
    utc = [on(28, True), on(29, True)]
    assert due_after([first, second]) == due_after(utc)
