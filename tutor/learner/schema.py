"""The record's tables, and how an older file gets them."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

Migration = tuple[str, ...]
"""The statements that lead from one version of the tables to the next."""

MIGRATIONS: tuple[Migration, ...] = (
    (
        """CREATE TABLE answer (
            id INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            lesson TEXT NOT NULL,
            question TEXT NOT NULL,
            response TEXT NOT NULL,
            "right" INTEGER NOT NULL,
            score REAL NOT NULL,
            sure TEXT CHECK (sure IN ('guess', 'think', 'know')),
            sitting TEXT NOT NULL
        )""",
        "CREATE INDEX answer_by_question ON answer (lesson, question)",
        """CREATE TABLE step_done (
            lesson TEXT NOT NULL,
            step TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (lesson, step)
        ) WITHOUT ROWID""",
        "CREATE TABLE note (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    ),
    (
        "ALTER TABLE answer ADD COLUMN review INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX answer_by_review ON answer (at) WHERE review",
        # The day when a question returns, as its answers have it: kept so that what is due is known without FSRS.
        """CREATE TABLE due (
            lesson TEXT NOT NULL,
            question TEXT NOT NULL,
            day TEXT NOT NULL,
            PRIMARY KEY (lesson, question)
        ) WITHOUT ROWID""",
        # The day after the last answer, until there is another: FSRS isn't SQL.
        "INSERT INTO due SELECT lesson, question, date(max(at), '+1 day') FROM answer GROUP BY lesson, question",
        "CREATE TABLE known (lesson TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID",
        "ALTER TABLE note ADD COLUMN at TEXT NOT NULL DEFAULT ''",
    ),
)
"""Ordered: a file whose `user_version` is n has had the first n."""

BUSY_SECONDS = 5.0
"""How long a write waits for another process's."""


class NewerRecordError(Exception):
    """The file was written by a later version of tutor than this one."""


class DamagedRecordError(Exception):
    """The file isn't a sound SQLite database."""


def connect(path: Path | None, migrations: Sequence[Migration] = MIGRATIONS) -> sqlite3.Connection:
    """The database in `path` (None: in memory), writable and with the newest tables; made if there is none.

    An existing file is copied to `<name>.version-<n>.sqlite3` before it is changed. `DamagedRecordError`,
    `NewerRecordError`, `sqlite3.Error` or `OSError` if that can't be done.
    """
    if path is None:
        db = sqlite3.connect(":memory:", isolation_level=None)
        migrate(db, None, migrations)
        return db
    # SQLite gives its helper files the same mode.
    path.touch(mode=0o600)
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        check(db)
        migrate(db, path, migrations)
        # Fails only while another process switches too; either journal is safe, so nothing is lost.
        with suppress(sqlite3.OperationalError):
            db.execute("PRAGMA journal_mode = WAL")
    except BaseException:
        db.close()
        raise
    return db


def migrate(db: sqlite3.Connection, path: Path | None, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring the tables of `db` to the newest version in one transaction, with a backup beside `path`."""
    # The write lock, even with nothing to do: a read-only file is found out now and not at the first answer.
    with db:
        db.execute("BEGIN IMMEDIATE")
        version = version_of(db)
        if version > len(migrations):
            raise NewerRecordError(f"version {version}, and this tutor knows {len(migrations)}")
        if version == len(migrations):
            return
        if path is not None and db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            _keep_backup(path, version)
        for migration in migrations[version:]:
            for statement in migration:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(migrations)}")


def copy_into(target: sqlite3.Connection, source: sqlite3.Connection) -> None:
    """Make `target` a copy of `source`; `sqlite3.Error` if that is locked or damaged."""

    def give_up_if_locked(status: int, remaining: int, total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise sqlite3.OperationalError("database is locked")

    # Without a callback that raises, `backup` tries a locked source again for ever.
    source.backup(target, progress=give_up_if_locked)


def version_of(db: sqlite3.Connection) -> int:
    """How many migrations `db` has had."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def check(db: sqlite3.Connection) -> None:
    """`DamagedRecordError` if `db` isn't a sound database; about 10 ms for 20,000 answers."""
    try:
        verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        # The low byte is the kind of trouble: a full or a read-only disk is another kind, and no damage.
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise DamagedRecordError(str(error)) from error
        raise
    if verdict != "ok":
        raise DamagedRecordError(verdict)


def _keep_backup(path: Path, version: int) -> None:
    kept = path.with_suffix(f".version-{version}.sqlite3")
    kept.touch(mode=0o600)
    # A connection that is in a transaction of its own can't be copied; another one sees what is committed.
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(kept)) as target:
        copy_into(target, source)
