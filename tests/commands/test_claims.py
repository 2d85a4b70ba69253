"""`tutor claims`, on a lesson with a claim of each sort."""

import json

import pytest
from click.testing import CliRunner

from tutor import cli
from tutor.commands import lessons
from tutor.course.catalog import Catalog
from tutor.errors import ExitCode, TutorError
from tutor.learner.trust import EVERYONE

CLAIMS = """\
[[claim]]
id = "fine"
concept = "c"
source = "004"
where = "a chart"
says = "Two and two are five, says a chart that goes on for longer than a line of eighty columns does."
check = "2 + T(2.0)"
measured = 4.0
note = "the sum"
verdict = "wrong"
why = "They are four."

[[claim]]
id = "off"
concept = "c"
source = "lesson"
where = "Sums"
says = "It is three."
check = "total"
measured = [3]
unless = "0"
verdict = "right"
why = "One and two."

[[claim]]
id = "read"
concept = "c"
source = "Smith (2015)"
where = "p. 3"
says = "It is known."
by = "reading"
verdict = "contested"
why = "Jones (2016) disagrees."
"""

LESSON = """\
+++
title = "Sums"
order = 1
summary = "Adding."
concepts = ["c"]
minutes = 1
+++

## One
Words.
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with that lesson, which is all there is."""
    path = tmp_path / "sums"
    path.mkdir()
    (path / "lesson.md").write_text(LESSON)
    (path / "lab.py").write_text("")
    (path / "claims.toml").write_text(CLAIMS)
    (path / "claims.py").write_text("def total():\n    return [1 + 2]\n")
    monkeypatch.setattr(lessons, "catalog", lambda: Catalog.find([tmp_path]))
    monkeypatch.setattr(lessons, "trust", lambda: EVERYONE)
    return path


def claims(*arguments):
    """What the command prints, and the error it ends with, if any."""
    ended = CliRunner().invoke(cli.cli, ["claims", *arguments])
    assert ended.exception is None or isinstance(ended.exception, TutorError), ended.exception
    return ended.stdout, ended.exception


def test_all_claims_of_all_lessons_are_told_in_eighty_columns(folder):
    told, error = claims()
    assert error is None
    assert "✓ sums fine" in told
    assert "3 of 3 claims are as recorded" in told
    for item in (
        "says        Two and two",
        "recorded    4",
        "measured    4",
        "that is     the sum",
        "verdict     wrong. They are",
    ):
        assert f"\n  {item}" in told
    assert "by          reading" in told
    assert max(map(len, told.splitlines())) <= 80


def test_json_is_an_object_a_claim(folder):
    told, error = claims("sums", "--json")
    rows = json.loads(told)
    assert error is None
    assert [row["id"] for row in rows] == ["fine", "off", "read"]
    assert {"id", "lesson", "source", "says", "measured", "verdict", "agrees"} <= rows[0].keys()
    assert [(row["measured"], row["agrees"]) for row in rows] == [(4.0, True), ([3], True), (None, True)]


def test_what_is_not_reproduced_is_named_and_fails(folder):
    (folder / "claims.py").write_text("def total():\n    return [4]\n")
    told, error = claims()
    assert "✗ sums off" in told
    assert "measured    [4]" in told
    assert "2 of 3 claims" in told
    assert error.code == ExitCode.FAILURE
    assert error.what == "Not as recorded: sums off."


def test_one_claim_alone(folder):
    told, error = claims("sums", "--id", "off")
    assert error is None
    assert "1 of 1 claims" in told
    assert "fine" not in told


def test_a_claim_that_is_not_there_names_the_nearest(folder):
    told, error = claims("--id", "finer")
    assert told == ""
    assert (error.code, error.what) == (ExitCode.MISUSE, "There is no claim 'finer'.")
    assert "fine" in error.remedy


def test_a_broken_file_of_functions_is_one_sentence_with_its_line(folder):
    (folder / "claims.py").write_text("def total():\n    return (1\n")
    _, error = claims()
    assert error.what.startswith("sums/claims.py:2: SyntaxError:")
