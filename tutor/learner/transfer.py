"""The record as one file of JSON: out, in again, and what is forgotten on purpose."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from tutor.errors import ExitCode, TutorError
from tutor.learner.record import Answer, Key, Record, insertion, note_taking, rescheduling
from tutor.learner.store import Change, make, stamp

VERSION = 1
"""That of the file; a tutor reads files of its own version and older ones."""

_MOVES = re.compile(r"moves \S+ \S+")
_UNCHANGED = "Nothing was changed."
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Done(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step that was done."""

    lesson: str
    step: str
    at: str


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place in a lesson, the fewest moves to a goal, a prediction that was skipped."""

    key: str
    value: str
    at: str


class Archive(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of a record; what is due is no part of it, since the answers say that."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    format: Literal["nn-tutor record"] = "nn-tutor record"
    exported: str = ""
    answers: tuple[Answer, ...] = ()
    steps: tuple[Done, ...] = ()
    known: dict[str, str] = {}
    """When a lesson was found to be known, by its id."""
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        for answer in self.answers:
            if not 0 <= answer.score <= 1:
                raise ValueError(f"an answer's score is {answer.score:g}, which isn't between 0 and 1")
        for note in self.notes:
            if note.key.startswith("moves") and not (_MOVES.fullmatch(note.key) and note.value.isdecimal()):
                raise ValueError(f"the note '{note.key}' can't be {note.value!r}")


class _Head(msgspec.Struct):
    """What tells the version, whatever else a later one holds."""

    version: int
    format: Literal["nn-tutor record"]


def archive(record: Record) -> Archive:
    """All that `record` holds."""
    return Archive(
        version=VERSION,
        exported=stamp(datetime.now(UTC)),
        answers=record.answers(),
        steps=tuple(Done(*row) for row in record.read("SELECT lesson, step, at FROM step_done")),
        known=dict(record.read("SELECT lesson, at FROM known")),
        notes=tuple(Note(*row) for row in record.read("SELECT key, value, at FROM note")),
    )


def to_json(whole: Archive) -> bytes:
    """The file's content."""
    return msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"


def from_json(content: bytes, name: str) -> Archive:
    """The archive in the file called `name`; `TutorError` if it isn't sound from first to last."""
    try:
        head = msgspec.json.decode(content, type=_Head)
        if head.version > VERSION:
            what = f"{name} was written by a newer tutor (version {head.version}, and this one knows {VERSION})."
            raise TutorError(what, f"{_UNCHANGED} Update tutor first.", code=ExitCode.FAILURE)
        return _in_utc(msgspec.json.decode(content, type=Archive))
    except (msgspec.DecodeError, ValueError) as error:
        what = f"{name} isn't a record that tutor exported: {str(error).rstrip('.')}."
        raise TutorError(what, _UNCHANGED, code=ExitCode.FAILURE) from None


def merge(record: Record, new: Archive) -> dict[str, int]:
    """Add to `record` what it doesn't have; how many answers, finished pages and known lessons were added.

    An answer that is there already isn't added again; of two places in a lesson the later counts, of a goal's moves
    the fewest.
    """
    before = _counts(record)
    record.write(partial(_add, record, new))
    return {name: count - before[name] for name, count in _counts(record).items()}


def _add(record: Record, new: Archive, db: sqlite3.Connection) -> None:
    # Inside the transaction: whoever imports the same file at the same time finds these there.
    there = Counter(map(_identity, record.answers()))
    missing = [answer for answer in new.answers if not _taken(there, _identity(answer))]
    done = "INSERT INTO step_done VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = min(at, excluded.at)"
    known = "INSERT INTO known VALUES (?, ?) ON CONFLICT DO UPDATE SET at = min(at, excluded.at)"
    changes: list[Change] = [
        *map(insertion, missing),
        *((done, (step.lesson, step.step, step.at)) for step in new.steps),
        *((known, pair) for pair in new.known.items()),
        *(note_taking(note.key, note.value, note.at) for note in new.notes),
        *map(rescheduling, {(answer.lesson, answer.question) for answer in missing}),
    ]
    for change in changes:
        make(change, db)


def forget(record: Record, lesson: str = "", question: str = "") -> int:
    """Forget `question` of `lesson`, the whole lesson, or everything; how many answers were forgotten."""
    before = len(record.answers())
    changes: list[Change] = []
    for table in ("answer", "due") if question else ("answer", "due", "step_done", "known"):
        where = [(column, value) for column, value in (("lesson", lesson), ("question", question)) if value]
        tests = " AND ".join(f"{column} = ?" for column, _ in where)
        changes.append((f"DELETE FROM {table} WHERE {tests or '1'}", tuple(value for _, value in where)))
    if question:
        changes.append(("DELETE FROM note WHERE key = ?", (f"skipped {lesson} {question}",)))
    else:
        about = "key = 'place ' || ?1 OR key GLOB 'moves ' || ?1 || ' *' OR key GLOB 'skipped ' || ?1 || ' *'"
        mine = f"{about} OR (key = 'last-lesson' AND value = ?1)"
        changes.append((f"DELETE FROM note WHERE ?1 = '' OR {mine}", (lesson,)))
    record.write(*changes)
    return before - len(record.answers())


def keys(record: Record) -> dict[Key, int]:
    """Every question that was ever answered, and how often."""
    return dict(Counter((answer.lesson, answer.question) for answer in record.answers()))


def write_new(path: Path, content: bytes) -> None:
    """Write a file that isn't there yet, for the learner's eyes alone; `TutorError` if that can't be done."""
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_bytes(content)
    except FileExistsError:
        raise TutorError(f"{path} is there already.", "Choose another name.", code=ExitCode.MISUSE) from None
    except OSError as error:
        raise TutorError(f"{path} can't be written: {error.strerror}.", "Choose another place.") from None


def _counts(record: Record) -> dict[str, int]:
    tables = {"answer": "answer", "finished page": "step_done", "known lesson": "known"}
    return {name: int(record.read(f"SELECT count(*) FROM {table}")[0][0]) for name, table in tables.items()}


def _identity(answer: Answer) -> tuple[object, ...]:
    """What two copies of one answer have in common, even if the live model has judged one of them since."""
    return answer.at, answer.lesson, answer.question, answer.sitting, msgspec.json.encode(answer.response)


def _taken(there: "Counter[tuple[object, ...]]", identity: tuple[object, ...]) -> bool:
    """Whether there is one more of it, which is used up by this."""
    found = there[identity] > 0
    there[identity] -= found
    return found


def _in_utc(whole: Archive) -> Archive:
    """`whole` with every time as the record writes it; `ValueError` for what is no time."""
    replace = msgspec.structs.replace

    def each(items: Iterable[Answer] | Iterable[Done]) -> tuple[object, ...]:
        return tuple(replace(item, at=_utc(item.at)) for item in items)

    return replace(
        whole,
        answers=each(whole.answers),
        steps=each(whole.steps),
        known={lesson: _utc(at) for lesson, at in whole.known.items()},
        # Notes from before their time was kept have none.
        notes=tuple(replace(note, at=_utc(note.at)) if note.at else note for note in whole.notes),
    )


def _utc(at: str) -> str:
    time = datetime.fromisoformat(at)
    if time.tzinfo is None:
        raise ValueError(f"the time '{at}' names no time zone")
    return stamp(time)
