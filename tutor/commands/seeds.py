"""`tutor run --seeds K`: the same run from several seeds, and whether a difference is more than noise."""

import sys
from dataclasses import asdict

import click
import msgspec

from tutor.commands.run import Wanted, as_text, prepared
from tutor.lab.runner import Runner
from tutor.lab.seed_study import Arm, SeedStudy
from tutor.link.knobs import Value, alternative

BURST = 0.1
"""Seconds between moves of the progress bar."""


def run_seeds(wanted: Wanted, count: int, fork: str, as_json: bool, plot: bool = False) -> None:
    """Run `wanted` from `count` seeds on, and with `fork` if there is one: a `KNOB=VALUE`, or a preset's name.

    Prints the bands, the verdict, and with `plot` the figures.
    """
    first = prepared(wanted)
    kind, data = type(first.experiment), first.experiment.data
    values, preset = alternative(kind.knobs, kind.presets, fork) if fork else ({}, "")
    theirs = wanted.but(preset=preset) if preset else wanted.but(settings=(*wanted.settings, fork))

    def arm(label: str, asked: Wanted) -> Arm:
        def make(seed: int) -> Runner:
            return prepared(asked.but(seed=seed), data)

        return Arm(label, make)

    ours = ", ".join((wanted.preset, *wanted.settings)).strip(", ")
    arms = {"A": arm(f"A: {ours or 'as it is'}", wanted)}
    if fork:
        arms["B"] = arm(f"B: {fork}", theirs)
    seeds = range(wanted.seed, wanted.seed + count)
    study = SeedStudy(kind, tuple(arms.values()), seeds, wanted.steps)
    _work(study, quiet=wanted.plain)
    bands = {name: study.bands(arm) for name, arm in arms.items()}
    if as_json:
        changes: dict[str, Value] = dict(values)
        result = {
            "lesson": wanted.lesson.id,
            "steps": wanted.steps,
            "seeds": list(seeds),
            "fork": changes,
            "bands": {name: {metric: asdict(band) for metric, band in found.items()} for name, found in bands.items()},
            "verdict": study.says(),
        }
        click.echo(msgspec.json.encode(result).decode())
        return
    click.echo(f"{wanted.lesson.id}: {wanted.steps:,} steps, seeds {seeds[0]} to {seeds[-1]}")
    for name, found in bands.items():
        click.echo(f"  {arms[name].label}")
        for metric, band in found.items():
            edges = f"{band.low:.4f} to {band.high:.4f}, half of them {band.q1:.4f} to {band.q3:.4f}"
            click.echo(f"     {metric:<6} median {band.median:.4f}, {edges}")
    if study.says():
        click.echo(f"  {study.says()}")
    if plot:
        click.echo(as_text(study.figures(), wanted.plain))


def _work(study: SeedStudy, *, quiet: bool) -> None:
    """All of it, with a progress bar if stderr is a terminal."""
    hidden = quiet or not sys.stderr.isatty()
    with click.progressbar(length=1000, label="runs", file=sys.stderr, hidden=hidden) as bar:
        while not study.done:
            study.work(BURST)
            bar.update(int(1000 * study.share) - bar.pos)
