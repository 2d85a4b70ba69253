"""Rules about names: the knobs, presets, figures and metrics that the text names are those of the experiment."""

from collections.abc import Iterator, Sequence

from tutor.check.finding import Finding
from tutor.check.rig import Rig
from tutor.course.steps import Step
from tutor.errors import TutorError
from tutor.link.goals import SetKnob, Train, UsePreset
from tutor.link.knobs import checked, find
from tutor.suggest import nearest


def name_findings(rig: Rig) -> Iterator[Finding]:
    """All that is named and isn't there."""
    knobs = {knob.name for knob in rig.kind.knobs}
    presets = [preset.name for preset in rig.kind.presets]
    yield from _presets(rig)
    for step in rig.draft.lesson.steps:
        yield from _unknown(rig, step, "figures", step.figures, list(rig.kind.figures()))
        yield from _unknown(rig, step, "preset", [step.preset] if step.preset else [], presets)
        try:
            checked(rig.kind.knobs, step.set)
        except TutorError as error:
            yield rig.draft.at_step(step, f"sets what can't be set. {error.what}", error.remedy, "set")
        yield from _moves(rig, step, presets)
    for name in knobs & set(rig.kind.metrics()):
        yield rig.at_name(name, f"a knob and a metric are both called '{name}'.", "Rename one.")


def _unknown(rig: Rig, step: Step, key: str, named: Sequence[str], known: Sequence[str]) -> Iterator[Finding]:
    for name in named:
        if name not in known:
            remedy = nearest(name, known).strip() or f"It has: {', '.join(known) or 'none'}."
            yield rig.draft.at_step(step, f"names '{name}' in `{key}`, which lab.py doesn't have.", remedy, key)


def _presets(rig: Rig) -> Iterator[Finding]:
    for preset in rig.kind.presets:
        try:
            checked(rig.kind.knobs, preset.values)
        except TutorError as error:
            yield rig.at_name(preset.name, f"the preset '{preset.name}' can't be put on. {error.what}", error.remedy)


def _moves(rig: Rig, step: Step, presets: Sequence[str]) -> Iterator[Finding]:
    for move in step.reference:
        match move:
            case SetKnob(name, text):
                try:
                    find(rig.kind.knobs, name).parse(text)
                except TutorError as error:
                    yield rig.draft.at_step(
                        step, f"has a move that can't be made. {error.what}", error.remedy, "reference"
                    )
            case UsePreset(name):
                yield from _unknown(rig, step, "reference", [name], presets)
            case Train() if not rig.kind.trains():
                what = "has a move that runs, and nothing in lab.py trains."
                yield rig.draft.at_step(step, what, "Leave `run` out.", "reference")
