"""The words: one table that makes dispatch and help. Each is another way to do what the screens do by keys."""

from collections.abc import Callable
from dataclasses import dataclass

from tutor.errors import ExitCode, TutorError
from tutor.plain import answering, claims, glossary, pictures, reading, studies, training, turning
from tutor.plain.talk import Talk
from tutor.suggest import nearest


@dataclass(frozen=True)
class Word:
    """Something that can be typed."""

    name: str
    takes: str
    """What may follow it, as help shows it."""
    says: str
    """What it does, for help."""
    do: Callable[[Talk, str], None]
    keys: tuple[str, ...] = ()
    """Keys of the lesson screen, as written there: typed as a word, they do the same. `KEY -> TEXT` adds a text."""

    def __str__(self) -> str:
        return f"{self.name} {self.takes}".rstrip()


def help_me(talk: Talk, text: str) -> None:
    """Every word, or what one of them does."""
    if text:
        word = _find(text)
        talk.say(f"{word}: {word.says}")
        return
    talk.say("A number answers the question; an empty line goes on; KNOB=VALUE sets a knob. The words:")
    talk.say(*(f"- {word}: {word.says}" for word in WORDS))
    talk.say("Where the text names a key, such as space or p, type that key's name instead.")


WORDS = (
    Word("next", "", "the next page", reading.next_page, ("]",)),
    Word("back", "", "the page before", reading.back, ("[",)),
    Word("go", "PAGE", "the page with that number", reading.go),
    Word("pages", "", "the pages, and which are done", reading.pages),
    Word("again", "", "this page again", reading.again),
    Word("question", "", "the question again", answering.question),
    Word("answer", "NUMBER ...", "answer; the numbers alone will do", answering.answer, ("1-9",)),
    Word("guess", "", "lock your prediction: it is a guess", answering.guess),
    Word("think", "", "lock your prediction: you think so", answering.think),
    Word("know", "", "lock your prediction: you know", answering.know),
    Word("change", "", "choose anew, before the prediction is locked", answering.change, ("backspace",)),
    Word("hint", "", "a hint, on the question or the goal", answering.hint, ("h",)),
    Word("on", "", "go on: the next question, or what came of a prediction", answering.go_on, ("enter",)),
    Word("show", "", "what came of the prediction", answering.show),
    Word("skip", "", "leave the question open, for the next; a prediction: don't make it", answering.skip, ("u",)),
    Word("run", "[STEPS | SECONDS s]", "train, 1,000 steps unless typed; Ctrl-C pauses", training.run, ("space",)),
    Word("step", "[STEPS]", "take one training step", training.step, ("s",)),
    Word("status", "", "how the run stands, and the goal", training.status),
    Word("restart", "", "start the run again, same seed, same knobs", training.restart, ("r",)),
    Word("seed", "[SEED]", "start the run again from that seed, or from the next", training.seed, ("R",)),
    Word(
        "seek",
        "STEP | -10% | +10%",
        "go to a step: wind the run back to it, or train up to it",
        training.seek,
        ("j", ", -> -1%", ". -> +1%", "< -> -10%", "> -> +10%"),
    ),
    Word("fork", "KNOB=VALUE", "split the run in two that differ in one knob", training.fork, ("f",)),
    Word("keep", "a | b", "end the fork: go on with A or B alone", training.keep, ("x -> a", "X -> b")),
    Word("knobs", "", "the knobs: what they are set to, do and take", turning.knobs, ("tab",)),
    Word("set", "KNOB=VALUE", "set a knob", turning.set_knob),
    Word("up", "KNOB", "turn a knob up by a notch", turning.up),
    Word("down", "KNOB", "turn a knob down by a notch", turning.down),
    Word("presets", "", "the presets of the knobs, and what they show", turning.presets),
    Word("preset", "[NAME]", "put a preset on, the next one unless named", turning.preset, ("p",)),
    Word("own", "", "back to this page's own settings", turning.own, ("l",)),
    Word("figures", "", "what this page's figures show, in words", pictures.figures, ("t", "v")),
    Word("figure", "NAME", "what one figure shows", pictures.figures),
    Word("read", "FIGURE [X | COLUMN ROW | WORD]", "read a figure's values", pictures.read, ("z",)),
    Word("save", "FIGURE FILE.csv", "write a figure's data to a file", pictures.save),
    Word("phases", "[PHASE]", "the next step in its phases: forward, backward, update", studies.phases, ("S",)),
    Word("tensor", "PHASE NAME", "a tensor of the next step, in words", studies.tensor),
    Word("sample", "[COUNT] [TEMPERATURE]", "what the model makes up as it is now", studies.sample, ("g",)),
    Word(
        "find-lr",
        "[MARK] [LOWEST HIGHEST STEPS] [bug]",
        "find a learning rate: sweep it on a copy of the run",
        studies.find_rate,
        ("F",),
    ),
    Word(
        "noise",
        "KNOB=VALUE | PRESET [SEEDS] [STEPS]",
        "is it noise? compare two settings over several seeds",
        studies.noise,
        ("n",),
    ),
    Word("glossary", "[TERM]", "what a term means, or which there are", glossary.glossary, ("G",)),
    Word("claims", "[all]", "what this page claims, or the lesson", claims.claims, ("k",)),
    Word("check", "[CLAIM]", "check a claim, or all that claims lists", claims.check),
    Word("code", "", "the model's code, as it runs", reading.code, ("c",)),
    Word("lessons", "", "back to the list of lessons", reading.lessons, ("esc",)),
    Word("help", "[WORD]", "these words", help_me, ("?",)),
    Word("quit", "", "quit; nothing is lost", reading.quit_all, ("q",)),
)

_BY_NAME = {word.name: word for word in WORDS}
_BY_KEY = {
    key.partition(" -> ")[0]: (word, key.partition(" -> ")[2]) for word in WORDS for key in word.keys if key != "1-9"
}


def obey(talk: Talk, line: str) -> None:
    """Do what `line` says; `TutorError` if it says nothing that can be done."""
    first, _, rest = line.partition(" ")
    if not line:
        answering.go_on(talk, "")
    elif first in _BY_KEY:
        word, text = _BY_KEY[first]
        word.do(talk, text or rest.strip())
    elif first[0] in "0123456789-−+" or (first[0] == "." and first[1:2].isdigit()):
        answering.answer(talk, line)
    elif first.lower() in _BY_NAME:
        _BY_NAME[first.lower()].do(talk, rest.strip())
    elif "=" in line or first in _knob_names(talk):
        turning.set_knob(talk, line)
    else:
        _find(first)


def _find(name: str) -> Word:
    """The word called `name`; `TutorError` naming the nearest if there is none."""
    word = _BY_NAME.get(name.lower()) or next(iter(_BY_KEY.get(name, ())), None)
    if not isinstance(word, Word):
        near = nearest(name, _BY_NAME).strip()
        raise TutorError(f"There is no word '{name}'.", f"{near} Type help for all of them.".strip(), ExitCode.MISUSE)
    return word


def _knob_names(talk: Talk) -> list[str]:
    known = talk.bench.known
    return [knob.name for knob in known.knobs] if known is not None else []
