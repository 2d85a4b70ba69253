"""The lesson screen as a whole: its panes and figures, its comings and goings, and a lab that fails."""

import pytest

from tests.course.made import choice, step
from tests.ui.fake_lab import FIGURES, READY, FakeLab
from tests.ui.screen import opened, painted, reads, settled, shown, until
from tutor.figures import Text
from tutor.link.messages import FigureName, Open, Restart, Run, Trouble, Turn, View
from tutor.ui.screens.code import CodeScreen
from tutor.ui.screens.help import HelpScreen
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.figure_view import FigureView
from tutor.ui.widgets.knob_panel import KnobPanel

TOO_SMALL = "This terminal is"
every_size = pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)


def many_figures():
    figures = {f"f{number}": Text(f"figure {number}", ("words",)) for number in range(6)}
    ready = READY.__class__("", True, READY.knobs, (), tuple(FigureName(name, name) for name in figures))
    return FakeLab(ready=ready, figures=figures)


def titles(pilot):
    """The titles of the figures on screen, from top to bottom."""
    return [view.figure.title for view in pilot.app.screen.query(FigureView) if view.region.area]


# Layout


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)
async def test_text_figures_and_knobs_are_side_by_side(app_at, size):
    async with opened(app_at(), size) as pilot:
        await until(lambda: titles(pilot) == ["loss", "samples"], pilot)
        screen = "\n".join(painted(pilot))
        for text in ("3 · A tiny lesson", "Words.", "emma", "lr 0.1", "step 0", "? help"):
            assert text in screen


async def test_a_narrow_screen_shows_one_pane_at_a_time(app_at):
    async with opened(app_at(), (40, 12)) as pilot:
        for text, others in (("Words.", ("lr 0.1", "loss")), ("lr 0.1", ("Words.",)), ("train 2.4", ("lr 0.1",))):
            await until(lambda text=text: text in "\n".join(painted(pilot)), pilot)
            assert not any(other in "\n".join(painted(pilot)[1:-2]) for other in others)
            await pilot.press("tab")
        await until(lambda: "Words." in "\n".join(painted(pilot)), pilot)


async def test_figures_that_are_not_on_screen_are_not_asked_for(app_at):
    async with opened(app_at(), (40, 12)) as pilot:
        assert pilot.app.lab.got(View) == []
        await pilot.press("tab", "tab")
        await until(lambda: pilot.app.lab.got(View), pilot)
        assert pilot.app.lab.got(View)[-1].figures == ("loss",)


@pytest.mark.parametrize("size", [(39, 24), (80, 11), (20, 5)], ids="{0[0]}x{0[1]}".format)
async def test_a_tiny_terminal_says_so_in_one_line(app_at, size):
    app = app_at()
    async with app.run_test(size=size) as pilot:
        await until(lambda: TOO_SMALL in "\n".join(painted(pilot)), pilot)
        assert "Words." not in "\n".join(painted(pilot))


async def test_the_screen_recovers_when_the_terminal_grows_again(app_at):
    async with opened(app_at()) as pilot:
        for width, height in ((38, 10), (80, 24), (60, 11), (40, 12), (20, 4), (120, 40)):
            await pilot.resize_terminal(width, height)
            tiny = width < 40 or height < 12
            await until(lambda tiny=tiny: (TOO_SMALL in "\n".join(painted(pilot))) is tiny, pilot)
            await until(lambda tiny=tiny: ("Words." in "\n".join(painted(pilot))) is not tiny, pilot)


@every_size
async def test_no_line_is_painted_beyond_the_screen(app_at, size):
    async with opened(app_at(step("one", choice()), questions=[choice()]), size) as pilot:
        assert [len(line) for line in painted(pilot)] == [size[0]] * size[1]


# Figures


async def test_a_page_names_its_figures(app_at):
    async with opened(app_at(step("one", figures=("samples",)), step("two", figures=("loss", "samples")))) as pilot:
        await until(lambda: titles(pilot) == ["samples"], pilot)
        await pilot.press("right_square_bracket")
        await until(lambda: titles(pilot) == ["loss", "samples"], pilot)


