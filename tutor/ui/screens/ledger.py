"""The surprise ledger: how sure, how right, and what the learner was sure of and wrong about."""

from typing import TYPE_CHECKING, cast

from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.message import Message

from tutor.course.ledger import Entry, Ledger, figure, ledger
from tutor.roles import Line
from tutor.ui.keys import LEDGER, bindings
from tutor.ui.prose import laid_out
from tutor.ui.screens.base import TutorScreen
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.lines import Lines

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp

WIDEST = 72
"""Cells that the bars take at most: longer ones are no easier to compare."""


class _Book(Lines):
    """The bars, what they say, and a block for each surprise. A click moves the bar."""

    class Picked(Message):
        """The surprise at `place`, from 0, was clicked."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ledger: Ledger = ledger((), ())
        self._chosen = 0

    def open(self, book: Ledger, chosen: int) -> None:
        """Show `book`, with the bar at the surprise `chosen`."""
        self._ledger, self._chosen = book, chosen
        self.redraw()

    def rows_of(self, place: int) -> tuple[int, int]:
        """The first row of the surprise at `place`, and how many it takes."""
        head, *blocks = self._blocks(self.size.width)
        heights = [len(block) for block in blocks]
        return len(head) + sum(heights[:place]), heights[place] if place < len(heights) else 0

    def on_click(self, event: events.Click) -> None:
        """Move the bar."""
        top = 0
        for place, block in enumerate(self._blocks(self.size.width), start=-1):
            if top <= event.y < top + len(block) and place >= 0:
                self.post_message(self.Picked(place))
            top += len(block)

    def lay_out(self, width: int) -> list[Line]:
        """All blocks, one below the other."""
        return [line for block in self._blocks(width) for line in block]

    def _blocks(self, width: int) -> list[list[Line]]:
        if width < 4:
            return [[]]
        book = self._ledger
        glyphs = cast("TutorApp", self.app).glyphs
        bars = figure(book.levels)
        drawn = [*bars.draw(min(width, WIDEST), len(bars.labels) + 1, glyphs), ()] if bars.labels else []
        head = [*drawn, *laid_out(book.verdict, width), ()]
        if book.entries:
            head += [(("Sure and wrong", "title"),), ()]
        return [head, *(_entry(entry, place == self._chosen, width) for place, entry in enumerate(book.entries))]


def _entry(entry: Entry, chosen: bool, width: int) -> list[Line]:
    mark = "▸ " if chosen else "  "
    role = "accent" if chosen else "text"
    lines = laid_out(entry.asks, width, role, mark, "  ")
    lines += laid_out(f"{entry.where} · {entry.when}", width, "muted", "  ", "  ")
    return [*lines, ()]


class LedgerScreen(TutorScreen):
    """Draws the learner's calibration, and lists the surprises; enter opens the page of the one at the bar."""

    ACTIONS = LEDGER
    BINDINGS = bindings(LEDGER)
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    LedgerScreen #top { height: 1; background: $surface; }
    LedgerScreen #scroll { height: 1fr; padding: 1 1 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._chosen = 0
        self._ledger: Ledger = ledger((), ())

    def parts(self) -> ComposeResult:
        """A title; bars and surprises; the keys."""
        yield Lines([((" How sure, how right", "title"),)], id="top")
        with VerticalScroll(id="scroll", can_focus=False):
            yield _Book(id="book")
        yield KeyBar(LEDGER)

    def on_screen_resume(self) -> None:
        """Read the record anew."""
        self._ledger = ledger(self.tutor.catalog.lessons, self.tutor.record.answers())
        self._chosen = min(self._chosen, max(len(self._ledger.entries) - 1, 0))
        self._show()

    def on_resize(self) -> None:
        """Keep the bar in view."""
        self.call_after_refresh(self._follow_bar)

    def _show(self) -> None:
        self.query_one(_Book).open(self._ledger, self._chosen)
        self.call_after_refresh(self._follow_bar)

    def _follow_bar(self) -> None:
        book = self.query_one(_Book)
        top, rows = book.rows_of(self._chosen)
        view = self.query_one("#scroll", VerticalScroll)
        # The first one comes with the figure above it.
        first = 0 if self._chosen == 0 else top
        view.scroll_to_region(Region(0, first, book.size.width, min(rows, view.size.height)), animate=False)

    def action_choose(self, by: int) -> None:
        """Move the bar; where there is none, scroll."""
        if not self._ledger.entries:
            self.query_one("#scroll", VerticalScroll).scroll_relative(y=by, animate=False)
            return
        self._chosen = min(max(self._chosen + by, 0), len(self._ledger.entries) - 1)
        self._show()

    @on(_Book.Picked)
    def _picked(self, event: _Book.Picked) -> None:
        self._chosen = event.place
        self._show()

    def action_its_page(self) -> None:
        """Open the page that the surprise comes from, with its model."""
        if self._ledger.entries:
            item = self._ledger.entries[self._chosen].item
            if item.page is not None:
                self.tutor.open_page(item.lesson, item.page.id)

    def action_back(self) -> None:
        """Back to the list of lessons."""
        self.tutor.show_home()
