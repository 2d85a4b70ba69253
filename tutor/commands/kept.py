"""The learner's record, for the commands that are about it alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from tutor.errors import TutorError
from tutor.learner.record import Record, open_record


def counted(count: int, noun: str) -> str:
    """So many of them: `1 answer`, `1,200 answers`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


@contextmanager
def the_record() -> Iterator[Record]:
    """The record on disk; `TutorError` if it can't be used, since a new one in memory would help nobody."""
    record, trouble = open_record()
    with record:
        if not record.kept:
            raise TutorError(trouble.replace("Progress isn't saved, because ", "", 1))
        if trouble:
            click.echo(f"tutor: {trouble}", err=True)
        yield record
