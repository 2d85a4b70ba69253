"""The keys: one table that makes dispatch, the key line at the bottom, and the help screen."""

from dataclasses import dataclass, replace
from itertools import accumulate

from textual.binding import Binding, BindingType


@dataclass(frozen=True)
class Action:
    """Something a key does."""

    id: str
    """The Textual action, such as `toggle_run` or `answer(1)`."""

    keys: str
    """The keys, comma-separated, in Textual's names."""

    cap: str
    """How the key is written on screen."""

    label: str
    """One or two words for the key line; empty to leave it out there."""

    says: str
    """What it does, for the help screen; empty to leave it out there."""


QUIT = Action("quit_app", "q", "q", "quit", "quit; nothing is lost")
HELP = Action("help", "question_mark", "?", "help", "this help")

PALETTE = Action("command_palette", "", "ctrl+p", "", "find anything by its name, and do it")
"""Textual itself binds the key."""

REPAINT = Action("repaint", "", "ctrl+l", "", "paint the screen anew, if something else has written on it")
"""The app binds the key, for every screen."""

ANSWERS = (
    *(Action(f"digit({digit})", str(digit), "", "", "") for digit in range(10)),
    Action("minus", "minus", "", "", ""),
)
"""They pick an option, or begin a number."""

HOME = (
    Action("open", "enter", "enter", "open", "open the lesson under the bar"),
    Action("review", "r", "r", "review", "review what is due today"),
    Action("surprises", "u", "u", "surprises", "how sure you were, how right, and what surprised you"),
    Action("test_out", "T", "T", "test", "answer the lesson's questions first: 80 % right, and it is known"),
    Action("nothing", "", "↑ ↓", "choose", "move the bar"),
    Action("glossary", "G", "G", "", "the course's words, each in one paragraph"),
    PALETTE,
    REPAINT,
    HELP,
    QUIT,
)

LESSON = (
    Action("toggle_run", "space", "space", "run", "run or pause the training"),
    Action("next_pane", "tab", "tab", "knobs", "go to the text, the knobs, the figures"),
    Action("move(-1)", "left_square_bracket", "[", "", "the page before"),
    Action("move(1)", "right_square_bracket", "]", "next", "the next page"),
    Action("one_step", "s", "s", "1 step", "take one training step"),
    Action("restart", "r", "r", "restart", "start the run again, same seed, same knobs"),
    Action("nothing", "", "1-9", "answer", "answer the question"),
    Action("go_on", "enter", "enter", "", "type a value; see what came of a prediction; go on"),
    Action("nothing", "", "↑ ↓ ← →", "", "scroll the text; on the knobs, choose one and turn it"),
    Action("scrub(-1)", "comma", ",", "", "wind the run back by a hundredth; the figures show that step"),
    Action("scrub(1)", "full_stop", ".", "", "and forward again"),
    Action("scrub(-10)", "less_than_sign", "<", "", "wind back by a tenth"),
    Action("scrub(10)", "greater_than_sign", ">", "", "forward by a tenth"),
    Action("go_to", "j", "j", "", "jump to a step: back to it, or on until it is reached"),
    Action("fork", "f", "f", "", "split the run in two that differ in one knob"),
    Action("keep('a')", "x", "x", "", "end the fork: go on with A alone"),
    Action("keep('b')", "X", "X", "", "end the fork: go on with B alone"),
    Action("new_seed", "R", "R", "new seed", "start the run again from a new seed"),
    Action("take_back", "backspace", "backspace", "", "choose anew, before a prediction is locked"),
    Action("skip", "u", "u", "", "go on without making the prediction"),
    Action("hint", "h", "h", "", "a hint"),
    Action("claims", "k", "k", "", "check the claims of this page, marked ‡, or else of the lesson"),
    Action("glossary", "G", "G", "", "the course's words, each in one paragraph"),
    Action("own_settings", "l", "l", "", "back to this page's own settings"),
    Action("next_preset", "p", "p", "", "the next preset of the knobs"),
    Action("next_figures", "v", "v", "", "more figures, where they don't all fit"),
    Action("zoom", "z", "z", "", "one figure on the whole screen: read its values, save it"),
    Action("describe", "t", "t", "", "the figures in words"),
    Action("phases", "S", "S", "", "one step in its three phases: forward, backward, update"),
    Action("sample", "g", "g", "", "generate: what the model makes up as it is now, letter by letter"),
    Action("find_rate", "F", "F", "", "find a learning rate: sweep it, and see where the loss falls and flies off"),
    Action("seeds", "n", "n", "", "is it noise? compare two settings over several seeds"),
    Action("code", "c", "c", "", "the model's code, as it runs"),
    Action("home", "escape", "esc", "", "back to the text; from there to the list of lessons"),
    PALETTE,
    REPAINT,
    HELP,
    QUIT,
    *ANSWERS,
)

