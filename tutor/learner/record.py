"""The learner's record: answers, finished steps and the place in each lesson, in one SQLite file."""

import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import msgspec

from tutor.learner.home import tutor_home
from tutor.learner.schema import DamagedRecordError, NewerRecordError, check, connect, copy_into

if TYPE_CHECKING:
    from tutor.course.grading import Response, Verdict
    from tutor.course.lesson import Lesson

Sure = Literal["guess", "think", "know"]
"""How sure the learner was of an answer."""

_FILE = "record.sqlite3"
_LAST_LESSON = "last-lesson"
_FREE_THE_DISK = "make room on the disk and start tutor again"
_Statement = tuple[str, tuple[object, ...]]


class Answer(msgspec.Struct, frozen=True):
    """An answer as it was given: `at` in UTC (ISO 8601), the ticks of a multiple choice in order."""

    at: str
    lesson: str
    question: str
    response: int | float | tuple[int, ...]
    right: bool
    score: float
    sure: Sure | None
    sitting: str


class Progress(msgspec.Struct, frozen=True):
    """How far a learner is in a lesson; `right` counts the questions whose latest answer is right."""

    steps_done: int
    steps: int
    right: int
    questions: int


class Record:
    """The learner's record in one file, or in memory alone; use it from one thread.

    Each change is committed before the call returns. If the disk fails, the record goes on in memory with all
    it can still read, sets `notice` to a sentence about it, and calls `on_trouble` with that once; no method
    raises for it.
    """

    def __init__(self, path: Path | None) -> None:
        """Open or create the file at `path` (None: in memory); errors are those of `schema.connect`."""
        self.path = path
        self.sitting = os.urandom(8).hex()
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

    def answer(
        self, lesson: str, question: str, response: "Response", verdict: "Verdict", sure: Sure | None = None
    ) -> None:
        """Keep an answer, with its verdict and how sure the learner was."""
        plain = sorted(response) if isinstance(response, frozenset) else response
        self._write(
            (
                'INSERT INTO answer (at, lesson, question, response, "right", score, sure, sitting) '
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    _now(),
                    lesson,
                    question,
                    msgspec.json.encode(plain).decode(),
                    int(verdict.right),
                    float(verdict.score),
                    sure,
                    self.sitting,
                ),
            )
        )

    def answers(self, lesson: str | None = None) -> tuple[Answer, ...]:
        """All answers, or those in one lesson, oldest first."""
        rows = self._read(
            'SELECT at, lesson, question, response, "right", score, sure, sitting FROM answer '
            "WHERE ?1 IS NULL OR lesson = ?1 ORDER BY id",
            (lesson,),
        )
        return tuple(
            Answer(at, where, question, _response(response), bool(right), score, sure, sitting)
            for at, where, question, response, right, score, sure, sitting in rows
        )

    def finish_step(self, lesson: str, step: str) -> None:
        """Keep that a step is done; again is the same as once."""
        self._write(("INSERT OR IGNORE INTO step_done VALUES (?, ?, ?)", (lesson, step, _now())))

    def reach_goal(self, lesson: str, step: str, moves: int) -> None:
        """Keep that a step's goal was reached in so many moves; the fewest ever are what counts."""
        fewest = "UPDATE SET value = min(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))"
        self._write((f"INSERT INTO note VALUES (?, ?) ON CONFLICT (key) DO {fewest}", (_moves(lesson, step), moves)))

    def fewest_moves(self, lesson: str, step: str) -> int | None:
        """The fewest moves in which the goal of `step` was ever reached, None if it never was."""
        moves = self._note(_moves(lesson, step))
        return None if moves is None else int(moves)

    def steps_done(self, lesson: str) -> frozenset[str]:
        """The ids of the steps done in `lesson`."""
        return frozenset(step for (step,) in self._read("SELECT step FROM step_done WHERE lesson = ?", (lesson,)))

    def progress(self, lessons: "Iterable[Lesson]") -> dict[str, Progress]:
        """The progress in each of `lessons`, by id, counting only the steps and questions they have now."""
        done = set(self._read("SELECT lesson, step FROM step_done"))
        right = set(
            self._read(
                "SELECT lesson, question FROM answer WHERE id IN "
                '(SELECT max(id) FROM answer GROUP BY lesson, question) AND "right"'
            )
        )
        return {
            lesson.id: Progress(
                steps_done=sum((lesson.id, step.id) in done for step in lesson.steps),
                steps=len(lesson.steps),
                right=sum((lesson.id, question) in right for question in lesson.questions),
                questions=len(lesson.questions),
            )
            for lesson in lessons
        }

    def remember_place(self, lesson: str, step: str) -> None:
        """Keep that the learner is at `step` of `lesson`, and that this is the last lesson."""
        note = "INSERT INTO note VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        self._write((note, (_place(lesson), step)), (note, (_LAST_LESSON, lesson)))

    def place(self, lesson: str) -> str | None:
        """The step where the learner was last in `lesson`."""
        return self._note(_place(lesson))

    def last_lesson(self) -> str | None:
        """The lesson where the learner was last."""
        return self._note(_LAST_LESSON)

    def _note(self, key: str) -> str | None:
        rows = self._read("SELECT value FROM note WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            self._leave_disk(error)
            return self._db.execute(query, values).fetchall()

    def _write(self, *statements: _Statement) -> None:
        try:
            self._commit(statements)
        except sqlite3.Error as error:
            self._leave_disk(error)
            self._commit(statements)

    def _commit(self, statements: tuple[_Statement, ...]) -> None:
        with self._db as db:
            db.execute("BEGIN IMMEDIATE")
            for statement, values in statements:
                db.execute(statement, values)

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
        self.notice = _unsaved(f"{self.path} can't be written any more ({error})", _FREE_THE_DISK)
        self.on_trouble(self.notice)


def open_record(home: Path | None = None) -> tuple[Record, str]:
    """The record in `home` (None: in `tutor_home()`), and a sentence about what is wrong with it, or `""`.

    A new folder is the learner's alone (mode 0700). A damaged file is moved aside and a new one begun;
    one that can't be used, or that a newer tutor wrote, is left as it is, and the record is kept in memory.
    """
    home = home or tutor_home()
    path = home / _FILE
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return Record(path), ""
        except DamagedRecordError:
            moved = _move_aside(path)
            return Record(path), f"{path} was damaged, so it is now {moved} and a new record is begun."
    except NewerRecordError as error:
        trouble = f"{path} was written by a newer tutor ({error})"
        remedy = "update this one and start it again"
    except (OSError, sqlite3.Error, DamagedRecordError) as error:
        reason = (error.strerror if isinstance(error, OSError) else "") or str(error)
        trouble = f"{path} can't be used ({reason})"
        remedy = "make its folder writable, or set TUTOR_HOME to another"
    record = Record(None)
    record.notice = _unsaved(trouble, remedy)
    return record, record.notice


def _move_aside(path: Path) -> Path:
    """Rename a damaged file, and SQLite's helper files with it."""
    moved = path.with_suffix(f".damaged-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.sqlite3")
    path.rename(moved)
    for helper in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{path}{helper}").rename(f"{moved}{helper}")
    return moved


def _unsaved(what: str, remedy: str) -> str:
    return f"Progress isn't saved, because {what}: {remedy}."


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _place(lesson: str) -> str:
    return f"place {lesson}"


def _moves(lesson: str, step: str) -> str:
    return f"moves {lesson} {step}"


def _response(text: str) -> int | float | tuple[int, ...]:
    return msgspec.json.decode(text, type=int | float | tuple[int, ...])
