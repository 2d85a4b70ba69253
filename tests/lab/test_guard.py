from pathlib import Path

import pytest

from tests.line import LAB, line_of, write_lesson
from tutor.errors import TutorError
from tutor.lab.datasets import Sources
from tutor.lab.guard import LessonError, lesson_code
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_lesson(tmp_path / "line")


def use(folder: Path, fails: str) -> None:
    """Do all there is to do with the lesson."""
    runner = Runner(load_experiment(folder), Sources(), 1, {"fails": fails})
    runner.advance(10)
    runner.measure()
    runner.look(("slope",))


def failing(folder: Path, where: str) -> LessonError:
    with pytest.raises(LessonError) as raised:
        use(folder, where)
    return raised.value


@pytest.mark.parametrize(
    ("where", "line", "what"),
    [
        ("build", 'raise ValueError("no such net")', "ValueError: no such net"),
        ("figure", 'raise RuntimeError("nothing to see")', "RuntimeError: nothing to see"),
    ],
)
def test_what_a_lesson_raises_names_its_file_and_line(folder, where, line, what):
    error = failing(folder, where)
    assert error.raised == what
    assert error.where == f"line/lab.py:{line_of(line)}"
    assert str(error).startswith(f"{error.where}: {what} ")
    assert line in error.traceback


def test_an_error_inside_torch_is_blamed_on_the_lessons_line(folder):
    error = failing(folder, "step")
    assert error.where == f"line/lab.py:{line_of('torch.zeros(2) @')}"
    assert error.raised.startswith("RuntimeError: ")
    assert "\n" not in error.raised


def test_an_error_that_our_own_code_runs_into_is_named_where_it_happens(folder):
    error = failing(folder, "splits")
    assert error.raised == "AttributeError: 'NoneType' object has no attribute 'distinct'"
    assert error.where.startswith("line/evaluation.py:")


@pytest.mark.parametrize("relative", [False, True])
@pytest.mark.parametrize(
    ("broken", "what"),
    [
        ("from torch.nn import functional as F\nF.cross_entropy(None, None)", "TypeError"),
        ("import nothing_of_this_name", "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
        ("assert False", "AssertionError"),
        ("raise ValueError('one\\ntwo')", "ValueError: one"),
    ],
)
def test_an_import_that_fails(tmp_path, monkeypatch, relative, broken, what):
    folder = write_lesson(tmp_path / "spoilt", f"{LAB}\n{broken}\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LessonError) as raised:
        load_experiment(Path("spoilt") if relative else folder)
    assert raised.value.where == f"spoilt/lab.py:{len(LAB.splitlines()) + 1 + len(broken.splitlines())}"
    assert raised.value.raised.startswith(what)


def test_a_syntax_error_names_its_line(tmp_path):
    folder = write_lesson(tmp_path / "spoilt", "x = 1\ndef step(:\n    pass\n")
    with pytest.raises(LessonError, match="SyntaxError") as raised:
        load_experiment(folder)
    assert raised.value.where == "spoilt/lab.py:2"


def test_an_error_for_the_user_passes_as_it_is(tmp_path):
    ours = TutorError("No names.", "Give some.")
    with pytest.raises(TutorError) as raised, lesson_code(tmp_path):
        raise ours
    assert raised.value is ours


def test_an_interrupt_passes(tmp_path):
    with pytest.raises(KeyboardInterrupt), lesson_code(tmp_path):
        raise KeyboardInterrupt
