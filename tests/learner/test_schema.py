import sqlite3
from contextlib import closing
from datetime import date

import pytest

from tutor.learner.record import Record
from tutor.learner.schema import MIGRATIONS, NewerRecordError, connect, copy_into, version_of

FIRST = ("CREATE TABLE answer (id INTEGER PRIMARY KEY, question TEXT)",)
SECOND = ("ALTER TABLE answer ADD COLUMN score REAL", "UPDATE answer SET score = 0.5")
THIRD = ("CREATE TABLE review (question TEXT)",)


@pytest.fixture
def old(tmp_path):
    """A file of version 1 with one answer in it."""
    path = tmp_path / "record.sqlite3"
    with closing(connect(path, [FIRST])) as db:
        db.execute("INSERT INTO answer (question) VALUES ('kept')")
    return path


def test_an_older_file_is_migrated_in_order_and_its_backup_kept(old):
    with closing(connect(old, [FIRST, SECOND, THIRD])) as db:
        assert version_of(db) == 3
        assert db.execute("SELECT question, score FROM answer").fetchall() == [("kept", 0.5)]
        assert db.execute("SELECT count(*) FROM review").fetchone() == (0,)
    with closing(sqlite3.connect(old.with_name("record.version-1.sqlite3"))) as backup:
        assert version_of(backup) == 1
        assert backup.execute("SELECT * FROM answer").fetchall() == [(1, "kept")]


def test_a_file_from_before_versions_were_kept_has_a_backup_too(tmp_path):
    path = tmp_path / "record.sqlite3"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE scrap (word TEXT)")
    with Record(path) as record:
        record.finish_step("a", "one")
    with closing(sqlite3.connect(path.with_name("record.version-0.sqlite3"))) as backup:
        assert backup.execute("SELECT name FROM sqlite_master").fetchall() == [("scrap",)]


def test_a_migration_that_fails_changes_nothing(old):
    with pytest.raises(sqlite3.OperationalError):
        connect(old, [FIRST, SECOND, ("CREATE TABLE answer (id)",)])
    with closing(connect(old, [FIRST])) as db:
        assert db.execute("SELECT * FROM answer").fetchall() == [(1, "kept")]


def test_a_new_or_current_file_needs_no_backup(tmp_path):
    path = tmp_path / "record.sqlite3"
    for _ in range(2):
        connect(path).close()
    assert [file.name for file in tmp_path.iterdir()] == ["record.sqlite3"]


def test_a_newer_file_is_refused(old):
    with pytest.raises(NewerRecordError, match="version 1, and this tutor knows 0"):
        connect(old, [])


def test_the_answers_of_version_one_are_due_the_day_after_they_were_given(tmp_path):
    path = tmp_path / "record.sqlite3"
    with closing(connect(path, MIGRATIONS[:1])) as db:
        for day in ("01", "03"):
            db.execute(
                'INSERT INTO answer (at, lesson, question, response, "right", score, sitting) '
                f"VALUES ('2026-03-{day}T12:00:00+00:00', 'a', 'q', '1', 1, 1, 's')"
            )
        db.execute("INSERT INTO note VALUES ('place a', 'one')")
    with Record(path) as record:
        assert record.due() == {("a", "q"): date(2026, 3, 4)}
        assert len(record.answers()) == 2
        assert record.place("a") == "one"
        record.remember_place("a", "two")
        assert record.place("a") == "two"


def test_a_locked_file_is_not_waited_for_for_ever(old):
    with (
        closing(sqlite3.connect(old)) as other,
        closing(sqlite3.connect(old, timeout=0)) as source,
        closing(sqlite3.connect(":memory:")) as target,
    ):
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            copy_into(target, source)


def test_the_file_is_in_wal_mode_and_waits_for_others(tmp_path):
    with closing(connect(tmp_path / "record.sqlite3")) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA busy_timeout").fetchone() == (5000,)
        assert version_of(db) == len(MIGRATIONS)
