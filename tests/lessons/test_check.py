"""Every built-in lesson, and the one that `tutor new` begins with, is up to the standard."""

import shutil

import pytest

from tutor.check.standard import check_lesson
from tutor.course.catalog import Catalog, lesson_folders
from tutor.lab.datasets import Sources
from tutor.paths import lessons_dir

FOLDERS = lesson_folders(lessons_dir())
KNOWN = {outline.id: outline for outline in Catalog(FOLDERS).outlines}
DATA = Sources()
every_lesson = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def to_mend(folder, **how):
    return [str(finding) for finding in check_lesson(folder, KNOWN, DATA, **how) if not finding.warning]


@every_lesson
def test_it_has_nothing_to_mend(folder):
    assert to_mend(folder, fast=True) == []


@pytest.mark.slow
@every_lesson
def test_it_has_nothing_to_mend_in_what_trains_for_long(folder):
    assert to_mend(folder) == []


def test_the_lesson_to_begin_with_has_not_even_a_warning(tmp_path):
    folder = tmp_path / "new_lesson"
    shutil.copytree(lessons_dir() / "_template", folder)
    assert check_lesson(folder, {}, DATA) == []
