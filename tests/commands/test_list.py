import json

from tutor.commands.list import show_lessons
from tutor.course.catalog import Catalog
from tutor.paths import lessons_dir


def test_every_lesson_in_the_courses_order(capsys):
    catalog = Catalog.find([lessons_dir()])
    show_lessons(catalog, as_json=False)
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert [line.split()[1] for line in lines] == [lesson.id for lesson in catalog.lessons]
    for line, lesson in zip(lines, catalog.lessons, strict=True):
        assert line.split()[0] == str(lesson.order)
        assert line.endswith(f"{lesson.title} ({lesson.minutes} min)")
    assert printed.err == ""


def test_as_json(capsys):
    catalog = Catalog.find([lessons_dir()])
    show_lessons(catalog, as_json=True)
    rows = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in rows] == [lesson.id for lesson in catalog.lessons]
    assert {"minibatches", "temperature", "deep-net-xray"} <= {row["id"] for row in rows}
    for row in rows:
        assert list(row) == ["id", "title", "order", "concepts", "minutes", "needs", "questions", "claims"]
        assert row["title"]
        assert row["minutes"] > 0
        assert row["questions"] >= 5
        assert row["claims"] > 0
        assert all(isinstance(concept, str) for concept in row["concepts"] + row["needs"])
    assert [row["order"] for row in rows] == sorted(row["order"] for row in rows)


def test_a_broken_lesson_is_named_on_stderr(capsys, tmp_path):
    folder = tmp_path / "spoilt"
    folder.mkdir()
    (folder / "lesson.md").write_text("no front matter", encoding="utf-8")
    show_lessons(Catalog.find([tmp_path]), as_json=True)
    printed = capsys.readouterr()
    assert json.loads(printed.out) == []
    assert printed.err.startswith("tutor: spoilt can't be opened. ")
    assert "lesson.md" in printed.err


def test_no_lessons_at_all(capsys, tmp_path):
    show_lessons(Catalog.find([tmp_path]), as_json=False)
    assert capsys.readouterr() == ("", "")
