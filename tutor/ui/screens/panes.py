"""A live run's screen in panes: text, knobs and figures, all at once or, where there is little room, one at a time."""

from collections.abc import Iterator
from functools import partial

from tutor.course.lesson import Lesson
from tutor.ui.screens.base import Offer
from tutor.ui.screens.doors import DoorsScreen
from tutor.ui.widgets.figure_pane import FigurePane

PANES = ("reading", "knobs", "figures")
"""What `tab` goes through; a narrow screen shows just one of them."""


class PanedScreen(DoorsScreen):
    """Has `#reading`, `#knobs` and `#figures`, the text and the figures side by side in `#main`."""

    DEFAULT_CSS = """
    PanedScreen.one-pane #reading, PanedScreen.one-pane #figures, PanedScreen.one-pane #knobs { display: none; }
    PanedScreen.one-pane #goal { dock: none; }
    PanedScreen.one-pane.show-reading #reading { display: block; width: 1fr; }
    PanedScreen.one-pane.show-figures #figures { display: block; padding: 0; }
    PanedScreen.one-pane.show-knobs #knobs { display: block; max-height: 100%; height: 1fr; }
    PanedScreen.one-pane.show-knobs #main { display: none; }
    """

    def __init__(self, lesson: Lesson) -> None:
        super().__init__(lesson)
        self._pane = PANES[0]

    def on_resize(self) -> None:
        """Choose the layout for the screen's size."""
        self.set_class(self.size.width < 80 or self.size.height < 20, "one-pane")
        self.set_class(self._pane == "reading", "show-reading")

    def offers(self) -> Iterator[Offer]:
        """The figures too."""
        yield from super().offers()
        ready = self.session.ready
        for figure in ready.figures if ready is not None else ():
            yield Offer(f"figure: {figure.title}", partial(self._bring, figure.name))

    def action_next_pane(self) -> None:
        """Go to the next of text, knobs and figures; the only one shown on a narrow screen."""
        panes = PANES if self.has_class("one-pane") else PANES[:2]
        index = panes.index(self._pane) + 1 if self._pane in panes else 0
        self._open_pane(panes[index % len(panes)])

    def _open_pane(self, pane: str) -> None:
        self._pane = pane
        for name in PANES:
            self.set_class(name == pane, f"show-{name}")
        if pane == "figures":
            self.set_focus(None)
        else:
            self.query_one(f"#{pane}").focus()

    def _bring(self, name: str) -> None:
        if self.has_class("one-pane"):
            self._open_pane("figures")
        self.query_one(FigurePane).bring(name)

    def action_next_figures(self) -> None:
        """The figures that didn't fit."""
        self.query_one(FigurePane).next_page()

    def action_describe(self) -> None:
        """The figures in words, and back."""
        self.query_one(FigurePane).tell()
