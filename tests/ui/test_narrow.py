"""What is sent for a change, painted over what was there, is what painting everything anew would give."""

import asyncio
import random

import pyte
from textual import events
from textual.app import App
from textual.containers import Horizontal

from tests.ui.conftest import AppOnFakeLabs
from tests.ui.screen import PATIENCE, until
from tutor.course.catalog import Catalog
from tutor.learner.record import Record
from tutor.ui.colours import Palette
from tutor.ui.narrow import NarrowCompositor, NarrowScreen
from tutor.ui.shown import Shown
from tutor.ui.widgets.lines import Lines

SIZE = 40, 8
ROLES = ("text", "bad", "s1", "h7/h7", "text/h3")


class TwoColumns(App):
    """Lines beside lines, so that a change may begin in the middle of the screen."""

    CSS = "Lines { width: 1fr; height: 8; padding: 0 1; }"

    def __init__(self):
        super().__init__()
        self.palette = Palette(self.get_css_variables(), ansi=False)
        self.updates = []

    def compose(self):
        with Horizontal():
            yield Lines(id="left")
            yield Lines(id="right")

    def on_mount(self):
        self.screen._compositor = NarrowCompositor(Shown())

    def _display(self, screen, renderable):
        if renderable is not None:
            self.updates.append(renderable.render_segments(self.console))


def line(chance):
    """A few words in different roles, with gaps."""
    return tuple(
        (chance.choice(("ab", "x", "  ", "      ", "⠤⠒", "lorem ")), chance.choice(ROLES))
        for _ in range(chance.randrange(8))
    )


def cells(screen):
    """All that can be seen: a blank's own colour can't."""
    return [
        (cell.data, None if cell.data == " " else cell.fg, cell.bg)
        for row in range(screen.lines)
        for cell in (screen.buffer[row][column] for column in range(screen.columns))
    ]


async def test_the_screen_is_the_same_and_less_is_sent():
    chance = random.Random(3)
    app = TwoColumns()
    async with app.run_test(size=SIZE) as pilot:
        terminal = pyte.Screen(*SIZE)
        stream = pyte.Stream(terminal)
        stream.feed(app.screen._compositor.render_update(full=True).render_segments(app.console))
        shown = {name: [line(chance) for _ in range(8)] for name in ("left", "right")}
        for _ in range(40):
            for name, lines in shown.items():
                if chance.random() < 0.7:
                    lines[chance.randrange(8)] = line(chance)
                    app.query_one(f"#{name}", Lines).show(lines)
            await pilot.pause()
            for update in app.updates:
                stream.feed(update)
            app.updates.clear()
            anew = pyte.Screen(*SIZE)
            pyte.Stream(anew).feed(app.screen._compositor.render_update(full=True).render_segments(app.console))
            assert cells(terminal) == cells(anew)


async def test_a_change_of_one_letter_sends_less_than_its_line():
    app = TwoColumns()
    async with app.run_test(size=SIZE) as pilot:
        left = app.query_one("#left", Lines)
        left.show([(("abcdefghijkl", "text"),)])
        await pilot.pause()
        app.updates.clear()
        left.show([(("abcdefghijkL", "text"),)])
        await pilot.pause()
        (update,) = app.updates
        assert "L" in update
        assert "k" not in update


class Page(NarrowScreen):
    """One line, which a key changes."""

    BINDINGS = [("x", "change", "change it")]

    def compose(self):
        yield Lines([(("before", "text"),)])

    def action_change(self):
        self.query_one(Lines).show([(("after!", "text"),)])


class OnePage(AppOnFakeLabs):
    """Keeps what its page paints."""

    def __init__(self):
        super().__init__(Catalog({}), Record(None), None)
        self.updates = []

    def _display(self, screen, renderable):
        if renderable is not None and isinstance(screen, Page):
            self.updates.append(renderable.render_segments(self.console))


async def test_a_screen_is_painted_once_to_open():
    app = OnePage()
    async with app.run_test(size=SIZE) as pilot:
        await app.push_screen(Page())
        await until(lambda: app.updates, pilot)
        await pilot.pause(0.1)
        assert sum("before" in update for update in app.updates) == 1


async def test_what_a_key_changes_doesnt_wait_for_the_next_tick(monkeypatch):
    app = OnePage()
    async with app.run_test(size=SIZE) as pilot:
        await app.push_screen(Page())
        await until(lambda: app.updates, pilot)
        await pilot.pause(0.1)
        app.updates.clear()
        with monkeypatch.context() as no_ticks:
            no_ticks.setattr(app.screen._update_timer, "resume", lambda: None)
            app.post_message(events.Key("x", "x"))
            rounds = 0
            while not any("after!" in update for update in app.updates):
                rounds += 1
                assert rounds < PATIENCE, "it waits for a tick"
                await asyncio.sleep(0)  # other tasks' turn, and no time
