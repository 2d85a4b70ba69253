"""A page's goal on screen: conditions with live values, moves, hints, and what is kept when it is reached."""

import pytest

from tests.course.made import choice, step
from tests.ui.screen import opened, reads, settled, shown, until
from tutor.link.messages import Restart, Turn, View
from tutor.ui.widgets.goal_view import GoalView
from tutor.ui.widgets.page import Page

GOAL = ["val < 2.60", "step >= 1", "lr >= 0.2"]
every_size = pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)


def page(**more):
    return step("one", goal=GOAL, reference=("lr = 0.2", "batch = 64", "run 1"), **more)


def goal(pilot):
    return [" ".join(line.split()) for line in shown(pilot, "#goal").split("\n")]


async def turn(pilot, knob, key="right"):
    """Turn the knob at this place, and go back to the text."""
    pilot.app.screen.query_one("#knobs").focus()
    await pilot.press(*["down"] * knob, key, *["up"] * knob)
    pilot.app.screen.query_one("#reading").focus()
    await settled(pilot)


@every_size
async def test_the_conditions_stand_under_the_text_with_their_values(app_at, size):
    async with opened(app_at(page(text="Reach it.")), size) as pilot:
        await reads(pilot, "#goal", "lr ≥ 0.2")
        assert goal(pilot) == ["Goal 0 moves", "✓ val < 2.60 2.500", "✗ step ≥ 1 0", "✗ lr ≥ 0.2 0.10", "h: hint"]


async def test_a_page_without_a_goal_shows_none(app_at):
    async with opened(app_at(step("zero"), page(), step("three"))) as pilot:
        view = pilot.app.screen.query_one(GoalView)
        assert not view.display
        await pilot.press("right_square_bracket")
        await reads(pilot, "#goal", "Goal")
        await pilot.press("right_square_bracket")
        await until(lambda: not view.display, pilot)


async def test_the_goal_stays_in_view_beside_a_long_text(app_at):
    long = "\n\n".join(f"Paragraph {number}." for number in range(60))
    async with opened(app_at(page(text=long))) as pilot:
        await reads(pilot, "#goal", "Goal")
        screen = pilot.app.screen
        view, text = screen.query_one(GoalView), screen.query_one(Page)
        place = view.region
        assert text.region.contains_region(place)
        await pilot.press("end")
        await until(lambda: text.scroll_offset.y > 0, pilot)
        assert view.region == place


@every_size
async def test_reaching_it_says_so_counts_the_moves_and_keeps_both(app_at, size):
    async with opened(app_at(page()), size) as pilot:
        await turn(pilot, 0)
        await reads(pilot, "#goal", "1 move")
        assert pilot.app.record.steps_done("tiny") == frozenset()
        await pilot.press("s")
        await reads(pilot, "#goal", "Reached at step 1.")
        assert "You: 1 move; ours: 2." in " ".join(goal(pilot))
        assert pilot.app.record.steps_done("tiny") == {"one"}
        assert pilot.app.record.fewest_moves("tiny", "one") == 1
        await reads(pilot, "#top", "✓")
        await settled(pilot)
        assert pilot.app.lab.got(View)[-1].goal == ()


async def test_while_the_text_is_hidden_the_notice_says_that_it_is_reached(app_at):
    async with opened(app_at(page()), (40, 12)) as pilot:
        await pilot.press("tab", "right", "s")
        await reads(pilot, "#notice", "✓ Reached at step 1. You: 1 move;")


async def test_turns_in_a_row_are_one_move_and_presets_too(app_at):
    async with opened(app_at(page())) as pilot:
        await turn(pilot, 1)
        await turn(pilot, 1)
        await reads(pilot, "#goal", "1 move")
        await turn(pilot, 2)
        await reads(pilot, "#goal", "2 moves")
        await pilot.press("p", "p")
        await reads(pilot, "#goal", "3 moves")
        await pilot.press("space", "space", "r")
        assert goal(pilot)[0] == "Goal 3 moves"


async def test_a_typed_value_is_a_move(app_at):
    async with opened(app_at(page())) as pilot:
        await pilot.press("tab", "enter", *["backspace"] * 9, "3", "enter")
        await reads(pilot, "#goal", "1 move")
        await pilot.press("enter", *["backspace"] * 9, *"0.1", "enter")
        await reads(pilot, "#goal", "0 moves")


async def test_the_pages_own_settings_are_set_first_and_start_the_count_again(app_at):
    async with opened(app_at(step("zero"), page())) as pilot:
        await pilot.press("right_square_bracket")
        await reads(pilot, "#goal", "0 moves")
        await settled(pilot)
        assert pilot.app.lab.got(Turn, Restart) == [Turn({"lr": 0.1, "batch": 32, "norm": "none"}), Restart(42)]
        await turn(pilot, 0)
        await reads(pilot, "#goal", "1 move")
        await pilot.press("l")
        await reads(pilot, "#goal", "0 moves")


async def test_it_can_be_tried_again_for_fewer_moves(app_at):
    async with opened(app_at(page())) as pilot:
        await turn(pilot, 1)
        await turn(pilot, 2)
        await turn(pilot, 0)
        await pilot.press("s")
        await reads(pilot, "#goal", "You: 3 moves;")
        await reads(pilot, "#goal", "l: try fewer")
        await pilot.press("l")
        await reads(pilot, "#goal", "0 moves · best 3")
        await settled(pilot)
        assert pilot.app.lab.got(View)[-1].goal
        await turn(pilot, 0)
        await pilot.press("s")
        await reads(pilot, "#goal", "You: 1 move;")
        assert pilot.app.record.fewest_moves("tiny", "one") == 1


async def test_hints_tell_ours_a_move_at_a_time_and_only_when_asked(app_at):
    async with opened(app_at(page())) as pilot:
        await reads(pilot, "#goal", "h: hint")
        for number, told in enumerate(("lr and batch.", "Set lr to 0.2.", "Set batch to 64.", "Run 1 steps."), start=1):
            assert f"hint {number}" not in shown(pilot, "#goal")
            await pilot.press("h")
            await reads(pilot, "#goal", f"hint {number}")
            assert told in " ".join(goal(pilot))
        assert "h: hint" not in shown(pilot, "#goal")
        await pilot.press("h")
        await reads(pilot, "#notice", "There is no further hint.")


async def test_a_question_on_the_page_is_hinted_at_first(app_at):
    question = choice(hints=("27 letters.",))
    made = step("one", question, goal=GOAL)
    async with opened(app_at(made, questions=[question]), (80, 40)) as pilot:
        await pilot.press("h")
        await reads(pilot, "#question", "hint 1: 27 letters.")
        assert "hint 1" not in shown(pilot, "#goal")
        await pilot.press("h")
        await reads(pilot, "#goal", "hint 1: One move is enough: lr.")


async def test_a_bounded_goal_that_was_missed_shows_the_way_back(app_at):
    async with opened(app_at(step("one", goal=["val < 2", "step <= 2"]))) as pilot:
        await pilot.press("s", "s")
        await reads(pilot, "#goal", "r: restart · h: hint")
        await pilot.press("r")
        await until(lambda: "r: restart" not in shown(pilot, "#goal"), pilot)


async def test_leaving_the_page_forwards_does_not_finish_it(app_at):
    async with opened(app_at(page(), step("two"))) as pilot:
        await pilot.press("right_square_bracket")
        await reads(pilot, "#top", "page 2 of 2")
        assert pilot.app.record.steps_done("tiny") == frozenset()
