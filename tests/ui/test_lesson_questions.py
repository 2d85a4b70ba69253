"""Pages and questions on the lesson screen: what the keys and the mouse do to them, and what is said then."""

import pytest
from msgspec import structs
from textual.widgets import Input

from tests.course.made import COMMON, bug, choice, live_choice, multiple, numeric, order, own, picture, step
from tests.ui.fake_lab import KNOBS, READY, FakeLab
from tests.ui.screen import opened, painted, reads, settled, shown, until
from tutor.course.live import Live
from tutor.course.quiz import Choice, Option
from tutor.link.trials import Trial, Try
from tutor.ui.widgets.page import Page

every_size = pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)


def asked(pilot):
    return pilot.app.screen.sitting.asked


def digit(pilot, option):
    """The key that picks the option with this authored index."""
    return str(asked(pilot).order.index(option) + 1)


def answers(pilot):
    return [(answer.question, answer.response, answer.right) for answer in pilot.app.record.answers()]


def row_of(pilot, selector, text):
    """The row of a widget of ours in which `text` stands."""
    return next(row for row, line in enumerate(shown(pilot, selector).split("\n")) if text in line)


async def says(pilot, text):
    """Wait until the question says `text`, however it is wrapped."""
    await until(lambda: text in " ".join(shown(pilot, "#question").split()), pilot)


# Pages


@every_size
async def test_brackets_turn_the_pages(app_at, size):
    async with opened(app_at(step("one"), step("two", text="*Second* page."), step("three")), size) as pilot:
        await pilot.press("right_square_bracket")
        await reads(pilot, "#text", "Two\n\nSecond page.")
        await reads(pilot, "#top", "page 2 of 3")
        await pilot.press("left_square_bracket")
        await reads(pilot, "#text", "One\n\nWords.")
        await reads(pilot, "#top", "page 1 of 3 ✓")


async def test_the_last_page_says_what_comes_next(app_at):
    async with opened(app_at(step("one"))) as pilot:
        await pilot.press("right_square_bracket")
        await reads(pilot, "#notice", "This is the last page. Press esc for the list of lessons.")


async def test_a_page_opens_at_its_top(app_at):
    long = "\n\n".join(f"Paragraph {number}." for number in range(60))
    async with opened(app_at(step("one", text=long), step("two", text=long))) as pilot:
        page = pilot.app.screen.query_one(Page)
        await pilot.press("pagedown")
        await until(lambda: page.scroll_offset.y > 0, pilot)
        await pilot.press("right_square_bracket")
        await until(lambda: page.scroll_offset.y == 0, pilot)


# Answers


@every_size
async def test_a_digit_answers_a_choice(app_at, size):
    async with opened(app_at(step("one", choice()), questions=[choice()]), size) as pilot:
        await pilot.press(digit(pilot, 1))
        await reads(pilot, "#question", "✗ Not so.")
        assert "how many letters there" in " ".join(shown(pilot, "#question").split())
        await pilot.press(digit(pilot, 0))
        await reads(pilot, "#question", "✓ Right. ln 27 is 3.296.")
        assert answers(pilot) == [("first-loss", 1, False), ("first-loss", 0, True)]
        await reads(pilot, "#top", "✓")


async def test_a_digit_beyond_the_options_does_nothing(app_at):
    async with opened(app_at(step("one", choice()), questions=[choice()])) as pilot:
        await pilot.press("4", "9")
        assert answers(pilot) == []


async def test_ticks_come_and_go_until_enter_gives_them(app_at):
    async with opened(app_at(step("one", multiple()), questions=[multiple()])) as pilot:
        await pilot.press("enter", *(digit(pilot, option) for option in (2, 0, 2, 1)))
        await until(lambda: shown(pilot, "#question").count("●") == 2, pilot)
        await pilot.press("enter")
        await reads(pilot, "#question", "✓ Right.")
        assert answers(pilot) == [("spread", (0, 1), True)]


async def test_items_are_numbered_as_they_are_put_in_order(app_at):
    async with opened(app_at(step("one", order()), questions=[order()])) as pilot:
        await pilot.press(digit(pilot, 0), digit(pilot, 2))
        await until(lambda: row_of(pilot, "#question", "update"), pilot)
        lines = shown(pilot, "#question").split("\n")
        assert [line[0] for line in lines if line.endswith(("forward", "update"))] in (["1", "2"], ["2", "1"])
        await pilot.press("enter")
        assert answers(pilot) == []
        await pilot.press(digit(pilot, 1), "enter")
        assert answers(pilot) == [("loop", (0, 2, 1), False)]


