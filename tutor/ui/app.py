"""The app: it holds what all screens share, and starts labs."""

import gc
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from tutor.course.catalog import Catalog
from tutor.errors import TutorError
from tutor.learner.home import state_dir
from tutor.learner.record import Record
from tutor.learner.trust import EVERYONE, Trust
from tutor.roles import Glyphs
from tutor.settings import keep_theme
from tutor.ui.ascii import Ascii
from tutor.ui.colours import Palette, legible_variables
from tutor.ui.keymap import checked
from tutor.ui.narrow import NarrowScreen, NarrowUpdate
from tutor.ui.one_key import OneKeyAtATime
from tutor.ui.prose import spell_in_ascii
from tutor.ui.shown import Shown
from tutor.ui.wire import Wire, with_wire

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.command import CommandPalette, Provider
    from textual.driver import Driver
    from textual.events import CursorPosition
    from textual.filter import LineFilter
    from textual.screen import Screen

    from tutor.course.lesson import Lesson
    from tutor.course.review import Round
    from tutor.link.client import LabProcess


AFTER_THE_FIRST_PAINT = 0.05
"""Seconds after which work may begin that the first paint doesn't need; Textual paints up to three ticks late."""

SHARE = 0.25
"""The part of its time that the app spends on frames, at most: a slow machine draws fewer of them."""


def _palette() -> "type[Provider]":
    from tutor.ui.palette import Offers

    return Offers


