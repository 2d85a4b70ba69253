"""Words that study the run as it is: sweep its rate, compare seeds, make something up, take a step apart."""

from typing import TypeVar

from tutor.errors import ExitCode, TutorError
from tutor.figures.numbers import percent, short
from tutor.link.dissection import Dissect, Dissected, Inspect, Inspected
from tutor.link.knobs import Number, alternative, learning_rate
from tutor.link.messages import Letter, Look, Sample, Sampled, Seeds, Stop, Studied, Sweep
from tutor.plain.prose import linear
from tutor.plain.talk import Talk
from tutor.plain.training import EVERY, whole

SWEEP_STEPS, SEEDS, SEED_STEPS = 500, 5, 1_000
"""What a study takes unless something else is typed."""

TEMPERATURE = Number("temperature", 1.0, low=0.1, high=10, log=True)
"""What the logits of a sample are divided by."""

_Wanted = TypeVar("_Wanted", Dissected, Inspected, Sampled)

PHASES = ("forward", "backward", "update")
"""The phases of a step."""


def find_rate(talk: Talk, text: str) -> None:
    """Sweep the learning rate on a copy of the run.

    `text` is the learner's own mark; or the lowest rate, the highest and the steps; or all four. `bug` sweeps as the
    finder does that never uses its rates.
    """
    talk.need_training()
    knob = learning_rate(talk.bench.ready.knobs)
    if knob is None:
        raise TutorError("The finder sweeps a learning rate: a knob 'lr' that is live.", "This lesson has none.")
    words = text.replace(",", " ").split()
    honest = "bug" not in words
    words = [word for word in words if word != "bug"]
    if len(words) not in (0, 1, 3, 4):
        raise TutorError("It takes your mark, or three bounds, or both.", "Such as find-lr 0.1 or find-lr 0.001 1 500.")
    mark = float(knob.parse(words.pop(0))) if len(words) in (1, 4) else 0.0
    low, high = (float(knob.parse(word)) for word in words[:2]) if words else (knob.low, knob.high)
    steps = whole(words[2], "steps", least=2, most=100_000) if words else SWEEP_STEPS
    if low >= high:
        raise TutorError("The lower rate comes first.", "Such as find-lr 0.001 1 500.", code=ExitCode.MISUSE)
    talk.say(f"A copy of this run trains {steps:,} steps while its rate grows from {short(low)} to {short(high)}.")
    study = _study(talk, Sweep(low, high, steps, mark, honest))
    if study is not None and study.rates:
        rates = ", ".join(f"{short(rate)} ({rule})" for rule, rate in study.rates.items())
        talk.say(f"Suggested: {rates}. To use one, type lr=RATE.")


def noise(talk: Talk, text: str) -> None:
    """Compare the knobs as they are with another setting, over a few seeds.

    `text` is `KNOB=VALUE` or a preset, then perhaps how many seeds, and the steps of each run.
    """
    talk.need_training()
    if not text:
        raise TutorError("What is to be compared?", "Type noise KNOB=VALUE, or noise PRESET.", code=ExitCode.MISUSE)
    words = text.split()
    numbers: list[str] = []
    while len(words) > 1 and words[-1].replace(",", "").isdigit() and len(numbers) < 2:
        numbers.insert(0, words.pop())
    ready, frame = talk.bench.ready, talk.bench.frame
    changes, preset = alternative(ready.knobs, ready.presets, " ".join(words))
    count = whole(numbers[0], "seeds", most=50) if numbers else SEEDS
    steps = whole(numbers[1], "steps", most=1_000_000) if numbers[1:] else frame.end or SEED_STEPS
    talk.say(f"Two times {count} runs of {steps:,} steps: A with the knobs as they are, B with {' '.join(words)}.")
    _study(talk, Seeds(count, steps, changes, preset))


