"""The rule about the exported script: it trains as the run does, to the last digit."""

import contextlib
import io
from collections.abc import Iterator

import torch

from tutor.check.finding import Finding
from tutor.check.rig import Rig
from tutor.lab.guard import lesson_code
from tutor.lab.script import page

STEPS = 20
"""How many steps both take."""


def script_findings(rig: Rig) -> Iterator[Finding]:
    """A script that can't be printed, can't be run, or ends with other losses than the run."""
    if not rig.kind.trains():
        return
    with rig.tried("as a script"):
        run = rig.run()
        text = page(run.experiment, STEPS, f"tutor script {rig.draft.lesson.id} --steps {STEPS}")
        printed = _losses(_output(rig, text))
        run.advance(STEPS)
        wanted = {"loss": run.loss, **run.measure().losses}
        for name, value in wanted.items():
            if value is not None and printed.get(name) != value:
                what = f"as a script it ends with the {name} {printed.get(name)}, as a run with {value}."
                remedy = "Keep all that training changes on `self`, and draw from `self.rng` alone."
                yield rig.draft.at_lab(r"^class ", what, remedy)
                return


def _output(rig: Rig, text: str) -> str:
    """What the script prints; torch is left as it was."""
    out, threads = io.StringIO(), torch.get_num_threads()
    with torch.random.fork_rng(devices=[]), lesson_code(rig.draft.lesson.path), contextlib.redirect_stdout(out):
        try:
            exec(compile(text, "script.py", "exec"), {"__name__": "__main__"})
        finally:
            torch.set_num_threads(threads)
    return out.getvalue()


def _losses(text: str) -> dict[str, float]:
    """The lines that read `name value`, the last of each name."""
    found: dict[str, float] = {}
    for line in text.splitlines():
        name, _, value = line.strip().rpartition(" ")
        with contextlib.suppress(ValueError):
            found[name.strip()] = float(value)
    return found
