"""What the learner has set for every session: a file, `settings.toml`, beside the record."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from tutor.errors import TutorError
from tutor.roles import Glyphs
from tutor.suggest import nearest


class Settings(msgspec.Struct, frozen=True):
    """The settings, each at its default where the file says nothing."""

    glyphs: Literal["auto", "braille", "quadrant", "ascii"] = "auto"
    """What figures are drawn with; `auto` goes by the locale and the terminal."""

    fps: Annotated[float, msgspec.Meta(gt=0, le=60)] | None = None
    """Frames a second, at the most; by default 4, and 2 over SSH."""

    theme: str = ""
    """The name of a theme, or nothing for the usual one."""

    keys: dict[str, str] = {}
    """The key of an action, by the action's id."""

    reviews_a_day: Annotated[int, msgspec.Meta(ge=0)] = 20
    """How many questions return for review on one day, at the most."""


def read_settings(path: Path) -> tuple[Settings, str]:
    """The settings in `path`, and a sentence about what in them can't be used, or `""`; the rest holds."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings(), ""
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        return Settings(), f"{path} can't be read ({why}); everything is as it is without it."
    kept: dict[str, Any] = {}
    wrong = []
    kinds = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    for name, value in table.items():
        if name not in kinds:
            wrong.append(f"there is no setting '{name}'.{nearest(name, kinds)}".rstrip("."))
            continue
        try:
            kept[name] = msgspec.convert(value, kinds[name])
        except msgspec.ValidationError as error:
            wrong.append(f"{name}: {error}")
    return Settings(**kept), f"In {path}, {'; '.join(wrong)}. The rest holds." if wrong else ""


def keep_theme(path: Path, theme: str) -> None:
    """Write `theme` into the settings file, whose other lines stay as they are; `TutorError` if that fails."""
    line = f"theme = {_quoted(theme)}"
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        head, bracket, tables = _before_tables(text)
        new, count = re.subn(r"(?m)^theme\s*=.*$", lambda _: line, head, count=1)
        if not count:
            new = f"{head.rstrip()}\n{line}\n" if head.strip() else f"{line}\n"
            new += "\n" if tables else ""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(new + bracket + tables, encoding="utf-8")
        part.replace(path)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it isn't UTF-8"
        raise TutorError(f"The theme is for this session alone: {path} can't be written ({why}).") from error


def _before_tables(text: str) -> tuple[str, str, str]:
    """The text before the first table, that table's line with its line break, and what follows."""
    found = re.search(r"(?m)^[ \t]*\[.*$", text)
    return (text[: found.start()], found[0], text[found.end() :]) if found else (text, "", "")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def detected_glyphs(environment: Mapping[str, str] = os.environ) -> Glyphs:
    """The finest glyphs that the locale and the terminal promise.

    Without UTF-8 there is ASCII alone; the font of Linux's own console has quadrants, but no braille.
    """
    locale = next(filter(None, (environment.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))), "")
    if not re.search("utf-?8", locale, re.IGNORECASE):
        return "ascii"
    return "quadrant" if environment.get("TERM") == "linux" else "braille"
