"""The app in a terminal: what its status line says, and the process of its lab."""

import re
import sys
from pathlib import Path

from tests.processes import children
from tests.terminal import Terminal

_STATUS = re.compile(r"step (?P<step>[\d,]+) · loss (?P<loss>\S+) · (?P<rate>[\d,]+) steps/s · seed (?P<seed>\d+)")


class App(Terminal):
    """`tutor` with its own record in `home`, open at a lesson or at the list."""

    def __init__(self, home: Path, lesson: str = "", columns: int = 120, rows: int = 40, rate: float = 0.0) -> None:
        command = (sys.executable, "-m", "tutor", *filter(None, (lesson,)))
        super().__init__(command, columns, rows, {"TUTOR_HOME": str(home)}, rate)

    def status(self, what: str) -> str:
        """The `step`, `loss`, `rate` or `seed` on the status line, empty where there is none."""
        found = _STATUS.search(self.text)
        return found[what].replace(",", "") if found else ""

    @property
    def step(self) -> int:
        """The step number on the status line, -1 where there is none."""
        return int(self.status("step") or -1)

    def ready(self) -> int:
        """Wait until the lesson's model is there; the pid of its lab."""
        self.wait_for(lambda _: self.step == 0)
        (lab,) = children(self.pid)
        return lab

    def train(self, steps: int = 500) -> int:
        """Run the lesson that stands at step 0, past `steps` steps; the pid of its lab."""
        lab = self.ready()
        self.send(" ")
        self.wait_for(lambda _: self.step > steps)
        return lab

    def pause(self) -> None:
        """Pause, and wait for the last of what that changes on screen."""
        self.send(" ")
        self.wait_for("paused")
        self.settle(1.0)
