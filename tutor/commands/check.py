"""`tutor check`: lessons held to the standard."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec

from tutor.check.finding import Finding
from tutor.check.standard import check_lesson
from tutor.commands.lessons import ask_about
from tutor.course.catalog import Catalog, lesson_folders
from tutor.course.source import shown_path
from tutor.errors import ExitCode, TutorError
from tutor.learner.trust import Trust

WIDTH = 80
"""Columns of the line that says what is being checked."""


def check_lessons(
    catalog: Catalog, own: Sequence[Path], wanted: Sequence[str], trust: Trust, *, as_json: bool, fast: bool
) -> None:
    """Check the `wanted` lessons, by id or folder (or else those in the folders `own`), and print every finding.

    `fast` leaves out what trains for long. `TutorError` if there is something to mend.
    """
    folders = _folders(catalog, wanted) if wanted else [path for folder in own for path in lesson_folders(folder)]
    for folder in folders:
        ask_about(folder, trust)
    findings = []
    for finding in _findings(catalog, folders, fast):
        findings.append(finding)
        if not as_json:
            click.echo(str(finding))
    errors = sum(not finding.warning for finding in findings)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(findings), indent=2).decode())
    else:
        warnings = f", {_count(len(findings) - errors, 'warning')}" if len(findings) > errors else ""
        fewer = ", without what trains for long" if fast else ""
        click.echo(f"{_count(len(folders), 'lesson')} checked{fewer}: {errors or 'nothing'} to mend{warnings}.")
    if errors:
        sys.exit(ExitCode.FAILURE)


def _folders(catalog: Catalog, wanted: Sequence[str]) -> list[Path]:
    found: list[Path] = []
    for name in wanted:
        path = Path(name).expanduser()
        folders = lesson_folders(path) if path.is_dir() else [catalog.folder(name)]
        if not folders:
            remedy = "Name a lesson's folder, a folder of lessons, or a lesson."
            raise TutorError(f"{shown_path(path)} holds no lesson.", remedy, code=ExitCode.MISUSE)
        found += [folder for folder in folders if folder not in found]
    return found


def _findings(catalog: Catalog, folders: Sequence[Path], fast: bool) -> Iterator[Finding]:
    """Lesson by lesson; on a terminal, a line on stderr says which one is at work."""
    import torch

    from tutor.lab.datasets import Sources

    torch.set_num_threads(1)
    data, noting = Sources(), sys.stderr.isatty()
    known = {outline.id: outline for outline in (*catalog.outlines, *Catalog(folders).outlines)}
    for place, folder in enumerate(folders, start=1):
        if noting:
            click.echo(f"\rchecking {place} of {len(folders)}: {shown_path(folder)} …"[:WIDTH], nl=False, err=True)
        try:
            findings = check_lesson(folder, known, data, fast=fast)
        finally:
            if noting:
                click.echo("\r\x1b[2K", nl=False, err=True)
        yield from findings


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}"
