"""Rules about runs: nothing a learner can set makes the code fail, and every figure shows and says something."""

import time
from collections.abc import Iterator, Mapping

from tutor.check.finding import Finding
from tutor.check.rig import Rig
from tutor.lab.runner import Runner
from tutor.link.knobs import Choice, Knob, Switch, Value

STEPS = 20
"""How many steps each setting is run for."""

SECONDS = 2.0
"""After which a slow setting has been run for long enough."""

SIZE = 40, 9
"""The smallest picture a figure is drawn as."""


def default_findings(rig: Rig) -> Iterator[Finding]:
    """The experiment as it is when the lesson opens, before and after some steps, and its figures."""
    with rig.tried("with its knobs as they are"):
        run = rig.run()
        yield from _figures(rig, run)
        _train(run)
        yield from _figures(rig, run)
        run.measure()


def setting_findings(rig: Rig) -> Iterator[Finding]:
    """Every preset, every page's own settings, and every knob at its ends, with all figures."""
    for preset in rig.kind.presets:
        yield from _setting(rig, preset.values, f"with the preset '{preset.name}'")
    done: list[dict[str, Value]] = [{}, *(preset.values for preset in rig.kind.presets)]
    for step in rig.draft.lesson.steps:
        values = {**(rig.preset(step.preset) if step.preset else {}), **step.set}
        if values not in done:
            done.append(values)
            yield from _setting(rig, values, f"with the settings of the page '{step.id}'")
    for knob in rig.kind.knobs:
        for value in _ends(knob):
            shown = f"with {knob.name} at {knob.show(value)}"
            yield from _setting(rig, {knob.name: value}, shown, strictly=False)


def _setting(rig: Rig, values: Mapping[str, Value], doing: str, *, strictly: bool = True) -> Iterator[Finding]:
    with rig.tried(doing, strictly=strictly):
        run = rig.run(values)
        _train(run)
        yield from _figures(rig, run)


def _train(run: Runner) -> None:
    """Some steps; a loss that isn't finite ends a run, and is no mistake."""
    end = time.perf_counter() + SECONDS
    while run.iteration < STEPS and time.perf_counter() < end and run.advance(1):
        pass


def _figures(rig: Rig, run: Runner) -> Iterator[Finding]:
    for name, figure in run.look(tuple(rig.kind.figures()), SIZE[0]).items():
        drawn = any(text.strip() for line in figure.draw(*SIZE) for text, _ in line)
        if not drawn:
            yield rig.at_name(
                name, f"the figure '{name}' is blank at {SIZE[0]}x{SIZE[1]}.", "Give it a title and data."
            )
        if not figure.describe().strip():
            yield rig.at_name(name, f"the figure '{name}' says nothing in words.", "Give it a title and data.")


def _ends(knob: Knob) -> tuple[Value, ...]:
    """The values at the ends of its range other than the one it has."""
    ends: tuple[Value, ...]
    if isinstance(knob, Choice):
        ends = knob.options
    elif isinstance(knob, Switch):
        ends = (False, True)
    else:
        ends = (knob.low, knob.high)
    return tuple(value for value in ends if value != knob.value)