BACK = Action("back", "escape", "esc", "back", "back to the lesson")

ZOOM = (
    Action("toggle_run", "space", "space", "run", "run or pause the training"),
    Action("back", "escape,z", "z", "back", "back to the lesson"),
    Action("read(1, 0)", "right", "→", "read", "the next value"),
    Action("read(-1, 0)", "left", "←", "", "the value before"),
    Action("read(0, -1)", "up", "↑", "", "the value above"),
    Action("read(0, 1)", "down", "↓", "", "the value below"),
    Action("read(10, 0)", "pagedown", "pgdn", "", "ten values on"),
    Action("read(-10, 0)", "pageup", "pgup", "", "ten values back"),
    Action("next_figures", "v", "v", "next figure", "the lesson's next figure; a curve's cursor stays at its step"),
    Action("save", "w", "w", "save", "save the figure: as a picture, as text, or its data"),
    Action("describe", "t", "t", "words", "the figure in words"),
    Action("one_step", "s", "s", "1 step", "take one training step"),
    Action("scrub(-1)", "comma", ",", "", "wind the run back by a hundredth"),
    Action("scrub(1)", "full_stop", ".", "", "and forward again"),
    Action("scrub(-10)", "less_than_sign", "<", "", "wind back by a tenth"),
    Action("scrub(10)", "greater_than_sign", ">", "", "forward by a tenth"),
    PALETTE,
    REPAINT,
    HELP,
    QUIT,
)

PHASES = (
    Action("phase(1)", "space,enter,right", "space", "next", "the next phase; the third takes the step"),
    Action("phase(-1)", "left", "←", "before", "the phase before, of the same step"),
    BACK,
    Action("choose(-1)", "up", "↑", "", "the tensor above"),
    Action("choose(1)", "down", "↓", "tensor", "the tensor below"),
    Action("next_figures", "v", "v", "picture", "another picture of the tensor, where they don't all fit"),
    Action("next_pane", "tab", "tab", "", "on a small screen, from the tensors to the picture and back"),
    Action("describe", "t", "t", "words", "the pictures in words"),
    PALETTE,
    REPAINT,
    HELP,
    QUIT,
)

SAMPLING = (
    Action("draw", "enter", "enter", "draw", "draw one more, with the next seed"),
    Action("toggle_run", "space", "space", "run", "run or pause the training; what is drawn follows"),
    BACK,
    Action("warm(1)", "right", "→", "warmer", "a higher temperature: anything goes"),
    Action("warm(-1)", "left", "←", "colder", "a lower temperature: the likeliest letters"),
    Action("reseed(1)", "up", "↑", "seed", "the last one again, with the next seed"),
    Action("reseed(-1)", "down", "↓", "", "the last one again, with the seed before"),
    Action("one_step", "s", "s", "1 step", "take one training step"),
    PALETTE,
    REPAINT,
    HELP,
    QUIT,
)

CLAIMS = (
    Action("check", "enter", "enter", "check", "check the claim at the bar"),
    Action("check_all", "a", "a", "all", "check all that are listed"),
    Action("back", "escape,k", "esc", "back", "back to the lesson"),
    Action("choose(1)", "down", "↓", "next", "the claim below"),
    Action("choose(-1)", "up", "↑", "", "the claim above"),
    Action("widen", "w", "w", "whole lesson", "all claims of the lesson, and back to the page's"),
    PALETTE,
    REPAINT,
    HELP,
    QUIT,
)

CONSENT = (
    Action("agree", "y", "y", "run it", "run this lesson's code, now and whenever you open it"),
    Action("back", "n,escape", "n", "leave it", "back to the list of lessons; nothing is run"),
    Action("code", "c", "c", "code", "the code that would run"),
    PALETTE,
    REPAINT,
    HELP,
    QUIT,
)

