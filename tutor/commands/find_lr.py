"""`tutor run --find-lr`: the learning-rate finder with no app around it."""

import math
from collections import deque

import click
import msgspec

from tutor.commands.run import Wanted, as_text, prepared
from tutor.figures.numbers import short
from tutor.lab.guard import lesson_code
from tutor.lab.lr_finder import RangeTest, figure, sweep


def find_lr(wanted: Wanted, as_json: bool, low: float | None, high: float | None, plot: bool = False) -> None:
    """Sweep the learning rate of the untrained lesson step by step; print what the rules of thumb suggest.

    The bounds are those of the lesson's knob unless given. JSON has the rates and losses of every step as well, `plot`
    prints the curve.
    """
    runner = prepared(wanted)
    with lesson_code(wanted.lesson.path):
        found = deque(sweep(runner.experiment, low, high, wanted.steps), maxlen=1).pop()
    result = {
        "lesson": wanted.lesson.id,
        "seed": wanted.seed,
        "knobs": runner.knobs,
        "marks": found.marks,
        "stopped_at": found.stopped_at,
        "rates": found.rates,
        "raw": found.raw,
        "smoothed": found.smoothed,
    }
    click.echo(msgspec.json.encode(result).decode() if as_json else _in_words(wanted.lesson.id, wanted.seed, found))
    if plot:
        click.echo(as_text([figure(found)], wanted.plain))


def _in_words(lesson: str, seed: int, found: RangeTest) -> str:
    swept = f"{short(found.rates[0])} to {short(found.rates[-1])}"
    lines = [f"{lesson}: learning rates from {swept} in {len(found.rates):,} steps, seed {seed}"]
    lines += [f"  {rule:<10} {'none' if rate is None else short(rate)}" for rule, rate in found.marks.items()]
    if found.stopped_at is None:
        lines.append("  The loss did not diverge.")
    else:
        what = "diverged" if math.isfinite(found.smoothed[-1]) else "was no longer finite"
        lines.append(f"  The loss {what} at {short(found.stopped_at)}.")
    return "\n".join(lines)
