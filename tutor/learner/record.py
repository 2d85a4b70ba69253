"""The learner's record: answers, finished steps and the place in each lesson, in one SQLite file."""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tutor.learner.home import tutor_home
from tutor.learner.schedule import Given, day_of, due_after
from tutor.learner.schema import DamagedRecordError, NewerRecordError
from tutor.learner.store import Change, Store, now, stamp, unsaved
from tutor.learner.sure import Sure

if TYPE_CHECKING:
    from tutor.course.grading import Response, Verdict
    from tutor.course.lesson import Lesson

Key = tuple[str, str]
"""A lesson's id, and that of a question or a step of it."""

_FILE = "record.sqlite3"
_LAST_LESSON = "last-lesson"
_NOTE = "INSERT INTO note (key, value, at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
_NEWER = _NOTE + "value = excluded.value, at = excluded.at WHERE excluded.at >= note.at"
_FEWER = _NOTE + "value = min(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER)), at = max(at, excluded.at)"


class Answer(msgspec.Struct, frozen=True):
    """An answer as it was given: `at` in UTC (ISO 8601), the ticks of a multiple choice in order."""

    at: str
    lesson: str
    question: str
    response: int | float | tuple[int | float, ...]
    right: bool
    score: float
    sure: Sure | None
    sitting: str
    review: bool = False
    """Whether it was given in a review."""


class Progress(msgspec.Struct, frozen=True):
    """How far a learner is in a lesson; `right` counts the questions whose latest answer is right."""

    steps_done: int
    steps: int
    right: int
    questions: int
    known: bool = False
    """Whether its questions were answered well enough before it was worked through."""


