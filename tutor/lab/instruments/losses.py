"""Loss curves: of this run over its steps, and of several runs over time."""

from tutor.figures import Curve, Guide
from tutor.lab.observation import Observation


def loss_curve(seen: Observation, title: str = "Loss", guides: tuple[Guide, ...] = ()) -> Curve:
    """Every mini-batch's loss (faint), its mean, and the full splits' losses where the experiment has splits."""
    raw, smooth = seen.history.loss_series(seen.columns)
    splits = seen.history.series("splits", seen.columns)
    return Curve(title, (raw, smooth, *splits), y_label="nats", guides=guides)


def race_curve(seen: Observation, title: str = "Loss against time") -> Curve:
    """The mean mini-batch loss against seconds of training: this run, and the last few before it."""
    return Curve(title, seen.runs, x_label="seconds of training", y_label="nats")
