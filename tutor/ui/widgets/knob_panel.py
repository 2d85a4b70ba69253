"""The knobs: all of them in view, one of them selected."""

from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tutor.link.knobs import Knob, Value
from tutor.roles import Line
from tutor.ui.prose import laid_out
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
        """The learner turned a knob from `before` to `value`."""

        def __init__(self, knob: Knob, before: Value, value: Value) -> None:
            super().__init__()
            self.knob = knob
            self.before = before
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
        self._clicked = -1
        """The knob that the last click chose, as long as nothing else has happened since."""

    def offer(self, knobs: tuple[Knob, ...]) -> None:
        """Show these knobs, at their defaults."""
        self.knobs = knobs
        self._selected = 0
        self._values = {knob.name: knob.value for knob in knobs}
        self.redraw()

    def set_values(self, values: Mapping[str, Value]) -> None:
        """Show these values."""
        self._values.update(values)
        self.redraw()

    @property
    def values(self) -> dict[str, Value]:
        """The values on show."""
        return dict(self._values)

    @property
    def chosen(self) -> Knob:
        """The selected knob; there has to be one."""
        return self.knobs[self._selected]

    def on_focus(self) -> None:
        """Show which knob is selected."""
        self.redraw()

    def on_blur(self) -> None:
        """Show none as selected."""
        self._clicked = -1
        self.redraw()

    def action_select(self, by: int) -> None:
        """The next knob, or the one before."""
        if self.knobs:
            self._select((self._selected + by) % len(self.knobs))

    def action_turn(self, by: int) -> None:
        """Turn the selected knob by a notch."""
        if not self.knobs:
            return
        knob = self.knobs[self._selected]
        before = self._values[knob.name]
        value = knob.turn(before, by)
        if value != before:
            self.set_values({knob.name: value})
            self.post_message(self.Turned(knob, before, value))

    def action_ask(self) -> None:
        """Let the learner type the selected knob's value."""
        if self.knobs:
            self.post_message(self.Asked(self.knobs[self._selected]))

    def on_click(self, event: events.Click) -> None:
        """Select the knob under the pointer, or ask for its value if a click has just selected it."""
        place = event.get_content_offset(self)
        for index, (row, left, right) in enumerate(self._cells(self.size.width)):
            if place is not None and row == place.y and left <= place.x < right:
                if index == self._clicked:
                    self.action_ask()
                else:
                    self._select(index)
                    self._clicked = index

    def _select(self, index: int) -> None:
        self._selected, self._clicked = index, -1
        self.redraw()

    def _cells(self, width: int) -> list[tuple[int, int, int]]:
        """Each knob's row, and where its cell begins and ends: rows are filled from the left."""
        cells: list[tuple[int, int, int]] = []
        row = left = 0
        for knob in self.knobs:
            wide = len(f" {knob.name} {knob.show(self._values[knob.name])}") + _GAP
            if left and left + wide > width:
                row, left = row + 1, 0
            cells.append((row, left, left + wide))
            left += wide
        return cells

    def lay_out(self, width: int) -> list[Line]:
        """The rows of cells; while the panel has the focus, the selected knob's help below them."""
        rows: dict[int, list[tuple[str, str]]] = {}
        for index, (row, left, right) in enumerate(self._cells(width)):
            knob = self.knobs[index]
            selected = self.has_focus and index == self._selected
            name, value = f"{'▸' if selected else ' '}{knob.name} ", knob.show(self._values[knob.name])
            rows.setdefault(row, []).extend(
                [
                    (name, "accent" if selected else "muted"),
                    (f"{value:<{right - left - len(name)}}", "accent" if selected else "text"),
                ]
            )
        lines: list[Line] = [tuple(row) for row in rows.values()]
        if self.has_focus and self.knobs:
            lines += laid_out(self._help(self.knobs[self._selected]), max(width - 1, 8), "muted", " ", " ")
        return lines

    def _help(self, knob: Knob) -> str:
        when = "live" if knob.live else "rebuilds the model"
        return f"{knob.help or knob.name} ({when}) · ←→ turn · enter type a value"
