"""The status line."""

from tutor.link.messages import Frame
from tutor.roles import Line
from tutor.ui.prose import laid_out


def status(frame: Frame, trains: bool, width: int, *, secret: bool = False) -> Line:
    """What is going on, as `step 12,345 · loss 2.312 · 6,410 steps/s · seed 42`; the splits' losses where they fit.

    Where there is too little room, the speed goes first, and then the seed. Losses that are `secret` are to be
    predicted first.
    """
    if not trains:
        return ((f" nothing to train: turn the knobs · seed {frame.seed}", "muted"),)
    loss = "–" if frame.loss is None else f"{frame.loss:.3f}"
    step, seed = f" step {frame.iteration:,} · loss {loss}", f" · seed {frame.seed}"
    speed = f" · {frame.rate if frame.iteration else 0:,.0f} steps/s"
    right = "running " if frame.running else "paused "
    room = width - len(right) - 1
    left = next((text for text in (step + speed + seed, step + seed) if len(text) <= room), step)
    middle = _splits(frame, room - len(left), secret) if speed in left else ""
    gap = " " * max(width - len(left) - len(middle) - len(right), 1)
    return ((left, "text"), (middle, "muted"), (gap, "text"), (right, "accent" if frame.running else "muted"))


def _splits(frame: Frame, room: int, secret: bool) -> str:
    """As much of the splits as fits: losses and accuracies, then losses alone, then the last split's alone."""
    if not frame.running and frame.measured_at != frame.iteration:
        return ""  # of a run that stands still one expects that they are of this very step
    losses = {name: f" · {name} " + ("?" if secret else f"{value:.3f}") for name, value in frame.metrics.items()}
    right = {name: f", {100 * value:.1f} % right" for name, value in frame.accuracies.items() if not secret}
    texts = ["".join(loss + right.get(name, "") for name, loss in losses.items())]
    texts += ["".join(list(losses.values())[left_out:]) for left_out in range(len(losses))]
    return next((text for text in texts if len(text) <= room), "")


def timeline(frame: Frame, width: int) -> list[Line]:
    """What a fork compares, and where in the run so far this step lies if it isn't the end."""
    lines = laid_out(frame.fork, width - 1, "accent", " ", " ") if frame.fork else []
    if frame.iteration >= frame.end:
        return lines
    room = _bar(frame, width)
    at = round(frame.iteration / frame.end * (room - 1))
    bar = ((" " + "━" * at, "accent"), ("●", "accent"), ("─" * (room - 1 - at), "muted"))
    return [*lines, (*bar, (_place(frame), "text"))]


def pointed_at(frame: Frame, width: int, column: int) -> int:
    """The step that lies at `column` of the timeline's bar, or nearest to it."""
    share = (column - 1) / max(_bar(frame, width) - 1, 1)
    return round(min(max(share, 0.0), 1.0) * frame.end)


def _place(frame: Frame) -> str:
    # As wide at every step, or the bar would move under the pointer.
    end = f"{frame.end:,}"
    return f"{f' step {frame.iteration:,}':>{len(end) + 6}} of {end} "


def _bar(frame: Frame, width: int) -> int:
    """How many cells the bar has, from column 1 on."""
    return max(width - len(_place(frame)) - 2, 1)
