"""Make the README's picture: `python tests/screenshot.py` trains `minibatches` in the app and writes screenshot.svg."""

import asyncio
import os
import tempfile
from pathlib import Path

from tutor.course.catalog import Catalog
from tutor.learner.record import Record
from tutor.paths import lessons_dir
from tutor.ui.app import TutorApp
from tutor.ui.screens.lesson import LessonScreen

STEPS = 12_000
TARGET = Path(__file__).parent.parent / "screenshot.svg"


async def main() -> None:
    lesson = Catalog.find([lessons_dir()]).get("minibatches")
    app = TutorApp(Catalog.find([lessons_dir()]), Record(None), lesson)
    async with app.run_test(size=(120, 40)) as pilot:
        while not isinstance(screen := app.screen, LessonScreen) or screen.session.frame is None:
            await pilot.pause(0.1)
        await pilot.press("space")
        while screen.session.frame.iteration < STEPS:
            await pilot.pause(0.1)
        await pilot.press("space")
        while screen.session.frame.running or not screen.session.caught_up:
            await pilot.pause(0.1)
        await pilot.pause(0.5)
        TARGET.write_text(app.export_screenshot(title="tutor minibatches"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["TUTOR_HOME"] = home
        asyncio.run(main())
