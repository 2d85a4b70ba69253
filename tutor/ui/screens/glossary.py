"""The course's words, each in one paragraph, over whatever screen is open."""

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from tutor.course.glossary import Term, read_glossary
from tutor.errors import TutorError
from tutor.paths import lessons_dir
from tutor.roles import Line
from tutor.ui.prose import laid_out, wrapped
from tutor.ui.screens.sheet import Sheet
from tutor.ui.widgets.lines import Lines


class GlossaryScreen(Sheet):
    """Every term. A letter goes to the first term that begins with it; the arrows scroll, escape closes."""

    def compose(self) -> ComposeResult:
        """The terms, one below the other."""
        with VerticalScroll() as scroll:
            scroll.border_title = "a letter: its terms · esc: back"
            yield _Terms(id="terms")

    def on_key(self, event: events.Key) -> None:
        """Go to a letter, or close."""
        if event.key in self.SCROLLS:
            return
        event.stop()
        if event.key == "escape" or event.character is None or not event.character.isalpha():
            self.dismiss()
            return
        row = self.query_one(_Terms).row_of(event.character.lower())
        self.query_one(VerticalScroll).scroll_to(y=row, animate=False)


class _Terms(Lines):
    """A block for each term."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._trouble = ""
        self._terms: tuple[Term, ...] = ()
        try:
            self._terms = read_glossary(lessons_dir() / "glossary.toml")
        except TutorError as error:
            self._trouble = str(error)

    def row_of(self, letter: str) -> int:
        """The row of the first term that begins with `letter`, or with a later one."""
        rows = 0
        for term in self._terms:
            if term.id[0].lower() >= letter:
                break
            rows += len(_block(term, self.size.width))
        return rows

    def lay_out(self, width: int) -> list[Line]:
        """All of them."""
        if self._trouble:
            return laid_out(self._trouble, width, "bad")
        return [line for term in self._terms for line in _block(term, width)]


def _block(term: Term, width: int) -> list[Line]:
    also = f", also {', '.join(term.also)}" if term.also else ""
    head = wrapped([(term.id, "title"), (f"{also} · {term.lesson}", "muted")], max(width, 8))
    return [*head, *laid_out(term.says, width, "text", "  ", "  "), ()]
