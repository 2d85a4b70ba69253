"""The course's words, as lines of text."""

from tutor.course.glossary import Term, find_term, read_glossary
from tutor.paths import lessons_dir
from tutor.plain.talk import Talk


def glossary(talk: Talk, text: str) -> None:
    """What a term means, or which terms there are."""
    terms = read_glossary(lessons_dir() / "glossary.toml")
    if text:
        talk.say(*told(find_term(terms, text)))
    else:
        talk.say(f"{', '.join(term.id for term in terms)}.", "Type glossary and one of them.")


def told(term: Term) -> tuple[str, str]:
    """The term with its other names and its lesson, and what it means."""
    also = f", also {', '.join(term.also)}" if term.also else ""
    return f"{term.id}{also} ({term.lesson})", term.says
