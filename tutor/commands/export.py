"""`tutor export`."""

import sys
from pathlib import Path

import click

from tutor.commands.kept import counted, the_record
from tutor.learner.transfer import archive, to_json, write_new


def export_record(file: str) -> None:
    """Write the whole record into `file`, a new one, or to stdout for `-`."""
    with the_record() as record:
        whole = archive(record)
    if file == "-":
        sys.stdout.buffer.write(to_json(whole))
        return
    path = Path(file).expanduser()
    write_new(path, to_json(whole))
    click.echo(f"{path} holds {counted(len(whole.answers), 'answer')}, {counted(len(whole.steps), 'finished page')}.")
