"""`tutor import`."""

import sys
from pathlib import Path

import click

from tutor.commands.kept import counted, the_record
from tutor.errors import ExitCode, TutorError
from tutor.learner.transfer import from_json, merge


def import_record(file: str) -> None:
    """Add what is in `file` (`-`: stdin) to the record; a file that isn't sound changes nothing."""
    new = from_json(_content(file), "What came on stdin" if file == "-" else file)
    with the_record() as record:
        added = merge(record, new)
    if any(added.values()):
        told = ", ".join(counted(count, name) for name, count in added.items() if count)
        click.echo(f"Added: {told}. What was there already stays as it was.")
    else:
        click.echo("All of it was there already.")


def _content(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).expanduser().read_bytes()
    except OSError as error:
        raise TutorError(f"{file} can't be read: {error.strerror}.", code=ExitCode.MISUSE) from None
