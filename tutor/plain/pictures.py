"""Words about figures: hear what they show, read their values, save their data."""

from pathlib import Path

from tutor.course.grading import parse_number
from tutor.errors import ExitCode, TutorError
from tutor.figures import AnyFigure, Curve
from tutor.figures.base import Place
from tutor.figures.export import as_csv
from tutor.figures.together import SideBySide
from tutor.link.messages import Look
from tutor.plain.talk import Talk
from tutor.suggest import nearest

FEW = 12
"""So many values, or fewer, are read all at once."""

MOST_FOUND = 5
"""How many values with a word in them are read."""


def figures(talk: Talk, text: str) -> None:
    """What this page's figures show; with a name, what that one shows."""
    names = (_known(talk, text),) if text else talk.sitting.figures or _all(talk)
    frame = talk.send(Look(), figures=names)
    talk.say(*(frame.figures[name].describe() for name in names if name in frame.figures))
    others = [name for name in _all(talk) if name not in names]
    if others and not text:
        talk.say(f"This lesson has these too: {', '.join(others)}. Type figure NAME.")


def read(talk: Talk, text: str) -> None:
    """A figure's values: some of them, or those at an x, a place, or a label."""
    name, _, where = text.partition(" ")
    figure = _figure(talk, name)
    if not all(figure.places):
        talk.say(figure.read((0, 0)))
    elif where.strip():
        talk.say(*_at(figure, where.strip()))
    else:
        talk.say(*_some(figure))


def save(talk: Talk, text: str) -> None:
    """Write a figure's data to a new CSV file."""
    name, _, file = text.partition(" ")
    if not file.strip():
        raise TutorError("A file's name is missing.", "Type save FIGURE FILE.csv.", code=ExitCode.MISUSE)
    path = Path(file.strip()).expanduser()
    data = as_csv(_figure(talk, name))
    try:
        with path.open("x", encoding="utf-8") as out:
            out.write(data)
    except FileExistsError:
        raise TutorError(f"There is already a {path}.", "Give another name.") from None
    except OSError as error:
        raise TutorError(f"{path} can't be written: {error.strerror or error}.", "Give another name.") from None
    talk.say(f"Saved as {path.absolute()}.")


def _figure(talk: Talk, name: str) -> AnyFigure:
    known = _known(talk, name)
    figure = talk.send(Look(), figures=(known,)).figures.get(known)
    if figure is None:
        raise TutorError(f"{known} can't be drawn now.")
    return figure


def _all(talk: Talk) -> tuple[str, ...]:
    return tuple(figure.name for figure in talk.bench.ready.figures)


def _known(talk: Talk, text: str) -> str:
    """The figure called `text`, by its name or its title."""
    wanted, ready = text.strip().lower(), talk.bench.ready
    names = {figure.title.lower(): figure.name for figure in ready.figures}
    names |= {figure.name.lower(): figure.name for figure in ready.figures}
    if wanted not in names:
        said = f"There is no figure '{text.strip()}'." if wanted else "Which figure?"
        has = f"This lesson has {', '.join(_all(talk)) or 'none'}."
        raise TutorError(said, f"{has}{nearest(wanted, names)}", code=ExitCode.MISUSE)
    return names[wanted]


def _some(figure: AnyFigure) -> list[str]:
    """All values if they are few, else some, evenly spread, and how to have others."""
    across, down = figure.places
    every = [(column, row) for row in range(down) for column in range(across)]
    if len(every) <= FEW:
        return [figure.read(place) for place in every]
    told = [figure.read(every[index * (len(every) - 1) // (FEW - 1)]) for index in range(FEW)]
    if _curve(figure) is not None:
        how = "an x"
    elif across > 1 and down > 1:
        how = f"a column and a row (to {across:,} and {down:,}), or a word"
    else:
        how = f"a place from 1 to {len(every):,}, or a word"
    return [*told, f"These are {FEW} of {len(every):,} places. For others, type {how} after the figure's name."]


def _at(figure: AnyFigure, where: str) -> list[str]:
    """What stands at an x of a curve, at a place counted from 1, or wherever a word is found."""
    try:
        numbers = [parse_number(word) for word in where.split()]
    except ValueError:
        return _found(figure, where.lower())
    curve, (across, down) = _curve(figure), figure.places
    if curve is not None:
        return [figure.read(curve.nearest(numbers[0]))]
    places = [int(number) - 1 for number in numbers]
    if len(places) == 1 and across > 1 and down > 1:
        raise TutorError("Two numbers are needed there.", "Type a column and a row, counted from 1.")
    place: Place = (places[0], places[1]) if len(places) > 1 else (places[0], 0) if down == 1 else (0, places[0])
    return [figure.read(place)]


def _found(figure: AnyFigure, word: str) -> list[str]:
    across, down = figure.places
    told = (figure.read((column, row)) for row in range(down) for column in range(across))
    found = [line for line in told if word in line.lower()]
    if not found:
        raise TutorError(f"'{word}' isn't in this figure.", "Without it, some of the values are read.")
    rest = len(found) - MOST_FOUND
    return found[:MOST_FOUND] + ([f"And {rest:,} more."] if rest > 0 else [])


def _curve(figure: AnyFigure) -> Curve | None:
    first = figure.left if isinstance(figure, SideBySide) else figure
    return first if isinstance(first, Curve) else None
