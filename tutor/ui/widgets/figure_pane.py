"""The figures beside the text: as many as fit, the rest a key away."""

from collections import deque
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from tutor.figures import AnyFigure, Figure, Glyphs, Text
from tutor.ui.widgets.figure_view import FigureView
from tutor.ui.widgets.lines import Lines

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp

LEAST_ROWS = 8
"""The height below which a figure tells too little."""

MOST = 4
"""How many figures are shown at once."""


def shares(wanted: Sequence[int], rows: int) -> list[int]:
    """How many of `rows` each of several figures gets that wants so many, or 0: as many as possible.

    Who needs less than an equal share leaves the rest to the others. Who needs more gets it from what is left, and then
    from those that take whatever there is, as long as these keep `LEAST_ROWS`.
    """
    equal = [rows // len(wanted) + (place < rows % len(wanted)) for place in range(len(wanted))]
    given = [min(want, share) if want else share for want, share in zip(wanted, equal, strict=True)]
    elastic = [place for place, want in enumerate(wanted) if not want]
    spare = rows - sum(given)
    for place, want in enumerate(wanted):
        while given[place] < want:
            richest = max(elastic, key=given.__getitem__, default=-1)
            if spare:
                spare -= 1
            elif richest >= 0 and given[richest] > LEAST_ROWS:
                given[richest] -= 1
            else:
                break
            given[place] += 1
    takers = elastic or range(len(wanted))
    for turn in range(spare if wanted else 0):
        given[takers[turn % len(takers)]] += 1
    return given


class FigurePane(Vertical):
    """Stacks figures; draws one at a time between other work, so that no key waits for a whole frame."""

    DEFAULT_CSS = """
    FigurePane #pages { height: 1; dock: bottom; }
    """

    class Rearranged(Message):
        """Other figures are on view, or at another width."""

    class Picked(Message):
        """The figure called `name` was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, glyphs: Glyphs, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self._wanted: tuple[str, ...] = ()
        self._page = 0
        self._figures: dict[str, AnyFigure] = {}
        self._to_draw: deque[int] = deque()
        self._in_words = False
        self._rows: dict[str, int] = {}
        """How many rows each figure wanted at the most since it is on offer: heights that follow every frame jump."""

    def compose(self) -> ComposeResult:
        """A few views, of which those that are needed are displayed."""
        for index in range(MOST):
            yield FigureView(self._glyphs, id=f"figure-{index}")
        yield Lines(id="pages")

    def on_click(self, event: events.Click) -> None:
        """Say which figure is under the pointer."""
        for name, view in zip(self.on_view, self.query(FigureView), strict=False):
            if view is event.widget:
                self.post_message(self.Picked(name))

    @property
    def on_view(self) -> tuple[str, ...]:
        """The names of the figures on screen, from top to bottom; none while the pane is hidden."""
        if not self.display or not self.size.height:
            return ()
        size = self._page_size
        return self._wanted[self._page * size : (self._page + 1) * size]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all the figures on offer, in their order."""
        return self._wanted

    @property
    def columns(self) -> int:
        """How wide curves are, in cells."""
        return max(self.size.width - 8, 10)

    def offer(self, names: tuple[str, ...]) -> None:
        """Offer the figures `names`, in this order, the first of them on view."""
        self._wanted, self._page = names, 0
        self._rows.clear()
        self._place()

    def bring(self, name: str) -> None:
        """Put the figure `name` on view, before the others."""
        self.offer((name, *(other for other in self._wanted if other != name)))

    def next_page(self) -> None:
        """Put the next few figures on view."""
        pages = -(-len(self._wanted) // self._page_size)
        self._page = (self._page + 1) % max(pages, 1)
        self._place()

    def tell(self) -> None:
        """Change between the pictures and their sentences."""
        self._in_words = not self._in_words
        self.draw(self._figures)

    def draw(self, figures: Mapping[str, AnyFigure]) -> None:
        """Show these figures, each in its place, one by one."""
        self._figures = dict(figures)
        self._share_out()
        places = range(len(self.on_view))
        waiting = [place for place in self._to_draw if place in places]
        # Those that still wait go first, or the last would never be drawn where the line is slow.
        self._to_draw = deque([*waiting, *(place for place in places if place not in waiting)])
        if not waiting and self._to_draw:
            self.call_later(self._draw_next)

    def on_resize(self, event: events.Resize) -> None:
        """More or fewer may fit."""
        self._place()

    @property
    def _page_size(self) -> int:
        return min(max(self.size.height // LEAST_ROWS, 1), MOST)

    def _place(self) -> None:
        names = self.on_view
        if not names and self._page:
            self._page = 0
            names = self.on_view
        for index in range(MOST):
            self.query_one(f"#figure-{index}").display = index < max(len(names), 1)
        rest = len(self._wanted) > len(names) > 0
        pages = self.query_one("#pages", Lines)
        pages.display = rest
        if rest:
            first = self._page * self._page_size + 1
            which = f"figure {first}" if len(names) == 1 else f"figures {first}–{first + len(names) - 1}"
            text = f"{which} of {len(self._wanted)} · v: more"
            pages.show([((text, "muted"),)])
        self.draw(self._figures)
        self.post_message(self.Rearranged())

    def _share_out(self) -> None:
        """Give each figure on view its rows."""
        for name, figure in self._figures.items():
            self._rows[name] = max(self._rows.get(name, 0), figure.rows_wanted)
        names = self.on_view
        wanted = [0 if self._in_words else self._rows.get(name, 0) for name in names]
        rows = self.size.height - (len(self._wanted) > len(names))
        for index, share in enumerate(shares(wanted, rows)):
            self.query_one(f"#figure-{index}", FigureView).styles.height = share

    def _draw_next(self) -> None:
        """Draw one figure; before the next, it is painted, keys have their turn, and the line takes it."""
        if not self._to_draw:
            return
        index = self._to_draw.popleft()
        names = self.on_view
        figure = self._figures.get(names[index]) if index < len(names) else None
        if figure is not None:
            view: Figure = Text(figure.title, (figure.describe(),)) if self._in_words else figure
            self.query_one(f"#figure-{index}", FigureView).draw(view)
        if self._to_draw:
            self.call_after_refresh(self._draw_when_open)

    def _draw_when_open(self) -> None:
        cast("TutorApp", self.app).wire.when_open(partial(self.call_later, self._draw_next))
