"""What an import drags in, each seen in a fresh interpreter."""

import subprocess
import sys

import pytest

HEAVY = ("torch", "textual", "rich", "plotext", "asyncio", "sqlite3", "fsrs")
SCREENS = "tutor.ui.app tutor.ui.screens.home tutor.ui.screens.lesson tutor.ui.screens.help tutor.commands.app"


def imported_by(modules: str) -> set[str]:
    """Which heavy packages are loaded once `modules` are."""
    program = f"import sys, {', '.join(modules.split())}; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "modules",
    [
        "tutor.cli",
        "tutor.commands.list",
        "tutor.errors tutor.names tutor.paths tutor.roles tutor.suggest",
        "tutor.figures",
        "tutor.course.catalog tutor.course.lesson tutor.course.sitting",
        "tutor.link.knobs tutor.link.messages tutor.link.framing",
        "tutor.lab_process",
    ],
)
def test_light_modules_stay_light(modules):
    assert imported_by(modules) == set()


@pytest.mark.parametrize(
    ("modules", "without"),
    [
        ("tutor.learner.record tutor.learner.home", {"torch", "textual", "rich", "plotext", "fsrs"}),
        ("tutor.link.client", {"torch", "textual", "rich", "plotext"}),
        (SCREENS, {"torch", "fsrs"}),
        ("tutor.ui.app", {"torch", "plotext"}),
        ("tutor.lab.server tutor.lab.instruments tutor.commands.run", {"textual", "rich", "plotext"}),
    ],
)
def test_each_side_stays_on_its_own(modules, without):
    assert not imported_by(modules) & without
