"""Claims as their author writes them."""

import pytest

from tutor.course.claims import in_words, read_claims
from tutor.course.lesson import load_lesson
from tutor.course.quiz import Choice, Spot
from tutor.errors import TutorError

CLAIMS = """\
[[claim]]
id = "ln-27"
concept = "overfitting"
source = "004"
where = "a chart (l.10-20)"
says = "A fresh net's loss is 27."
check = "math.log(27)"
measured = 3.296
verdict = "wrong"
why = "It is the logarithm."

[[claim]]
id = "trained"
concept = "one-batch"
source = "lesson"
where = "Guess first"
says = "After 100 steps it is below 2."
check = "loss"
measured = { train = [1.9, 2] }
tolerance = 0.05
trains = true
unless = "loss(lr=0)"
verdict = "right"
why = "It learned."

[[claim]]
id = "hearsay"
concept = "one-batch"
source = "Smith (2015)"
where = "section 3"
says = "Everybody does it."
by = "reading"
verdict = "unsupported"
why = "Nobody counted."
"""

SPOT = """
[[question]]
id = "spot"
kind = "claim"
claim = "ln-27"
hints = ["How many letters are there?"]
tests = [
    {verdict = "wrong", text = "ln 27 is 3.3.", why = "So it is.", right = true},
    {verdict = "right", text = "There are 27 letters.", why = "A loss is no count."},
]
"""


@pytest.fixture
def with_claims(folder):
    """The lesson with those claims, one marked in its text, one asked about."""
    (folder.path / "claims.toml").write_text(CLAIMS)
    folder.change("lesson.md", "What does the *first* loss say?", "The loss is [below 2](claim:trained). Or not?")
    folder.change("lesson.md", '"first-loss", "spread"', '"first-loss", "spread", "spot"')
    quiz = folder.path / "quiz.toml"
    quiz.write_text(quiz.read_text() + SPOT)
    return folder


def failure(folder):
    with pytest.raises(TutorError) as caught:
        load_lesson(folder.path)
    return caught.value


def test_claims_are_read_with_their_values_and_where_they_stand(with_claims):
    claims = read_claims(with_claims.path / "claims.toml")
    assert list(claims) == ["ln-27", "trained", "hearsay"]
    assert claims["ln-27"].measured == 3.296
    assert claims["trained"].measured == {"train": [1.9, 2]}
    assert [claim.line for claim in claims.values()] == [7, 18, 26]
    assert [claim.cited for claim in claims.values()] == [
        "Study note 004, a chart (l.10-20)",
        "This lesson, Guess first",
        "Smith (2015), section 3",
    ]


def test_no_file_is_no_claims(tmp_path):
    assert read_claims(tmp_path / "claims.toml") == {}


def test_a_page_has_the_claims_that_it_marks_and_those_that_it_asks_about(with_claims):
    lesson = load_lesson(with_claims.path)
    assert [[claim.id for claim in lesson.claims_of(step)] for step in lesson.steps] == [[], ["trained", "ln-27"], []]


def test_a_question_about_a_claim_has_its_words_and_one_right_test(with_claims):
    spot = load_lesson(with_claims.path).questions["spot"]
    assert isinstance(spot, Spot)
    assert isinstance(spot, Choice)
    assert (spot.claim, spot.concept) == ("ln-27", "overfitting")
    assert "A fresh net's loss is 27." in spot.ask
    assert spot.explain == "It is the logarithm."
    assert [(option.text, option.right) for option in spot.options] == [
        ("Wrong: ln 27 is 3.3.", True),
        ("Right: There are 27 letters.", False),
    ]


MISTAKES = [
    ("claims.toml", 'verdict = "wrong"', 'verdict = "wong"', 9, "claim 'ln-27': verdict can't be 'wong'."),
    ("claims.toml", "measured = 3.296\n", "", 1, "claim 'ln-27': 'measured' is missing."),
    ("claims.toml", 'check = "math.log(27)"\n', "", 1, "claim 'ln-27': nothing checks it."),
    ("claims.toml", 'unless = "loss(lr=0)"\n', "", 21, "claim 'trained': 'trains' needs `unless`."),
    ("claims.toml", "tolerance = 0.05", "tolerance = -1", 12, "claim 'trained': a tolerance is negative."),
    ("claims.toml", "trains = true", "trained = true", 21, "claim 'trained': unknown claim key 'trained'."),
    ("claims.toml", 'by = "reading"', 'by = "heart"', 32, "claim 'hearsay': 'by' can't be that."),
    ("claims.toml", 'by = "reading"', 'by = "reading"\ncheck = "1"', 32, "claim 'hearsay': 'by' is reading."),
    ("claims.toml", 'id = "hearsay"', 'id = "trained"', 26, "there are two claims 'trained'."),
    ("claims.toml", "It learned.", "It fell to $e^x$.", 24, "claim 'trained': LaTeX, '$e^x$'."),
    ("claims.toml", '[[claim]]\nid = "ln-27"', '[[clam]]\nid = "ln-27"', 1, "'clam' has no place here."),
    ("quiz.toml", 'claim = "ln-27"', 'claim = "ln-28"', None, "question 'spot': claims.toml holds no claim 'ln-28'."),
    ("quiz.toml", '{verdict = "wrong"', '{verdict = "right"', None, "question 'spot': no one test is right."),
    ("quiz.toml", ", right = true},\n    {verdict", "},\n    {verdict", None, "question 'spot': no one test is right."),
    (
        "lesson.md",
        "claim:trained",
        "claim:trian",
        None,
        "this marks the claim 'trian', which claims.toml doesn't hold.",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "line", "what"), MISTAKES)
def test_a_mistake_is_named_with_its_place(with_claims, file, old, new, line, what):
    with_claims.change(file, old, new)
    place, _, said = failure(with_claims).what.partition(": ")
    assert place.startswith(f"lessons/one_batch/{file}:{line or ''}")
    assert said == what


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3.2958, "3.296"),
        (39165, "39,165"),
        ([1.0, [2, True]], "[1, [2, yes]]"),
        ({"sgd": 362, "adam": 1e-9}, "sgd: 362, adam: 1e-09"),
        ("ValueError: no", "ValueError: no"),
    ],
)
def test_values_are_told_in_a_line(value, words):
    assert in_words(value) == words
