"""TOML files that are a list of tables, such as `[[question]]`; errors name the file, the line and the table."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tutor.course.markdown import LATEX_REMEDY, latex_in
from tutor.course.source import Passage, Source


class Table(msgspec.Struct, frozen=True):
    """One of the tables: what it says, and the lines that hold it."""

    content: dict[str, Any]
    passage: Passage


def read_tables(path: Path, name: str) -> Iterator[Table]:
    """The `[[name]]` tables of the file `path`, in its order; `TutorError` for a file that holds anything else."""
    source = Source.read(path)
    whole = source.passage(1, len(source.lines), name)
    tables = whole.toml()
    for key in tables:
        if key != name or not _are_tables(tables[key]):
            raise whole.error(f"'{key}' has no place here.", f"Write each {name} as a table, [[{name}]].", key)
    starts = [number for number, line in enumerate(source.lines, start=1) if line.strip() == f"[[{name}]]"]
    for index, content in enumerate(tables.get(name, [])):
        first, last = _extent(starts, index, len(source.lines))
        id = content.get("id")
        prefix = f"{name} '{id}': " if isinstance(id, str) and id else f"{name} {index + 1}: "
        yield Table(content, source.passage(first, last, name, prefix))


def refuse_latex(passage: Passage, value: object, *code: str, key: str = "") -> None:
    """`TutorError` if a text in `value` holds LaTeX, but for what the keys in `code` hold."""
    if isinstance(value, str) and key not in code:
        for _, latex in latex_in(value):
            raise passage.error(f"LaTeX, '{latex}'.", LATEX_REMEDY, key)
    elif isinstance(value, dict):
        for name, inner in value.items():
            refuse_latex(passage, inner, *code, key=name)
    elif isinstance(value, list):
        for inner in value:
            refuse_latex(passage, inner, *code, key=key)


def _are_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _extent(starts: list[int], index: int, count: int) -> tuple[int, int]:
    """First and last line of table `index`; the whole file if it isn't written as `[[name]]`."""
    if index >= len(starts):
        return 1, count
    return starts[index], starts[index + 1] - 1 if index + 1 < len(starts) else count