async def test_figures_that_do_not_fit_are_a_key_away(app_at):
    async with opened(app_at(make=many_figures)) as pilot:
        seen = []
        for _ in range(3):
            await until(lambda: titles(pilot) and titles(pilot) not in seen and "" not in titles(pilot), pilot)
            seen.append(titles(pilot))
            assert "of 6 · v: more" in shown(pilot, "#pages")
            await pilot.press("v")
        assert [title for page in seen for title in page] == [f"figure {number}" for number in range(6)]
        await until(lambda: titles(pilot) == seen[0], pilot)


async def test_t_tells_the_figures_in_words_and_shows_them_again(app_at):
    async with opened(app_at()) as pilot:
        view = pilot.app.screen.query_one("#figure-0", FigureView)
        await until(lambda: view.figure == FIGURES["loss"], pilot)
        await pilot.press("t")
        await until(lambda: view.figure == Text("loss", (FIGURES["loss"].describe(),)), pilot)
        await pilot.press("t")
        await until(lambda: view.figure == FIGURES["loss"], pilot)


# Other screens


async def test_the_help_screen_tells_the_keys_and_any_key_closes_it(app_at):
    async with opened(app_at(), (120, 40)) as pilot:
        await pilot.press("question_mark")
        await until(lambda: isinstance(pilot.app.screen, HelpScreen), pilot)
        await until(lambda: "take one training step" in "\n".join(painted(pilot)), pilot)
        await pilot.press("down")
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.press("s")
        assert isinstance(pilot.app.screen, LessonScreen)
        assert pilot.app.lab.commands == []


async def test_the_code_is_shown_and_left_again(app_at, tmp_path):
    (tmp_path / "lab.py").write_text("class Lab(Experiment):\n    gain = 5 / 3  # tanh's\n")
    async with opened(app_at(path=tmp_path)) as pilot:
        await pilot.press("c")
        await until(lambda: isinstance(pilot.app.screen, CodeScreen), pilot)
        await until(lambda: "    gain = 5 / 3  # tanh's" in "\n".join(painted(pilot)), pilot)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, LessonScreen)


async def test_code_that_cannot_be_read_is_said(app_at):
    async with opened(app_at()) as pilot:
        await pilot.press("c")
        await reads(pilot, "#notice", "can't be read")


async def test_escape_goes_to_the_list_and_ends_the_lab(app_at):
    async with opened(app_at()) as pilot:
        await pilot.press("escape")
        await until(lambda: isinstance(pilot.app.screen, HomeScreen), pilot)
        await until(lambda: pilot.app.lab.closed, pilot)


async def test_escape_goes_from_the_knobs_to_the_text_first(app_at):
    async with opened(app_at()) as pilot:
        await pilot.press("tab", "escape")
        assert pilot.app.screen.query_one("#reading").has_focus
        await pilot.press("escape")
        await until(lambda: isinstance(pilot.app.screen, HomeScreen), pilot)


async def test_q_quits_and_ends_the_lab(app_at):
    async with opened(app_at()) as pilot:
        app = pilot.app
        await pilot.press("space", "q")
        assert app.return_code == 0
    assert app.lab.closed


# Trouble


async def test_a_lessons_error_is_shown_with_its_place_and_the_app_lives_on(app_at):
    trouble = Trouble("ZeroDivisionError: division by zero", "lab.py, line 7", "Traceback …")
    async with opened(app_at(step("one"), step("two"))) as pilot:
        pilot.app.lab.say(trouble)
        await reads(pilot, "#notice", "lab.py, line 7: ZeroDivisionError: division by zero")
        await pilot.press("right_square_bracket")
        await reads(pilot, "#text", "Two")
        await pilot.press("r")
        await settled(pilot)
        assert pilot.app.lab.got(Restart) == [Restart(42)]
        assert shown(pilot, "#notice") == ""


async def test_settings_of_a_page_turned_before_the_lab_was_up_are_made_all_the_same(app_at):
    lab = FakeLab()
    lab.mute = True
    pages = (step("one"), step("two", set={"batch": 1}), step("three"))
    app = app_at(*pages, make=lambda: lab)
    async with app.run_test() as pilot:
        for title in ("Two", "Three"):
            await until(lambda: isinstance(app.screen, LessonScreen), pilot)
            await pilot.press("right_square_bracket")
            await reads(pilot, "#text", title)
        await until(lambda: app.labs and lab.sent, pilot)
        assert lab.got(Turn) == []
        lab.mute = False
        lab.answer()
        await until(lambda: lab.got(Turn), pilot)
        assert [turn.values["batch"] for turn in lab.got(Turn)] == [1]
        await pilot.press("left_square_bracket")
        await settled(pilot)
        assert len(lab.got(Turn)) == 1


