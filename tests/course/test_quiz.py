import msgspec
import pytest

from tutor.course.quiz import Bug, Choice, Multiple, Numeric, Order
from tutor.course.quiz_file import KINDS, read_quiz
from tutor.errors import TutorError
from tutor.link.trials import Trial


def test_every_kind_is_read(folder):
    questions = read_quiz(folder.path / "quiz.toml", {})
    kinds = [Choice, Multiple, Numeric, Order, Bug]
    assert [type(question) for question in questions.values()] == kinds
    assert [msgspec.to_builtins(question)["kind"] for question in questions.values()] == list(KINDS[:5])
    first = questions["first-loss"]
    assert first.predict
    assert [option.right for option in first.options] == [True, False, False]
    assert first.options[2].last
    assert not questions["spread"].predict
    assert questions["ln-27"].near[0].value == 4.75
    assert questions["no-zero"].lines[3] == "p.data += lr * p.grad"


def test_no_file_is_no_questions(tmp_path):
    assert read_quiz(tmp_path / "quiz.toml", {}) == {}


LIVE = 'live = {metric = "val", steps = 9}'
THAN = 'live = {metric = "val", steps = 9, than = {steps = 0}}'
TWO_RIGHT = ', right = true, why = "That is how many'
MISTAKES = [
    (
        'why = "That is how many',
        'wy = "That is how many',
        "'first-loss': options 2: unknown question key 'wy'.",
    ),
    ("predict = true", "predicts = true", "'first-loss': unknown question key 'predicts'."),
    ("predict = true", 'predict = "yes"', "'first-loss': 'predict' must be true or false, not text."),
    ('kind = "choice"', 'kind = "choise"', "'first-loss': kind can't be 'choise'."),
    ('why = "That is how many letters there are."', 'why = ""', "'first-loss': options 2: 'why' is empty."),
    ('hints = ["27 letters are equally likely."]', "hints = []", "'first-loss': 'hints' is empty."),
    (', why = "That is how many', TWO_RIGHT, "'first-loss': 2 options are right."),
    ("right = true, why = ", "why = ", "'first-loss': 0 options are right."),
    ("items = [", 'items = ["update", ', "'loop': 'items' can't be ordered."),
    ("tolerance = 0.05", "tolerance = -1", "'ln-27': how near is near enough isn't said."),
    ("tolerance = 0.05", "tolerance = 1\nrel_tolerance = 1", "'ln-27': how near is near enough isn't said."),
    ("answer = 3.3", "answer = inf", "'ln-27': 'answer' can't be typed."),
    ("answer = 3.3", "answer = [3.3]", "'ln-27': 'answer' must be a number, not a list."),
    ("{value = 4.75, tolerance = 0.01,", "{value = 4.75,", "'ln-27': near 1: neither a range nor a value."),
    ("faulty = 4", "faulty = 3", "'no-zero': 'faulty' is 3."),
    ("faulty = 4", "faulty = 5", "'no-zero': 'faulty' is 5."),
    ("others = [{line = 2,", "others = [{line = 4,", "'no-zero': 'others' names a wrong line."),
    ("predict = true", 'live = {metric = "val"}', "'first-loss': 'live' settles a prediction."),
    ("predict = true", f"predict = true\n{LIVE}", "'first-loss': 'when' and `live` need each other."),
    (
        "predict = true",
        'predict = true\nlive = {metrics = "val"}',
        "'first-loss': live: unknown question key 'metrics'.",
    ),
    ('kind = "bug"', f'kind = "bug"\npredict = true\n{LIVE}', "'no-zero': 'live' settles no question of this kind."),
    ('kind = "order"', f'kind = "order"\npredict = true\n{LIVE}', "'loop': 'runs' are for an order."),
    ("answer = 3.3", f"answer = 3.3\npredict = true\n{THAN}", "'ln-27': 'live' gives no single number."),
    ("tolerance = 0.05", "factor = 0.5", "'ln-27': how near is near enough isn't said."),
    ("A net that knows", "$\\\\ln 27$: a net that knows", "'first-loss': LaTeX, '$\\ln 27$'."),
    ("ln 27 is 3.296.", "$e^x$", "'first-loss': LaTeX, '$e^x$'."),
]


@pytest.mark.parametrize(("old", "new", "what"), MISTAKES)
def test_a_mistake_is_named_with_the_questions_id(folder, old, new, what):
    folder.change("quiz.toml", old, new)
    error = failure(folder)
    place, _, rest = error.what.partition(": question ")
    assert place.startswith("lessons/one_batch/quiz.toml:")
    assert rest == what
    assert error.remedy or "must be" in what


