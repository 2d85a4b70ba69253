"""Saving a figure as the learner sees it: a picture, text, or its data."""

from pathlib import Path

from textual.color import Color

from tutor.errors import TutorError
from tutor.figures import Figure, Glyphs
from tutor.figures.base import Place
from tutor.figures.export import Ink, as_csv, as_svg, as_text
from tutor.ui.colours import Palette

KINDS = (".svg", ".txt", ".csv")
"""What a figure can be saved as, by the end of the file's name."""


def save_figure(
    figure: Figure,
    path: Path,
    palette: Palette,
    ground: Color,
    size: tuple[int, int],
    glyphs: Glyphs,
    cursor: Place | None,
) -> None:
    """Write `figure` to the new file `path`, drawn at `size` cells with its cursor; data at full precision.

    `TutorError` if the name's end isn't one of `KINDS`, if there is such a file, or if it can't be written.
    """
    if path.suffix not in KINDS:
        raise TutorError(f"{path.name} doesn't say what it is to be.", f"End it with {', '.join(KINDS)}.")
    lines = figure.draw(*size, glyphs, cursor)
    text = {
        ".svg": lambda: as_svg(lines, lambda role: _ink(palette, role), ground.hex6, figure.describe()),
        ".txt": lambda: as_text(lines, figure.describe()),
        ".csv": lambda: as_csv(figure),
    }[path.suffix]()
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise TutorError(f"There is already a {path}.", "Give another name.") from None
    except OSError as error:
        raise TutorError(f"{path} can't be written: {error.strerror or error}.", "Give another name.") from None


def _ink(palette: Palette, role: str) -> Ink:
    style = palette.style(role)
    front, back = (colour and colour.get_truecolor().hex for colour in (style.color, style.bgcolor))
    if style.reverse:
        front, back = back or "#ffffff", front or "#000000"
    return Ink(front or "#808080", back or "", bool(style.bold), bool(style.italic))
