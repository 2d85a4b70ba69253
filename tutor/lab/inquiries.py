"""Questions about a run that have answers of their own: a step taken apart, a tensor, samples, claims."""

from collections.abc import Callable
from pathlib import Path

from tutor.lab.claims import check_all
from tutor.lab.dissection import Dissection, looking_at
from tutor.lab.runner import Runner
from tutor.lab.sampling import sampled
from tutor.link.dissection import Dissect, Inspect, Inspected
from tutor.link.messages import Check, Report, Sample


class Inquiries:
    """Answers them through `send`; it keeps the step last taken apart until the run goes on."""

    def __init__(self, send: Callable[[Report], None]) -> None:
        self._send = send
        self._apart: Dissection | None = None

    def forget(self) -> None:
        """The run goes on: what was taken apart lies behind it."""
        self._apart = None

    def answer(self, command: Dissect | Inspect | Sample | Check, run: Callable[[], Runner]) -> None:
        """Answer one; `run` gives the run where that needs one. `TutorError` where it can't be answered."""
        match command:
            case Dissect():
                self._apart = Dissection(run())
                self._send(self._apart.report)
            case Inspect(phase, row):
                if self._apart is not None:
                    self._send(Inspected(phase, row, self._apart.figures(phase, row)))
            case Sample(seeds, temperature):
                experiment = run().experiment
                with looking_at(experiment):
                    self._send(sampled(experiment, seeds, temperature))
            case Check(folder, ids):
                for checked in check_all(Path(folder), ids):
                    self._send(checked)
