"""`tutor run`: the lab's runner with no app around it."""

import csv
import shutil
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import msgspec
import torch

from tutor.cli import names_path
from tutor.commands import weights
from tutor.course.lesson import Lesson
from tutor.errors import ExitCode, TutorError
from tutor.figures import Figure
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.pair import Pair
from tutor.lab.runner import Runner
from tutor.link.knobs import Knob, Value, find
from tutor.names import read_names
from tutor.plain.voice import speaks_ascii
from tutor.spelling import spelt
from tutor.suggest import nearest

PLOT_ROWS = 14
"""How high `--plot` draws each figure."""


@dataclass(frozen=True)
class Wanted:
    """A run as it was asked for."""

    lesson: Lesson
    steps: int
    seed: int = 42
    settings: tuple[str, ...] = ()
    names_file: str | None = None
    preset: str = ""
    source: str = ""
    """A file of weights to begin with."""
    plain: bool = False
    """Whether lines of text stand for bars and pictures."""

    def but(self, **changes: Any) -> "Wanted":
        """The same run with some things different."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Output:
    """What is to be printed and written of a run."""

    as_json: bool = False
    every: int = 0
    plot: bool = False
    csv_file: str = ""
    save: str = ""
    fork: str = ""
    test: bool = False


def run_lesson(wanted: Wanted, output: Output) -> None:
    """Train the lesson's model and print the knobs, the final metrics and the speed; and whatever else is asked for."""
    runner = prepared(wanted)
    if output.test and not runner.experiment.held_out():
        raise TutorError(f"{wanted.lesson.id} has no test split.", "Leave out --test.", code=ExitCode.MISUSE)
    run: Runner | Pair = runner
    if output.fork:
        run = Pair(runner, dict([setting(runner.experiment.knobs, output.fork)]))
    seconds = train(run, wanted.steps, every=output.every, quiet=output.every > 0 or wanted.plain)
    result: dict[str, Any] = {
        "lesson": wanted.lesson.id,
        "seed": wanted.seed,
        "steps": run.iteration,
        "knobs": run.knobs,
        "metrics": _metrics(runner),
        "seconds": round(seconds, 3),
        "steps_per_second": round(run.iteration / seconds, 1) if seconds else 0.0,
    }
    if runner.measured.accuracies:
        result["accuracies"] = dict(runner.measured.accuracies)
    if output.test:
        held_out = runner.measure_only(runner.experiment.held_out())
        result["metrics"] |= held_out.losses
        result.setdefault("accuracies", {}).update(held_out.accuracies)
    if isinstance(run, Pair):
        result["fork"] = {"knobs": run.changes, "metrics": _metrics(run.b), "says": run.says()}
    knobs = runner.experiment.knobs
    click.echo(msgspec.json.encode(result).decode() if output.as_json else _in_words(result, knobs))
    if output.plot:
        _plot(run, wanted.plain)
    if output.csv_file:
        _write_csv(Path(output.csv_file), run)
    if output.save:
        weights.save(Path(output.save), wanted.lesson.id, runner)
    if run.halted:
        raise TutorError(run.halted, "Change a setting with --set, such as the learning rate.")


def prepared(wanted: Wanted, data: Sources | None = None) -> Runner:
    """The run at step 0 with its knobs set, on `data` if that is loaded; `TutorError` if there is nothing to train."""
    torch.set_num_threads(1)
    lesson = wanted.lesson
    kind = load_experiment(lesson.path)
    if not kind.trains():
        raise TutorError(
            f"{lesson.id} has nothing to train.", f"Open it with `tutor {lesson.id}`.", code=ExitCode.MISUSE
        )
    knobs: dict[str, Value] = {}
    content = weights.read(Path(wanted.source), lesson.id) if wanted.source else None
    if content is not None:
        knobs |= weights.knobs_in(content)
    if wanted.preset:
        presets = {preset.name: preset.values for preset in kind.presets}
        if wanted.preset not in presets:
            has = f"{lesson.id} has {', '.join(presets) or 'none'}."
            what = f"There is no preset '{wanted.preset}'."
            raise TutorError(what, f"{has}{nearest(wanted.preset, presets)}", code=ExitCode.MISUSE)
        knobs |= presets[wanted.preset]
    knobs |= dict(setting(kind.knobs, text) for text in wanted.settings)
    path = names_path(wanted.names_file)
    if data is None and path is not None and (notice := read_names(path).notice()):
        click.echo(f"tutor: {notice}", err=True)
    runner = Runner(kind, data or Sources(path), wanted.seed, knobs)
    if content is not None:
        weights.load(content, Path(wanted.source), runner)
    return runner


