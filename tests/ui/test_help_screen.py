"""The two screens that lie over a lesson: the keys, and the code."""

import pytest

from tests.figures.drawn import plain
from tests.ui.screen import opened, until
from tutor.ui.keys import LESSON
from tutor.ui.screens.code import CodeScreen
from tutor.ui.screens.help import HelpScreen
from tutor.ui.widgets.lines import Lines

every_size = pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)
CODE = '''\
class Lab(Experiment):
    """A net that is described in a sentence too long for any terminal: it goes on, and on, and then on to the end."""

    def step(self):
        loss = F.cross_entropy(self.model(self.rng.choice(self.data, size=self.k.batch)), self.labels)  # a long one
        return loss
'''


async def over(pilot, screen):
    """The lines that the screen shows over the lesson, once it is up."""
    await until(lambda: isinstance(pilot.app.screen, screen), pilot)
    widget = pilot.app.screen.query_one(Lines)
    await until(lambda: widget.size.width, pilot)
    return widget


@every_size
async def test_no_word_about_a_key_is_cut_off(app_at, size):
    async with opened(app_at(), size) as pilot:
        await pilot.press("question_mark")
        widget = await over(pilot, HelpScreen)
        shown = plain(widget.lines)
        assert max(map(len, shown)) <= widget.size.width
        text = " ".join(" ".join(shown).split())
        for action in LESSON:
            if action.says:
                assert f"{action.cap} {action.says}" in text


async def test_arrows_scroll_the_help_and_other_keys_close_it(app_at):
    async with opened(app_at(), (40, 12)) as pilot:
        await pilot.press("question_mark")
        widget = await over(pilot, HelpScreen)
        await pilot.press("down", "down")
        await until(lambda: widget.parent.scroll_offset.y > 0, pilot)
        await pilot.press("space")
        assert not isinstance(pilot.app.screen, HelpScreen)
        assert pilot.app.lab.commands == []


@every_size
async def test_no_part_of_the_code_is_cut_off(app_at, size, tmp_path):
    (tmp_path / "lab.py").write_text(CODE)
    async with opened(app_at(path=tmp_path), size) as pilot:
        await pilot.press("c")
        widget = await over(pilot, CodeScreen)
        shown = plain(widget.lines)
        assert max(map(len, shown)) <= widget.size.width
        assert "".join("".join(shown).split()) == "".join(CODE.split())
