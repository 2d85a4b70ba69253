"""One figure on screen."""

from tutor.figures import Figure, Glyphs, Text
from tutor.figures.base import Place
from tutor.ui.widgets.lines import Lines

_WAITING = Text("", ("",))


class FigureView(Lines):
    """Draws a figure to its own size."""

    DEFAULT_CSS = """
    FigureView { height: 1fr; width: 1fr; }
    """

    def __init__(self, glyphs: Glyphs, id: str | None = None) -> None:
        super().__init__(id=id)
        self.figure: Figure = _WAITING
        """What it shows."""
        self._cursor: Place | None = None
        self._glyphs = glyphs

    def draw(self, figure: Figure, cursor: Place | None = None) -> None:
        """Show `figure`, the place of `cursor` marked."""
        self.figure, self._cursor = figure, cursor
        if self.size.width and self.size.height:
            self.show(figure.draw(self.size.width, self.size.height, self._glyphs, cursor))

    def on_resize(self) -> None:
        """Draw again to the new size."""
        self.draw(self.figure, self._cursor)
