"""Export, import and reset of the record."""

import multiprocessing
from datetime import date

import msgspec
import pytest

from tutor.course.grading import Verdict
from tutor.errors import ExitCode, TutorError
from tutor.learner.record import Answer, Record, open_record
from tutor.learner.transfer import Archive, Note, archive, forget, from_json, keys, merge, to_json

RIGHT, WRONG = Verdict(True, 1.0, ""), Verdict(False, 0.5, "")


def filled(path=None):
    record = Record(path)
    record.answer("a", "one", frozenset({2, 0}), WRONG, "know")
    record.answer("a", "one", (1, 0, 2), RIGHT)
    record.answer("a", "curve", (3.3, 2.5), WRONG, review=True)
    record.answer("b", "two", 0.5, RIGHT, "guess")
    record.finish_step("a", "first")
    record.reach_goal("a", "goal", 4)
    record.skip("b", "three")
    record.remember_place("a", "second")
    record.mark_known("b")
    return record


def held(record):
    """All that a record holds, in an order of its own."""
    whole = archive(record)
    notes = sorted(whole.notes, key=lambda note: note.key)
    return sorted(whole.answers, key=str), sorted(whole.steps, key=str), whole.known, notes, record.due()


def test_what_is_exported_comes_back_whole():
    content = to_json(archive(filled()))
    record = Record(None)
    added = merge(record, from_json(content, "f"))
    assert added == {"answer": 4, "finished page": 1, "known lesson": 1}
    before = filled()
    assert [answer.response for answer in record.answers()] == [answer.response for answer in before.answers()]
    assert record.due() == before.due()
    assert (record.place("a"), record.fewest_moves("a", "goal")) == ("second", 4)
    assert record.skipped() == {("b", "three")}


def test_importing_again_adds_nothing():
    record = filled()
    content, before = to_json(archive(record)), held(record)
    assert set(merge(record, from_json(content, "f")).values()) == {0}
    assert held(record) == before


def test_the_same_answer_twice_in_one_second_stays_twice():
    record = Record(None)
    for _ in range(2):
        record.answer("a", "q", 1, WRONG)
    same = [msgspec.structs.replace(answer, at="2026-01-01T00:00:00+00:00") for answer in record.answers()]
    new = Record(None)
    for _ in range(2):
        merge(new, Archive(1, answers=tuple(same)))
    assert len(new.answers()) == 2


def given(at, right, question="q"):
    return Answer(at, "a", question, 0, right, float(right), None, "there")


def test_older_answers_never_pass_for_the_latest():
    record = Record(None)
    record.answer("a", "q", 0, RIGHT)
    due = record.due()
    merge(record, Archive(1, answers=(given("2020-01-01T00:00:00+00:00", False),)))
    lesson = type("Made", (), {"id": "a", "steps": [], "questions": ["q"]})
    assert record.progress([lesson])["a"].right == 1
    assert [answer.right for answer in record.answers()] == [False, True]
    assert record.due() != due


def test_of_two_places_the_later_stays_and_of_moves_the_fewest():
    record = filled()
    old, new = "2020-01-01T00:00:00+00:00", "2099-01-01T00:00:00+00:00"
    merge(record, Archive(1, notes=(Note("place a", "older", old), Note("moves a goal", "9", new))))
    assert (record.place("a"), record.fewest_moves("a", "goal")) == ("second", 4)
    merge(record, Archive(1, notes=(Note("place a", "newer", new), Note("moves a goal", "3", old))))
    assert (record.place("a"), record.fewest_moves("a", "goal")) == ("newer", 3)


def test_times_in_other_zones_are_the_same_moment():
    content = to_json(Archive(1, answers=(given("2026-01-01T09:00:00+09:00", True),)))
    assert from_json(content, "f").answers[0].at == "2026-01-01T00:00:00+00:00"


GOOD = msgspec.json.decode(to_json(archive(filled())))


