"""Checks of claims, run."""

import math
import queue

import pytest
import torch

from tutor.course.claims import Claim
from tutor.errors import TutorError
from tutor.lab.claims import Checks, agree, check_all, plain
from tutor.lab.server import Lab
from tutor.link.framing import HEADER, pack, report
from tutor.link.messages import Check, Trouble

CODE = """\
import torch

def draw(size=3):
    return torch.randn(size)

def broken():
    return 1 / 0

def odd():
    return object()
"""


def claim(check="1 + 1", measured=2, **more):
    about = {"id": "a", "concept": "loss", "source": "lesson", "where": "here", "says": "It is so.", "why": "So."}
    return Claim(**about, verdict="right", check=check, measured=measured, **more)


@pytest.fixture
def checks(tmp_path):
    (tmp_path / "claims.py").write_text(CODE)
    return Checks(tmp_path)


def test_a_line_of_torch_and_a_function_are_run_from_one_seed(checks):
    torch.manual_seed(0)
    drawn = torch.randn(3).tolist()
    for check in ("torch.randn(3)", "draw", "draw(3)"):
        checked = checks.check(claim(check, drawn))
        assert checked.measured == drawn
        assert checked.agrees
        assert (checked.trouble, checked.seed, checked.torch) == ("", 0, torch.__version__)


def test_torchs_own_generator_is_left_as_it_was(checks):
    before = torch.get_rng_state()
    checks.check(claim("draw"))
    assert torch.equal(torch.get_rng_state(), before)


def test_a_check_has_softmax_errors_and_the_rest_at_hand(checks):
    checked = checks.check(
        claim("(sm([0.0, 0.0]), err(lambda: F.cross_entropy(1, 2)), nn.Linear(2, 3).weight.shape[0], T(1))")
    )
    half, error, rows, one = checked.measured
    assert (half, rows, one) == ([0.5, 0.5], 3, 1)
    assert error.startswith("TypeError: ")


def test_another_value_does_not_agree(checks):
    checked = checks.check(claim(measured=3))
    assert not checked.agrees
    assert (checked.measured, checked.trouble) == (2, "")


def test_a_counter_setting_must_give_something_else(checks):
    assert checks.check(claim("draw(1)", 1.541, rel_tolerance=1, unless="draw(2)")).agrees is False
    fine = checks.check(claim("2", 2, unless="3"))
    assert (fine.agrees, fine.counter) == (True, 3)
    cannot_fail = checks.check(claim("2", 2, unless="2.001"))
    assert not cannot_fail.agrees
    assert "can't fail" in cannot_fail.trouble


def test_what_is_settled_by_reading_is_not_run(checks):
    read = Claim(id="a", concept="b", source="c", where="d", says="e", verdict="contested", why="f", by="reading")
    assert checks.check(read).agrees
    assert checks.check(read).measured is None


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("broken", "/claims.py:7: ZeroDivisionError: division by zero"),
        ("1 / 0", "/claims.toml:12: ZeroDivisionError: division by zero"),
        ("nothing", "/claims.toml:12: NameError: name 'nothing' is not defined"),
        ("1 +", "/claims.toml:12: SyntaxError: invalid syntax"),
        ("odd", "TypeError: a check gives numbers, texts, lists and tables, not object"),
    ],
)
def test_a_check_that_fails_says_where(checks, check, said):
    checked = checks.check(claim(check, line=12))
    assert not checked.agrees
    assert said in checked.trouble
    assert "\n" not in checked.trouble


def test_a_broken_file_is_one_sentence_with_its_line(tmp_path):
    (tmp_path / "claims.py").write_text("x = 1\ny = x +\n")
    with pytest.raises(TutorError, match=rf"{tmp_path.name}/claims.py:2: SyntaxError"):
        Checks(tmp_path)


def test_claims_are_checked_by_id_in_the_order_asked_for(tmp_path):
    texts = [
        f'[[claim]]\nid = "{name}"\nconcept = "c"\nsource = "s"\nwhere = "w"\nsays = "s"\n'
        f'check = "{name}"\nmeasured = 7\nverdict = "right"\nwhy = "y"\n'
        for name in ("one", "two")
    ]
    (tmp_path / "claims.toml").write_text("".join(texts))
    (tmp_path / "claims.py").write_text("one, two = 7, 8\n")
    found = list(check_all(tmp_path, ["two", "one"]))
    assert [(checked.id, checked.agrees) for checked in found] == [("two", False), ("one", True)]
    with pytest.raises(TutorError, match="holds no claim 'three'"):
        list(check_all(tmp_path, ["three"]))


def test_a_lab_answers_each_check_by_itself(tmp_path):
    (tmp_path / "claims.toml").write_text(
        '[[claim]]\nid = "sum"\nconcept = "c"\nsource = "s"\nwhere = "w"\nsays = "s"\n'
        'check = "T([1, 1]).sum()"\nmeasured = 2\nverdict = "right"\nwhy = "y"\n'
    )
    inbox, heard = queue.SimpleQueue(), []
    lab = Lab(inbox, heard.append)
    for ids in (("sum", "sum"), ("gone",)):
        inbox.put(Check(str(tmp_path), ids))
        lab.turn()
    one, other, trouble = (report(pack(said)[HEADER:]) for said in heard)
    assert (one.id, one.measured, one.agrees) == (other.id, other.measured, other.agrees) == ("sum", 2, True)
    assert isinstance(trouble, Trouble)


def test_values_become_plain_data():
    given = {"a": (torch.tensor([1, 2]), 0.5), 3: torch.tensor(True)}
    assert plain(given) == {"a": [[1, 2], 0.5], "3": True}


@pytest.mark.parametrize(
    ("found", "recorded", "same"),
    [
        (1.009, 1.0, True),
        (1.011, 1.0, False),
        (0.04, 0.0, True),
        ([1, {"a": 2.0}], [1.0, {"a": 2}], True),
        ([1, 2], [1, 2, 3], False),
        ({"a": 1}, {"b": 1}, False),
        (math.nan, math.nan, True),
        (math.inf, math.inf, True),
        (1e9, math.inf, False),
        (math.nan, 1.0, False),
        (True, True, True),
        (1, True, False),
        ("out", "out", True),
        ("out", 1.0, False),
    ],
)
def test_agreement_is_that_of_each_number_within_its_tolerance(found, recorded, same):
    assert agree(found, recorded, 0.05 if recorded == 0.0 else 0.0, 0.01) is same
