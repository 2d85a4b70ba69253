"""The learning-rate finder: the learner places a mark, the lab sweeps, the rules of thumb are compared with it."""

from typing import TYPE_CHECKING

from textual import on
from textual.widget import Widget

from tutor.errors import TutorError
from tutor.figures.numbers import short
from tutor.link.knobs import Number
from tutor.link.messages import Studied, Sweep
from tutor.ui.keys import FINDER, bindings
from tutor.ui.screens.study import StudyScreen
from tutor.ui.widgets.lines import Lines
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.rates import RateAxis, RateBar

if TYPE_CHECKING:
    from tutor.ui.screens.tuning import TuningScreen

STEPS = 500
"""Steps of a sweep, unless typed."""

MOST_STEPS = 100_000
"""The longest sweep that can be typed."""


class FindRateScreen(StudyScreen):
    """Sweeps the knob `lr` of a copy of the run."""

    TITLE = "Find a learning rate"
    ACTIONS = FINDER
    BINDINGS = bindings(FINDER)
    DEFAULT_CSS = """
    FindRateScreen RateAxis { margin: 1 1 0 1; }
    FindRateScreen.-short RateAxis { margin: 0 1; }
    FindRateScreen #rates { display: none; }
    FindRateScreen #pictures { display: none; }
    FindRateScreen.swept #pictures { display: block; }
    FindRateScreen.swept RateAxis, FindRateScreen.swept #intro { display: none; }
    """

    def __init__(self, run: "TuningScreen", knob: Number) -> None:
        super().__init__(run)
        self._knob = knob
        self._low, self._high, self._steps = knob.low, knob.high, STEPS
        self._mark = 0.0
        """The learner's locked mark, 0 for none."""
        self._uses = True
        """Whether the sweep uses its rates."""

    def extras(self) -> list[Widget]:
        """The axis to place the mark on; the rates to choose from."""
        return [RateAxis(self.tutor.glyphs, id="axis"), RateBar(id="rates")]

    def on_mount(self) -> None:
        """Ask for the mark."""
        self._show_axis()

    def on_resize(self) -> None:
        """Lay the words out again."""
        self._introduce()

    def _show_axis(self) -> None:
        self.remove_class("swept")
        self.query_one(RateBar).offer({})
        self.query_one(RateAxis).span(self._low, self._high)
        self.query_one("#progress", Lines).show([((" no sweep yet", "muted"),)])
        self.say("")
        self._introduce()

    def _introduce(self) -> None:
        frame = self.session.frame
        step = f" (step {frame.iteration:,})" if frame is not None else ""
        self.explain(
            f"A copy of this run{step} trains {self._steps:,} steps while its rate grows from {short(self._low)} to "
            f"{short(self._high)}. Where will the loss fall fastest, well before it flies off? Put your mark there "
            "first: ← →, then enter."
        )

    def action_shift(self, by: int) -> None:
        """Move the mark, while there is no sweep to be seen."""
        if not self.has_class("swept"):
            self.query_one(RateAxis).shift(by)

    def action_sweep(self) -> None:
        """Lock the mark and sweep; or, after a sweep, back to the empty axis."""
        if self._working:
            return
        if self.has_class("swept"):
            self._uses = True
            self._show_axis()
        else:
            self._sweep(self.query_one(RateAxis).mark)

    def action_no_mark(self) -> None:
        """Sweep without a mark."""
        if not self.has_class("swept"):
            self._sweep(0.0)

    def action_unused(self) -> None:
        """The finder that never uses its rates, and back; the mark stays."""
        if not self.has_class("swept"):
            self.say("First an honest sweep: then b shows the finder that never uses its rates.", "muted")
        elif not self._working:
            self._uses = not self._uses
            self._sweep(self._mark)

    def _sweep(self, mark: float) -> None:
        self._mark = mark
        self.add_class("swept")
        self.query_one(RateBar).offer({})
        self.begin(Sweep(self._low, self._high, self._steps, mark, self._uses))

    def show_study(self, study: Studied) -> None:
        """The curve; at the end, the rates to choose from too."""
        super().show_study(study)
        if study.done and self._uses:
            own = {"your mark": self._mark} if self._mark else {}
            self.query_one(RateBar).offer({**own, **study.rates})

    def action_digit(self, place: int) -> None:
        """Set the lesson's `lr` to the rate at `place`, counted from 1."""
        rate = self.query_one(RateBar).at(place)
        if rate is not None:
            rate = float(f"{rate:.3g}")
            self.run.set_knob(self._knob, rate)
            self.say(f"lr is now {short(rate)}. Press esc to go back to the lesson, where it takes effect.", "good")

    @on(RateBar.Chosen)
    def _use(self, event: RateBar.Chosen) -> None:
        self.action_digit(event.place)

    def action_bounds(self) -> None:
        """Type the bounds and the steps."""
        if self._working:
            return
        value = f"{self._low:g} {self._high:g} {self._steps}"
        self.query_one(Prompt).ask("lowest, highest, steps", value, self._bound, selected=False)

    def _bound(self, text: str) -> None:
        words = text.replace(",", " ").split()
        try:
            low, high = (float(self._knob.parse(word)) for word in words[:2])
            steps = int(words[2]) if len(words) > 2 else self._steps
        except TutorError as error:
            self.say(str(error), "bad")
            return
        except ValueError:
            self.say("Type two rates and the number of steps, such as 0.001 1 500.", "bad")
            return
        if not 0 < low < high or not 2 <= steps <= MOST_STEPS:
            self.say(f"It takes two rates above 0, the lower first, and 2 to {MOST_STEPS:,} steps.", "bad")
            return
        self._low, self._high, self._steps = low, high, steps
        self._uses = True
        self._show_axis()
