"""Learning rates on screen: an empty axis to place a mark on, and a line of rates to choose from."""

from collections.abc import Mapping

from textual import events
from textual.message import Message

from tutor.figures.axes import Axis, axis_below
from tutor.figures.lines import Grid
from tutor.figures.numbers import short
from tutor.roles import Glyphs, Line
from tutor.ui.widgets.lines import Lines

NOTCHES = 60
"""Places on the axis that a mark can take, however wide it is drawn."""


class RateAxis(Lines):
    """A logarithmic axis of rates with the learner's mark on it, and no loss yet; a click places the mark."""

    DEFAULT_CSS = """
    RateAxis { height: 1fr; width: 1fr; }
    """

    def __init__(self, glyphs: Glyphs, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self._axis = Axis(1e-3, 1, True, "learning rate")
        self._place = NOTCHES // 2

    def span(self, low: float, high: float) -> None:
        """Show the rates from `low` to `high`; the mark stays where it is on the axis."""
        self._axis = self._axis._replace(low=low, high=high)
        self._draw()

    @property
    def mark(self) -> float:
        """The rate at the mark, to two digits."""
        low, high = self._axis.low, self._axis.high
        rate = float(f"{low * (high / low) ** (self._place / NOTCHES):.2g}")
        return min(max(rate, low), high)

    def shift(self, by: int) -> None:
        """Move the mark by so many notches."""
        self._place = min(max(self._place + by, 0), NOTCHES)
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """Place the mark under the pointer."""
        place = event.get_content_offset(self)
        if place is not None and self.size.width > 1:
            self._place = round(place.x / (self.size.width - 1) * NOTCHES)
            self._draw()

    def on_resize(self) -> None:
        """Draw to the new size."""
        self._draw()

    def _draw(self) -> None:
        width, height = self.size
        if not width or height < 3:
            return
        grid = Grid(width, height)
        axis_below(grid, self._axis, 0, height - 2, self._glyphs)
        column = self._axis.cell(self.mark, width)
        for row in range(height - 2):
            grid.put(column, row, "|" if self._glyphs == "ascii" else "│", "accent")
        label = f" your mark: {short(self.mark)} "
        right = column + 1 + len(label) <= width
        grid.put(column + 1 if right else column - len(label), 0, label, "accent")
        self.show(grid.lines())


class RateBar(Lines):
    """Rates by name, each with the digit that chooses it; a click chooses it too."""

    class Chosen(Message):
        """The learner clicked on the rate at `place`, counted from 1."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rates: dict[str, float] = {}

    def offer(self, rates: Mapping[str, float]) -> None:
        """Show these rates."""
        self._rates = dict(rates)
        self.display = bool(rates)
        self.redraw()

    def at(self, place: int) -> float | None:
        """The rate at `place`, counted from 1."""
        rates = list(self._rates.values())
        return rates[place - 1] if 0 < place <= len(rates) else None

    def on_click(self, event: events.Click) -> None:
        """Choose the rate under the pointer."""
        spot = event.get_content_offset(self)
        for place, (row, left, text) in enumerate(self._cells(self.size.width), start=1):
            if spot is not None and row == spot.y and left <= spot.x < left + len(text):
                self.post_message(self.Chosen(place))

    def _cells(self, width: int) -> list[tuple[int, int, str]]:
        """Each rate's row, column and text: rows are filled from the left."""
        cells: list[tuple[int, int, str]] = []
        row, left = 0, 0
        for place, (name, rate) in enumerate(self._rates.items(), start=1):
            text = f" {place} {name} {short(rate)} "
            if left and left + len(text) > width:
                row, left = row + 1, 0
            cells.append((row, left, text))
            left += len(text)
        return cells

    def lay_out(self, width: int) -> list[Line]:
        """The rows of rates."""
        rows: dict[int, list[tuple[str, str]]] = {}
        for row, _, text in self._cells(width):
            rows.setdefault(row, []).extend([(text[:3], "accent"), (text[3:], "text")])
        return [tuple(row) for row in rows.values()]
