import re

import pytest

from tests.course import made
from tutor.check.questions import tells


def test_the_lesson_to_begin_with_is_sound(spoilt):
    assert spoilt.findings(fast=False) == []


@pytest.mark.parametrize(
    ("question", "hint", "told"),
    [
        (made.numeric(), "It is about 3.3 nats.", True),
        (made.numeric(), "It is ln 27, so a bit more than −3,3.", False),
        (made.numeric(), "ln 27 = 3 ln 3, and ln 3 is 1.0986.", False),
        (made.numeric(), "Round it to 3.28.", True),
        (made.multiple(), "Take a larger batch, or two batches averaged.", True),
        (made.multiple(), "A larger batch, two batches averaged, a new seed: which of them average?", False),
        (made.multiple(), "What does a larger batch do?", False),
        (made.bug(), "Look at line 3.", True),
        (made.bug(), "Line 2 fills p.grad.", False),
        (made.choice(), "27 letters.", False),
        (made.order(), "forward, backward, update", False),
    ],
)
def test_a_hint_that_is_the_answer(question, hint, told):
    assert tells(question, hint) is told


def test_it_is_found_where_the_hints_stand(spoilt):
    line = spoilt.change("quiz.toml", "hints = [", 'hints = [\n    "It is nine tenths, or more.",')
    assert spoilt.findings() == [
        f"quiz.toml:{line}: question 'one-step-right': hint 1 gives the answer away. "
        "Say how to find it, not what it is."
    ]


def test_a_near_miss_that_is_right(spoilt):
    spoilt.change("lesson.md", '"why-loss-lags", "own-point"', '"count"')
    text = (spoilt.path / "quiz.toml").read_text(encoding="utf-8").partition("\n[[question]]")[0]
    numeric = """
[[question]]
id = "count"
kind = "numeric"
concept = "linear-classifier"
ask = "How many?"
hints = ["Count."]
explain = "So many."
answer = 20
tolerance = 0.5
why_right = "Yes."
why_wrong = "No."
near = [{ low = 20.4, high = 22, why = "Too many." }]
"""
    (spoilt.path / "quiz.toml").write_text(text + numeric, encoding="utf-8")
    (found,) = spoilt.findings()
    assert found.endswith(": question 'count': the near miss 20.4 is graded right. Mend it.")


def test_two_options_that_say_the_same(spoilt):
    spoilt.change("quiz.toml", '"About three quarters"', '"about half, as before: one step is tiny!"')
    assert "question 'one-step-right': two options have the same text. Reword one." in spoilt.findings()[0]


def test_a_question_that_no_page_asks_is_a_warning(spoilt):
    spoilt.change("lesson.md", '"why-loss-lags", ', "")
    assert [finding.split(": ", 1)[1] for finding in spoilt.findings()] == [
        "warning: question 'why-loss-lags': no page asks it. Name it in a step's `questions`, or leave it out."
    ]


def test_a_page_that_predicts_without_a_prediction(spoilt):
    text = (spoilt.path / "quiz.toml").read_text(encoding="utf-8")
    plain = re.sub(r"(predict|live) = .*\n|when = \[.*?\], ", "", text)
    (spoilt.path / "quiz.toml").write_text(plain, encoding="utf-8")
    line = spoilt.change("lesson.md", 'questions = ["one-step-right"]', 'questions = ["one-step-right"]')
    assert spoilt.findings() == [
        f"lesson.md:{line}: the page 'one-step' asks no question that is a prediction. "
        "Mark one with `predict = true`, so that it is asked before the run."
    ]


def test_a_prediction_that_nothing_can_refute(spoilt):
    text = (spoilt.path / "lesson.md").read_text(encoding="utf-8")
    (spoilt.path / "lesson.md").write_text(text.partition("## Right, and not yet sure")[0], encoding="utf-8")
    assert any("no page follows that could refute it" in finding for finding in spoilt.findings())
