import pytest

from tests.course.made import choice, lesson, multiple, step
from tutor.course.ledger import figure, ledger
from tutor.learner.record import Answer

TINY = lesson([step("one", choice()), step("two", multiple())], [choice(), multiple()])


def answer(question, right, sure, day=1):
    return Answer(f"2026-03-{day:02}T14:30:00+00:00", "tiny", question, 0, right, float(right), sure, "s")


def test_surprises_are_linked_to_the_page_that_asks_and_those_of_no_lesson_left_out():
    book = ledger(
        [TINY], [answer("spread", False, "know"), answer("gone", False, "know"), answer("spread", True, None)]
    )
    (entry,) = book.entries
    assert entry.item.page.id == "two"
    assert entry.asks == "Which lower the noise of the gradient?"
    assert entry.where == "A tiny lesson, page “Two”"
    assert entry.when == "2026-03-01; right since"
    assert book.predictions == 2


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ([], "No prediction yet: each is locked with how sure you are, and is counted here."),
        ([("guess", True)], "You never said that you knew. Dare to: a sure error is the one that teaches most."),
        ([("know", True)], "Whenever you said that you knew, once, you were right."),
        ([("know", False)] + [("know", True)] * 3, "You said that you knew 4 times; once you were wrong."),
    ],
)
def test_the_verdict(answers, says):
    assert ledger([TINY], [answer("spread", right, sure) for sure, right in answers]).verdict == says


def test_the_figure_has_a_bar_a_level_in_percent():
    drawn = figure(ledger([TINY], [answer("spread", True, "know"), answer("spread", False, "know")]).levels)
    assert (drawn.labels, drawn.values) == (("knew (2)",), (50.0,))
    assert drawn.describe() == "right, of what you: knew (2) 50 %."
