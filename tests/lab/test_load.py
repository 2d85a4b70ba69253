import pytest

from tests.line import LAB, write_lesson
from tutor.errors import TutorError
from tutor.lab import Experiment
from tutor.lab.load import load_experiment

ANOTHER = """

class Other(Line):
    pass
"""


def test_the_one_experiment_of_a_folder(tmp_path):
    kind = load_experiment(write_lesson(tmp_path / "line"))
    assert issubclass(kind, Experiment)
    assert kind.__name__ == "Line"
    assert [knob.name for knob in kind.knobs] == ["lr", "fails"]
    assert kind.figures() == {"slope": "The slope", "where": "The step"}


def test_a_changed_file_is_read_anew(tmp_path):
    folder = write_lesson(tmp_path / "line")
    load_experiment(folder)
    write_lesson(folder, LAB.replace("Fits y = 2x.", "Fits y = 2x, mended."))
    assert load_experiment(folder).__doc__ == "Fits y = 2x, mended."


def test_a_folder_without_a_lab(tmp_path):
    with pytest.raises(TutorError, match=r"has no lab\.py"):
        load_experiment(tmp_path)


@pytest.mark.parametrize(
    ("lab", "found"),
    [
        ("from tutor.lab import Experiment\n", "it defines none."),
        (LAB + ANOTHER, "it defines Line, Other."),
    ],
)
def test_a_lab_defines_one_experiment(tmp_path, lab, found):
    folder = write_lesson(tmp_path / "line", lab)
    with pytest.raises(TutorError, match="must define one subclass of Experiment") as raised:
        load_experiment(folder)
    assert str(raised.value).endswith(found)
