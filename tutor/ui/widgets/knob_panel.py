"""The knobs: all of them in view, one of them selected."""

from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tutor.link.knobs import Knob, Value
from tutor.roles import Line
from tutor.ui.widgets.lines import Lines

_GAP = 2


class KnobPanel(Lines, can_focus=True):
    """A grid of `name value` cells.

    Arrows select and turn, enter asks for a value; a click selects, a second click asks.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "select(-1)", "the knob before"),
        Binding("down", "select(1)", "the next knob"),
        Binding("left", "turn(-1)", "turn down"),
        Binding("right", "turn(1)", "turn up"),
        Binding("enter", "ask", "type a value"),
    ]
    DEFAULT_CSS = """
    KnobPanel { max-height: 40%; border-top: solid $panel; }
    KnobPanel:focus { border-top: solid $accent; }
    """

    class Turned(Message):
        """The learner turned a knob."""

        def __init__(self, knob: Knob, value: Value) -> None:
            super().__init__()
            self.knob = knob
            self.value = value

    class Asked(Message):
        """The learner wants to type a knob's value."""

        def __init__(self, knob: Knob) -> None:
            super().__init__()
            self.knob = knob

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.knobs: tuple[Knob, ...] = ()
        self._values: dict[str, Value] = {}
        self._selected = 0
        self._cells: list[tuple[int, int, int]] = []

    def offer(self, knobs: tuple[Knob, ...]) -> None:
        """Show these knobs, at their defaults."""
        self.knobs = knobs
        self._selected = 0
        self._values = {knob.name: knob.value for knob in knobs}
        self._lay_out()

    def set_values(self, values: Mapping[str, Value]) -> None:
        """Show these values."""
        self._values.update(values)
        self._lay_out()

    @property
    def values(self) -> dict[str, Value]:
        """The values on show."""
        return dict(self._values)

    def on_focus(self) -> None:
        """Show which knob is selected."""
        self._lay_out()

    def on_blur(self) -> None:
        """Show none as selected."""
        self._lay_out()

    def on_resize(self) -> None:
        """The cells may wrap elsewhere."""
        super().on_resize()
        self._lay_out()

    def action_select(self, by: int) -> None:
        """The next knob, or the one before."""
        if self.knobs:
            self._select((self._selected + by) % len(self.knobs))

    def action_turn(self, by: int) -> None:
        """Turn the selected knob by a notch."""
        if not self.knobs:
            return
        knob = self.knobs[self._selected]
        value = knob.turn(self._values[knob.name], by)
        if value != self._values[knob.name]:
            self.set_values({knob.name: value})
            self.post_message(self.Turned(knob, value))

    def action_ask(self) -> None:
        """Let the learner type the selected knob's value."""
        if self.knobs:
            self.post_message(self.Asked(self.knobs[self._selected]))

    def on_click(self, event: events.Click) -> None:
        """Select the knob under the pointer, or ask for its value if it is selected."""
        for index, (row, left, right) in enumerate(self._cells):
            if row == event.y - 1 and left <= event.x < right:
                if index == self._selected:
                    self.post_message(self.Asked(self.knobs[index]))
                else:
                    self._select(index)

    def _select(self, index: int) -> None:
        self._selected = index
        self._lay_out()

    def _lay_out(self) -> None:
        """Fill rows from the left; the last line is the selected knob's help while the panel has the focus."""
        rows: list[list[tuple[str, str]]] = [[]]
        used = 0
        self._cells = []
        for index, knob in enumerate(self.knobs):
            value = knob.show(self._values[knob.name])
            selected = self.has_focus and index == self._selected
            mark = "▸" if selected else " "
            width = len(mark) + len(knob.name) + 1 + len(value) + _GAP
            if used and used + width > self.size.width:
                rows.append([])
                used = 0
            rows[-1] += [
                (mark + knob.name + " ", "accent" if selected else "muted"),
                (value, "accent" if selected else "text"),
                (" " * _GAP, "text"),
            ]
            self._cells.append((len(rows) - 1, used, used + width))
            used += width
        lines: list[Line] = [tuple(row) for row in rows if row]
        if self.has_focus and self.knobs:
            lines.append(((self._help(self.knobs[self._selected]), "muted"),))
        self.show(lines)

    def _help(self, knob: Knob) -> str:
        when = "live" if knob.live else "rebuilds the model"
        return f" {knob.help or knob.name} ({when}) · ←→ turn · enter type a value"
