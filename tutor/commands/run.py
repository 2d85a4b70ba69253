"""`tutor run`: the lab's runner with no app around it."""

import sys
import time
from typing import Any

import click
import msgspec
import torch

from tutor.cli import names_path
from tutor.course.lesson import Lesson
from tutor.errors import ExitCode, TutorError
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.knobs import Knob, Value, find
from tutor.names import read_names


def run_lesson(
    lesson: Lesson, steps: int, seed: int, settings: tuple[str, ...], names_file: str | None, as_json: bool
) -> None:
    """Train `lesson` for `steps` steps and print the knobs, the final metrics and the speed."""
    runner = prepared(lesson, seed, settings, names_file)
    seconds = _train(runner, steps)
    taken = runner.iteration
    metrics = {"loss": runner.loss, **runner.measure().losses}
    result = {
        "lesson": lesson.id,
        "seed": seed,
        "steps": taken,
        "knobs": runner.knobs,
        "metrics": metrics,
        "seconds": round(seconds, 3),
        "steps_per_second": round(taken / seconds, 1) if seconds else 0.0,
    }
    click.echo(msgspec.json.encode(result).decode() if as_json else _in_words(result, metrics, runner.experiment.knobs))
    if runner.halted:
        raise TutorError(runner.halted, "Lower the learning rate, say.")


def prepared(lesson: Lesson, seed: int, settings: tuple[str, ...], names_file: str | None) -> Runner:
    """A run of `lesson` at step 0 with its knobs set; `TutorError` if it has nothing to train."""
    torch.set_num_threads(1)
    kind = load_experiment(lesson.path)
    knobs = dict(_setting(kind.knobs, text) for text in settings)
    if not kind.trains():
        raise TutorError(
            f"{lesson.id} has nothing to train.", f"Open it with `tutor {lesson.id}`.", code=ExitCode.MISUSE
        )
    path = names_path(names_file)
    if path is not None and (notice := read_names(path).notice()):
        click.echo(f"tutor: {notice}", err=True)
    return Runner(kind, Sources(path), seed, knobs)


def _setting(knobs: tuple[Knob, ...], text: str) -> tuple[str, Value]:
    name, equals, value = text.partition("=")
    if not equals:
        raise TutorError(f"'{text}' isn't a setting.", "Write KNOB=VALUE, such as lr=0.1.", code=ExitCode.MISUSE)
    return name.strip(), find(knobs, name.strip()).parse(value)


def _train(runner: Runner, steps: int) -> float:
    """Train, with a progress bar if stderr is a terminal; the seconds it took."""
    started = time.perf_counter()
    if not sys.stderr.isatty():
        runner.advance(steps)
        return time.perf_counter() - started
    with click.progressbar(length=steps, label="training", file=sys.stderr) as bar:
        while runner.iteration < steps and (taken := runner.advance(min(100, steps - runner.iteration))):
            bar.update(taken)
    return time.perf_counter() - started


def _in_words(result: dict[str, Any], metrics: dict[str, float | None], knobs: tuple[Knob, ...]) -> str:
    lines = [f"{result['lesson']}: {result['steps']:,} steps, seed {result['seed']}"]
    lines.append("  " + ", ".join(f"{knob.name} {knob.show(result['knobs'][knob.name])}" for knob in knobs))
    lines += [f"  {name:<6} {value:.4f}" for name, value in metrics.items() if value is not None]
    lines.append(f"  {result['seconds']} s, {result['steps_per_second']:,} steps/s")
    return "\n".join(lines)
