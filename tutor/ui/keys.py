"""The keys: one table that makes dispatch, the key line at the bottom, and the help screen."""

from dataclasses import dataclass

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

HOME = (
    Action("open", "enter", "enter", "open", "open the lesson under the bar"),
    Action("nothing", "", "↑ ↓", "choose", "move the bar"),
    HELP,
    QUIT,
)

LESSON = (
    Action("toggle_run", "space", "space", "run", "run or pause the training"),
    Action("next_pane", "tab", "tab", "knobs", "go to the text, the knobs, the figures"),
    Action("move(-1)", "left_square_bracket", "[", "", "the page before"),
    Action("move(1)", "right_square_bracket", "]", "next page", "the next page"),
    Action("one_step", "s", "s", "1 step", "take one training step"),
    Action("restart", "r", "r", "restart", "start the run again, same seed, same knobs"),
    Action("nothing", "", "1-9", "answer", "answer the question"),
    Action("go_on", "enter", "enter", "", "type a value; see what came of a prediction; go on"),
    Action("nothing", "", "↑ ↓ ← →", "", "scroll the text; on the knobs, choose one and turn it"),
    Action("scrub(-1)", "comma", ",", "", "wind the run back by a hundredth; the figures show that step"),
    Action("scrub(1)", "full_stop", ".", "", "and forward again"),
    Action("scrub(-10)", "less_than_sign", "<", "", "wind back by a tenth"),
    Action("scrub(10)", "greater_than_sign", ">", "", "forward by a tenth"),
    Action("fork", "f", "f", "", "split the run in two that differ in one knob"),
    Action("keep('a')", "x", "x", "", "end the fork: go on with A alone"),
    Action("keep('b')", "X", "X", "", "end the fork: go on with B alone"),
    Action("new_seed", "R", "R", "new seed", "start the run again from a new seed"),
    Action("hint", "h", "h", "", "a hint"),
    Action("own_settings", "l", "l", "", "back to this page's own settings"),
    Action("next_preset", "p", "p", "", "the next preset of the knobs"),
    Action("next_figures", "v", "v", "", "more figures, where they don't all fit"),
    Action("describe", "t", "t", "", "the figures in words"),
    Action("code", "c", "c", "", "the model's code, as it runs"),
    Action("home", "escape", "esc", "", "back to the list of lessons"),
    HELP,
    QUIT,
    *(Action(f"digit({digit})", str(digit), "", "", "") for digit in range(1, 10)),
)


def bindings(actions: tuple[Action, ...]) -> list[BindingType]:
    """Textual's bindings for `actions`."""
    return [Binding(action.keys, action.id, action.says, id=action.id) for action in actions if action.keys]


NEEDS_TRAINING = frozenset(
    [
        *("toggle_run", "one_step", "restart", "new_seed", "fork", "keep('a')", "keep('b')"),
        *(f"scrub({by})" for by in (-10, -1, 1, 10)),
    ]
)
"""The actions that mean nothing in a lesson without training."""


def fitting(actions: tuple[Action, ...], width: int) -> tuple[Action, ...]:
    """As many of the labelled actions as fit on one line of `width` cells; help and quit always are among them."""
    shown = [action for action in actions if action.label]
    tail = [action for action in shown if action in (HELP, QUIT)]
    room = width - sum(map(length, tail))
    fit: list[Action] = []
    for action in shown:
        room -= 0 if action in tail else length(action)
        if room < 0:
            break
        if action not in tail:
            fit.append(action)
    return (*fit, *tail)


def length(action: Action) -> int:
    """How many cells the action takes on the key line."""
    return len(action.cap) + len(action.label) + 3
