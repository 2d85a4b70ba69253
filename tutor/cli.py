"""The command line. Each command imports what it needs, and nothing else."""

import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tutor import __version__
from tutor.commands import lessons, options, record
from tutor.errors import ExitCode, TutorError


class _Commands(click.Group):
    """A group whose unknown first word is a lesson to open."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            return "open", self.commands["open"], args
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in super().list_commands(ctx) if not self.commands[name].hidden]

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command; each takes `--lessons`."""
        cmd.params.append(lessons.lessons_option())
        super().add_command(cmd, name)


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tutor")
@options.names
@options.seed
@options.plain
@options.looks
@lessons.trust_option
@click.pass_context
def cli(context: click.Context, /, names_file: str | None, seed: int, plain: bool, **looks: Any) -> None:
    """Learn how neural networks train, by predicting, running, breaking and repairing real ones.

    `tutor` opens the list of lessons, `tutor LESSON` opens one.
    """
    if context.invoked_subcommand is None:
        _open_app(None, names_file, seed, plain, looks)


cli.params.append(lessons.lessons_option())


@cli.command("open", hidden=True)
@click.argument("lesson")
@options.names
@options.seed
@options.plain
@options.looks
@lessons.trust_option
@click.pass_context
def open_lesson(
    context: click.Context, /, lesson: str, names_file: str | None, seed: int, plain: bool, **looks: Any
) -> None:
    """Open a lesson in the terminal."""
    outer = context.parent.params if context.parent else {}
    seed = seed if seed != 42 else outer.get("seed", seed)
    looks = {name: outer.get(name) if value is None else value for name, value in looks.items()}
    _open_app(lesson, names_file or outer.get("names_file"), seed, plain or outer.get("plain", False), looks)


@cli.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@options.plain
def list_lessons(as_json: bool, plain: bool) -> None:
    """List the lessons."""
    from tutor.commands.list import show_lessons

    show_lessons(lessons.catalog(), as_json, plain)


@cli.command()
@click.argument("lesson")
@click.option("--steps", default=1000, show_default=True, type=click.IntRange(min=0), help="Training steps to take.")
@options.seed
@click.option("--set", "settings", multiple=True, metavar="KNOB=VALUE", help="Set a knob; may be given again.")
@options.names
@click.option("--preset", default="", metavar="NAME", help="Begin from one of the lesson's presets.")
@click.option("--from", "source", default="", metavar="FILE", help="Begin with the weights that --save wrote.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--every", default=0, type=click.IntRange(min=0), help="Print the metrics as JSON lines, each N steps.")
@click.option("--plot", is_flag=True, help="Print the lesson's figures as text.")
@options.plain
@click.option("--csv", "csv_file", default="", metavar="FILE", help="Write the loss of every step.")
@click.option("--save", default="", metavar="FILE", help="Write the weights.")
@click.option("--test", is_flag=True, help="Measure the test split too, at the end: once, when all is decided.")
@click.option(
    "--fork",
    default="",
    metavar="KNOB=VALUE",
    help="Train a second run beside it that differs in this (with --seeds, a preset's name will do).",
)
@click.option("--seeds", default=1, type=click.IntRange(min=1), help="Run so many seeds, and print the bands.")
@click.option("--find-lr", is_flag=True, help="Sweep the learning rate over those steps: where does the loss fall?")
@click.option("--low", type=options.RATE, help="With --find-lr: the lowest rate, if not the knob's.")
@click.option("--high", type=options.RATE, help="With --find-lr: the highest rate, if not the knob's.")
@lessons.trust_option
def run(
    lesson: str,
    steps: int,
    seed: int,
    settings: tuple[str, ...],
    names_file: str | None,
    preset: str,
    source: str,
    as_json: bool,
    every: int,
    plot: bool,
    plain: bool,
    csv_file: str,
    save: str,
    test: bool,
    fork: str,
    seeds: int,
    find_lr: bool,
    low: float | None,
    high: float | None,
) -> None:
    """Train a lesson's model without the app, and print its final metrics."""
    if not find_lr and (low, high) != (None, None):
        raise TutorError("--low and --high bound a sweep.", "Give them with --find-lr.", code=ExitCode.MISUSE)
    chosen = lessons.chosen(lesson)
    # torch says this once if there is no NumPy, which the program doesn't need.
    warnings.filterwarnings("ignore", "Failed to initialize NumPy", UserWarning)
    from tutor.commands.run import Output, Wanted, run_lesson

    wanted = Wanted(chosen, steps, seed, settings, names_file, preset, source, plain)
    if find_lr:
        from tutor.commands.find_lr import find_lr as sweep_lesson

        sweep_lesson(wanted, as_json, low, high, plot)
    elif seeds > 1:
        from tutor.commands.seeds import run_seeds

        run_seeds(wanted, seeds, fork, as_json, plot)
    else:
        run_lesson(wanted, Output(as_json, every, plot, csv_file, save, fork, test))


