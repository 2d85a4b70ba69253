"""`tutor glossary`."""

import click

from tutor.course.glossary import find_term, read_glossary
from tutor.paths import lessons_dir
from tutor.plain.glossary import told
from tutor.plain.voice import Voice


def show_glossary(word: str) -> None:
    """Print what `word` means, or every term."""
    terms = read_glossary(lessons_dir() / "glossary.toml")
    voice = Voice.of_this_process()
    if word:
        voice.say(*told(find_term(terms, word)))
        return
    for term in terms:
        voice.say(*told(term), "")
    click.echo(f"{len(terms)} terms. tutor LESSON opens the lesson that a term is from.")
