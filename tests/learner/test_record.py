import multiprocessing
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tutor.course.grading import Verdict
from tutor.learner.record import Progress, Record, open_record
from tutor.learner.schedule import today

RIGHT = Verdict(True, 1.0, "Yes.")
WRONG = Verdict(False, 0.25, "No.")


@pytest.fixture
def record(tmp_path):
    with Record(tmp_path / "record.sqlite3") as record:
        yield record


def lesson(name, steps, questions):
    return SimpleNamespace(id=name, steps=[SimpleNamespace(id=step) for step in steps], questions=questions)


@pytest.mark.parametrize(
    ("response", "kept"),
    [(2, 2), (-0.125, -0.125), (frozenset({3, 1}), (1, 3)), ((2, 0, 1), (2, 0, 1))],
)
def test_an_answer_comes_back_as_it_was_given(record, response, kept):
    record.answer("minibatches", "first-loss", response, WRONG, sure="think")
    (answer,) = record.answers()
    assert answer.response == kept
    assert type(answer.response) is type(kept)
    assert (answer.lesson, answer.question, answer.sure) == ("minibatches", "first-loss", "think")
    assert (answer.right, answer.score, answer.sitting) == (False, 0.25, record.sitting)
    at = datetime.fromisoformat(answer.at)
    assert at.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)


def test_answers_are_listed_oldest_first_for_one_lesson_or_all(record):
    for number, name in enumerate(["a", "b", "a"]):
        record.answer(name, f"q{number}", number, RIGHT)
    assert [answer.question for answer in record.answers()] == ["q0", "q1", "q2"]
    assert [answer.question for answer in record.answers("a")] == ["q0", "q2"]
    assert record.answers("c") == ()
    assert record.answers()[0].sure is None


def test_how_sure_is_one_of_three_words(record):
    with pytest.raises(sqlite3.IntegrityError):
        record.answer("a", "q", 1, RIGHT, sure="maybe")
    assert record.answers() == ()
    assert record.notice == ""


def test_a_step_is_done_once(record):
    record.finish_step("a", "one")
    record.finish_step("a", "one")
    record.finish_step("b", "two")
    assert record.steps_done("a") == {"one"}
    assert record.steps_done("c") == frozenset()


def test_progress_counts_the_latest_answers_and_only_what_the_lesson_still_has(record):
    for question, verdict in [("q1", WRONG), ("q1", RIGHT), ("q2", RIGHT), ("q2", WRONG), ("gone", RIGHT)]:
        record.answer("a", question, 0, verdict)
    record.answer("b", "q3", 0, RIGHT)
    for step in ("one", "two", "gone"):
        record.finish_step("a", step)
    lessons = [
        lesson("a", ["one", "two", "three"], ["q1", "q2", "q3"]),
        lesson("b", ["one"], ["q3"]),
        lesson("c", [], []),
    ]
    assert record.progress(lessons) == {
        "a": Progress(steps_done=2, steps=3, right=1, questions=3),
        "b": Progress(steps_done=0, steps=1, right=1, questions=1),
        "c": Progress(steps_done=0, steps=0, right=0, questions=0),
    }
    assert len(record.answers("a")) == 5


def test_places_are_remembered(record):
    assert record.place("a") is None
    assert record.last_lesson() is None
    record.remember_place("a", "one")
    record.remember_place("b", "two")
    record.remember_place("a", "three")
    record.remember_place("b", "four")
    assert (record.place("a"), record.place("b"), record.last_lesson()) == ("three", "four", "b")


def test_everything_is_there_for_another_process_before_the_record_is_closed(record, tmp_path):
    record.answer("a", "q", 1, RIGHT)
    record.finish_step("a", "one")
    record.remember_place("a", "one")
    with Record(tmp_path / "record.sqlite3") as other:
        assert other.answers() == record.answers()
        assert other.steps_done("a") == {"one"}
        assert other.place("a") == "one"
        assert other.sitting != record.sitting


def test_the_folder_and_the_files_are_the_learners_alone(tmp_path):
    record, notice = open_record(tmp_path / "deep" / "home")
    with record:
        record.finish_step("a", "one")
        modes = [stat.S_IMODE(path.stat().st_mode) for path in record.path.parent.iterdir()]
    assert notice == ""
    assert stat.S_IMODE(record.path.parent.stat().st_mode) == 0o700
    assert len(modes) == 3
    assert set(modes) == {0o600}


def test_the_record_lies_in_tutor_home(monkeypatch, tmp_path):
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path))
    record, _ = open_record()
    with record:
        assert record.path == tmp_path / "record.sqlite3"


def write_many(home, name, count, start):
    record, notice = open_record(home)
    with record:
        start.wait()
        for number in range(count):
            record.answer(name, f"q{number}", number, RIGHT)
        assert (notice, record.notice) == ("", "")


def test_two_processes_write_at_once_and_nothing_is_lost(tmp_path):
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(2)
    writers = [context.Process(target=write_many, args=(tmp_path, name, 50, start)) for name in ("a", "b")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    record, notice = open_record(tmp_path)
    with record:
        assert notice == ""
        for name in ("a", "b"):
            assert [answer.response for answer in record.answers(name)] == list(range(50))


def test_what_was_answered_is_due_later_and_right_answers_later_than_wrong_ones(record):
    record.answer("a", "known", 0, RIGHT)
    record.answer("a", "unknown", 0, WRONG, sure="know")
    assert record.due() == {
        ("a", "known"): today() + timedelta(days=2),
        ("a", "unknown"): today() + timedelta(days=1),
    }


def test_reviews_are_counted_once_a_question_and_by_the_day(record):
    for name in ("q1", "q1", "q2"):
        record.answer("a", name, 0, RIGHT, review=True)
    record.answer("a", "q3", 0, RIGHT)
    assert record.reviewed(today()) == 2
    assert record.reviewed(today() - timedelta(days=1)) == 0


def test_what_the_live_model_says_later_counts_for_the_last_answer_of_this_sitting_alone(tmp_path):
    path = tmp_path / "record.sqlite3"
    with Record(path) as before:
        before.answer("a", "q", 1, WRONG)
    with Record(path) as record:
        record.answer("a", "q", 2, WRONG)
        record.answer("a", "q", 3, WRONG, sure="know")
        record.answer("a", "r", 3, WRONG)
        record.regrade("a", "q", RIGHT)
        assert [(answer.question, answer.response, answer.right) for answer in record.answers()] == [
            ("q", 1, False),
            ("q", 2, False),
            ("q", 3, True),
            ("r", 3, False),
        ]


def test_skipped_predictions_and_known_lessons_are_kept(record):
    record.skip("a", "q")
    record.skip("a", "q")
    record.mark_known("a")
    record.mark_known("a")
    assert record.skipped() == {("a", "q")}
    assert [done.known for done in record.progress([lesson("a", [], []), lesson("b", [], [])]).values()] == [
        True,
        False,
    ]


def test_the_fewest_moves_to_a_goal_are_kept(tmp_path):
    path = tmp_path / "record.sqlite3"
    with Record(path) as record:
        assert record.fewest_moves("minibatches", "goal") is None
        for moves in (12, 4, 9):
            record.reach_goal("minibatches", "goal", moves)
        record.reach_goal("temperature", "goal", 0)
    with Record(path) as record:
        assert record.fewest_moves("minibatches", "goal") == 4
        assert record.fewest_moves("temperature", "goal") == 0
        assert record.fewest_moves("minibatches", "other") is None
