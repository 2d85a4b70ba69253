"""Rules about goals: a goal isn't met when its page opens, and the reference moves reach it."""

from collections.abc import Iterator

from tutor.check.finding import Finding
from tutor.check.prose import cells
from tutor.check.rig import Rig
from tutor.course.steps import Step
from tutor.lab.goals import Watch, reached
from tutor.link.goals import Train

WIDTH = 24
"""Columns that the narrowest pane has for a condition, beside its mark and the value."""


def opening_findings(rig: Rig) -> Iterator[Finding]:
    """A goal too long to be shown or met where the page begins, and moves that change nothing."""
    for step in _with_goals(rig):
        for condition in step.goal:
            if (width := cells(condition.says)) > WIDTH:
                what = f"has a goal that takes {width} columns, '{condition.says}'."
                yield rig.draft.at_step(step, what, f"Shorten the metric's name: {WIDTH} fit.", "goal")
        with rig.tried(f"with the goal of the page '{step.id}'", step=step):
            run = rig.page(step)
            if reached(Watch(step.goal).judge(run)):
                remedy = "Let its `set` or `preset` begin farther from it."
                yield rig.draft.at_step(step, "begins with its goal met.", remedy, "goal")
            for move in step.reference:
                before = dict(run.knobs)
                if not isinstance(move, Train):
                    rig.move(run, move, Watch())
                    if run.knobs == before:
                        what = f"has a move that changes nothing: {move.says}"
                        yield rig.draft.at_step(step, what, "Leave it out.", "reference")


def reach_findings(rig: Rig) -> Iterator[Finding]:
    """Reference moves that don't reach their goal, or do so before the last of them."""
    for step in _with_goals(rig):
        with rig.tried(f"with the reference moves of the page '{step.id}'", step=step):
            run, watch = rig.page(step), Watch(step.goal)
            made = next((count for count, move in enumerate(step.reference, 1) if rig.move(run, move, watch)), 0)
            if not made:
                ends = ", ".join(
                    f"{one.condition.metric} ends at {one.condition.show(one.value)}" for one in watch.judge(run)
                )
                what = f"isn't reached by its reference moves: {ends}."
                yield rig.draft.at_step(step, what, "Write moves that do, or an easier goal.", "reference")
            elif spare := len(step.reference) - made:
                what = f"reaches its goal with {spare} of its reference moves to spare."
                yield rig.draft.at_step(step, what, "Leave them out.", "reference")


def _with_goals(rig: Rig) -> list[Step]:
    return [step for step in rig.draft.lesson.steps if step.goal]
