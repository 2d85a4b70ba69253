"""Rules about what runs: names, settings, figures, goals, the script."""

import pytest

MUTE = """\
from tutor.figures import Figure


class Mute(Figure):
    places = (0, 0)

    def describe(self):
        return ""

    def _lines(self, *size):
        return [()] * 9
"""


LONG = """\
    @metric("the length of the weights")
    def length(self, seen):
        return self.model.weight.norm().item()

"""


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ('"losses"]', '"loses"]', "names 'loses' in `figures`, which lab.py doesn't have. Did you mean 'losses'?"),
        ('id = "line"', 'id = "line"\npreset = "aprt"', "names 'aprt' in `preset`, which lab.py doesn't have. Did you"),
        ('id = "line"', 'id = "line"\nset = { lrr = 1 }', "sets what can't be set. There is no knob 'lrr'."),
        (
            'id = "line"',
            'id = "line"\nset = { lr = 1e9 }',
            "sets what can't be set. lr can't be 1000000000.0. It takes",
        ),
        ('"lr = 1"', '"lrr = 1"', "has a move that can't be made. There is no knob 'lrr'."),
        ('"lr = 1"', '"preset aprt"', "names 'aprt' in `reference`, which lab.py doesn't have. Did you mean 'apart'?"),
    ],
)
def test_names_are_those_of_the_lab(spoilt, old, new, finding):
    spoilt.change("lesson.md", old, new)
    (found,) = spoilt.findings()
    assert finding in found


def test_a_preset_that_cant_be_put_on(spoilt):
    line = spoilt.change("lab.py", '{"gap": 6.0}', '{"gap": 60.0}')
    assert spoilt.findings() == [
        f"lab.py:{line}: the preset 'apart' can't be put on. gap can't be 60.0. It takes a number from 0 to 6."
    ]


def test_code_that_fails_at_once_is_found_at_its_line(spoilt):
    line = spoilt.change("lab.py", "p -= self.k.lr * p.grad", "p -= self.k.rate * p.grad")
    (found,) = spoilt.findings()
    assert found.startswith(f"lab.py:{line}: with its knobs as they are: AttributeError: ")


def test_code_that_cant_be_loaded_is_found_at_its_line(spoilt):
    line = spoilt.change("lab.py", "import torch\n", "import torhc\n")
    (found,) = spoilt.findings()
    assert found.startswith(f"lab.py:{line}: ModuleNotFoundError: No module named 'torhc'")


@pytest.mark.parametrize(
    ("where", "doing"),
    [("self.k.gap == 6", "with the preset 'apart'"), ("self.k.lr == 100", "with lr at 100")],
)
def test_every_preset_and_both_ends_of_every_knob_are_run(spoilt, where, doing):
    line = spoilt.change(
        "lab.py", "        loss = self.loss(", f"        assert not {where}\n        loss = self.loss("
    )
    assert spoilt.findings() == []
    found = spoilt.findings(fast=False)
    assert found
    assert {finding.split(": ")[0] for finding in found} == {f"lab.py:{line}"}
    assert any(f"{doing}: AssertionError" in finding for finding in found)


def test_a_pages_own_settings_are_run(spoilt):
    spoilt.change("lesson.md", 'id = "line"', 'id = "line"\nset = { gap = 2.5 }')
    spoilt.change("lab.py", "        loss = self.loss(", "        assert self.k.gap != 2.5\n        loss = self.loss(")
    (found,) = spoilt.findings(fast=False)
    assert "with the settings of the page 'line': AssertionError" in found


def test_a_loss_that_blows_up_is_no_mistake(spoilt):
    spoilt.change("lab.py", "return loss\n", "return loss * (float('inf') if self.k.lr == 100 else 1)\n")
    assert not [finding for finding in spoilt.findings(fast=False) if "script" not in finding]


def test_a_figure_must_say_something(spoilt):
    spoilt.change("lab.py", "return loss_curve(seen)", "return Mute('')")
    spoilt.change("lab.py", "class Clouds", f"{MUTE}\n\nclass Clouds")
    line = spoilt.change("lab.py", "def losses", "def losses")
    assert spoilt.findings() == [
        f"lab.py:{line}: the figure 'losses' is blank at 40x9. Give it a title and data.",
        f"lab.py:{line}: the figure 'losses' says nothing in words. Give it a title and data.",
    ]


def test_a_goal_that_is_met_at_once(spoilt):
    line = spoilt.change("lesson.md", '"val < 0.18"', '"val < 0.7"')
    assert spoilt.findings() == [
        f"lesson.md:{line}: the page 'goal' begins with its goal met. Let its `set` or `preset` begin farther from it."
    ]


def test_a_condition_that_no_pane_can_show(spoilt):
    spoilt.change("lab.py", '    @figure("Loss")', LONG + '    @figure("Loss")')
    spoilt.change("lab.py", "figure, question", "figure, metric, question")
    line = spoilt.change("lesson.md", '"val < 0.18", ', '"val < 0.18", "the length of the weights > 1.0", ')
    (found,) = spoilt.findings()
    assert found.startswith(
        f"lesson.md:{line}: the page 'goal' has a goal that takes 31 columns, 'the length of the weights > 1.0'."
    )


def test_a_move_that_changes_nothing(spoilt):
    line = spoilt.change("lesson.md", '"lr = 1"', '"gap = 3", "lr = 1"')
    assert spoilt.findings() == [
        f"lesson.md:{line}: the page 'goal' has a move that changes nothing: Set gap to 3. Leave it out."
    ]


def test_a_goal_out_of_reach_is_told_with_the_numbers(spoilt):
    line = spoilt.change("lesson.md", '"lr = 1"', '"lr = 0.2"')
    assert spoilt.findings() == []
    (found,) = spoilt.findings(fast=False)
    assert found.startswith(f"lesson.md:{line}: the page 'goal' isn't reached by its reference moves: val ends at 0.")


def test_moves_beyond_the_goal_are_too_many(spoilt):
    spoilt.change("lesson.md", '"run 20"]', '"run 20", "gap = 6"]')
    (found,) = spoilt.findings(fast=False)
    assert "reaches its goal with 1 of its reference moves to spare. Leave them out." in found


def test_a_metric_that_nobody_measures(spoilt):
    line = spoilt.change("lesson.md", '"val < 0.18"', '"vall < 0.18"')
    (found,) = spoilt.findings()
    assert found.startswith(f"lesson.md:{line}: the page 'goal' has a goal amiss. This page's goal names 'vall', which")


def test_a_script_that_trains_otherwise(spoilt):
    spoilt.change("lab.py", "p -= self.k.lr * p.grad", "p -= self.k.lr * p.grad * (2 if __name__ == '__main__' else 1)")
    (found,) = spoilt.findings(fast=False)
    assert "as a script it ends with the loss " in found
    assert "as a run with " in found
