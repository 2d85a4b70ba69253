"""The claims of a page, checked on screen."""

from pathlib import Path

import pytest

from tests.course.made import lesson, step
from tests.ui.conftest import AppOnFakeLabs
from tests.ui.screen import opened, painted, reads, shown, until
from tutor.course.catalog import Catalog
from tutor.course.claims import Claim
from tutor.course.quiz import Option, Spot
from tutor.learner.record import Record
from tutor.link.messages import Check, Checked, Trouble
from tutor.ui.screens.claims import ClaimsScreen

every_size = pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)


def claim(name, says, verdict="right", **more):
    about = {"concept": "loss", "source": "004", "where": "a chart", "why": f"{name} was checked."}
    return Claim(id=name, says=says, verdict=verdict, **({"check": f"{name}()", "measured": 1.5} | about | more))


CLAIMS = (
    claim("ln", "It starts at 27.", "wrong"),
    claim("falls", "It falls.", trains=True, unless="rises()", note="after 100 steps"),
    claim("elsewhere", "It is so elsewhere."),
    claim("secret", "Nobody can tell.", "unsupported"),
)
SPOT = Spot(
    id="spot",
    concept="loss",
    claim="secret",
    ask="Can that be right?",
    hints=("Think.",),
    explain="Somebody can.",
    options=(Option(text="Yes", why="No."), Option(text="No", why="Yes.", right=True)),
)
MARKED = step("one", text="It starts [at 27](claim:ln) and [falls](claim:falls).")


def app(*steps, questions=(), claims=CLAIMS):
    made = lesson(steps, questions, claims, Path("/nowhere/tiny"))
    return AppOnFakeLabs(Catalog({}), Record(None), made)


async def look(pilot, *keys):
    await pilot.press("k")
    await until(lambda: isinstance(pilot.app.screen, ClaimsScreen), pilot)
    await pilot.press(*keys)
    await pilot.pause()


def checked(name, **changes):
    about = {"measured": 1.5, "agrees": True, "seconds": 0.25, "torch": "2.13"}
    return Checked(name, **about | changes)


async def checks(pilot, count=1):
    """The lab that has been sent so many commands to check."""
    await until(lambda: len(pilot.app.labs) > 1 and len(pilot.app.lab.got(Check)) == count, pilot)
    return pilot.app.lab


async def test_a_claim_is_marked_in_the_text():
    async with opened(app(MARKED)) as pilot:
        assert "It starts at 27‡ and falls‡." in shown(pilot, "#text").replace("\n", " ")
        spans = [span for line in pilot.app.screen.query_one("#text").lines for span in line]
        assert ("at 27", "claim") in spans


@every_size
async def test_the_pages_claims_are_listed_and_checked_in_a_lab_of_their_own(size):
    async with opened(app(MARKED), size) as pilot:
        lab = pilot.app.lab
        await look(pilot, "enter")
        assert "1 of 2" in shown(pilot, "#top")
        assert "▸ “It starts at 27.”" in shown(pilot, "#claims")
        assert "elsewhere" not in shown(pilot, "#claims")
        second = await checks(pilot)
        assert second is not lab
        assert second.got(Check) == [Check("/nowhere/tiny", ("ln",))]
        await reads(pilot, "#claims", "checking …")
        second.say(checked("ln"))
        await reads(pilot, "#claims", "wrong. ln was checked.")
        assert "measured  1.5" in shown(pilot, "#claims")
        assert "torch 2.13" in shown(pilot, "#claims")
        assert "1 checked, 1 as recorded" in shown(pilot, "#progress")
        assert any("▸ “It starts" in row for row in painted(pilot))
        await pilot.press("escape")
        await until(lambda: second.closed, pilot)
        assert not lab.closed


async def test_all_of_them_one_after_the_other():
    async with opened(app(MARKED)) as pilot:
        await look(pilot, "a")
        lab = await checks(pilot)
        assert lab.got(Check) == [Check("/nowhere/tiny", ("ln", "falls"))]
        assert "waits for its turn" in shown(pilot, "#claims")
        lab.say(checked("ln", measured=2.5, agrees=False))
        await reads(pilot, "#claims", "checking: it takes a training run …")
        assert "recorded  1.5: not what came out now" in shown(pilot, "#claims")
        lab.say(checked("falls", counter=9.5))
        await reads(pilot, "#claims", "unless    rises() gives 9.5")
        assert "after 100 steps" in shown(pilot, "#claims")
        assert "2 checked, 1 as recorded" in shown(pilot, "#progress")


async def test_another_is_sent_to_the_same_lab_and_none_twice():
    async with opened(app(MARKED)) as pilot:
        await look(pilot, "enter")
        lab = await checks(pilot)
        await pilot.press("enter", "down", "enter", "a")
        await checks(pilot, 2)
        assert lab.got(Check)[1:] == [Check("/nowhere/tiny", ("falls",))]
        assert "1 to go" not in shown(pilot, "#progress")
        assert "2 to go" in shown(pilot, "#progress")


async def test_the_whole_lessons_claims_and_back():
    async with opened(app(MARKED)) as pilot:
        await look(pilot, "down", "w")
        assert "Claims of this lesson, 2 of 4" in shown(pilot, "#top")
        assert "elsewhere" in shown(pilot, "#claims")
        await pilot.press("down", "w")
        assert "Claims of this page, 1 of 2" in shown(pilot, "#top")


async def test_a_page_without_any_has_the_lessons():
    async with opened(app(step("one"))) as pilot:
        await look(pilot)
        assert "Claims of this lesson, 1 of 4" in shown(pilot, "#top")


async def test_a_lesson_without_any_says_so():
    async with opened(app(step("one"), claims=())) as pilot:
        await pilot.press("k")
        await reads(pilot, "#notice", "no claims to check")


async def test_a_claim_that_is_asked_about_is_checked_once_it_is_answered():
    async with opened(app(step("one", SPOT), questions=[SPOT])) as pilot:
        await pilot.press("k")
        await reads(pilot, "#notice", "Answer the question first")
        right = pilot.app.screen.sitting.asked.order.index(1) + 1
        await pilot.press(str(right))
        await reads(pilot, "#question", "k: run the check")
        await look(pilot)
        assert "“Nobody can tell.”" in shown(pilot, "#claims")


@pytest.mark.parametrize("ending", ["trouble", "death"])
async def test_checks_that_come_to_nothing_say_why_and_can_be_tried_again(ending):
    async with opened(app(MARKED)) as pilot:
        await look(pilot, "enter")
        lab = await checks(pilot)
        if ending == "trouble":
            lab.say(Trouble("SyntaxError: invalid syntax", "tiny/claims.py:3", ""))
            await reads(pilot, "#progress", "tiny/claims.py:3: SyntaxError: invalid syntax")
        else:
            lab.die("exit code 1")
            await reads(pilot, "#progress", "The checks stopped (exit code 1).")
        assert "checking" not in shown(pilot, "#claims")
        await pilot.press("enter")
        await until(lambda: "checking" in shown(pilot, "#claims"), pilot)


async def test_what_is_settled_by_reading_says_so():
    told = Claim(
        id="read", concept="c", source="s", where="w", says="So.", verdict="contested", why="No.", by="reading"
    )
    async with opened(app(step("one"), claims=(told,))) as pilot:
        await look(pilot, "enter")
        (await checks(pilot)).say(Checked("read", None, agrees=True, seconds=0.0))
        await reads(pilot, "#claims", "reading: there is nothing to run")
        assert "contested. No." in shown(pilot, "#claims")
