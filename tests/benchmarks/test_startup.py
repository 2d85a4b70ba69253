"""From the command to the first painted screen, against a bare Textual app that shows one label."""

import sys
from pathlib import Path
from statistics import median

from tests.benchmarks.tables import paired, show
from tests.terminal import Terminal

ROUNDS = 15

BARE = """
from textual.app import App
from textual.widgets import Label

class Bare(App):
    def compose(self):
        yield Label("one label")

Bare().run()
"""


def test_startup(tmp_path: Path):
    script = tmp_path / "bare.py"
    script.write_text(BARE)
    tutor = (sys.executable, "-m", "tutor")
    contenders = {
        "a bare Textual app": ((sys.executable, str(script)), "one label"),
        "tutor": (tutor, "how neural networks train"),
        "tutor minibatches: title": ((*tutor, "minibatches"), "Noisy steps win"),
        "tutor minibatches: page": ((*tutor, "minibatches"), "page 1 of"),
        "tutor --help": ((*tutor, "--help"), "Usage:"),
    }
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, (command, marker) in contenders.items():
            with Terminal(command, 120, 40, {"TUTOR_HOME": str(tmp_path / "home")}) as terminal:
                taken[name].append(terminal.wait_for(marker) - terminal.started)
    bare = taken["a bare Textual app"]
    rows = [
        (name, f"{1000 * median(times):.0f}", f"{1000 * min(times):.0f}", f"{paired(times, bare):.2f}")
        for name, times in taken.items()
    ]
    show("From the command to the first painted screen", ("", "median ms", "least ms", "of the bare app"), rows)
