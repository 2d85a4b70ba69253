"""A page's goal: each condition with its live value, the moves so far, and what came of them."""

from tutor.course.attempt import Attempt
from tutor.link.goals import Gauge, last_step
from tutor.roles import Line
from tutor.ui.prose import laid_out
from tutor.ui.widgets.lines import Lines


class GoalView(Lines):
    """Shows a try at a goal; without one it takes no room."""

    DEFAULT_CSS = """
    GoalView { dock: bottom; border-top: solid $panel; background: $background; }
    """

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._attempt: Attempt | None = None
        self._trains = True

    def follow(self, attempt: Attempt | None, trains: bool) -> None:
        """Show how things stand with `attempt`, or nothing; `trains`: is there a run to start?"""
        self._attempt, self._trains = attempt, trains
        self.display = attempt is not None
        self.redraw()

    def lay_out(self, width: int) -> list[Line]:
        """The heading, the conditions, how it ended, the hints asked for, the next key."""
        attempt = self._attempt
        if attempt is None or width < 4:
            return []
        lines: list[Line] = [_heading(attempt, width)]
        lines += [_condition(gauge, width) for gauge in attempt.gauges]
        if attempt.reached:
            lines += laid_out(outcome(attempt, self._trains), width, "good", "✓ ", "  ")
        for number, hint in enumerate(attempt.hints, start=1):
            lines += laid_out(hint, width, "warn", f"hint {number}: ", "  ")
        return lines + laid_out(_next_key(attempt, self._trains), width, "muted")


def _heading(attempt: Attempt, width: int) -> Line:
    right = _moves(attempt.moves)
    if attempt.best is not None:
        right += f" · best {attempt.best}"
    return (("Goal", "accent"), (f"{right:>{max(width - len('Goal'), 0)}}", "muted"))


def _condition(gauge: Gauge, width: int) -> Line:
    says, now = gauge.condition.says, gauge.condition.show(gauge.value)
    mark = ("✓ ", "good") if gauge.holds else ("✗ ", "bad")
    gap = " " * max(width - len(mark[0]) - len(says) - len(now), 1)
    return (mark, (says, "text"), (gap, "text"), (now, "text" if gauge.holds else "title"))


def outcome(attempt: Attempt, trains: bool) -> str:
    """What came of a try that reached its goal, in a sentence or two."""
    where = f" at step {attempt.iteration:,}" if trains else ""
    return f"Reached{where}. You: {_moves(attempt.moves)}; ours: {attempt.ours}."


def _next_key(attempt: Attempt, trains: bool) -> str:
    hint = "h: hint" if attempt.more_hints else ""
    if attempt.reached:
        keys = ["l: try fewer" if attempt.moves > attempt.ours else "", hint and "h: ours", "]: next"]
    else:
        spent = trains and attempt.iteration >= last_step(attempt.goal)
        keys = ["r: restart" if spent else "", "l: reset" if attempt.moves else "", hint]
    return " · ".join(filter(None, keys))


def _moves(count: int) -> str:
    return "1 move" if count == 1 else f"{count} moves"
