"""The text of a page."""

from textual.widgets import Markdown


class Reading(Markdown):
    """Shows a page's title and Markdown."""

    DEFAULT_CSS = """
    Reading { padding: 0; margin: 0; }
    Reading MarkdownH2 { margin: 0 0 1 0; }
    """

    def open_page(self, title: str, text: str) -> None:
        """Show this page instead."""
        self.update(f"## {title}\n\n{text}")
