"""The status line."""

from tutor.link.messages import Frame
from tutor.roles import Line
from tutor.ui.prose import laid_out


def status(frame: Frame, trains: bool, width: int) -> Line:
    """What is going on, as `step 12,345 · loss 2.312 · 6,410 steps/s · seed 42`; the splits' losses where they fit."""
    if not trains:
        return ((f" nothing to train: turn the knobs · seed {frame.seed}", "muted"),)
    loss = "–" if frame.loss is None else f"{frame.loss:.3f}"
    left = f" step {frame.iteration:,} · loss {loss} · {frame.rate:,.0f} steps/s · seed {frame.seed}"
    right = "running " if frame.running else "paused "
    splits = [f" · {name} {value:.3f}" for name, value in frame.metrics.items()]
    while splits and len(left) + sum(map(len, splits)) + len(right) + 1 > width:
        splits.pop(0)
    middle = "".join(splits)
    if len(left) + len(right) + 1 > width:
        right = ""
    gap = " " * max(width - len(left) - len(middle) - len(right), 1)
    return ((left, "text"), (middle, "muted"), (gap, "text"), (right, "accent" if frame.running else "muted"))


def timeline(frame: Frame, width: int) -> list[Line]:
    """What a fork compares, and where in the run so far this step lies if it isn't the end."""
    lines = laid_out(frame.fork, width - 1, "accent", " ", " ") if frame.fork else []
    if frame.iteration >= frame.end:
        return lines
    right = f" step {frame.iteration:,} of {frame.end:,} "
    room = max(width - len(right) - 2, 1)
    at = round(frame.iteration / frame.end * (room - 1))
    return [*lines, ((" " + "━" * at, "accent"), ("●", "accent"), ("─" * (room - 1 - at), "muted"), (right, "text"))]