@cli.command()
@click.argument("lesson", default="")
@click.option("--id", "only", default="", metavar="ID", help="Check this claim alone.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@lessons.trust_option
def claims(lesson: str, only: str, as_json: bool) -> None:
    """Check what the lessons, or one of them, and their sources claim: each claim's test is run anew."""
    asked = [lessons.chosen(lesson)] if lesson else lessons.trusted()
    warnings.filterwarnings("ignore", "Failed to initialize NumPy", UserWarning)
    from tutor.commands.claims import check_claims

    check_claims(asked, only, as_json)


@cli.command()
@click.argument("lesson")
@click.option("--steps", default=1000, show_default=True, type=click.IntRange(min=0), help="Training steps to take.")
@options.seed
@click.option("--set", "settings", multiple=True, metavar="KNOB=VALUE", help="Set a knob; may be given again.")
@options.names
@click.option("--preset", default="", metavar="NAME", help="Begin from one of the lesson's presets.")
@lessons.trust_option
def script(lesson: str, steps: int, seed: int, settings: tuple[str, ...], names_file: str | None, preset: str) -> None:
    """Print a plain PyTorch script that trains as `tutor run` does, to the last digit."""
    chosen = lessons.chosen(lesson)
    warnings.filterwarnings("ignore", "Failed to initialize NumPy", UserWarning)
    from tutor.commands.run import Wanted
    from tutor.commands.script import print_script

    print_script(Wanted(chosen, steps, seed, settings, names_file, preset))


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Begin a lesson of your own in FOLDER: a small one that works, to be changed into yours."""
    from tutor.commands.new import new_lesson

    new_lesson(folder)


@cli.command()
@click.argument("wanted", nargs=-1, metavar="[LESSON|FOLDER]...")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--fast", is_flag=True, help="Leave out what trains for long.")
@lessons.trust_option
def check(wanted: tuple[str, ...], as_json: bool, fast: bool) -> None:
    """Hold lessons to the standard: tutor's own and those of --lessons, or the ones named."""
    warnings.filterwarnings("ignore", "Failed to initialize NumPy", UserWarning)
    from tutor.commands.check import check_lessons

    check_lessons(lessons.catalog(), lessons.folders(), wanted, lessons.trust(), as_json=as_json, fast=fast)


@cli.command()
@options.plain
@options.looks
@lessons.trust_option
def review(plain: bool, **looks: Any) -> None:
    """Answer again what is due today.

    What you knew returns later each time, what you didn't know returns tomorrow.
    """
    from tutor.commands.review import review as review_now

    given = {name: value for name, value in looks.items() if value}
    review_now(lessons.catalog(), plain, given, lessons.trust())


@cli.command()
@click.argument("term", default="")
def glossary(term: str) -> None:
    """Say what a TERM means, and in which lesson one sees it.

    Without a TERM, all of them.
    """
    from tutor.commands.glossary import show_glossary

    show_glossary(term)


for _command in record.COMMANDS:
    cli.add_command(_command)


def _open_app(lesson: str | None, names_file: str | None, seed: int, plain: bool, looks: dict[str, Any]) -> None:
    from tutor.commands.app import open_app

    given = {name: value for name, value in looks.items() if value}
    open_app(lessons.catalog(), lesson, names_file, seed, plain, given, lessons.trust())


def names_path(names_file: str | None) -> Path | None:
    """The path of `--names`, made absolute: the lab may run elsewhere."""
    return Path(names_file).expanduser().resolve() if names_file else None


def main() -> None:
    """Run the command line; whatever goes wrong ends in one sentence on stderr and the right exit code."""
    _guarded(lambda: cli(standalone_mode=False))


def _guarded(command: Callable[[], Any]) -> None:
    try:
        command()
    except TutorError as error:
        _end(str(error), error.code)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.ClickException as error:
        _end(f"{error.format_message()} See `tutor --help`.", ExitCode.MISUSE)
    except (click.Abort, KeyboardInterrupt):
        _end("Stopped.", ExitCode.FAILURE)
    except BrokenPipeError:
        # Whoever read our output has gone; keep the interpreter's last flush from complaining.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.FAILURE)


def _end(sentence: str, code: ExitCode) -> None:
    click.echo(f"tutor: {sentence}", err=True)
    sys.exit(code)
