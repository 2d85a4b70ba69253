"""All the lessons there are: the built-in ones and any stranger's."""

import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from tutor.course.outline import Outline, lesson_id, load_outline
from tutor.course.source import shown_path
from tutor.errors import ExitCode, TutorError
from tutor.suggest import nearest

if TYPE_CHECKING:
    from tutor.course.lesson import Lesson

_FILES = ("lesson.md", "lab.py", "quiz.toml")
_AnyOutline = TypeVar("_AnyOutline", bound=Outline)


class BrokenLesson(msgspec.Struct, frozen=True):
    """A lesson that can't be used, and why."""

    id: str
    path: Path
    error: TutorError


class Catalog:
    """Lessons by id, read when they are asked for."""

    def __init__(self, folders: Iterable[Path] = (), *, installed: bool = False) -> None:
        """The lessons whose folders are given, and with `installed` those of packages, looked up when need be.

        Of two lessons with one id, the first counts and the second is broken.
        """
        self._folders: dict[str, Path] = {}
        self._unusable: list[BrokenLesson] = []
        self._to_look_up = installed
        for folder in folders:
            self._add(folder)

    @classmethod
    def find(cls, folders: Sequence[Path], *, installed: bool = False) -> "Catalog":
        """The lessons in `folders`, each a folder of lessons or one lesson; reads no file.

        `TutorError` for a folder that can't be read.
        """
        return cls((path for folder in folders for path in lesson_folders(folder)), installed=installed)

    def _add(self, folder: Path) -> None:
        name = lesson_id(folder)
        first = self._folders.setdefault(name, folder)
        if first.resolve() != folder.resolve():
            what = f"{shown_path(folder)} has the same id, '{name}', as {shown_path(first)}."
            self._unusable.append(BrokenLesson(name, folder, TutorError(what, "Rename one of the two folders.")))

    def _all_folders(self) -> dict[str, Path]:
        """Every lesson's folder, those of installed packages too."""
        if self._to_look_up:
            self._to_look_up = False
            from tutor.course.installed import installed_lessons

            for name, where in installed_lessons():
                try:
                    for folder in lesson_folders(where()):
                        self._add(folder)
                except TutorError as error:
                    self._unusable.append(BrokenLesson(name, Path(), error))
        return self._folders

    @cached_property
    def outlines(self) -> tuple[Outline, ...]:
        """The front matter of every lesson that has a usable one, in the course's order: fast, for a list."""
        outlines = []
        for folder in self._all_folders().values():
            try:
                outlines.append(load_outline(folder))
            except TutorError:
                continue
        return _in_order(outlines)

    @property
    def lessons(self) -> tuple["Lesson", ...]:
        """Every usable lesson, whole, in the course's order."""
        return self._loaded[0]

    @property
    def broken(self) -> tuple[BrokenLesson, ...]:
        """Every other lesson, with what is wrong with it."""
        return self._loaded[1]

    def get(self, id: str) -> "Lesson":
        """The lesson `id`, whole; `TutorError` if it is broken, or if there is none, naming the nearest."""
        # Questions and steps take time to import, and the list of lessons needs neither.
        from tutor.course.lesson import load_lesson

        return load_lesson(self.folder(id))

    def folder(self, id: str) -> Path:
        """The folder of the lesson `id`; `TutorError` if there is none, naming the nearest."""
        name = id.strip().lower().replace("_", "-")
        if name not in self._folders and name not in self._all_folders():
            remedy = f"{nearest(name, self._folders).strip()} `tutor list` shows them all."
            raise TutorError(f"There is no lesson '{id}'.", remedy.strip(), code=ExitCode.MISUSE)
        return self._folders[name]

    @cached_property
    def _loaded(self) -> tuple[tuple["Lesson", ...], tuple[BrokenLesson, ...]]:
        from tutor.course.lesson import load_lesson

        lessons, broken = [], []
        for name, folder in self._all_folders().items():
            try:
                lessons.append(load_lesson(folder))
            except TutorError as error:
                broken.append(BrokenLesson(name, folder, error))
        broken = [*self._unusable, *broken]
        return _in_order(lessons), tuple(broken)


def lesson_folders(folder: Path) -> list[Path]:
    """The lessons in `folder`, or `folder` itself if it is one; `TutorError` if it can't be read."""
    # Of a path such as `.`, the name that makes a lesson's id is to be found.
    folder = Path(os.path.abspath(folder))
    if (folder / "lesson.md").is_file():
        return [folder]
    try:
        inside = sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        what = f"The lessons folder {shown_path(folder)} can't be read: {reason}."
        raise TutorError(what, "Check its name.", code=ExitCode.MISUSE) from None
    return [path for path in inside if any((path / name).exists() for name in _FILES)]


def _in_order(lessons: Sequence[_AnyOutline]) -> tuple[_AnyOutline, ...]:
    return tuple(sorted(lessons, key=lambda lesson: (lesson.order, lesson.id)))