def setting(knobs: tuple[Knob, ...], text: str) -> tuple[str, Value]:
    """The knob and the value in `KNOB=VALUE`."""
    name, equals, value = text.partition("=")
    if not equals:
        raise TutorError(f"'{text}' isn't a setting.", "Write KNOB=VALUE, such as lr=0.1.", code=ExitCode.MISUSE)
    return name.strip(), find(knobs, name.strip()).parse(value)


def train(run: Runner | Pair, steps: int, *, every: int = 0, quiet: bool = False) -> float:
    """Take `steps` steps, with a progress bar if stderr is a terminal; the seconds it took.

    `every` prints the metrics as a line of JSON each so many steps, from step 0 on.
    """
    chunk = every or 100
    seconds = 0.0
    with click.progressbar(
        length=steps, label="training", file=sys.stderr, hidden=quiet or not sys.stderr.isatty()
    ) as bar:
        while True:
            if every:
                click.echo(msgspec.json.encode({"step": run.iteration, **_metrics(run)}).decode())
            started = time.perf_counter()
            taken = run.advance(min(chunk, steps - run.iteration)) if run.iteration < steps else 0
            seconds += time.perf_counter() - started
            if not taken:
                return seconds
            bar.update(taken)


def _metrics(run: Runner | Pair) -> dict[str, float | None]:
    return {"loss": run.loss, **run.measure().losses}


def _in_words(result: dict[str, Any], knobs: tuple[Knob, ...]) -> str:
    lines = [f"{result['lesson']}: {result['steps']:,} steps, seed {result['seed']}"]
    lines.append("  " + ", ".join(f"{knob.name} {knob.show(result['knobs'][knob.name])}" for knob in knobs))
    right = {name: f"  {100 * value:.1f} % right" for name, value in result.get("accuracies", {}).items()}
    for name, value in result["metrics"].items():
        if value is not None:
            lines.append(f"  {name:<6} {value:.4f}{right.get(name, '')}")
    if "fork" in result:
        found = ", ".join(f"{name} {value:.4f}" for name, value in result["fork"]["metrics"].items())
        lines += [f"  B: {found}", f"  {result['fork']['says']}"]
    lines.append(f"  {result['seconds']} s, {result['steps_per_second']:,} steps/s")
    return "\n".join(lines)


def _plot(run: Runner | Pair, plain: bool) -> None:
    """The figures as `as_text` has them."""
    runner = run.a if isinstance(run, Pair) else run
    figures = run.look(tuple(runner.experiment.figures()), shutil.get_terminal_size().columns)
    click.echo(as_text(figures.values(), plain))


def as_text(figures: Iterable[Figure], plain: bool) -> str:
    """The figures one below the other, as wide as the terminal, each with its sentence; or `plain` sentences alone."""
    if plain:
        told = [figure.describe() for figure in figures]
        return "\n".join(map(spelt, told) if speaks_ascii() else told)
    width = shutil.get_terminal_size().columns
    told = []
    for figure in figures:
        rows = ["".join(text for text, _ in line).rstrip() for line in figure.draw(width, PLOT_ROWS)]
        told.append("\n" + "\n".join(rows).rstrip() + "\n" + figure.describe())
    return "\n".join(told)


def _write_csv(path: Path, run: Runner | Pair) -> None:
    """Every step's mini-batch loss, of B too if there is one."""
    if isinstance(run, Pair):
        columns = {"loss": run.a.history.losses, "loss_b": run.b.history.losses}
    else:
        columns = {"loss": run.history.losses}
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(["step", *columns])
            rows.writerows([step, *losses] for step, losses in enumerate(zip(*columns.values(), strict=False), start=1))
    except OSError as error:
        raise TutorError(f"{path} can't be written: {error.strerror}.", "Name another file.") from None
