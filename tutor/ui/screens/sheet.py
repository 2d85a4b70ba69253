"""Something to read over whatever screen is open."""

from textual.screen import ModalScreen

from tutor.ui.narrow import NarrowScreen


class Sheet(NarrowScreen, ModalScreen[None], inherit_css=False):
    """A frame in the middle, around a `VerticalScroll` that the arrow keys scroll.

    It inherits no style: a modal screen's own lets the one below shine through, which is drawn anew for that.
    """

    DEFAULT_CSS = """
    Sheet { layout: vertical; align: center middle; background: $background; }
    Sheet VerticalScroll {
        width: 76; max-width: 100%; height: 100%; padding: 0 0 0 1; scrollbar-gutter: stable;
        background: $surface; border: round $primary;
    }
    """

    SCROLLS = ("up", "down", "pageup", "pagedown", "home", "end")
    """Keys that are the frame's own."""
