"""Predictions that the live model settles: sure from every seed, and refuting someone."""

import pytest

NUMBER = """
[[question]]
id = "number"
kind = "numeric"
concept = "linear-classifier"
predict = true
live = {{ metric = "val", steps = 100 }}
ask = "What is `val` after 100 steps?"
hints = ["Count on the clouds."]
explain = "That is as far as a line gets."
answer = {answer}
tolerance = {tolerance}
why_right = "So it is."
why_wrong = "Not so."
"""


@pytest.fixture
def asking(spoilt):
    def ask(question):
        spoilt.change("lesson.md", '["one-step-right"]', '["one-step-right", "number"]')
        with (spoilt.path / "quiz.toml").open("a", encoding="utf-8") as file:
            file.write(question)
        return [finding.partition(": ")[2] for finding in spoilt.findings(fast=False)]

    return ask


def test_a_tolerance_must_be_twice_the_spread(asking):
    (found,) = asking(NUMBER.format(answer=0.171, tolerance=0.01))
    assert found.startswith(
        "question 'number': luck would be graded: the tolerance, 0.01, is less than twice the spread"
    )


def test_a_wide_enough_one_passes(asking):
    assert asking(NUMBER.format(answer=0.171, tolerance=0.1)) == []


def test_the_answer_written_down_is_the_one_that_is_measured(asking):
    (found,) = asking(NUMBER.format(answer=0.5, tolerance=0.1))
    assert found.startswith("question 'number': its `answer` isn't what is measured. Write down what seed 42 gives.")
    assert "0.171" in found


def test_an_option_that_is_right_from_some_seeds_only(spoilt):
    for _ in range(2):
        spoilt.change("quiz.toml", "90 %", "94 %")
    (found,) = spoilt.findings(fast=False)
    assert "question 'one-step-right': luck would be graded: another option is right from seed 4" in found
    assert spoilt.findings() == []


def test_a_metric_that_nobody_measures(spoilt):
    spoilt.change("quiz.toml", 'metric = "val accuracy"', 'metric = "vall"')
    for _ in range(4):
        spoilt.change("quiz.toml", "val accuracy", "vall")
    assert any("the question 'one-step-right': " in finding for finding in spoilt.findings(fast=False))


def test_without_a_run_or_a_knob_nothing_can_be_predicted(spoilt):
    text = (spoilt.path / "lab.py").read_text(encoding="utf-8")
    knobs, step = text.index("    knobs = ("), text.index("    def step")
    build, splits = text.index("    def build"), text.index("    def splits")
    text = text[:knobs] + text[build:step].replace("self.k.gap", "3") + text[splits:]
    (spoilt.path / "lab.py").write_text(text, encoding="utf-8")
    assert any("question 'one-step-right': no run can refute it." in finding for finding in spoilt.findings())
