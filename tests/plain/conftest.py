import pytest

from tests.course.made import lesson, step
from tests.plain.talking import Chat


@pytest.fixture
def chat(tmp_path, monkeypatch):
    """Opens a lesson of these steps and questions."""
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path))
    chats = []

    def open_lesson(*steps, questions=(), **more):
        chats.append(Chat(lesson(steps or [step("one")], questions), **more))
        return chats[-1]

    yield open_lesson
    for made in chats:
        made.talk.bench.close()
