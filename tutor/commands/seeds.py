"""`tutor run --seeds K`: the same run from several seeds, and whether a difference is more than noise."""

import statistics
import sys
from dataclasses import asdict

import click
import msgspec

from tutor.commands.run import Wanted, prepared, setting, train
from tutor.lab.bands import Band, verdict


def run_seeds(wanted: Wanted, count: int, fork: str, as_json: bool) -> None:
    """Run `wanted` from `count` seeds on, with and without the setting `fork` if there is one; print the bands."""
    runs = {"A": wanted.settings}
    if fork:
        runs["B"] = (*wanted.settings, fork)
    seeds = range(wanted.seed, wanted.seed + count)
    results: dict[str, dict[str, list[float]]] = {name: {} for name in runs}
    with click.progressbar(
        [(name, seed) for seed in seeds for name in runs], label="runs", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as todo:
        for name, seed in todo:
            for metric, value in _final(wanted.but(seed=seed, settings=runs[name])).items():
                results[name].setdefault(metric, []).append(value)
    bands = {name: {metric: Band.of(values) for metric, values in found.items()} for name, found in results.items()}
    judged = "val" if "val" in bands["A"] else "loss"
    says = verdict(bands["A"][judged], bands["B"][judged], f"{judged} loss") if fork else ""
    if as_json:
        result = {
            "lesson": wanted.lesson.id,
            "steps": wanted.steps,
            "seeds": list(seeds),
            "fork": dict([setting(prepared(wanted).experiment.knobs, fork)]) if fork else {},
            "bands": {name: {metric: asdict(band) for metric, band in found.items()} for name, found in bands.items()},
            "verdict": says,
        }
        click.echo(msgspec.json.encode(result).decode())
        return
    click.echo(f"{wanted.lesson.id}: {wanted.steps:,} steps, seeds {seeds[0]} to {seeds[-1]}")
    for name, found in bands.items():
        click.echo(f"  {name}  {', '.join(runs[name]) or 'as it is'}")
        for metric, band in found.items():
            edges = f"{band.low:.4f} to {band.high:.4f}, half of them {band.q1:.4f} to {band.q3:.4f}"
            click.echo(f"     {metric:<6} median {band.median:.4f}, {edges}")
    if says:
        click.echo(f"  {says}")


def _final(wanted: Wanted) -> dict[str, float]:
    """The final losses of one run; the mini-batch loss is the mean of the last hundred."""
    runner = prepared(wanted)
    train(runner, wanted.steps, quiet=True)
    last = list(runner.history.losses[-100:])
    return {"loss": statistics.fmean(last) if last else float("nan"), **runner.measure().losses}
