"""Is it noise? Two settings over several seeds, and whether their results come apart."""

from collections.abc import Callable

from tutor.errors import ExitCode, TutorError
from tutor.link.knobs import Value, alternative
from tutor.link.messages import Seeds
from tutor.ui.keys import SEEDS, bindings
from tutor.ui.screens.study import StudyScreen
from tutor.ui.widgets.knob_panel import KnobPanel
from tutor.ui.widgets.lines import Lines
from tutor.ui.widgets.prompt import Prompt

COUNT = 5
"""How many seeds, unless typed."""

MOST = 50
"""The most seeds that can be typed."""

STEPS = 1_000
"""Steps of each run, unless typed, where the learner's own run has none yet."""

MOST_STEPS = 1_000_000
"""The longest runs that can be typed."""


class SeedsScreen(StudyScreen):
    """Trains the knobs as they are (A) and otherwise (B), a seed after the other."""

    TITLE = "Is it noise?"
    ACTIONS = SEEDS
    BINDINGS = bindings(SEEDS)

    def on_mount(self) -> None:
        """Ask what to compare."""
        frame, panel = self.session.frame, self.run.query_one(KnobPanel)
        self._steps = frame.end if frame is not None and frame.end else STEPS
        self._count = COUNT
        knob = panel.chosen
        self._change = f"{knob.name}={knob.show(knob.turn(panel.values[knob.name], 1))}"
        self._values: dict[str, Value] = {}
        self._preset = ""
        self._introduce()
        self.query_one("#progress", Lines).show([((" nothing compared yet", "muted"),)])
        self.call_after_refresh(self.action_choose)

    def on_resize(self) -> None:
        """Lay the words out again."""
        if self.is_mounted:
            self._introduce()

    def _introduce(self) -> None:
        ready = self.session.ready
        presets = ", ".join(preset.name for preset in ready.presets) if ready is not None else ""
        also = f", or a preset ({presets})" if presets else ""
        self.explain(
            "A is the knobs as they are; B differs in what you type: a knob and its value"
            f"{also}. Each trains from step 0 from the same few seeds, and no winner is named inside their spread."
        )

    def action_choose(self) -> None:
        """Ask for the change, the seeds and the steps, and start."""
        if not self._working:
            self._ask("let B differ in", self._change, self._take_change, self._ask_count)

    def _ask_count(self) -> None:
        self._ask("how many seeds", str(self._count), self._take_count, self._ask_steps)

    def _ask_steps(self) -> None:
        self._ask("steps of each run", str(self._steps), self._take_steps, self._start)

    def _ask(
        self, label: str, value: str, take: Callable[[str], None], then: Callable[[], None], again: bool = False
    ) -> None:
        def done(text: str) -> None:
            try:
                take(text)
            except TutorError as error:
                self.say(str(error), "bad")
                self._ask(label, text, take, then, again=True)
                return
            self.say("")
            then()

        self.query_one(Prompt).ask(label, value, done, selected=not again)

    def _take_change(self, text: str) -> None:
        ready = self.session.ready
        if ready is not None:
            self._values, self._preset = alternative(ready.knobs, ready.presets, text)
            self._change = text

    def _take_count(self, text: str) -> None:
        self._count = _number(text, MOST, "seeds")

    def _take_steps(self, text: str) -> None:
        self._steps = _number(text, MOST_STEPS, "steps")

    def _start(self) -> None:
        self.explain("")
        self.begin(Seeds(self._count, self._steps, self._values, self._preset))


def _number(text: str, most: int, what: str) -> int:
    digits = text.strip().replace(",", "").replace("_", "")
    number = int(digits) if digits.isascii() and digits.isdigit() else 0
    if not 1 <= number <= most:
        raise TutorError(f"'{text}' can't be.", f"It takes 1 to {most:,} {what}.", code=ExitCode.MISUSE)
    return number