class Record(Store):
    """The learner's record in one file, or in memory alone; what happens if the disk fails is the store's matter."""

    def __init__(self, path: Path | None) -> None:
        """Open or create the file at `path` (None: in memory); errors are those of `schema.connect`."""
        super().__init__(path)
        self.sitting = os.urandom(8).hex()
        """Tells the answers given from now on from all others."""

    def answer(
        self,
        lesson: str,
        question: str,
        response: "Response",
        verdict: "Verdict",
        sure: Sure | None = None,
        review: bool = False,
    ) -> None:
        """Keep an answer with its verdict and how sure the learner was, and when the question returns."""
        plain = tuple(sorted(response)) if isinstance(response, frozenset) else response
        right, score = bool(verdict.right), float(verdict.score)
        given = Answer(now(), lesson, question, plain, right, score, sure, self.sitting, review)
        self.write(insertion(given), rescheduling((lesson, question)))

    def regrade(self, lesson: str, question: str, verdict: "Verdict") -> None:
        """The last answer to a question in this sitting is right or wrong by what was measured since."""
        last = (
            "SELECT id FROM answer WHERE lesson = ? AND question = ? AND sitting = ? ORDER BY at DESC, id DESC LIMIT 1"
        )
        change = f'UPDATE answer SET "right" = ?, score = ? WHERE id = ({last})'
        values = (int(verdict.right), float(verdict.score), lesson, question, self.sitting)
        self.write((change, values), rescheduling((lesson, question)))

    def skip(self, lesson: str, question: str) -> None:
        """Keep that a prediction was skipped on purpose, and when."""
        at = now()
        self.write((_NEWER, (f"skipped {lesson} {question}", at, at)))

    def skipped(self) -> frozenset[Key]:
        """The predictions that were ever skipped."""
        keys = (key.split() for (key,) in self.read("SELECT key FROM note WHERE key GLOB 'skipped * *'"))
        return frozenset((lesson, question) for _, lesson, question in keys)

    def answers(self, lesson: str | None = None) -> tuple[Answer, ...]:
        """All answers, or those in one lesson, oldest first."""
        rows = self.read(
            'SELECT at, lesson, question, response, "right", score, sure, sitting, review FROM answer '
            "WHERE ?1 IS NULL OR lesson = ?1 ORDER BY at, id",
            (lesson,),
        )
        return tuple(
            Answer(at, where, question, _response(response), bool(right), score, sure, sitting, bool(review))
            for at, where, question, response, right, score, sure, sitting, review in rows
        )

    def due(self) -> dict[Key, date]:
        """The day on which each question that was ever answered returns."""
        rows = self.read("SELECT lesson, question, day FROM due")
        return {(lesson, question): date.fromisoformat(day) for lesson, question, day in rows}

    def reviewed(self, day: date) -> int:
        """How many questions were reviewed on that day of the learner's."""
        lately = stamp(datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1))
        rows = self.read("SELECT lesson, question, at FROM answer WHERE review AND at >= ?", (lately,))
        return len({(lesson, question) for lesson, question, at in rows if day_of(at) == day})

    def mark_known(self, lesson: str) -> None:
        """Keep that the learner knew a lesson without working through it."""
        self.write(("INSERT OR IGNORE INTO known VALUES (?, ?)", (lesson, now())))

    def finish_step(self, lesson: str, step: str) -> None:
        """Keep that a step is done; again is the same as once."""
        self.write(("INSERT OR IGNORE INTO step_done VALUES (?, ?, ?)", (lesson, step, now())))

    def reach_goal(self, lesson: str, step: str, moves: int) -> None:
        """Keep that a step's goal was reached in so many moves; the fewest ever are what counts."""
        self.write((_FEWER, (_moves(lesson, step), moves, now())))

    def fewest_moves(self, lesson: str, step: str) -> int | None:
        """The fewest moves in which the goal of `step` was ever reached, None if it never was."""
        moves = self._note(_moves(lesson, step))
        return None if moves is None else int(moves)

    def steps_done(self, lesson: str) -> frozenset[str]:
        """The ids of the steps done in `lesson`."""
        return frozenset(step for (step,) in self.read("SELECT step FROM step_done WHERE lesson = ?", (lesson,)))

    def progress(self, lessons: "Iterable[Lesson]") -> dict[str, Progress]:
        """The progress in each of `lessons`, by id, counting only the steps and questions they have now."""
        done = set(self.read("SELECT lesson, step FROM step_done"))
        known = {lesson for (lesson,) in self.read("SELECT lesson FROM known")}
        # With one max(), SQLite takes the other columns from the row that has it.
        latest = "max(at || printf(' %012d', id))"
        rows = self.read(f'SELECT lesson, question, "right", {latest} FROM answer GROUP BY lesson, question')
        right = {(lesson, question) for lesson, question, right, _ in rows if right}
        return {
            lesson.id: Progress(
                steps_done=sum((lesson.id, step.id) in done for step in lesson.steps),
                steps=len(lesson.steps),
                right=sum((lesson.id, question) in right for question in lesson.questions),
                questions=len(lesson.questions),
                known=lesson.id in known,
            )
            for lesson in lessons
        }

    def remember_place(self, lesson: str, step: str) -> None:
        """Keep that the learner is at `step` of `lesson`, and that this is the last lesson."""
        at = now()
        self.write((_NEWER, (_place(lesson), step, at)), (_NEWER, (_LAST_LESSON, lesson, at)))

    def place(self, lesson: str) -> str | None:
        """The step where the learner was last in `lesson`."""
        return self._note(_place(lesson))

    def last_lesson(self) -> str | None:
        """The lesson where the learner was last."""
        return self._note(_LAST_LESSON)

    def _note(self, key: str) -> str | None:
        rows = self.read("SELECT value FROM note WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None


def insertion(answer: Answer) -> Change:
    """The change that keeps an answer."""
    values = (
        answer.at,
        answer.lesson,
        answer.question,
        msgspec.json.encode(answer.response).decode(),
        int(answer.right),
        answer.score,
        answer.sure,
        answer.sitting,
        int(answer.review),
    )
    columns = 'at, lesson, question, response, "right", score, sure, sitting, review'
    return f"INSERT INTO answer ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values


def note_taking(key: str, value: str, at: str) -> Change:
    """The change that keeps a note, unless there is a newer one; of moves to a goal, the fewest stay."""
    return (_FEWER if key.startswith(_moves("", "").rstrip()) else _NEWER), (key, value, at)


def rescheduling(key: Key) -> Change:
    """The change that says anew when a question returns, from all the answers to it."""
    return partial(_reschedule, key)


def _reschedule(key: Key, db: sqlite3.Connection) -> None:
    query = 'SELECT at, "right", sure FROM answer WHERE lesson = ? AND question = ? ORDER BY at, id'
    answers = [Given(at, bool(right), sure) for at, right, sure in db.execute(query, key)]
    if answers:
        db.execute("INSERT OR REPLACE INTO due VALUES (?, ?, ?)", (*key, due_after(answers).isoformat()))


def open_record(home: Path | None = None) -> tuple[Record, str]:
    """The record in `home` (None: in `tutor_home()`), and a sentence about what is wrong with it, or `""`.

    A new folder is the learner's alone (mode 0700). A damaged file is moved aside and a new one begun;
    one that can't be written, or that a newer tutor wrote, is left as it is, and the record is kept in memory,
    with what can be read of it.
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
    record.copy_from(path)
    record.notice = unsaved(trouble, remedy)
    return record, record.notice


def _move_aside(path: Path) -> Path:
    """Rename a damaged file, and SQLite's helper files with it."""
    moved = path.with_suffix(f".damaged-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.sqlite3")
    path.rename(moved)
    for helper in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{path}{helper}").rename(f"{moved}{helper}")
    return moved


def _place(lesson: str) -> str:
    return f"place {lesson}"


def _moves(lesson: str, step: str) -> str:
    return f"moves {lesson} {step}"


def _response(text: str) -> int | float | tuple[int | float, ...]:
    return msgspec.json.decode(text, type=int | float | tuple[int | float, ...])
