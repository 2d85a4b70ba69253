"""What the model makes up at this very step: one sample after another, and how the last of them came about."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer

from tutor.figures import Table, Text
from tutor.figures.numbers import percent
from tutor.link.knobs import Number
from tutor.link.messages import Frame, Sample, Sampled
from tutor.ui.keys import SAMPLING, bindings
from tutor.ui.screens.overlay import RunOverlay
from tutor.ui.session import LabSaid
from tutor.ui.widgets.figure_view import FigureView
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.lines import Lines
from tutor.ui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from tutor.ui.screens.tuning import TuningScreen

TEMPERATURE = Number("temperature", 1.0, low=0.1, high=10, log=True)
"""What the logits are divided by."""

CONTEXT = 8
"""The most characters of what came before that a letter's row shows."""

MOST = 40
"""How many samples are kept."""


class SamplingScreen(RunOverlay):
    """Draws a sample a seed. While the run trains, all of them are drawn anew with each frame."""

    ACTIONS = SAMPLING
    BINDINGS = bindings(SAMPLING)
    DEFAULT_CSS = """
    SamplingScreen #top { height: 1; background: $surface; }
    SamplingScreen #main { height: 1fr; margin: 1 0 0 0; }
    SamplingScreen #samples { width: 1fr; max-width: 32; padding: 0 1; }
    SamplingScreen #letters { width: 2fr; padding: 0 1; }
    SamplingScreen.-narrow #main { layout: vertical; margin: 0; }
    SamplingScreen.-narrow #samples { max-width: 100%; height: 1fr; }
    SamplingScreen.-narrow #letters { width: 1fr; height: 1fr; }
    """

    def __init__(self, run: "TuningScreen") -> None:
        super().__init__(run)
        self._temperature = TEMPERATURE.value
        self._seeds: tuple[int, ...] = (1,)
        self._step = -1
        """The step of the samples on show."""
        self._clock: Timer | None = None

    def parts(self) -> ComposeResult:
        """The settings; the samples beside the last one's letters; how the run stands; the keys."""
        yield Lines(id="top")
        with Horizontal(id="main"):
            yield FigureView(self.tutor.glyphs, id="samples")
            yield FigureView(self.tutor.glyphs, id="letters")
        yield StatusLine(id="status")
        yield KeyBar(SAMPLING)

    def on_mount(self) -> None:
        """Draw the first."""
        self._clock = self.set_interval(1 / self.tutor.fps, self._follow, pause=True)
        self._draw()

    def on_screen_resume(self) -> None:
        """Show what has happened meanwhile."""
        self._draw()

    def _draw(self) -> None:
        self.session.send(Sample(self._seeds, self._temperature))

    def _follow(self) -> None:
        """While it trains, draw all of them again, unless that is already on its way."""
        if self.is_active and self.session.caught_up and self.tutor.frame_due():
            self._draw()

    @on(LabSaid)
    def _hear(self, event: LabSaid) -> None:
        match event.report:
            case Sampled() as drawn:
                self._show_samples(drawn)
            case Frame() as frame:
                self._show_run(frame)
            case _:
                pass

    def _show_run(self, frame: Frame) -> None:
        self.query_one(StatusLine).follow(frame)
        if self._clock is None or not self.session.is_last(frame):
            return
        if frame.running:
            self._clock.resume()
            return
        self._clock.pause()
        if self._step != frame.iteration:
            self._draw()

    def _show_samples(self, drawn: Sampled) -> None:
        self._step = drawn.iteration
        title = " Made up by A " if self.of_a else " Made up "
        settings = f" temperature {TEMPERATURE.show(drawn.temperature)} · sample seed {drawn.seeds[-1]}"
        self.query_one("#top", Lines).show([((title, "title"), (settings, "text"))])
        pairs = zip(drawn.seeds, drawn.samples, strict=True)
        texts = tuple(f"{seed:>3}  {text or '(nothing)'}" for seed, text in pairs)
        samples = Text(f"At step {drawn.iteration:,}", texts)
        self.query_one("#samples", FigureView).draw(samples, (0, len(drawn.seeds) - 1))
        self.query_one("#letters", FigureView).draw(_letters(drawn))

    def action_draw(self) -> None:
        """One more, with the next seed."""
        self._seeds = (*self._seeds, self._seeds[-1] + 1)[-MOST:]
        self._draw()

    def action_reseed(self, by: int) -> None:
        """The last one again, with another seed."""
        self._seeds = (*self._seeds[:-1], max(self._seeds[-1] + by, 1))
        self._draw()

    def action_warm(self, by: int) -> None:
        """All of them again, at another temperature."""
        self._temperature = float(TEMPERATURE.turn(self._temperature, by))
        self._draw()

    def action_toggle_run(self) -> None:
        """Run or pause the training."""
        self.run.action_toggle_run()

    def action_one_step(self) -> None:
        """One training step; what is made up then follows."""
        self.run.action_one_step()


def _letters(drawn: Sampled) -> Table | Text:
    """How the last sample came about: a row a letter."""
    title = f"Seed {drawn.seeds[-1]}, letter by letter"
    if not drawn.letters:
        return Text(title, ("There are no odds to show.",))
    rows = []
    text = ""
    for letter in drawn.letters:
        likeliest = "  ".join(f"{other} {100 * chance:.0f}" for other, chance in letter.likeliest)
        after = text if len(text) <= CONTEXT else f"…{text[1 - CONTEXT :]}"
        rows.append((after or "start", f"{letter.luck:.2f}", letter.letter, percent(letter.chance), likeliest))
        text += letter.letter
    return Table(title, ("after", "luck", "drawn", "odds", "likeliest, %"), tuple(rows))