async def test_a_digit_finds_the_faulty_line(app_at):
    async with opened(app_at(step("one", bug()), questions=[bug()])) as pilot:
        assert " 2  loss.backward()" in shown(pilot, "#question")
        await pilot.press("2", "3")
        await reads(pilot, "#question", "✓ Right. It climbs.")
        assert answers(pilot) == [("no-zero", 2, False), ("no-zero", 3, True)]


@every_size
async def test_a_number_is_typed(app_at, size):
    async with opened(app_at(step("one", numeric()), questions=[numeric()]), size) as pilot:
        await pilot.press("4")
        field = pilot.app.screen.query_one(Input)
        assert (field.value, field.has_focus) == ("4", True)
        await pilot.press(*".75", "enter")
        await reads(pilot, "#question", "That is in bits.")
        await pilot.press("enter", *"3.3 nats", "enter")
        await reads(pilot, "#question", "✓ Right.")
        assert answers(pilot) == [("ln-27", 4.75, False), ("ln-27", 3.3, True)]


async def test_what_is_no_number_is_said_and_not_kept(app_at):
    async with opened(app_at(step("one", numeric()), questions=[numeric()])) as pilot:
        await pilot.press("enter", *"three", "enter")
        await reads(pilot, "#notice", "'three' isn't a number")
        assert answers(pilot) == []


async def test_arrows_scroll_again_after_typing(app_at):
    long = "\n\n".join(f"Paragraph {number}." for number in range(60))
    async with opened(app_at(step("one", numeric(), text=long), questions=[numeric()])) as pilot:
        await pilot.press("enter", "3", "enter")
        await until(lambda: answers(pilot), pilot)
        assert pilot.app.screen.query_one(Page).has_focus


async def test_hints_come_one_by_one(app_at):
    question = choice(hints=("Think of 27.", "Take its logarithm."))
    async with opened(app_at(step("one", question), questions=[question])) as pilot:
        await pilot.press("h")
        await reads(pilot, "#question", "hint 1: Think of 27.")
        assert "hint 2" not in shown(pilot, "#question")
        await pilot.press("h")
        await reads(pilot, "#question", "hint 2: Take its")
        await pilot.press("h")
        await reads(pilot, "#notice", "There is no further hint.")


async def test_enter_goes_on_to_the_next_question(app_at):
    questions = [choice("a"), numeric("b")]
    async with opened(app_at(step("one", *questions), questions=questions)) as pilot:
        await reads(pilot, "#question", "Question 1 of 2")
        await pilot.press(digit(pilot, 0), "enter")
        await reads(pilot, "#question", "Question 2 of 2")


# Predictions


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


# Questions of the own run


async def test_a_question_is_made_of_the_own_run_when_it_is_far_enough(app_at):
    made = {"mine": ("At your step 100: which?", (("one", "No."), ("two", "Yes.")), 1)}

    def make():
        lab = FakeLab()
        lab.made = made
        return lab

    async with opened(app_at(step("one", own()), questions=[own()], make=make)) as pilot:
        await pilot.press("enter")
        await reads(pilot, "#notice", "take it to step 100 first.")
        await pilot.press("j", *["backspace"] * 5, *"100", "enter")
        await until(lambda: pilot.app.screen.session.frame.iteration >= 100, pilot)
        await pilot.press("enter")
        await reads(pilot, "#question", "At your step 100: which?")
        await pilot.press(digit(pilot, 0))
        await reads(pilot, "#question", "✗ Not so. No.")
        await pilot.press(digit(pilot, 1))
        await reads(pilot, "#question", "✓ Right. Yes.")


async def test_a_question_that_cannot_be_made_says_why(app_at):
    async with opened(app_at(step("one", own(steps=0)), questions=[own(steps=0)])) as pilot:
        await pilot.press("enter")
        await reads(pilot, "#notice", "There is no such question.")


# The mouse


async def test_a_click_picks_an_option(app_at):
    async with opened(app_at(step("one", choice()), questions=[choice()])) as pilot:
        await pilot.click("#question", offset=(6, row_of(pilot, "#question", "  27")))
        await reads(pilot, "#question", "✗ Not so.")
        assert answers(pilot) == [("first-loss", 1, False)]


async def test_a_click_beside_the_options_picks_nothing(app_at):
    async with opened(app_at(step("one", choice()), questions=[choice()])) as pilot:
        await pilot.click("#question", offset=(3, 0))
        await pilot.click("#text", offset=(1, 0))
        assert answers(pilot) == []


async def test_the_answer_is_in_view_on_a_small_screen(app_at):
    long = "\n\n".join(f"Paragraph {number}." for number in range(30))
    async with opened(app_at(step("one", choice(), text=long), questions=[choice()]), (40, 12)) as pilot:
        await pilot.press(digit(pilot, 1))
        await until(lambda: any("Not so." in line for line in painted(pilot)), pilot)