LIVE_CHOICE = """
[[question]]
id = "falls"
kind = "choice"
concept = "one-batch"
predict = true
ask = "Does it fall?"
hints = ["It learns."]
explain = "It does."
live = { metric = "val", at = [0, 9] }
options = [
    { text = "yes", right = true, why = "So.", points = [3, 2] },
    { text = "no", why = "No.", points = [3, 3] },
]
"""


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("at = [0, 9]", "steps = 9", "'when' and `live` need each other."),
        ("at = [0, 9]", "at = [9, 0]", "live: 'at' makes no curve."),
        ("at = [0, 9]", "at = [0, 9], steps = 1", "live: 'at' stands alone."),
        ("points = [3, 3]", "points = [3]", "'points' and `live.at` need each other."),
    ],
)
def test_a_live_prediction_that_can_settle_nothing_is_refused(folder, old, new, what):
    (folder.path / "quiz.toml").write_text(LIVE_CHOICE.replace(old, new))
    assert failure(folder).what.endswith(f"question 'falls': {what}")


@pytest.mark.parametrize("when", ["val", "train < 3", "change < 0"])
def test_a_when_is_a_condition_on_what_is_measured(folder, when):
    text = LIVE_CHOICE.replace("at = [0, 9]", "steps = 9").replace("points = [3, 2]", f'when = ["{when}"]')
    (folder.path / "quiz.toml").write_text(text.replace("points = [3, 3]", 'when = ["val > 3"]'))
    assert "'when'" in failure(folder).what


def test_curves_and_questions_of_the_own_run_are_read(folder):
    draw = """
    [[question]]
    id = "draw"
    kind = "draw"
    concept = "one-batch"
    predict = true
    ask = "Draw it."
    hints = ["It falls."]
    explain = "It does."
    why = "So."
    live = { metric = "val", at = [0, 9], log = true }
    answer = [3, 2]
    low = 1
    high = 4
    tolerance = 0.1

    [[question]]
    id = "mine"
    kind = "own"
    concept = "one-batch"
    ask = "Yours."
    hints = ["Look."]
    explain = "So."
    steps = 100
    set = { lr = 0.5 }
    """
    (folder.path / "quiz.toml").write_text(LIVE_CHOICE + draw)
    read = read_quiz(folder.path / "quiz.toml", {})
    assert read["draw"].live.at == (0, 9)
    assert read["falls"].options[1].points == (3.0, 3.0)
    assert read["mine"].trial == Trial((100,), {"lr": 0.5})


def test_a_mistake_is_named_with_its_line(folder):
    line = folder.change("quiz.toml", "faulty = 4", "fault = 4")
    error = failure(folder)
    assert error.what == f"lessons/one_batch/quiz.toml:{line}: question 'no-zero': unknown question key 'fault'."
    assert error.remedy == "Did you mean 'faulty'?"


def test_a_choice_needs_two_options(folder):
    folder.change("quiz.toml", '    {text = "27", why = "That is how many letters there are."},\n', "")
    folder.change("quiz.toml", '    {text = "none of these", last = true, why = "One of them is."},\n', "")
    assert failure(folder).what.endswith("question 'first-loss': there is nothing to choose.")


def test_a_multiple_choice_needs_a_right_option(folder):
    folder.change("quiz.toml", '"a larger batch", right = true', '"a larger batch"')
    folder.change("quiz.toml", '"averaging over two batches", right = true', '"averaging over two batches"')
    assert failure(folder).what.endswith("question 'spread': no option is right.")


def test_a_question_without_an_id_is_named_by_its_number(folder):
    folder.change("quiz.toml", 'id = "spread"\n', "")
    line = folder.change("quiz.toml", '[[question]]\nkind = "multiple"', '[[question]]\nkind = "multiple"')
    what = f"lessons/one_batch/quiz.toml:{line}: question 2: the question key 'id' is missing."
    assert failure(folder).what == what


def test_two_questions_with_one_id_are_refused(folder):
    line = folder.change("quiz.toml", 'id = "spread"', 'id = "first-loss"') - 1
    what = f"lessons/one_batch/quiz.toml:{line}: there are two questions 'first-loss'."
    assert failure(folder).what == what


@pytest.mark.parametrize("heading", ["[question]", "[[questions]]"])
def test_anything_but_question_tables_is_refused(folder, heading):
    (folder.path / "quiz.toml").write_text(f"\n{heading}\nid = 'x'\n")
    error = failure(folder)
    name = heading.strip("[]")
    assert error.what == f"lessons/one_batch/quiz.toml:2: '{name}' has no place here."
    assert "[[question]]" in error.remedy


def test_questions_that_are_no_tables_are_refused(folder):
    (folder.path / "quiz.toml").write_text("question = [1, 2]\n")
    assert failure(folder).what == "lessons/one_batch/quiz.toml:1: 'question' has no place here."


def test_broken_toml_is_named_with_its_line(folder):
    line = folder.change("quiz.toml", 'concept = "overfitting"', "concept = overfitting")
    assert failure(folder).what == f"lessons/one_batch/quiz.toml:{line}: this isn't TOML: Invalid value."


def failure(folder) -> TutorError:
    with pytest.raises(TutorError) as caught:
        read_quiz(folder.path / "quiz.toml", {})
    return caught.value
