"""`tutor script`: a lesson's run as one plain PyTorch script."""

import shlex

import click

from tutor.commands.run import Wanted, prepared
from tutor.lab.script import page


def print_script(wanted: Wanted) -> None:
    """Print a script that imports nothing of tutor and ends with the losses of `tutor run`."""
    click.echo(page(prepared(wanted).experiment, wanted.steps, _command(wanted)), nl=False)


def _command(wanted: Wanted) -> str:
    """How this script was asked for."""
    parts = ["tutor", "script", wanted.lesson.id, "--steps", str(wanted.steps), "--seed", str(wanted.seed)]
    if wanted.preset:
        parts += ["--preset", wanted.preset]
    for setting in wanted.settings:
        parts += ["--set", setting]
    if wanted.names_file:
        parts += ["--names", wanted.names_file]
    return shlex.join(parts)
