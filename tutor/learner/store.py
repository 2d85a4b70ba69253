"""One SQLite file, read and written without ever raising for the disk: where that fails, it goes on in memory."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from tutor.learner.schema import DamagedRecordError, NewerRecordError, check, connect, copy_into, migrate

Change = tuple[str, tuple[object, ...]] | Callable[[sqlite3.Connection], object]
"""A statement with its values, or what is done with the database inside the transaction."""

_FREE_THE_DISK = "make room on the disk and start tutor again"


class Store:
    """A database in one file, or in memory alone; use it from one thread.

    Each change is committed before the call returns. If the disk fails, the store goes on in memory with all
    it can still read, sets `notice` to a sentence about it, and calls `on_trouble` with that once; no method
    raises for it.
    """

    def __init__(self, path: Path | None) -> None:
        """Open or create the file at `path` (None: in memory); errors are those of `schema.connect`."""
        self.path = path
        self.notice = ""
        self.on_trouble: Callable[[str], None] = lambda notice: None
        self._db = connect(path)
        self._on_disk = path is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def copy_from(self, path: Path) -> None:
        """Take over what a file that can't be written holds, if it can be read."""
        copy = sqlite3.connect(":memory:", isolation_level=None)
        try:
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as source:
                copy_into(copy, source)
            check(copy)
            migrate(copy, None)
        except (sqlite3.Error, DamagedRecordError, NewerRecordError):
            copy.close()
            return
        self._db.close()
        self._db = copy

    @property
    def kept(self) -> bool:
        """Whether what is written outlasts this process."""
        return self._on_disk

    def read(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            self._leave_disk(error)
            return self._db.execute(query, values).fetchall()

    def write(self, *changes: Change) -> None:
        """Make all of `changes` in one transaction."""
        try:
            self._commit(changes)
        except sqlite3.Error as error:
            self._leave_disk(error)
            self._commit(changes)

    def _commit(self, changes: tuple[Change, ...]) -> None:
        with self._db as db:
            db.execute("BEGIN IMMEDIATE")
            for change in changes:
                make(change, db)

    def _leave_disk(self, error: sqlite3.Error) -> None:
        """Go on in memory, with what can still be read; an error that isn't the disk's is raised again."""
        if not self._on_disk or isinstance(error, (sqlite3.ProgrammingError, sqlite3.IntegrityError)):
            raise error
        copy = sqlite3.connect(":memory:", isolation_level=None)
        try:
            copy_into(copy, self._db)
            check(copy)
        except (sqlite3.Error, DamagedRecordError):
            copy.close()
            copy = connect(None)
        self._db.close()
        self._db, self._on_disk = copy, False
        self.notice = unsaved(f"{self.path} can't be written any more ({error})", _FREE_THE_DISK)
        self.on_trouble(self.notice)


def make(change: Change, db: sqlite3.Connection) -> None:
    """Make a change inside the transaction that `db` is in."""
    if callable(change):
        change(db)
    else:
        db.execute(*change)


def unsaved(what: str, remedy: str) -> str:
    """The sentence about a record that is in memory alone."""
    return f"Progress isn't saved, because {what}: {remedy}."


def now() -> str:
    """This moment as the record writes it, in UTC."""
    return stamp(datetime.now(UTC))


def stamp(at: datetime) -> str:
    """`at` as the record writes it: in UTC to the second, so that later sorts after earlier."""
    return at.astimezone(UTC).isoformat(timespec="seconds")
