"""`tutor progress`, `export`, `import`, `reset` and `review`, on a record of their own."""

import json
import re
import stat
import subprocess
import sys

import pytest

from tests.plain.talking import Plain
from tutor.commands.export import export_record
from tutor.commands.import_ import import_record
from tutor.commands.progress import show_progress
from tutor.commands.reset import reset_record
from tutor.commands.review import review
from tutor.course.catalog import Catalog
from tutor.course.grading import Verdict
from tutor.errors import TutorError
from tutor.learner.record import open_record
from tutor.learner.trust import EVERYONE
from tutor.paths import lessons_dir

RIGHT, WRONG = Verdict(True, 1.0, ""), Verdict(False, 0.0, "")
CATALOG = Catalog.find([lessons_dir() / "temperature", lessons_dir() / "minibatches"])
QUESTION, OTHER = list(CATALOG.get("temperature").questions)[:2]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A record with three answers, in `TUTOR_HOME`."""
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "home"))
    record, _ = open_record()
    with record:
        record.answer("temperature", QUESTION, 1, WRONG, "know")
        record.answer("temperature", OTHER, 0, RIGHT)
        record.answer("temperature", "long-gone", 0, RIGHT, "guess")
        record.finish_step("temperature", CATALOG.get("temperature").steps[0].id)
        record.finish_step("temperature", "old-page")
    return tmp_path / "home"


def answers():
    record, _ = open_record()
    with record:
        return [answer.question for answer in record.answers()]


def progress():
    return subprocess.run([sys.executable, "-m", "tutor", "progress"], capture_output=True, text=True, check=True)


def test_progress_in_words():
    said = progress().stdout
    steps, questions = len(CATALOG.get("temperature").steps), len(CATALOG.get("temperature").questions)
    assert re.search(rf"temperature +1/{steps} pages · 1/{questions} questions\n", said)
    assert "0 to review today." in said
    assert "You said that you knew once; once you were wrong." in said
    assert f"- temperature/{QUESTION}, " in said
    assert "- temperature/long-gone: 1 answer\n" in said


def test_progress_as_json(capsys):
    show_progress(CATALOG, as_json=True)
    report = json.loads(capsys.readouterr().out)
    assert list(report) == ["lessons", "due", "predictions", "skipped", "surprises", "vanished"]
    assert report["vanished"] == {"temperature/long-gone": "1 answer", "temperature/old-page": "a finished page"}
    assert [level["answers"] for level in report["predictions"]] == [1, 0, 1]
    assert [surprise["question"] for surprise in report["surprises"]] == [QUESTION]
    assert {lesson["id"]: lesson["right"] for lesson in report["lessons"]} == {"temperature": 1, "minibatches": 0}


def test_out_and_in_again(home, tmp_path, capsys, monkeypatch):
    export_record(str(tmp_path / "mine.json"))
    assert capsys.readouterr().out == f"{tmp_path / 'mine.json'} holds 3 answers, 2 finished pages.\n"
    assert stat.S_IMODE((tmp_path / "mine.json").stat().st_mode) == 0o600
    import_record(str(tmp_path / "mine.json"))
    assert capsys.readouterr().out == "All of it was there already.\n"
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "elsewhere"))
    import_record(str(tmp_path / "mine.json"))
    assert capsys.readouterr().out == "Added: 3 answers, 2 finished pages. What was there already stays as it was.\n"
    assert answers() == [QUESTION, OTHER, "long-gone"]


def test_an_export_overwrites_nothing(tmp_path):
    (tmp_path / "there").write_text("mine")
    with pytest.raises(TutorError, match="there already"):
        export_record(str(tmp_path / "there"))
    assert (tmp_path / "there").read_text() == "mine"
    with pytest.raises(TutorError, match="can't be written"):
        export_record(str(tmp_path / "no" / "such"))


def test_a_file_that_cannot_be_used_changes_nothing(tmp_path):
    (tmp_path / "bad.json").write_text('{"version": 1}')
    for name in ("bad.json", "none.json"):
        with pytest.raises(TutorError):
            import_record(str(tmp_path / name))
    assert answers() == [QUESTION, OTHER, "long-gone"]


@pytest.mark.parametrize(
    ("what", "left"),
    [
        (QUESTION, [OTHER, "long-gone"]),
        (f"temperature/{OTHER}", [QUESTION, "long-gone"]),
        ("long-gone", [QUESTION, OTHER]),
        ("Temperature", []),
    ],
)
def test_reset_forgets_what_is_named_and_its_backup_brings_it_back(home, capsys, what, left):
    reset_record(CATALOG, what, everything=False, sure=True)
    assert answers() == left
    (backup,) = home.glob("record.before-reset-*.json")
    assert capsys.readouterr().out.endswith(f"To have it back: tutor import {backup}\n")
    import_record(str(backup))
    assert sorted(answers()) == sorted([QUESTION, OTHER, "long-gone"])


def test_reset_of_everything(home):
    reset_record(CATALOG, "", everything=True, sure=True)
    assert answers() == []


@pytest.mark.parametrize(
    ("what", "everything", "says"),
    [
        ("", False, "What is to be reset?"),
        ("temperature", True, "What is to be reset?"),
        ("temprature", False, "There is no lesson or question 'temprature'. Did you mean 'temperature'"),
        ("temperature", False, "there is nobody to ask"),
    ],
)
def test_reset_does_nothing_without_a_name_or_a_yes(home, monkeypatch, what, everything, says):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    with pytest.raises(TutorError) as caught:
        reset_record(CATALOG, what, everything, sure=False)
    assert says in str(caught.value)
    assert answers() == [QUESTION, OTHER, "long-gone"]
    assert not list(home.glob("*.json"))


@pytest.mark.parametrize(("typed", "left"), [("y", []), ("n", [QUESTION, OTHER, "long-gone"])])
def test_reset_asks(monkeypatch, typed, left):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _text: typed)
    if left:
        with pytest.raises(TutorError, match="Nothing was changed"):
            reset_record(CATALOG, "temperature", everything=False, sure=False)
    else:
        reset_record(CATALOG, "temperature", everything=False, sure=False)
    assert answers() == left


def test_a_record_that_cannot_be_used_is_said_in_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(TutorError, match="can't be used"):
        export_record("-")
    done = progress()
    assert "Progress isn't saved" in done.stderr
    assert "temperature" in done.stdout


def make_due():
    record, _ = open_record()
    with record:
        record.write(("UPDATE due SET day = '2020-01-01'", ()))


def test_review_says_when_the_next_question_returns(capsys):
    review(CATALOG, True, {}, EVERYONE)
    assert capsys.readouterr().out == "Nothing to review today. The next question returns tomorrow.\n"


def test_a_review_in_plain_lines(home):
    make_due()
    with Plain(home, "review") as plain:
        assert "Review: 2 questions." in plain.first
        assert "Question 1 of 2:" in plain.first
        told = plain.type("1")
        assert "Press enter to go on." in told
        assert "Question 2 of 2:" in plain.type("")
        told = plain.type("skip")
        assert "of 1 right, 1 skipped." in told
        assert "1 question to review today: type review." in told
        out, err, code = (plain.type("quit"), *plain.end()[1:])
    assert "Goodbye." in out
    assert (err, code) == ("", 0)
    assert len(answers()) == 4
