"""Words that turn knobs."""

from tutor.errors import ExitCode, TutorError
from tutor.link.knobs import Knob, Value, find
from tutor.link.messages import Restart, Turn
from tutor.plain.prose import linear
from tutor.plain.talk import Talk
from tutor.suggest import nearest


def knobs(talk: Talk, text: str) -> None:
    """Every knob: its value, what it does, what it takes."""
    talk.settle()
    values = talk.bench.frame.knobs
    talk.say(*(_told(knob, values[knob.name]) for knob in talk.bench.ready.knobs))
    talk.say("Set one with KNOB=VALUE, or a notch at a time with up KNOB and down KNOB.")


def set_knob(talk: Talk, text: str) -> None:
    """Set the knob in `KNOB=VALUE` or `KNOB VALUE`."""
    talk.settle()
    name, _, value = text.partition("=") if "=" in text else text.partition(" ")
    knob = find(talk.bench.ready.knobs, name.strip())
    _set(talk, knob, knob.parse(value))


def up(talk: Talk, text: str) -> None:
    """Turn a knob up by a notch."""
    _turn(talk, text, 1)


def down(talk: Talk, text: str) -> None:
    """Turn a knob down by a notch."""
    _turn(talk, text, -1)


def _turn(talk: Talk, name: str, by: int) -> None:
    talk.settle()
    knob = find(talk.bench.ready.knobs, name.strip())
    _set(talk, knob, knob.turn(talk.bench.frame.knobs[knob.name], by))


def _set(talk: Talk, knob: Knob, value: Value) -> None:
    before = talk.bench.frame
    talk.sitting.attempts.moved(knob.name, before.knobs[knob.name], value)
    after = talk.send(Turn({knob.name: value}))
    anew = talk.trains and not knob.live and before.iteration and not after.iteration
    talk.say(f"{knob.name} is {knob.show(after.knobs[knob.name])}.{' The run is at step 0 again.' if anew else ''}")


def presets(talk: Talk, text: str) -> None:
    """Every preset, and what it shows."""
    found = talk.bench.ready.presets
    for preset in found:
        talk.say(*linear(preset.says, f"{preset.name}: "))
    if not found:
        talk.say("This lesson has no presets.")


def preset(talk: Talk, text: str) -> None:
    """Put a preset on: the one named, or the next."""
    talk.settle()
    ready = talk.bench.ready
    names = [preset.name.lower() for preset in ready.presets]
    if not names:
        raise TutorError("This lesson has no presets.")
    if text and text.lower() not in names:
        near = nearest(text, names).strip() or f"There are {', '.join(names)}."
        raise TutorError(f"There is no preset '{text}'.", near, code=ExitCode.MISUSE)
    talk.preset = names.index(text.lower()) if text else (talk.preset + 1) % len(names)
    chosen = ready.presets[talk.preset]
    values: dict[str, Value] = {knob.name: knob.value for knob in ready.knobs} | chosen.values
    talk.sitting.attempts.moved("preset", talk.bench.frame.knobs, values)
    talk.say(*linear(chosen.says, f"{chosen.name}: "))
    talk.send(Turn(values), Restart(talk.seed))


def own(talk: Talk, text: str) -> None:
    """Back to this page's own settings."""
    talk.bench.frame  # noqa: B018 - waits for the model
    talk.own_settings()
    shown = talk.bench.frame.knobs
    told = ", ".join(f"{knob.name} {knob.show(shown[knob.name])}" for knob in talk.bench.ready.knobs)
    talk.say(f"The page's own settings: {told}.")


def _told(knob: Knob, value: Value) -> str:
    when = "live" if knob.live else "rebuilds the model"
    what = f" {knob.help}," if knob.help else ""
    return f"{knob.name}: {knob.show(value)}.{what} {when}; takes {knob.takes}."
