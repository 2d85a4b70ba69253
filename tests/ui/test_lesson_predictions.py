"""Predictions on the lesson screen: locked before the run, and graded by it."""

from msgspec import structs

from tests.course.made import COMMON, choice, live_choice, numeric, picture, step
from tests.ui.asking import answers, asked, digit, says
from tests.ui.fake_lab import KNOBS, READY, FakeLab
from tests.ui.screen import opened, reads, settled, shown, until
from tutor.course.live import Live
from tutor.course.quiz import Choice, Option
from tutor.link.trials import Trial, Try
from tutor.ui.widgets.page import Page


def predicting(app_at, **more):
    question = choice(predict=True)
    return app_at(step("guess", question), step("run", **more), questions=[question])


async def test_a_prediction_comes_out_when_the_run_rests(app_at):
    async with opened(predicting(app_at)) as pilot:
        await pilot.press(digit(pilot, 1), "2")
        await reads(pilot, "#question", "Your prediction is locked in.")
        assert "✗" not in shown(pilot, "#question")
        await pilot.press("right_square_bracket", "space")
        await until(lambda: pilot.app.screen.session.frame.iteration, pilot)
        assert asked(pilot).locked
        await pilot.press("space")
        await reads(pilot, "#question", "✗ Not so.")
        assert answers(pilot) == [("first-loss", 1, False)]


async def test_losses_that_are_to_be_predicted_are_not_shown_before(app_at):
    async with opened(predicting(app_at), (120, 40)) as pilot:
        await reads(pilot, "#status", "train ? · val ?")
        await pilot.press(digit(pilot, 1))
        await reads(pilot, "#status", "train ? · val ?")
        await pilot.press("2")
        await reads(pilot, "#status", "train 2.250 · val 2.500")


async def test_a_prediction_comes_out_when_a_knob_is_turned(app_at):
    async with opened(predicting(app_at)) as pilot:
        await pilot.press(digit(pilot, 0), "2", "tab", "right")
        await reads(pilot, "#question", "✓ Right.")


async def test_enter_warns_once_before_it_shows_an_outcome_that_nothing_has_shown(app_at):
    async with opened(predicting(app_at)) as pilot:
        await pilot.press(digit(pilot, 1), "2", "enter")
        await reads(pilot, "#notice", "Nothing has changed yet: space runs it.")
        assert asked(pilot).locked
        await pilot.press("enter")
        await reads(pilot, "#question", "✗ Not so.")


async def test_a_prediction_made_before_the_lab_is_up_stays_locked(app_at):
    question = choice(predict=True)
    lab = FakeLab()
    lab.mute = True
    app = app_at(step("guess", question, set={"batch": 1}), questions=[question], make=lambda: lab)
    async with app.run_test() as pilot:
        await until(lambda: lab.commands, pilot)
        await pilot.press(digit(pilot, 1), "2")
        lab.mute = False
        lab.answer()
        await until(lambda: pilot.app.screen.session.frame, pilot)
        await settled(pilot)
        assert pilot.app.screen.session.frame.knobs["batch"] == 1
        assert asked(pilot).locked


async def test_a_pages_own_settings_are_no_run(app_at):
    async with opened(predicting(app_at, set={"batch": 1})) as pilot:
        await pilot.press(digit(pilot, 1), "2", "right_square_bracket")
        await settled(pilot)
        assert pilot.app.screen.session.frame.knobs["batch"] == 1
        assert asked(pilot).locked
        await pilot.press("s")
        await reads(pilot, "#question", "✗ Not so.")


async def test_where_nothing_trains_a_pages_own_settings_show_the_outcome(app_at):
    quiet = READY.__class__("", trains=False, knobs=KNOBS, presets=(), figures=())
    question = choice(predict=True)
    pages = step("guess", question), step("told", set={"batch": 1})
    async with opened(app_at(*pages, questions=[question], make=lambda: FakeLab(ready=quiet))) as pilot:
        await pilot.press(digit(pilot, 0), "2", "right_square_bracket")
        await reads(pilot, "#question", "✓ Right.")


# How sure


async def test_a_prediction_is_locked_with_how_sure_one_is(app_at):
    async with opened(predicting(app_at)) as pilot:
        await pilot.press(digit(pilot, 1))
        await says(pilot, "How sure are you? 1 I guess 2 I think so 3 I know")
        await pilot.press("9", "enter")
        await reads(pilot, "#notice", "How sure are you? Press 1, 2 or 3.")
        assert answers(pilot) == []
        await pilot.press("3")
        await says(pilot, "Your prediction is locked in. You know.")
        assert [answer.sure for answer in pilot.app.record.answers()] == ["know"]


async def test_it_can_be_chosen_anew_before_that(app_at):
    async with opened(predicting(app_at)) as pilot:
        await pilot.press(digit(pilot, 1), "backspace")
        await until(lambda: "How sure" not in shown(pilot, "#question"), pilot)
        await pilot.press(digit(pilot, 0), "1", "backspace")
        await says(pilot, "locked in. You guess.")
        assert answers(pilot) == [("first-loss", 0, True)]


async def test_a_number_that_is_predicted_is_shown(app_at):
    question = structs.replace(numeric(), predict=True)
    async with opened(app_at(step("one", question), questions=[question])) as pilot:
        await pilot.press("3", "enter")
        await says(pilot, "Your answer: 3 How sure are you?")
        await pilot.press("2")
        await says(pilot, "locked in. It is 3. You think so.")


