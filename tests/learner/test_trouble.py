"""What happens to the record when the disk, the file or another version of tutor makes trouble."""

import sqlite3
from contextlib import closing

import pytest

from tutor.course.grading import Verdict
from tutor.learner import store
from tutor.learner.record import Record, open_record

RIGHT = Verdict(True, 1.0, "Yes.")


def fill(home, answers=200):
    record, _ = open_record(home)
    with record:
        for number in range(answers):
            record.answer("a", f"question-{number}", number, RIGHT)
    return record.path


def garbage(path):
    path.write_bytes(b"This is no database at all. " * 200)


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scribble(path):
    content = bytearray(path.read_bytes())
    content[5000:9000] = b"\xff" * 4000
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("harm", [garbage, truncate, scribble])
def test_a_damaged_record_is_moved_aside_and_a_new_one_begun(tmp_path, harm):
    path = fill(tmp_path)
    harm(path)
    damaged = path.read_bytes()
    record, notice = open_record(tmp_path)
    with record:
        (moved,) = tmp_path.glob("record.damaged-*.sqlite3")
        assert notice == f"{path} was damaged, so it is now {moved} and a new record is begun."
        assert moved.read_bytes() == damaged
        assert record.answers() == ()
        record.answer("a", "q", 1, RIGHT)
    record, notice = open_record(tmp_path)
    with record:
        assert notice == ""
        assert len(record.answers()) == 1


def test_an_empty_file_is_a_new_record(tmp_path):
    (tmp_path / "record.sqlite3").touch()
    record, notice = open_record(tmp_path)
    with record:
        assert notice == ""
        record.finish_step("a", "one")


def test_a_record_of_a_newer_tutor_is_left_as_it_is(tmp_path):
    path = fill(tmp_path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    record, notice = open_record(tmp_path)
    with record:
        record.finish_step("a", "one")
        assert record.steps_done("a") == {"one"}
    assert notice == record.notice
    assert notice == (
        f"Progress isn't saved, because {path} was written by a newer tutor (version 99, and this tutor knows 2): "
        "update this one and start it again."
    )
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_leaves_the_session_in_memory(tmp_path):
    (tmp_path / "file").touch()
    home = tmp_path / "file" / "home"
    record, notice = open_record(home)
    with record:
        record.answer("a", "q", 1, RIGHT)
        assert len(record.answers()) == 1
    assert notice == (
        f"Progress isn't saved, because {home / 'record.sqlite3'} can't be used (Not a directory): "
        "make its folder writable, or set TUTOR_HOME to another."
    )


def test_a_record_that_is_a_folder_leaves_the_session_in_memory(tmp_path):
    (tmp_path / "record.sqlite3").mkdir()
    record, notice = open_record(tmp_path)
    with record:
        record.finish_step("a", "one")
        assert record.steps_done("a") == {"one"}
    assert "can't be used (unable to open database file)" in notice


def test_a_record_that_can_only_be_read_is_read(tmp_path, monkeypatch):
    path = fill(tmp_path, answers=3)
    before = path.read_bytes()

    def read_only(path, real=store.connect):
        if path is not None:
            raise sqlite3.OperationalError("attempt to write a readonly database")
        return real(path)

    monkeypatch.setattr(store, "connect", read_only)
    record, notice = open_record(tmp_path)
    with record:
        assert len(record.answers()) == 3
        record.answer("a", "after", 1, RIGHT)
        assert len(record.answers()) == 4
        assert not record.kept
    assert "(attempt to write a readonly database)" in notice
    assert path.read_bytes() == before


def fill_the_disk(record):
    """As on a full disk: the file may not grow by one more page."""
    record._db.execute("PRAGMA max_page_count = 1")


def test_a_disk_that_fills_up_is_told_once_and_nothing_is_lost(tmp_path):
    path = tmp_path / "record.sqlite3"
    told = []
    with Record(path) as record:
        record.on_trouble = told.append
        record.answer("a", "before", 1, RIGHT)
        record.remember_place("a", "one")
        fill_the_disk(record)
        for number in range(500):
            record.answer("a", f"question-{number}", number, RIGHT)
        assert [answer.question for answer in record.answers()] == [
            "before",
            *(f"question-{number}" for number in range(500)),
        ]
        assert record.place("a") == "one"
    assert told == [record.notice]
    assert told == [
        f"Progress isn't saved, because {path} can't be written any more (database or disk is full): "
        "make room on the disk and start tutor again."
    ]
    with Record(path) as again:
        kept = again.answers()
    assert kept[0].question == "before"
    assert len(kept) < 501


@pytest.mark.parametrize("harm", [garbage, truncate])
def test_a_file_that_breaks_under_an_open_record_does_not_end_the_session(tmp_path, harm):
    path = fill(tmp_path)
    with Record(path) as record:
        harm(path)
        record.answer("a", "after", 1, RIGHT)
        record.answers()
        record.answer("a", "later", 2, RIGHT)
        assert [answer.question for answer in record.answers()][-1] == "later"
        assert str(path) in record.notice


def test_a_file_that_another_program_keeps_locked_does_not_end_the_session(tmp_path):
    path = fill(tmp_path, answers=3)
    with Record(path) as record, closing(sqlite3.connect(path, isolation_level=None)) as other:
        record._db.execute("PRAGMA busy_timeout = 1")
        other.execute("BEGIN IMMEDIATE")
        record.answer("a", "after", 1, RIGHT)
        assert len(record.answers()) == 4
        assert "(database is locked)" in record.notice


def test_a_record_in_memory_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Record(None) as record:
        record.remember_place("a", "one")
        assert record.last_lesson() == "a"
    assert list(tmp_path.iterdir()) == []
