"""Before a stranger's lesson runs: it says what that means, and nothing runs until the learner agrees."""

import pytest

from tests.course.made import lesson, step
from tests.ui.conftest import AppOnFakeLabs
from tests.ui.screen import shown, until
from tutor.course.catalog import Catalog
from tutor.learner.record import Record
from tutor.learner.trust import Trust
from tutor.ui.screens.code import CodeScreen
from tutor.ui.screens.consent import ConsentScreen
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.lesson import LessonScreen


@pytest.fixture
def stranger(tmp_path):
    """The app, opening a lesson that isn't ours."""
    folder = tmp_path / "theirs" / "strange"
    folder.mkdir(parents=True)
    (folder / "lab.py").write_text("print('mischief')\n", encoding="utf-8")
    made = lesson([step("one")], path=folder)
    return AppOnFakeLabs(Catalog({}), Record(None), made, trust=Trust(tmp_path / "home" / "trusted.txt"))


async def on(pilot, screen):
    await until(lambda: isinstance(pilot.app.screen, screen), pilot)
    await pilot.pause()


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)
async def test_it_names_the_folder_and_starts_no_lab(stranger, size, tmp_path):
    async with stranger.run_test(size=size) as pilot:
        await on(pilot, ConsentScreen)
        await until(lambda: shown(pilot, "_Question"), pilot)
        said = "".join(shown(pilot, "_Question").split())
        assert f"thePythoncodein{tmp_path}/theirs/strange/," in said
        assert stranger.labs == []


async def test_yes_opens_it_and_is_remembered(stranger, tmp_path):
    async with stranger.run_test() as pilot:
        await on(pilot, ConsentScreen)
        await pilot.press("y")
        await on(pilot, LessonScreen)
        assert len(stranger.labs) == 1
        assert not any(isinstance(screen, ConsentScreen) for screen in stranger.screen_stack)
    assert Trust(tmp_path / "home" / "trusted.txt").covers(tmp_path / "theirs" / "strange")


@pytest.mark.parametrize("key", ["n", "escape"])
async def test_no_leads_to_the_list(stranger, tmp_path, key):
    async with stranger.run_test() as pilot:
        await on(pilot, ConsentScreen)
        await pilot.press(key)
        await on(pilot, HomeScreen)
        assert stranger.labs == []
    assert not (tmp_path / "home" / "trusted.txt").exists()


async def test_the_code_can_be_read_first(stranger):
    async with stranger.run_test() as pilot:
        await on(pilot, ConsentScreen)
        await pilot.press("c")
        await on(pilot, CodeScreen)
        assert "mischief" in shown(pilot, "_Code")
        await pilot.press("escape")
        await on(pilot, ConsentScreen)
