"""The commands about what you have done: progress, export, import, reset."""

import click

from tutor.commands import lessons


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def progress(as_json: bool) -> None:
    """Show what is done and due, how sure and how right you were."""
    from tutor.commands.progress import show_progress

    show_progress(lessons.catalog(), as_json)


@click.command()
@click.argument("file")
def export(file: str) -> None:
    """Write your record into a new FILE.

    It holds all you have answered and done, as JSON; - is standard output.
    """
    from tutor.commands.export import export_record

    export_record(file)


@click.command("import")
@click.argument("file")
def import_(file: str) -> None:
    """Add what `tutor export` wrote to your record.

    Nothing newer is overwritten, and a FILE that isn't sound changes nothing; - is standard input.
    """
    from tutor.commands.import_ import import_record

    import_record(file)


@click.command()
@click.argument("what", default="", metavar="[QUESTION|LESSON]")
@click.option("--all", "everything", is_flag=True, help="Forget everything.")
@click.option("--yes", is_flag=True, help="Don't ask.")
def reset(what: str, everything: bool, yes: bool) -> None:
    """Forget a question, a lesson or everything.

    It asks first, and keeps a backup that `tutor import` brings back.
    """
    from tutor.commands.reset import reset_record

    reset_record(lessons.catalog(), what, everything, yes)


COMMANDS = (progress, export, import_, reset)
"""All of them."""
