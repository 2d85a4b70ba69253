"""Where the lessons and the data sets lie that come with the program."""

from pathlib import Path

from tutor.errors import TutorError

_PACKAGE = Path(__file__).resolve().parent


def lessons_dir() -> Path:
    """The folder of the built-in lessons, one folder a lesson.

    Raises `TutorError` if this installation has none.
    """
    return _bundled("lessons")


def data_dir() -> Path:
    """The folder of the data sets: `names.txt` and `digits.pt`.

    Raises `TutorError` if this installation has none.
    """
    return _bundled("data")


def is_built_in(lesson: Path) -> bool:
    """Whether the folder `lesson` is one of the lessons that come with the program."""
    return lesson.resolve().is_relative_to(lessons_dir().resolve())


def _bundled(name: str) -> Path:
    """The folder `name`: in an installed wheel's package, beside it in a checkout or an editable install."""
    inside = _PACKAGE / f"_{name}"
    if inside.is_dir():
        return inside
    beside = _PACKAGE.parent / name
    if beside.is_dir() and _is_checkout(_PACKAGE.parent):
        return beside
    raise TutorError(
        f"This installation of tutor has no {name} folder; it was looked for in {inside} and {beside}.",
        "Install nn-tutor again, or run it from a complete checkout.",
    )


def _is_checkout(folder: Path) -> bool:
    """Whether `folder` is this project's checkout; in site-packages, a `data` folder may be anybody's."""
    try:
        text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return 'name = "nn-tutor"' in text.splitlines()
