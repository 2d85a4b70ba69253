"""Lessons of installed packages: those that have an entry point in the group `tutor.lessons`.

A package says, in its `pyproject.toml`:

    [project.entry-points."tutor.lessons"]
    robotics = "robotics_lessons"

and the folder of the package `robotics_lessons` (or `robotics_lessons.course`) holds lessons, a folder each. They
are found without importing anything of it.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.errors import TutorError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "tutor.lessons"


def installed_lessons() -> Iterator[tuple[str, Callable[[], Path]]]:
    """Each entry point's name, and what finds its folder of lessons or raises `TutorError`."""
    if not _mentioned():
        return
    from importlib.metadata import entry_points

    for entry in entry_points(group=GROUP):
        yield entry.name, partial(_folder, entry)


def _mentioned() -> bool:
    """Whether any package names the group: `importlib.metadata` takes 20 ms to say no, before the list is drawn."""
    for place in sys.path:
        for file in Path(place).glob("*-info/entry_points.txt"):
            with suppress(OSError):
                if GROUP.encode() in file.read_bytes():
                    return True
    return False


def _folder(entry: "EntryPoint") -> Path:
    """The folder of the package that `entry` names. A package within another would be imported if Python sought it."""
    top, *inner = entry.module.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        spec = None
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place, *inner)
        if folder.is_dir():
            return folder
    package = f" of {entry.dist.name}" if entry.dist else ""
    what = f"The lessons '{entry.name}'{package} are to be in the package '{entry.value}', which isn't there."
    raise TutorError(what, "Install it again, or take it away.")