def _study(talk: Talk, command: Sweep | Seeds) -> Studied | None:
    """The study's last report, said; None if it could not begin. Ctrl-C ends it with what it has found."""
    bench, goal = talk.bench, talk.sitting.goal
    bench.send(command, goal=goal)
    while True:
        try:
            report = bench.hear(EVERY)
        except KeyboardInterrupt:
            bench.send(Stop(), goal=goal)
            continue
        if report is None:
            bench.send(Look(), goal=goal)
        elif isinstance(report, Studied) and not report.done:
            if report.share:
                talk.say(f"{100 * report.share:.0f} % done, {report.seconds_left:.0f} s left.")
        elif isinstance(report, Studied):
            talk.say(*(figure.describe() for figure in report.figures), *linear(report.says))
            return report
        elif bench.caught_up:
            return None


def sample(talk: Talk, text: str) -> None:
    """Have the model make something up: one sample letter by letter, or as many as typed; then a temperature."""
    talk.settle()
    if not talk.bench.ready.generates:
        raise TutorError("This lesson's model makes nothing up.")
    count, _, warmth = text.partition(" ")
    many = whole(count, "samples", most=40) if count else 1
    temperature = float(TEMPERATURE.parse(warmth)) if warmth else TEMPERATURE.value
    seeds = tuple(range(talk.drawn + 1, talk.drawn + many + 1))
    talk.drawn = seeds[-1]
    drawn = _answer(talk, Sample(seeds, temperature), Sampled)
    at = f"at temperature {TEMPERATURE.show(temperature)}"
    talk.say(f"Step {drawn.iteration:,}, {at}, sample seed {seeds[0]}{f' to {seeds[-1]}' if many > 1 else ''}:")
    talk.say(*(made or "(nothing)" for made in drawn.samples))
    if many == 1:
        talk.say(*map(_chosen, drawn.letters))


def _chosen(letter: Letter) -> str:
    others = ", ".join(f"{other} {percent(chance)}" for other, chance in letter.likeliest)
    return f"{letter.letter}: odds {percent(letter.chance)}, luck {letter.luck:.2f}; likeliest {others}"


def phases(talk: Talk, text: str) -> None:
    """The next step in its three phases, or one of them, with their tensors; it isn't taken."""
    apart = _apart(talk)
    chosen = [_phase(text)] if text else range(len(apart.phases))
    for phase in chosen:
        found = apart.phases[phase]
        talk.say("", f"{phase + 1}. {PHASES[phase].capitalize()} of step {apart.iteration + 1:,}.", *linear(found.says))
        header, *rows = found.tensors.data()
        for row in rows:
            pairs = zip(header[1:], row[1:], strict=False)
            talk.say(f"- {row[0]}: {', '.join(f'{head} {cell}' for head, cell in pairs if cell)}")
    talk.say("", "Type tensor PHASE NAME to hear one of them; type step to take the step.")


def tensor(talk: Talk, text: str) -> None:
    """A tensor of the next step, in words: its phase and its name."""
    phase_name, _, name = text.partition(" ")
    phase = _phase(phase_name)
    apart = _apart(talk)
    names = [str(row[0]) for row in apart.phases[phase].tensors.rows]
    if name.strip() not in names:
        raise TutorError(f"There is no tensor '{name.strip()}' there.", f"There are {', '.join(names)}.")
    shown = _answer(talk, Inspect(phase, names.index(name.strip())), Inspected)
    talk.say(*(figure.describe() for figure in shown.figures.values()))


def _apart(talk: Talk) -> Dissected:
    talk.need_training()
    if talk.bench.frame.halted:
        raise TutorError("There is no next step here.", "Type seek STEP to go back, or restart.")
    return _answer(talk, Dissect(), Dissected)


def _phase(text: str) -> int:
    places = {name: place for place, name in enumerate(PHASES)}
    places |= {str(place + 1): place for place in places.values()}
    if text.strip().lower() not in places:
        raise TutorError(f"'{text}' is no phase.", f"They are {', '.join(PHASES)}.", code=ExitCode.MISUSE)
    return places[text.strip().lower()]


def _answer(talk: Talk, command: Dissect | Inspect | Sample, kind: type[_Wanted]) -> _Wanted:
    """What the lab answers `command` by, of that kind."""
    talk.settle()
    bench, found = talk.bench, None
    bench.send(command, goal=talk.sitting.goal)
    while found is None or not bench.caught_up:
        report = bench.hear()
        found = report if isinstance(report, kind) else found
        if found is None and bench.caught_up:
            raise TutorError("The lab has no answer to that.")
    return found
