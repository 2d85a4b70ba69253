"""One line of typing at the bottom of the screen: a knob's value, a number for an answer."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Label


class Prompt(Horizontal):
    """Asks for a line of text; enter gives it, escape gives up."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "give up")]
    DEFAULT_CSS = """
    Prompt { height: 1; display: none; background: $surface; }
    Prompt Label { padding: 0 1; width: auto; max-width: 60%; color: $text-accent; }
    Prompt Input, Prompt Input:focus {
        height: 1; border: none; padding: 0; width: 1fr; background: $surface; background-tint: transparent;
    }
    """

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._done: Callable[[str], object] = lambda _text: None
        self._asker: Widget | None = None

    def compose(self) -> ComposeResult:
        """A label and an input without a blinking cursor: an idle screen sends nothing."""
        yield Label()
        field = Input(select_on_focus=False)
        field.cursor_blink = False
        yield field

    def ask(self, label: str, value: str, done: Callable[[str], object], selected: bool = True) -> None:
        """Show the prompt with `value` in it, to be overwritten if `selected`; `done` gets what is entered."""
        self._done, self._asker = done, self.screen.focused
        self.query_one(Label).update(label)
        field = self.query_one(Input)
        field.value = value
        self.display = True
        field.focus()
        if selected:
            field.select_all()
        else:
            field.cursor_position = len(value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the text to whoever asked."""
        event.stop()
        self._close()
        self._done(event.value)

    def action_give_up(self) -> None:
        """Ask no more."""
        self._close()

    def _close(self) -> None:
        self.display = False
        self.screen.set_focus(self._asker)
