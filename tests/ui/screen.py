"""What a test sees of the screen, and how it waits for it."""

from contextlib import asynccontextmanager

from tests.figures.drawn import plain
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.lines import Lines

PATIENCE = 500
"""Rounds of the app's messages after which something that hasn't happened never will."""


async def until(happened, pilot, rounds=PATIENCE):
    """Let the app work until `happened()`."""
    for _ in range(rounds):
        if happened():
            return
        await pilot.pause(0.01)
    raise AssertionError(f"waited in vain; on screen:\n{chr(10).join(painted(pilot))}")


def shown(pilot, selector):
    """The text of a widget of ours as one string, or nothing if it is not on screen."""
    widgets = pilot.app.screen.query(selector).results(Lines)
    return "\n".join("\n".join(plain(widget.lines)) for widget in widgets if widget.region.area)


async def reads(pilot, selector, text):
    """Wait until `text` stands in a widget of ours that is on screen."""
    await until(lambda: text in shown(pilot, selector), pilot)


def painted(pilot):
    """All of the screen as the terminal would show it, line by line."""
    screen = pilot.app.screen
    return ["".join(segment.text for segment in strip) for strip in screen._compositor.render_strips()]


@asynccontextmanager
async def opened(app, size=(80, 24)):
    """The app on a lesson whose lab is up and heard; what was sent for that is forgotten."""
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        app.lab.commands.clear()
        yield pilot


async def settled(pilot):
    """Wait until the lab has heard all that was sent, and the app has handled what came back."""
    app = pilot.app
    await until(lambda: isinstance(app.screen, LessonScreen) and app.screen.session.caught_up, pilot)
    await pilot.pause()
    await until(lambda: app.screen.session.caught_up, pilot)
