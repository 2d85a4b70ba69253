"""Lessons of installed packages: named by an entry point, found without importing anything."""

import subprocess
import sys

import pytest

from tutor.course.catalog import Catalog


@pytest.fixture
def install(tmp_path, monkeypatch, new_lesson):
    """Puts a package of one lesson, with an entry point that says `value`, where Python looks for packages."""
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(str(site))

    def put(package, value, lesson="robots"):
        new_lesson(lesson, within=f"site/{package}")
        top = site / package.split("/")[0]
        (top / "__init__.py").write_text("raise RuntimeError('imported')", encoding="utf-8")
        about = site / f"{top.name}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {top.name}\nVersion: 1.0\n", encoding="utf-8")
        (about / "entry_points.txt").write_text(f"[tutor.lessons]\nextra = {value}\n", encoding="utf-8")

    return put


@pytest.mark.parametrize(
    ("package", "value"),
    [("robot_lessons", "robot_lessons"), ("robot_course/lessons", "robot_course.lessons")],
)
def test_its_lessons_are_among_all_lessons_and_nothing_is_imported(install, tmp_path, package, value):
    install(package, value)
    catalog = Catalog.find([], installed=True)
    assert [outline.id for outline in catalog.outlines] == ["robots"]
    assert catalog.get("robots").path == tmp_path / "site" / package / "robots"
    assert value.split(".")[0] not in sys.modules


def test_packages_are_not_looked_for_if_the_lesson_is_at_hand(new_lesson, tmp_path, monkeypatch):
    def never():
        raise AssertionError

    monkeypatch.setattr("tutor.course.installed.installed_lessons", never)
    new_lesson("mine")
    catalog = Catalog.find([tmp_path / "lessons"], installed=True)
    assert catalog.get("mine").id == "mine"


def test_where_no_package_has_lessons_none_is_read(tmp_path):
    program = (
        "import sys; from tutor.course.installed import installed_lessons; "
        "print(list(installed_lessons()), 'importlib.metadata' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout == "[] False\n"


def test_a_package_that_isnt_there_is_broken_and_breaks_nothing_else(install, new_lesson, tmp_path):
    install("robot_lessons", "robot_lesons")
    new_lesson("mine")
    catalog = Catalog.find([tmp_path / "lessons"], installed=True)
    assert [lesson.id for lesson in catalog.lessons] == ["mine"]
    (broken,) = catalog.broken
    assert broken.id == "extra"
    assert str(broken.error) == (
        "The lessons 'extra' of robot_lessons are to be in the package 'robot_lesons', which isn't there. "
        "Install it again, or take it away."
    )


def test_of_two_with_one_id_the_one_at_hand_counts(install, new_lesson, tmp_path):
    install("robot_lessons", "robot_lessons")
    mine = new_lesson("robots")
    catalog = Catalog.find([tmp_path / "lessons"], installed=True)
    assert catalog.get("robots").path == mine.path
    assert [lesson.path for lesson in catalog.lessons] == [mine.path]
    assert [broken.error.what for broken in catalog.broken] == [
        "site/robot_lessons/robots has the same id, 'robots', as lessons/robots."
    ]
