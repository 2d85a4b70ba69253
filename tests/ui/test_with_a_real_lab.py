"""The app on the real lab: `minibatches` trains in a process of its own while the screen follows."""

import pytest

from tests.ui.screen import settled, shown, until
from tutor.course.catalog import Catalog
from tutor.learner.record import Record
from tutor.paths import lessons_dir
from tutor.ui.app import TutorApp
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.figure_view import FigureView
from tutor.ui.widgets.knob_panel import KnobPanel

pytestmark = pytest.mark.slow


@pytest.fixture
def app():
    catalog = Catalog.find([lessons_dir()])
    return TutorApp(catalog, Record(None), catalog.get("minibatches"))


async def ready(pilot):
    """Wait for the lab: importing torch takes seconds, more of them on a busy machine."""
    await until(lambda: isinstance(pilot.app.screen, LessonScreen), pilot)
    await until(lambda: pilot.app.screen.session.frame, pilot, rounds=10_000)
    await settled(pilot)


async def test_a_run_goes_on_until_it_is_paused(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        session = app.screen.session
        assert session.frame.iteration == 0
        await pilot.press("space")
        await until(lambda: session.frame.iteration > 200, pilot)
        first = session.frame.iteration
        await until(lambda: session.frame.iteration > first + 200, pilot)
        assert session.frame.loss is not None
        await pilot.press("space")
        await until(lambda: session.caught_up and not session.frame.running, pilot)
        await settled(pilot)
        stopped = session.frame.iteration
        session.look()
        await until(lambda: session.caught_up, pilot)
        assert session.frame.iteration == stopped
        assert f"step {stopped:,} " in shown(pilot, "#status")
        drawn = [view.figure.title for view in app.screen.query(FigureView) if view.region.area]
        assert drawn == [figure.title for figure in session.frame.figures.values()]


async def test_a_knob_that_rebuilds_starts_the_run_again(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        session, panel = app.screen.session, app.screen.query_one(KnobPanel)
        await pilot.press("s", "s")
        await until(lambda: session.frame.iteration == 2, pilot)
        place = next(index for index, knob in enumerate(panel.knobs) if not knob.live)
        name, before = panel.knobs[place].name, panel.values[panel.knobs[place].name]
        await pilot.press("tab", *["down"] * place, "right")
        await until(lambda: session.caught_up and session.frame.knobs[name] != before, pilot)
        assert session.frame.iteration == 0
        assert panel.values == session.frame.knobs


async def test_the_lab_is_gone_when_the_app_is(app):
    async with app.run_test() as pilot:
        await ready(pilot)
        process = app.screen.session._lab._process
        await pilot.press("space", "q")
    assert process.returncode is not None