class TutorApp(OneKeyAtATime):
    """A course of lessons, and the learner's record of it."""

    TITLE = "tutor"
    COMMANDS = {_palette}
    BINDINGS = [Binding("ctrl+l", "repaint", show=False, priority=True)]
    CSS = """
    Screen { layers: base overlay; }
    * { scrollbar-size-vertical: 1; }
    CommandPalette > Vertical { margin-top: 1; }
    CommandPalette SearchIcon { display: none; }
    CommandPalette CommandInput, CommandPalette CommandInput:focus { padding-left: 1; }
    """

    def __init__(
        self,
        catalog: Catalog,
        record: Record,
        lesson: "Lesson | None" = None,
        seed: int = 42,
        names_file: str = "",
        notice: str = "",
        glyphs: Glyphs = "braille",
        fps: float | None = None,
        theme: str = "",
        keys: Mapping[str, str] = {},
        settings_file: Path | None = None,
        trust: Trust = EVERYONE,
        reviews_a_day: int = 20,
        review: bool = False,
    ) -> None:
        """Open `lesson` at once, or else the list of lessons; `notice` is shown when the first screen is up.

        `keys` are the learner's own, by the ids of actions. A theme that is chosen is kept in `settings_file`. `trust`
        says whose lessons may run unasked. `review` opens the day's reviews at once, of which there are at most
        `reviews_a_day`.
        """
        self.wire = Wire()
        self.shown = Shown()
        self._framed_at = self._framed_after = 0.0
        # Textual chooses its filter here: without the terminal's own colours it would send greys under NO_COLOR.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.catalog = catalog
        self.record = record
        self.trust = trust
        self.seed = seed
        self.names_file = names_file
        self.keys, wrong = checked(keys)
        self.set_keymap(self.keys)
        self.notice = " ".join(filter(None, (notice, wrong)))
        self.glyphs: Glyphs = glyphs
        spell_in_ascii(glyphs == "ascii")
        self.fps = fps or (2.0 if "SSH_CONNECTION" in os.environ else 4.0)
        self.reviews_a_day = reviews_a_day
        self._lesson = lesson
        self._review = review
        self._settings_file = settings_file
        self._spare: LabProcess | None = None
        if theme and not self.no_color:
            self.theme = theme
        elif self.no_color or self.console.color_system == "standard":
            # Of 16 colours, only the terminal's own are sure to be legible on it.
            self.theme = "ansi-dark"
        self.animation_level = "none"
        self.palette = self._theme_palette()

    async def on_event(self, event: events.Event) -> None:
        """A key or a click is answered at once; it comes by twice, unless a widget takes it for itself."""
        if isinstance(event, events.Resize):
            self.shown.forget()
        # A screen that it opens is new, and paints itself.
        screen = self.screen if isinstance(event, events.Key | events.MouseDown | events.MouseUp) else None
        again = event.is_forwarded
        await super().on_event(event)
        if isinstance(screen, NarrowScreen):
            screen.hurry(last=again)

    def action_repaint(self) -> None:
        """Send all of the screen again."""
        self.shown.forget()
        self.screen.refresh()

    def _display(self, screen: "Screen[object]", renderable: "RenderableType | None") -> None:
        # The palette and whatever else is Textual's own doesn't tell what it paints.
        if renderable is not None and not isinstance(renderable, NarrowUpdate):
            self.shown.forget()
        super()._display(screen, renderable)

    @property
    def log_file(self) -> Path:
        """Where the lab's output goes."""
        return state_dir() / "lab.log"

    def compose(self) -> ComposeResult:
        """The lesson's title, there at once, while its screen is being made."""
        if self._lesson is not None:
            yield Static(f" {self._lesson.order} · {self._lesson.title}")

    def on_mount(self) -> None:
        """Show the first screen."""
        self.palette = self._theme_palette()
        self.theme_changed_signal.subscribe(self, self._repaint)
        if self._lesson is None:
            self._show_first_screen()
        else:
            self.set_timer(AFTER_THE_FIRST_PAINT / 2, self._show_first_screen)

    def _show_first_screen(self) -> None:
        if self._lesson is None:
            self.show_home()
            if self._review:
                self.open_review()
        else:
            self.open_lesson(self._lesson)

    def open_review(self) -> str:
        """Ask what is to be reviewed now; if that is nothing, a sentence why."""
        from tutor.course.review import Round, waiting, why_none

        lessons = self.catalog.lessons
        items = waiting(lessons, self.record, self.reviews_a_day)
        if not items:
            return why_none(lessons, self.record, self.reviews_a_day)
        self.open_round(Round(items, self.record))
        return ""

    def open_round(self, round: "Round") -> None:
        """Ask the questions of `round`."""
        from tutor.ui.screens.review import ReviewScreen

        self.push_screen(ReviewScreen(round))

    def show_home(self) -> None:
        """Go to the list of lessons."""
        from tutor.ui.screens.home import HomeScreen

        if any(isinstance(screen, HomeScreen) for screen in self.screen_stack):
            self.pop_screen()
        elif len(self.screen_stack) > 1:
            self.switch_screen(HomeScreen())
        else:
            self.push_screen(HomeScreen())

    def open_lesson(self, lesson: "Lesson") -> None:
        """Go to `lesson`; a stranger's asks first whether its code may run."""
        if not self.trust.covers(lesson.path):
            from tutor.ui.screens.consent import ConsentScreen

            self.push_screen(ConsentScreen(lesson))
            return
        from tutor.ui.screens.lesson import LessonScreen

        self.push_screen(LessonScreen(lesson))

    def open_page(self, lesson: "Lesson", step: str) -> None:
        """Go to one page of `lesson`."""
        self.record.remember_place(lesson.id, step)
        self.open_lesson(lesson)

    def get_driver_class(self) -> "type[Driver]":
        """Textual's own for this platform, with the wire watched."""
        return with_wire(super().get_driver_class(), self.wire, self.shown.forget)

    def all_is_loaded(self) -> None:
        """A lesson is up: of what is there now little ever goes, and each search of it for garbage takes 50 ms."""
        if not gc.get_freeze_count():
            gc.freeze()

    def on_cursor_position(self, _event: "CursorPosition") -> None:
        """The terminal has painted what it was sent."""
        self.wire.answered()

    def frame_due(self) -> bool:
        """Whether the line and this process keep up, so that a frame may be asked for."""
        now, used = time.monotonic(), time.thread_time()
        if not self.wire.open or used - self._framed_after > SHARE * (now - self._framed_at):
            return False
        self._framed_at, self._framed_after = now, used
        return True

    def get_css_variables(self) -> dict[str, str]:
        """The theme's, where all can be read."""
        return legible_variables(super().get_css_variables())

    def get_line_filters(self) -> "Sequence[LineFilter]":
        """Textual's own, and the one that makes all of it ASCII where that is wanted."""
        filters = super().get_line_filters()
        return [*filters, Ascii()] if self.glyphs == "ascii" else filters

    def choose_theme(self, name: str) -> None:
        """Use the theme called `name`, now and in later sessions."""
        self.theme = name
        if self._settings_file is not None:
            try:
                keep_theme(self._settings_file, name)
            except TutorError as error:
                self.notify(str(error), severity="warning")

    def on_command_palette_opened(self, _event: "CommandPalette.Opened") -> None:
        """No cursor blinks in it: an idle screen sends nothing."""
        self.screen.query_one(Input).cursor_blink = False

    async def a_lab(self) -> "LabProcess":
        """A lab process, already warm if one was waiting."""
        from tutor.link.client import LabProcess

        spare, self._spare = self._spare, None
        return spare if spare is not None else await LabProcess.start(self.log_file)

    async def warm_a_lab(self) -> None:
        """Have a lab import torch while the learner reads the list."""
        from tutor.link.client import LabProcess

        if self._spare is None:
            self._spare = await LabProcess.start(self.log_file)

    async def on_unmount(self) -> None:
        """Leave no process behind."""
        if self._spare is not None:
            await self._spare.close()

    def _theme_palette(self) -> Palette:
        return Palette(self.theme_variables, self.native_ansi_color, self.console.color_system == "256")

    def _repaint(self, _theme: object) -> None:
        self.palette = self._theme_palette()
        for screen in self.screen_stack:
            # What was painted since the style sheet changed has the old palette's colours.
            for widget in screen.walk_children():
                widget.notify_style_update()
                widget.refresh()