async def test_the_prediction_comes_before_the_run_unless_it_is_skipped_on_purpose(app_at):
    async with opened(predicting(app_at)) as pilot:
        await pilot.press("space", "s")
        await reads(pilot, "#notice", "Your prediction first. Or press u")
        assert pilot.app.lab.commands == []
        await pilot.press("u")
        await reads(pilot, "#question", "Skipped. You can still answer it.")
        assert pilot.app.record.skipped()
        await pilot.press("s")
        await until(lambda: pilot.app.screen.session.frame.iteration == 1, pilot)


async def test_a_run_that_goes_on_can_be_paused_where_a_prediction_is_due(app_at):
    question = choice(predict=True)
    async with opened(app_at(step("one"), step("guess", question), questions=[question])) as pilot:
        await pilot.press("space")
        await until(lambda: pilot.app.screen.session.frame.running, pilot)
        await pilot.press("right_square_bracket", "space")
        await until(lambda: not pilot.app.screen.session.frame.running, pilot)


async def test_there_is_nothing_to_skip_but_a_prediction(app_at):
    async with opened(app_at(step("one", choice()), questions=[choice()])) as pilot:
        await pilot.press("u")
        await reads(pilot, "#notice", "There is no prediction to skip.")


# The live model


def live(app_at, question, mute=False, **outcomes):
    """The app on a page that asks `question`, with a lab whose trials give `outcomes`."""

    def make():
        lab = FakeLab()
        lab.outcomes = outcomes
        lab.tries_nothing = mute
        return lab

    return app_at(step("guess", question), step("run"), questions=[question], make=make)


async def test_the_live_model_grades_a_prediction_and_its_numbers_are_shown(app_at):
    async with opened(live(app_at, live_choice(), falls=((3.25,),))) as pilot:
        await pilot.press(digit(pilot, 0), "2")
        await until(lambda: not pilot.app.screen.sitting.waiting, pilot)
        assert pilot.app.lab.got(Try) == [Try("falls", "val", (Trial((100,)),), 42)]
        assert "✗" not in shown(pilot, "#question")
        await pilot.press("s")
        await reads(pilot, "#question", "✗ Not so. It learns.")
        assert "Measured here, seed 42: val is" in shown(pilot, "#question")
        assert answers(pilot) == [("falls", 0, False)]


async def test_why_the_live_model_settles_nothing_is_told(app_at):
    async with opened(live(app_at, live_choice())) as pilot:
        await pilot.press(digit(pilot, 0), "2", "s")
        await reads(pilot, "#question", "✓ Right. It learns.")
        said = " ".join(shown(pilot, "#question").split())
        assert "so what we measured counts. There is no metric 'val'. ✓" in said


async def test_what_the_live_model_cannot_give_in_time_need_not_be_waited_for(app_at):
    async with opened(live(app_at, live_choice(), mute=True)) as pilot:
        await pilot.press(digit(pilot, 0), "2", "s")
        await reads(pilot, "#question", "The model is measuring it …")
        await pilot.press("enter")
        await reads(pilot, "#question", "✓ Right. It learns.")
        assert "Measured" not in shown(pilot, "#question")


async def test_a_new_lab_is_asked_again(app_at):
    async with opened(live(app_at, live_choice(), mute=True)) as pilot:
        await pilot.press(digit(pilot, 0), "2")
        await until(lambda: pilot.app.lab.got(Try), pilot)
        pilot.app.lab.die("of something")
        await reads(pilot, "#notice", "The lab stopped")
        await pilot.press("r")
        await until(lambda: len(pilot.app.labs) == 2 and pilot.app.lab.got(Try), pilot)


async def test_arrows_draw_a_curve_and_the_run_is_laid_over_it(app_at):
    app = live(app_at, picture(), curve=((3.0, 2.0, 1.5),))
    async with opened(app, (120, 40)) as pilot:
        await reads(pilot, "#question", "enter: draw it")
        await pilot.press("enter", *["up"] * 4, "right", *["down"] * 4, "right", *["down"] * 30, *["up"] * 4)
        await reads(pilot, "#question", "step 400: yours 1.5")
        await pilot.press("enter", "3")
        await says(pilot, "locked in. You know.")
        assert answers(pilot) == [("curve", (3.0, 2.0, 1.5), True)]
        assert "the run" not in shown(pilot, "#question")
        await pilot.press("s")
        await says(pilot, "✓ Right. Between your curve and the run's lies 0")
        assert "the run" in shown(pilot, "#question").split("Measured")[0]


async def test_a_drawing_can_be_left_and_taken_up_again(app_at):
    async with opened(live(app_at, picture())) as pilot:
        await pilot.press("enter", "up", "escape")
        await until(lambda: pilot.app.screen.query_one(Page).has_focus, pilot)
        await pilot.press("enter", "up")
        assert asked(pilot).points[0] == 2.75
        await pilot.press("right_square_bracket")
        await until(lambda: pilot.app.screen.sitting.index == 1, pilot)
        assert pilot.app.screen.query_one(Page).has_focus


async def test_curves_to_choose_from_are_drawn_with_their_numbers(app_at):
    options = (
        Option(text="down", why="It learns.", right=True, points=(3.0, 2.0, 1.5)),
        Option(text="level", why="It learns.", points=(3.0, 3.0, 3.0)),
    )
    question = Choice(**COMMON, live=Live(metric="val", at=(0, 100, 400)), options=options)
    async with opened(live(app_at, question, q=((3.0, 2.5, 1.0),)), (120, 40)) as pilot:
        assert "── 1" in shown(pilot, "#question")
        await pilot.press(digit(pilot, 0), "1", "s")
        await reads(pilot, "#question", "✓ Right. It learns.")
        assert "the run" in shown(pilot, "#question")
