"""Words about pages."""

from tutor.errors import TutorError
from tutor.plain.prose import CODE
from tutor.plain.talk import Talk
from tutor.plain.training import whole


def next_page(talk: Talk, text: str) -> None:
    """The next page."""
    if not _move(talk, 1):
        talk.say("This is the last page. Type lessons for the list of lessons.")


def back(talk: Talk, text: str) -> None:
    """The page before."""
    if not _move(talk, -1):
        talk.say("This is the first page.")


def go(talk: Talk, text: str) -> None:
    """The page with that number."""
    page = whole(text, "for a page", most=len(talk.lesson.steps))
    if not _move(talk, page - 1 - talk.sitting.index):
        again(talk, "")


def pages(talk: Talk, text: str) -> None:
    """The pages, and which are done."""
    for number, step in enumerate(talk.lesson.steps, start=1):
        done = "; done" if talk.sitting.done(step.id) else ""
        here = "; you are here" if number == talk.sitting.index + 1 else ""
        talk.say(f"{number}. {step.title}{done}{here}")


def again(talk: Talk, text: str) -> None:
    """This page again."""
    talk.tell_page()


def code(talk: Talk, text: str) -> None:
    """The model's code."""
    try:
        source = talk.lesson.lab_file.read_text(encoding="utf-8")
    except OSError as error:
        raise TutorError(f"{talk.lesson.lab_file} can't be read: {error.strerror}.") from None
    talk.say(*(f"{CODE}{line}".rstrip() for line in source.splitlines()))


def lessons(talk: Talk, text: str) -> None:
    """Leave, for the list of lessons."""
    talk.over = "lessons"


def quit_all(talk: Talk, text: str) -> None:
    """Leave."""
    talk.over = "quit"


def _move(talk: Talk, by: int) -> bool:
    # The settings of the page that is left count for those after it that have none of their own.
    talk.settle_if_possible()
    if not talk.sitting.go(by):
        return False
    talk.warned = False
    talk.tell_page()
    return True
