"""The app on a lab that isn't there."""

from pathlib import Path

import pytest

from tests.course.made import lesson, step
from tests.ui.fake_lab import FakeLab
from tutor.course.catalog import Catalog
from tutor.learner.record import Record
from tutor.ui.app import TutorApp


class AppOnFakeLabs(TutorApp):
    """The app, taking its labs from `waiting`, or new ones made by `make`; `labs` are those it took."""

    def __init__(self, *arguments, make=FakeLab, **more):
        super().__init__(*arguments, fps=10.0, **more)
        self.labs = []
        self.warmed = 0
        self._make = make

    async def a_lab(self):
        self.labs.append(self._make())
        return self.labs[-1]

    async def warm_a_lab(self):
        self.warmed += 1

    @property
    def lab(self):
        """The lab that serves now."""
        return self.labs[-1]


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    """The learner's files are the test's alone, and the terminal is always the same one."""
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    for name in ("NO_COLOR", "SSH_CONNECTION", "TEXTUAL_THEME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def app_at():
    """Makes the app, opening a lesson of these steps and questions; `make` makes its labs."""

    def at(*steps, questions=(), path=Path("/nowhere/tiny"), make=FakeLab, **more):
        made = lesson(steps or [step("one")], questions, path=path)
        return AppOnFakeLabs(Catalog({}), Record(None), made, make=make, **more)

    return at