REVIEW = (
    Action("go_on", "enter", "enter", "go on", "type a number; give the answer; the next question"),
    Action("nothing", "", "1-9", "answer", "answer the question"),
    Action("hint", "h", "h", "hint", "a hint"),
    Action("next_one", "right_square_bracket", "]", "skip", "the next question, with or without an answer to this one"),
    Action("its_page", "o", "o", "its page", "once it is answered: open the page that it comes from, with its model"),
    Action("back", "escape", "esc", "", "back to the list of lessons; every answer is kept"),
    Action("nothing", "", "↑ ↓", "", "scroll"),
    PALETTE,
    REPAINT,
    HELP,
    QUIT,
    *ANSWERS,
)

LEDGER = (
    Action("its_page", "enter,o", "enter", "its page", "open the page that the surprise comes from, with its model"),
    Action("choose(1)", "down", "↓", "next", "the surprise below"),
    Action("choose(-1)", "up", "↑", "", "the surprise above"),
    Action("back", "escape,u", "esc", "back", "back to the list of lessons"),
    PALETTE,
    REPAINT,
    HELP,
    QUIT,
)

_STUDY = (
    Action("stop", "x", "x", "stop", "stop here; what has been found so far is shown"),
    Action("next_pane", "tab", "tab", "", "on a small screen, from the pictures to what follows from them, and back"),
    Action("next_figures", "v", "v", "", "the other picture, where they don't both fit"),
    Action("describe", "t", "t", "words", "the pictures in words"),
    PALETTE,
    REPAINT,
    HELP,
    QUIT,
)

FINDER = (
    Action("sweep", "enter", "enter", "sweep", "lock your mark and sweep; after a sweep, place it anew"),
    Action("shift(1)", "right", "→", "mark", "move your mark to a higher rate"),
    Action("shift(-1)", "left", "←", "", "move your mark to a lower rate"),
    BACK,
    Action("no_mark", "0", "0", "no mark", "sweep without a mark of your own"),
    Action("unused", "b", "b", "the bug", "the study notes' finder, which never uses its rates; and back"),
    Action("nothing", "", "1-4", "", "after a sweep: set lr to that rate"),
    Action("bounds", "e", "e", "bounds", "type the lowest rate, the highest and the steps"),
    *_STUDY,
    *(Action(f"digit({place})", str(place), "", "", "") for place in range(1, 5)),
)

SEEDS = (
    Action("choose", "enter,n", "enter", "compare", "choose what to compare, and start"),
    BACK,
    *_STUDY,
)


def bindings(actions: tuple[Action, ...]) -> list[BindingType]:
    """Textual's bindings for `actions`."""
    return [Binding(action.keys, action.id, action.says, id=action.id) for action in actions if action.keys]


NEEDS_TRAINING = frozenset(
    [
        *(
            "toggle_run",
            "one_step",
            "restart",
            "new_seed",
            "go_to",
            "fork",
            "keep('a')",
            "keep('b')",
            "phases",
            "find_rate",
            "seeds",
        ),
        *(f"scrub({by})" for by in (-10, -1, 1, 10)),
    ]
)
"""The actions that mean nothing in a lesson without training."""


FIRST = 3
"""How many actions come before the words beside the keys of help and quit."""


def fitting(actions: tuple[Action, ...], width: int) -> tuple[Action, ...]:
    """As many of the labelled actions as fit on one line of `width` cells; help and quit always are among them.

    Where not even the first few fit beside them, help and quit are their keys alone.
    """
    ends = [action for action in actions if action.id in (HELP.id, QUIT.id)]
    shown = [action for action in actions if action.label and action not in ends]
    tail = [replace(action, label="") for action in ends]
    fit = _as_fit(shown[:FIRST], width - sum(map(length, tail)))
    if len(fit) == len(shown[:FIRST]) and sum(map(length, (*fit, *ends))) <= width:
        return (*_as_fit(shown, width - sum(map(length, ends))), *ends)
    return (*fit, *tail)


def _as_fit(actions: list[Action], room: int) -> list[Action]:
    ends = accumulate(map(length, actions))
    return [action for action, end in zip(actions, ends, strict=True) if end <= room]


def length(action: Action) -> int:
    """How many cells the action takes on the key line."""
    return len(action.cap) + 2 + (len(action.label) + 1 if action.label else 0)