def changed(**more):
    return msgspec.json.encode(GOOD | more)


def one_answer(**more):
    return changed(answers=[GOOD["answers"][0] | more])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "truncated"),
        (b"\xff\xfe", "malformed"),
        (b"[1, 2]", "Expected `object`"),
        (to_json(archive(filled()))[:-40], "truncated"),
        (changed(format="something else"), "Invalid enum value"),
        (changed(version=0), "Expected `int` >= 1"),
        (changed(more=1), "unknown field `more`"),
        (one_answer(sure="maybe"), "Invalid enum value 'maybe'"),
        (one_answer(at="yesterday"), "yesterday"),
        (one_answer(at="2026-01-01T09:00:00"), "names no time zone"),
        (one_answer(at=""), "''"),
        (one_answer(score=7), "score"),
        (one_answer(response="x"), "Expected"),
        (changed(notes=[{"key": "moves a goal", "value": "few", "at": ""}]), "'few'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_not_sound_changes_nothing_and_says_what_is_wrong(content, says):
    with pytest.raises(TutorError, match="isn't a record that tutor exported") as caught:
        from_json(content, "mine.json")
    assert says in str(caught.value)
    assert str(caught.value).endswith("Nothing was changed.")
    assert "\n" not in str(caught.value)


def test_a_file_of_a_newer_tutor_is_refused():
    with pytest.raises(TutorError, match="newer tutor") as caught:
        from_json(changed(version=2, later=True), "mine.json")
    assert caught.value.code == ExitCode.FAILURE


def test_a_question_is_forgotten_and_nothing_else():
    record = filled()
    assert forget(record, "a", "one") == 2
    assert keys(record) == {("a", "curve"): 1, ("b", "two"): 1}
    assert set(record.due()) == {("a", "curve"), ("b", "two")}
    assert record.steps_done("a") == {"first"}
    forget(record, "b", "three")
    assert record.skipped() == frozenset()


def test_a_lesson_is_forgotten_and_no_other():
    record = filled()
    record.remember_place("a-b", "second")
    record.reach_goal("b", "a", 2)
    assert forget(record, "a") == 3
    assert keys(record) == {("b", "two"): 1}
    assert (record.place("a"), record.fewest_moves("a", "goal"), record.steps_done("a")) == (None, None, frozenset())
    assert (record.place("a-b"), record.last_lesson(), record.fewest_moves("b", "a")) == ("second", "a-b", 2)
    assert record.skipped() == {("b", "three")}
    assert archive(record).known.keys() == {"b"}


def test_everything_is_forgotten_and_an_import_brings_it_back():
    record = filled()
    before = held(record)
    backup = to_json(archive(record))
    assert forget(record) == 4
    assert held(record) == held(Record(None))
    merge(record, from_json(backup, "backup"))
    assert held(record) == before


def import_many(home, content, start):
    record, _ = open_record(home)
    with record:
        start.wait()
        for _ in range(10):
            merge(record, from_json(content, "f"))
        assert record.notice == ""


def answer_many(home, start):
    record, _ = open_record(home)
    with record:
        start.wait()
        for number in range(30):
            record.answer("c", f"q{number}", number, RIGHT)
        assert record.notice == ""


def test_an_import_while_another_tutor_is_open_loses_nothing(tmp_path):
    content = to_json(archive(filled()))
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(3)
    tutors = [
        context.Process(target=import_many, args=(tmp_path, content, start)),
        context.Process(target=import_many, args=(tmp_path, content, start)),
        context.Process(target=answer_many, args=(tmp_path, start)),
    ]
    for process in tutors:
        process.start()
    for process in tutors:
        process.join()
    assert [process.exitcode for process in tutors] == [0, 0, 0]
    record, _ = open_record(tmp_path)
    with record:
        assert len(record.answers("c")) == 30
        assert len(record.answers()) == 34
        assert len(record.due()) == 33
        assert all(day > date(2026, 1, 1) for day in record.due().values())
