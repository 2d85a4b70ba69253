"""Words that train: run, step, restart, wind back, fork."""

import re
import time
from typing import Literal

from tutor.errors import ExitCode, TutorError
from tutor.figures.numbers import short
from tutor.link.knobs import find
from tutor.link.messages import Fork, Frame, Keep, Look, Pause, Restart, Run, Seek, Step
from tutor.plain.talk import Talk

STEPS = 1_000
"""Steps of a run, unless typed."""

EVERY = 5.0
"""Seconds between two sentences about a run that goes on."""

_SECONDS = re.compile(r"(\d+(?:\.\d+)?)\s*s(?:ec(?:ond)?s?)?")


def run(talk: Talk, text: str) -> None:
    """Train `N` steps, or `N s` for so many seconds; a goal reached, or Ctrl-C, ends it sooner."""
    steps, seconds = _extent(text)
    talk.need_training()
    talk.sitting.attempts.ran()
    end = time.monotonic() + seconds if seconds else float("inf")
    frame: Frame | None = talk.send(Run(steps))
    try:
        while talk.bench.frame.running:
            left = end - time.monotonic()
            if left <= 0:
                talk.send(Pause())
            elif talk.hear(min(left, EVERY)) is None and left > EVERY:
                frame = talk.send(Look())
                if frame.running:
                    talk.say(f"Step {frame.iteration:,}, loss {_loss(frame)}.")
    except KeyboardInterrupt:
        talk.send(Pause())
    if rate := talk.bench.frame.rate:
        talk.say(f"It ran at {rate:,.0f} steps a second.")
    status(talk, "")


def step(talk: Talk, text: str) -> None:
    """Take one training step, or as many as typed."""
    count = whole(text, "steps", most=1_000_000) if text else 1
    talk.need_training()
    talk.sitting.attempts.ran()
    talk.send(Step(count))
    status(talk, "")


def restart(talk: Talk, text: str) -> None:
    """From step 0 with the same seed; starts the lab again if it is gone."""
    _again(talk, talk.seed)


def seed(talk: Talk, text: str) -> None:
    """From step 0 with the seed typed, or the next one."""
    _again(talk, whole(text, "for a seed", least=0, most=2**32 - 1) if text else talk.seed + 1)


def _again(talk: Talk, seed: int) -> None:
    talk.sitting.attempts.ran()
    talk.seed = seed
    if talk.bench.alive:
        talk.bench.ask(Restart(seed), goal=talk.sitting.goal)
    else:
        talk.bench.open(seed)
    talk.send(Look())
    status(talk, "")


def seek(talk: Talk, text: str) -> None:
    """Go to a step, or so many per cent on (`+10%`) or back (`-10%`); one that is still to come is trained up to."""
    talk.need_training()
    frame = talk.bench.frame
    if text.endswith("%"):
        if not frame.end:
            raise TutorError("There is no run yet to wind back.", "Type run to start one.")
        hundredths = whole(text[:-1].lstrip("+-−"), "per cent", most=100) * (-1 if text[0] in "-−" else 1)
        goal = min(max(frame.iteration + hundredths * max(frame.end // 100, 1), 0), frame.end)
    else:
        goal = whole(text, "for a step", least=0, most=10**9)
    if goal > frame.end:
        run(talk, str(goal - frame.iteration))
        return
    talk.send(Seek(goal))
    status(talk, "")


def fork(talk: Talk, text: str) -> None:
    """Split the run in two; B differs in one knob."""
    talk.need_training()
    name, _, value = (part.strip() for part in text.partition("="))
    knob = find(talk.bench.ready.knobs, name)
    talk.send(Fork({name: knob.parse(value)}))
    status(talk, "")


def keep(talk: Talk, text: str) -> None:
    """End the fork: go on with A or B alone."""
    talk.need_training()
    which: Literal["a", "b"] | None = {"a": "a", "b": "b"}.get(text.lower())  # type: ignore[assignment]
    if which is None or not talk.bench.frame.fork:
        what = "There is no fork." if which else f"'{text}' isn't one of the two runs."
        raise TutorError(what, "Type fork KNOB=VALUE first, and then keep a or keep b.", code=ExitCode.MISUSE)
    if which == "b":
        talk.sitting.attempts.moved("fork", False, True)
    talk.send(Keep(which))
    status(talk, "")


def status(talk: Talk, text: str) -> None:
    """How the run stands, and the goal."""
    talk.settle()
    talk.say(*_state(talk.bench.frame, talk.trains, secret=talk.sitting.owed))
    attempt = talk.sitting.attempt
    if attempt is not None and not attempt.reached:
        talk.tell_goal()


def _state(frame: Frame, trains: bool, *, secret: bool) -> list[str]:
    if not trains:
        return [f"Nothing trains here. Seed {frame.seed}."]
    loss = f": loss {_loss(frame)}" if frame.loss is not None else ""
    back = f" of {frame.end:,}" if frame.iteration < frame.end else ""
    lines = [f"Step {frame.iteration:,}{back}, seed {frame.seed}{loss}. {'' if secret else _splits(frame)}".rstrip()]
    return [*lines, frame.fork] if frame.fork else lines


def _splits(frame: Frame) -> str:
    right = {name: f" ({100 * share:.1f} % right)" for name, share in frame.accuracies.items()}
    told = ", ".join(f"{name} {value:.3f}{right.get(name, '')}" for name, value in frame.metrics.items())
    when = "" if frame.measured_at == frame.iteration else f" at step {frame.measured_at:,}"
    return f"Measured{when}: {told}." if told else ""


def _loss(frame: Frame) -> str:
    return "not known" if frame.loss is None else short(frame.loss, 4)


def _extent(text: str) -> tuple[int, float]:
    """How many steps, or else how many seconds, `text` asks for."""
    if seconds := _SECONDS.fullmatch(text.lower()):
        return 0, float(seconds[1])
    return (whole(text.lower().removesuffix("steps"), "steps", most=10**9) if text else STEPS), 0.0


def whole(text: str, what: str, *, least: int = 1, most: int) -> int:
    """The whole number in `text`, from `least` to `most`; `TutorError` if it is none. It counts `what`."""
    digits = text.strip().replace(",", "").replace("_", "")
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 20 else least - 1
    if not least <= number <= most:
        said = f"'{text.strip()}' can't be." if text.strip() else "A number is missing."
        raise TutorError(said, f"It takes {least:,} to {most:,} {what}.", code=ExitCode.MISUSE)
    return number
