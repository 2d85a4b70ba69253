import pytest

from tests.lab.talk import Terminal
from tests.line import write_lesson


@pytest.fixture
def terminal(tmp_path):
    return Terminal(write_lesson(tmp_path / "line"))
