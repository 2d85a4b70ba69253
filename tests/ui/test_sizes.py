"""Every screen at every size, and resized in storms while the lab runs: no fault, and the right picture afterwards."""

import random

import pytest
from textual.command import CommandPalette

from tests.course.made import bug, choice, lesson, step
from tests.ui.conftest import AppOnFakeLabs
from tests.ui.fake_lab import FIGURES, FakeLab
from tests.ui.screen import opened, painted, settled, shown, until
from tutor.course.catalog import Catalog
from tutor.learner.record import Record
from tutor.ui.screens.code import CodeScreen
from tutor.ui.screens.find_rate import FindRateScreen
from tutor.ui.screens.help import HelpScreen
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.phases import PhasesScreen
from tutor.ui.screens.sampling import SamplingScreen
from tutor.ui.screens.seeds import SeedsScreen
from tutor.ui.screens.zoom import ZoomScreen

LONG = "\n\n".join(f"Paragraph {number} of a text that no terminal shows at once." for number in range(60))
SCREENS = {
    "lesson": ((), LessonScreen),
    "goal": (("right_square_bracket",), LessonScreen),
    "help": (("question_mark",), HelpScreen),
    "code": (("c",), CodeScreen),
    "zoom": (("z",), ZoomScreen),
    "phases": (("S",), PhasesScreen),
    "sampling": (("g",), SamplingScreen),
    "find a rate": (("F",), FindRateScreen),
    "is it noise": (("n",), SeedsScreen),
    "palette": (("ctrl+p",), CommandPalette),
    "home": (("escape",), HomeScreen),
}
FAST = ("lesson", "zoom", "phases", "palette")
every_screen = pytest.mark.parametrize(
    ("keys", "kind"),
    [
        pytest.param(*screen, id=name, marks=[] if name in FAST else pytest.mark.slow)
        for name, screen in SCREENS.items()
    ],
)


@pytest.fixture
def make(tmp_path):
    """Makes apps that are all the same."""
    questions = [choice(), bug()]
    pages = (step("one", *questions, figures=tuple(FIGURES), text=LONG), step("two", goal=("val < 2.60",), text=LONG))
    (tmp_path / "lab.py").write_text("\n".join(f"line {number}" for number in range(1, 201)))

    def new():
        record = Record(None)
        record.sitting = "the same"
        return AppOnFakeLabs(Catalog({}), record, lesson(pages, questions, path=tmp_path), make=FakeLab)

    return new


async def resize(pilot, size):
    """Have the terminal another size, and all that follows from that."""
    await pilot.resize_terminal(*size)
    await until(lambda: pilot.app.screen.size == size, pilot)


async def open_screen(pilot, keys, kind):
    await pilot.press(*keys)
    await until(lambda: isinstance(pilot.app.screen, kind), pilot)
    await pilot.pause()


async def still(pilot):
    """The screen, once it doesn't change any more."""
    before, now = [], painted(pilot)
    while now != before:
        await pilot.pause(0.03)
        before, now = now, painted(pilot)
    return now


@every_screen
async def test_resized_to_any_size_it_looks_as_if_opened_there(make, keys, kind):
    fresh = {}
    for size in ((40, 12), (120, 40)):
        async with opened(make(), size) as pilot:
            await open_screen(pilot, keys, kind)
            fresh[size] = await still(pilot)
    async with opened(make(), (80, 24)) as pilot:
        await open_screen(pilot, keys, kind)
        for size in ((300, 100), (40, 12), (200, 60), (20, 5), (120, 40)):
            await resize(pilot, size)
            if size in fresh:
                await until(lambda size=size: painted(pilot) == fresh[size], pilot)


@pytest.mark.parametrize("seed", range(2))
async def test_a_storm_of_sizes_while_it_runs(make, seed):
    chance = random.Random(seed)
    async with opened(make(), (80, 24)) as pilot:
        page = pilot.app.screen
        await pilot.press("space")
        for _ in range(20):
            await pilot.resize_terminal(*chance.choice([(20, 5), (39, 11), (300, 100), (chance.randint(1, 160), 30)]))
            page.session.look()
            if chance.random() < 0.3:
                await pilot.press(chance.choice(["tab", "v", "z", "t", "question_mark"]))
        while not isinstance(pilot.app.screen, LessonScreen):
            await pilot.press("escape")
        await resize(pilot, (120, 40))
        await pilot.press("space")
        await settled(pilot)
        frame = page.session.frame
        await until(lambda: f"step {frame.iteration:,}" in shown(pilot, "#status"), pilot)
        assert not frame.running
        assert all(len(line) == 120 for line in await still(pilot))


@pytest.mark.parametrize("size", [(40, 12), (300, 100)], ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize(
    ("keys", "kind", "last"), [((), LessonScreen, "Paragraph 59"), (("c",), CodeScreen, "line 200")]
)
async def test_what_is_longer_than_the_screen_is_reached_by_key(make, size, keys, kind, last):
    async with opened(make(), size) as pilot:
        await open_screen(pilot, keys, kind)
        for _ in range(100):
            if any(last in line for line in painted(pilot)):
                break
            await pilot.press("pagedown")
            await pilot.pause()
        assert any(last in line for line in painted(pilot))