async def test_a_lesson_that_cannot_be_loaded_still_shows_its_text(app_at):
    trouble = Trouble("SyntaxError: invalid syntax", "lab.py, line 2", "Traceback …")
    app = app_at(step("one"), step("two"), make=lambda: FakeLab(broken=trouble))
    async with app.run_test() as pilot:
        await reads(pilot, "#notice", "lab.py, line 2: SyntaxError")
        await pilot.press("space", "s", "p", "l", "tab", "right", "v", "t", "enter", "h", "right_square_bracket")
        await reads(pilot, "#text", "Two")


async def test_a_run_that_halted_says_why(app_at):
    async with opened(app_at()) as pilot:
        pilot.app.lab.say(pilot.app.lab.frame(halted="The loss isn't finite at step 9.", iteration=9))
        await reads(pilot, "#notice", "The loss isn't finite at step 9.")


async def test_a_lab_that_died_is_said_and_r_starts_another(app_at):
    async with opened(app_at(seed=7)) as pilot:
        app, first = pilot.app, pilot.app.lab
        await pilot.press("tab", "right")
        await settled(pilot)
        first.die("killed by signal 9 (SIGKILL)")
        await reads(pilot, "#notice", "The lab stopped (killed by signal 9 (SIGKILL)). Press r to start it again")
        assert "step 0" in shown(pilot, "#status")
        await pilot.press("r")
        await until(lambda: len(app.labs) == 2, pilot)
        await settled(pilot)
        (reopened,) = app.lab.got(Open)
        assert (reopened.seed, reopened.knobs["lr"]) == (7, 0.2)
        assert app.screen.query_one(KnobPanel).values["lr"] == 0.2
        await pilot.press("space")
        await until(lambda: app.screen.session.frame.iteration, pilot)


async def test_a_lab_that_died_in_a_run_starts_again_at_rest(app_at):
    async with opened(app_at()) as pilot:
        app = pilot.app
        await pilot.press("space")
        await until(lambda: app.screen.session.frame.iteration, pilot)
        app.lab.die("exit code 1")
        await reads(pilot, "#notice", "The lab stopped (exit code 1).")
        await pilot.press("R")
        await until(lambda: len(app.labs) == 2, pilot)
        assert app.lab.got(Open)[0].seed == 43
        await pilot.press("space")
        await until(lambda: app.lab.got(Run), pilot)


async def test_keys_of_the_run_do_no_harm_without_a_lab(app_at):
    async with opened(app_at()) as pilot:
        pilot.app.lab.die("exit code 1")
        await reads(pilot, "#notice", "The lab stopped")
        await pilot.press("space", "s", "p", "l", "tab", "right", "right_square_bracket")
        assert pilot.app.lab.commands == []


# The mouse


async def test_a_click_chooses_a_knob_and_another_asks_for_its_value(app_at):
    async with opened(app_at()) as pilot:
        panel = pilot.app.screen.query_one(KnobPanel)
        column = shown(pilot, "#knobs").index("batch")
        row = panel.gutter.top
        await pilot.click("#knobs", offset=(column, row))
        await reads(pilot, "#knobs", "▸batch")
        assert not pilot.app.screen.query_one("#prompt").display
        await pilot.click("#knobs", offset=(column, row))
        await until(lambda: pilot.app.screen.query_one("#prompt").display, pilot)


async def test_a_click_on_the_key_line_does_what_the_key_does(app_at):
    async with opened(app_at(step("one"), step("two"))) as pilot:
        keys = shown(pilot, "KeyBar")
        await pilot.click("KeyBar", offset=(keys.index("run"), 0))
        await until(lambda: pilot.app.lab.got(Run), pilot)
        await pilot.click("KeyBar", offset=(keys.index("next"), 0))
        await reads(pilot, "#text", "Two")
        await pilot.click("KeyBar", offset=(keys.index("help"), 0))
        await until(lambda: isinstance(pilot.app.screen, HelpScreen), pilot)
