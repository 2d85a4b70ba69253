"""The course's words: each term in one paragraph, and the lesson in which one sees it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from tutor.course.source import FILLED, ID
from tutor.course.tables import read_tables, refuse_latex
from tutor.errors import ExitCode, TutorError
from tutor.suggest import nearest

_Text = Annotated[str, msgspec.Meta(pattern=FILLED)]


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word of the field: what it means, other words for it, and the lesson that shows it."""

    id: _Text
    says: _Text
    lesson: Annotated[str, msgspec.Meta(pattern=ID)]
    also: tuple[_Text, ...] = ()

    def goes_by(self, word: str) -> bool:
        """Whether `word` is this term or one of its other names; case, and a blank or a hyphen, don't matter."""
        return _plain(word) in map(_plain, (self.id, *self.also))


def read_glossary(path: Path) -> tuple[Term, ...]:
    """The terms in the file `path`, in the order of the alphabet; `TutorError` with file and line if it isn't sound."""
    terms: list[Term] = []
    for table in read_tables(path, "term"):
        refuse_latex(table.passage, table.content)
        term = table.passage.typed(table.content, Term, Term.__struct_fields__)
        if any(other.goes_by(word) for word in (term.id, *term.also) for other in terms):
            raise table.passage.error("it is in the file already.", "Join the two.", "id")
        terms.append(term)
    return tuple(sorted(terms, key=lambda term: _plain(term.id)))


def find_term(terms: Sequence[Term], word: str) -> Term:
    """The term that goes by `word`; `TutorError` names the nearest if none does."""
    found = next((term for term in terms if term.goes_by(word)), None)
    if found is None:
        names = [name for term in terms for name in (term.id, *term.also)]
        hint = nearest(word, names) or " `tutor glossary` lists them all."
        raise TutorError(f"The glossary has no '{word}'.{hint}", code=ExitCode.MISUSE)
    return found


def _plain(word: str) -> str:
    return word.strip().lower().replace("-", " ")
