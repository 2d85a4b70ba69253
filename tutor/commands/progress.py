"""`tutor progress`."""

from typing import Any

import click
import msgspec

from tutor.commands.kept import counted
from tutor.course.catalog import Catalog
from tutor.course.ledger import Ledger, ledger
from tutor.course.review import waiting
from tutor.learner.calibration import surprises
from tutor.learner.home import tutor_home
from tutor.learner.record import Progress, Record, open_record
from tutor.learner.transfer import archive, keys
from tutor.plain.ledger import told
from tutor.plain.voice import Voice
from tutor.settings import read_settings


def show_progress(catalog: Catalog, as_json: bool) -> None:
    """Print what is done, what is to be reviewed, how sure and how right the learner was, and ids of no lesson."""
    settings, wrong = read_settings(tutor_home() / "settings.toml")
    record, trouble = open_record()
    with record:
        for sentence in filter(None, (trouble, wrong)):
            click.echo(f"tutor: {sentence}", err=True)
        done = record.progress(catalog.lessons)
        book = ledger(catalog.lessons, record.answers())
        due = len(waiting(catalog.lessons, record, settings.reviews_a_day))
        gone = vanished(catalog, record)
        if as_json:
            report = _as_json(catalog, record, done, book, due, gone)
            click.echo(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
        else:
            Voice.of_this_process().say(*_in_words(catalog, done, book, due, gone))


def vanished(catalog: Catalog, record: Record) -> dict[str, str]:
    """What the record keeps of questions and pages that no lesson has any more, by `LESSON/ID`."""
    broken = {lesson.id for lesson in catalog.broken}
    asked = {(lesson.id, question) for lesson in catalog.lessons for question in lesson.questions}
    pages = {(lesson.id, step.id) for lesson in catalog.lessons for step in lesson.steps}
    kept = {key: counted(count, "answer") for key, count in keys(record).items() if key not in asked}
    done = {(step.lesson, step.step) for step in archive(record).steps}
    kept |= dict.fromkeys(sorted(done - pages), "a finished page")
    return {"/".join(key): what for key, what in kept.items() if key[0] not in broken}


def _as_json(
    catalog: Catalog, record: Record, done: dict[str, Progress], book: Ledger, due: int, gone: dict[str, str]
) -> dict[str, Any]:
    return {
        "lessons": [{"id": lesson.id, **msgspec.structs.asdict(done[lesson.id])} for lesson in catalog.lessons],
        "due": due,
        "predictions": [{**msgspec.structs.asdict(level), "share": level.share} for level in book.levels],
        "skipped": sorted(map("/".join, record.skipped())),
        "surprises": [msgspec.structs.asdict(surprise) for surprise in surprises(record.answers())],
        "vanished": gone,
    }


def _in_words(catalog: Catalog, done: dict[str, Progress], book: Ledger, due: int, gone: dict[str, str]) -> list[str]:
    lines = []
    width = max((len(lesson.id) for lesson in catalog.lessons), default=0)
    for lesson in catalog.lessons:
        counts = done[lesson.id]
        known = " · known" if counts.known else ""
        pages = f"{counts.steps_done}/{counts.steps} pages · {counts.right}/{counts.questions} questions{known}"
        lines.append(f"{lesson.order:>2}  {lesson.id:<{width}}  {pages}")
    lines += ["", f"{due} to review today{': tutor review' if due else ''}.", "", *told(book)]
    if gone:
        lines += ["", "In no lesson here, and kept:"]
        lines += [f"- {name}: {what}" for name, what in gone.items()]
    return lines
