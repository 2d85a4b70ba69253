"""Pages and questions on the lesson screen: what the keys and the mouse do to them, and what is said then."""

import pytest
from msgspec import structs
from textual.widgets import Input

from tests.course.made import bug, choice, multiple, numeric, order, own, step
from tests.ui.asking import answers, digit, row_of
from tests.ui.fake_lab import FakeLab
from tests.ui.screen import opened, painted, reads, shown, until
from tutor.ui.widgets.page import Page

every_size = pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)


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
        await pilot.press("2")
        await reads(pilot, "#question", "✗ 2  loss.backward()")
        assert shown(pilot, "#question").count("✗") == 2, "the line, and the verdict"
        await pilot.press("3")
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


@pytest.mark.parametrize(("key", "start"), [("0", "0"), ("minus", "-")])
async def test_a_number_may_begin_with_nought_or_a_sign(app_at, key, start):
    async with opened(app_at(step("one", numeric()), questions=[numeric()])) as pilot:
        await pilot.press(key, *".19")
        assert pilot.app.screen.query_one(Input).value == f"{start}.19"


async def test_nought_is_no_option(app_at):
    async with opened(app_at(step("one", choice()), questions=[choice()])) as pilot:
        await pilot.press("0", "minus")
        assert answers(pilot) == []
        assert not pilot.app.screen.query_one(Input).has_focus


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


async def test_the_verdict_on_a_long_question_is_in_view(app_at):
    question = structs.replace(choice(), ask="\n\n".join(f"Line {number}." for number in range(12)))
    async with opened(app_at(step("one", question), questions=[question]), (80, 24)) as pilot:
        await pilot.press(digit(pilot, 1))
        await until(lambda: any("Not so. That is" in line for line in painted(pilot)), pilot)


async def test_the_answer_is_in_view_on_a_small_screen(app_at):
    long = "\n\n".join(f"Paragraph {number}." for number in range(30))
    async with opened(app_at(step("one", choice(), text=long), questions=[choice()]), (40, 12)) as pilot:
        await pilot.press(digit(pilot, 1))
        await until(lambda: any("Not so." in line for line in painted(pilot)), pilot)
