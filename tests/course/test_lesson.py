import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutor.course.lesson import load_lesson
from tutor.course.outline import load_outline
from tutor.course.steps import slug
from tutor.errors import TutorError
from tutor.link.goals import SetKnob, Train, UsePreset


def test_front_matter_is_read_and_the_id_comes_from_the_folder(folder):
    lesson = load_lesson(folder.path)
    assert lesson.id == "one-batch"
    assert lesson.path == folder.path
    assert (lesson.title, lesson.order, lesson.minutes) == ("One batch", 3, 15)
    assert lesson.concepts == ("one-batch", "overfitting")
    assert lesson.needs == ("softmax",)
    assert lesson.sources == ("Karpathy, makemore part 2",)
    assert lesson.lab_file == folder.path / "lab.py"


def test_an_outline_is_the_lessons_front_matter(folder):
    lesson, outline = load_lesson(folder.path), load_outline(folder.path)
    assert msgspec.structs.asdict(outline).items() <= msgspec.structs.asdict(lesson).items()


def test_steps_have_their_text_without_the_block_and_their_line(folder):
    why, guess, short = load_lesson(folder.path).steps
    assert (why.id, why.kind, why.line) == ("why-one-batch", "read", 11)
    assert why.text.startswith("A net that")
    assert why.text.endswith("```")
    assert "## not a heading" in why.text
    assert guess.text == "What does the *first* loss say?"
    assert (guess.id, guess.title, guess.kind) == ("guess", "Guess first", "predict")
    assert guess.figures == ("loss", "samples")
    assert guess.set == {"batch": 32, "lr": 0.1, "norm": "none", "shuffle": True}
    assert isinstance(guess.set["batch"], int)
    assert guess.preset == "small"
    assert guess.questions == ("first-loss", "spread")
    assert (short.id, short.text) == ("episode-2-lete", "Short.")


def test_questions_keep_the_authors_order(folder):
    assert list(load_lesson(folder.path).questions) == ["first-loss", "spread", "ln-27", "loop", "no-zero"]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(folder):
    before = load_lesson(folder.path)
    for name in ("lesson.md", "quiz.toml"):
        path = folder.path / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_lesson(folder.path) == before


def test_a_lesson_needs_no_quiz(folder):
    (folder.path / "quiz.toml").unlink()
    folder.change("lesson.md", 'kind = "predict"\n', "")
    folder.change("lesson.md", 'questions = ["first-loss", "spread"]\n', "")
    assert load_lesson(folder.path).questions == {}


def test_a_lesson_cannot_be_changed(folder):
    with pytest.raises(AttributeError):
        load_lesson(folder.path).title = "Other"


FRONT_MATTER = [
    (
        'title = "One batch"',
        'titel = "One batch"',
        "unknown front-matter key 'titel'.",
        "Did you mean 'title'?",
    ),
    ('title = "One batch"', "title = 7", "'title' must be text, not a whole number.", ""),
    ('title = "One batch"', 'title = " "', "'title' is empty.", "Fill it in."),
    ("order = 3", 'order = "3"', "'order' must be a whole number, not text.", ""),
    ("order = 3", "order = ", "this isn't TOML: Invalid value.", "Write one `key = value` a line"),
    ("order = 3", "order = 3\norder = 3", "this isn't TOML: Cannot overwrite a value.", "each key once"),
    ("minutes = 15", "minutes = 0", "'minutes' must be 1 or more.", "Say how long"),
    ('concepts = ["one-batch", "overfitting"]', "concepts = []", "'concepts' is empty.", "Fill it in."),
    (
        'concepts = ["one-batch", "overfitting"]',
        'concepts = ["One batch"]',
        "concepts: item 1 isn't a usable name.",
        "'-'",
    ),
]


@pytest.mark.parametrize(("old", "new", "what", "remedy"), FRONT_MATTER)
def test_a_mistake_in_the_front_matter_is_named_with_its_line(folder, old, new, what, remedy):
    line = folder.change("lesson.md", old, new)
    error = failure(folder)
    # A key given twice is wrong where it comes again.
    assert error.what in {f"lessons/one_batch/lesson.md:{line + again}: {what}" for again in (0, new.count("\n"))}
    assert remedy in error.remedy


STEPS = [
    ("figures = [", "figure = [", "unknown step key 'figure'.", "Did you mean 'figures'?"),
    ("figures = [", "colour = [", "unknown step key 'colour'.", "It may have: id, kind, figures, set"),
    ('kind = "predict"', 'kind = "predikt"', "kind can't be 'predikt'.", "Did you mean 'predict'?"),
    ('id = "guess"', 'id = "Guess!"', "'id' isn't a usable name.", "lower-case"),
    ('figures = ["loss", "samples"]', 'figures = "loss"', "'figures' must be a list, not text.", ""),
    ("set = { batch = 32,", "set = { batch = [32],", "'set' must be true or false or", ""),
    ('preset = "small"', "preset = small", "this isn't TOML: Invalid value.", "quotes"),
    ("```python", "````python", "this fenced block never ends.", "Close it"),
    ("## Guess first", "##", "this step has no title.", "after the `##`"),
    ("## Why one batch?", "Hello.\n\n## Why one batch?", "text before the first step.", "below a heading"),
    ("It costs $5", "It costs \\frac{1}{2}", "LaTeX, '\\frac'.", "Unicode"),
    ("It costs $5", "It is $x^2$", "LaTeX, '$x^2$'.", "Unicode"),
]


@pytest.mark.parametrize(("old", "new", "what", "remedy"), STEPS)
def test_a_mistake_in_a_step_is_named_with_its_line(folder, old, new, what, remedy):
    line = folder.change("lesson.md", old, new)
    error = failure(folder)
    assert error.what.startswith(f"lessons/one_batch/lesson.md:{line}: {what}")
    assert remedy in error.remedy


def test_a_title_in_another_script_needs_an_id_of_its_own(folder):
    folder.change("lesson.md", "## Guess first", "## 是")
    assert load_lesson(folder.path).steps[1].id == "guess"
    line = folder.change("lesson.md", "## Épisode 2: l'été", "## 是")
    error = failure(folder)
    assert error.what == f"lessons/one_batch/lesson.md:{line}: this title makes no id."


def test_a_step_block_belongs_right_below_its_heading(folder):
    line = folder.change("lesson.md", "```step", "Some text.\n\n```step") + 2
    error = failure(folder)
    assert error.what == f"lessons/one_batch/lesson.md:{line}: a step block that isn't right below its heading."


def test_two_steps_with_one_id_are_both_named(folder):
    line = folder.change("lesson.md", "## Épisode 2: l'été", "## Guess")
    error = failure(folder)
    assert error.what == (
        f"lessons/one_batch/lesson.md:{line}: this step's id, 'guess', is also that of the step in line 20."
    )


def test_a_prediction_must_ask_something(folder):
    folder.change("lesson.md", 'questions = ["first-loss", "spread"]\n', "")
    error = failure(folder)
    assert error.what == "lessons/one_batch/lesson.md:20: a step of kind 'predict' that asks no question."


GOAL = 'goal = ["val < 2.60", "step <= 1,000"]'
REFERENCE = 'reference = ["gain = 1.1", "preset small", "run 1000"]'


def test_a_goal_is_read_with_the_moves_that_reach_it(folder):
    folder.change("lesson.md", 'preset = "small"\n', f"{GOAL}\n{REFERENCE}\n")
    _, step, other = load_lesson(folder.path).steps
    assert [condition.says for condition in step.goal] == ["val < 2.60", "step ≤ 1,000"]
    assert step.reference == (SetKnob("gain", "1.1"), UsePreset("small"), Train(1000))
    assert other.goal == other.reference == ()


@pytest.mark.parametrize(
    ("block", "below", "what"),
    [
        ([REFERENCE, 'goal = ["val is low"]'], 1, "the goal 'val is low' isn't a condition."),
        ([GOAL, 'reference = ["go far"]'], 1, "the reference 'go far' isn't a move."),
        ([GOAL], 0, "a goal and a reference need each other."),
        ([REFERENCE], 0, "a goal and a reference need each other."),
        (["goal = []", 'goal2 = "x"'], 1, "unknown step key 'goal2'."),
        (['goal = "val < 2.60"'], 0, "'goal' must be a list, not text."),
    ],
)
def test_a_mistake_in_a_goal_is_named_with_its_line(folder, block, below, what):
    line = folder.change("lesson.md", 'preset = "small"', "\n".join(block))
    error = failure(folder)
    assert error.what == f"lessons/one_batch/lesson.md:{line + below}: {what}"
    assert error.remedy or "must be" in what


def test_a_step_of_kind_goal_must_state_one(folder):
    folder.change("lesson.md", 'kind = "predict"', 'kind = "goal"')
    error = failure(folder)
    assert error.what == "lessons/one_batch/lesson.md:20: a step of kind 'goal' that states no goal."


def test_a_question_that_is_not_in_the_quiz_is_named_with_the_nearest(folder):
    folder.change("lesson.md", '"first-loss"', '"firstloss"')
    error = failure(folder)
    assert error.what == (
        "lessons/one_batch/lesson.md:20: the step 'guess' asks 'firstloss', which quiz.toml doesn't hold."
    )
    assert error.remedy == "Did you mean 'first-loss'?"


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("", "lesson.md:1", "the front matter is missing."),
        ("## Step\n", "lesson.md:1", "the front matter is missing."),
        ("+++\ntitle = 'x'\n", "lesson.md:1", "the front matter never ends."),
        ("+++\n+++\n", "lesson.md:2", "the front-matter key 'title' is missing."),
    ],
)
def test_front_matter_that_is_not_there(folder, text, place, what):
    (folder.path / "lesson.md").write_text(text)
    assert failure(folder).what == f"lessons/one_batch/{place}: {what}"


def test_a_lesson_without_steps_is_refused(folder):
    text = (folder.path / "lesson.md").read_text(encoding="utf-8")
    (folder.path / "lesson.md").write_text(text[: text.index("## Why")])
    assert failure(folder).what == "lessons/one_batch/lesson.md:11: the lesson has no steps."


def test_text_that_is_not_utf_8_is_named_with_its_line(folder):
    (folder.path / "lesson.md").write_bytes(b"+++\ntitle = '\xe9'\n+++\n")
    assert failure(folder).what == "lessons/one_batch/lesson.md:2: this isn't UTF-8 text."


def test_missing_files_are_named(folder):
    (folder.path / "lab.py").unlink()
    assert failure(folder).what == "lessons/one_batch has no lab.py."
    (folder.path / "lesson.md").unlink()
    assert failure(folder).what == "lessons/one_batch/lesson.md can't be read: No such file or directory."


@pytest.mark.parametrize("name", ["One_batch", "one-batch", "one batch", "_one"])
def test_a_folder_whose_name_makes_no_id_is_refused(new_lesson, name):
    error = failure(new_lesson(name))
    assert error.what == f"lessons/{name} can't be a lesson's folder."
    assert "lower-case" in error.remedy


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("One batch, twice", "one-batch-twice"),
        ("  Don't — stop! ", "dont-stop"),
        ("T → 0", "t-0"),
        ("是", ""),
    ],
)
def test_slug(title, expected):
    assert slug(title) == expected


FRAGMENTS = [
    "+++",
    "\n## ",
    "\n```step\n",
    "```",
    "[[question]]",
    "\n",
    '"',
    "=",
    "[",
    "}",
    "é",
    "$x$",
    "\\frac",
    "\x00",
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    file=st.sampled_from(["lesson.md", "quiz.toml", "claims.toml"]),
    at=st.floats(0, 1),
    cut=st.integers(0, 60),
    junk=st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=4).map("".join) | st.binary(max_size=8),
)
def test_whatever_is_in_the_files_there_is_a_lesson_or_a_tutor_error(folder, file, at, cut, junk):
    path = folder.path / file
    before = path.read_bytes() if path.exists() else b""
    start = round(at * len(before))
    path.write_bytes(before[:start] + (junk if isinstance(junk, bytes) else junk.encode()) + before[start + cut :])
    said = f"lessons/one_batch/{file}"
    try:
        load_lesson(folder.path)
    except TutorError as error:
        said = error.what
    path.write_bytes(before)
    assert said.startswith((f"lessons/one_batch/{file}", "lessons/one_batch/lesson.md"))


def failure(folder) -> TutorError:
    with pytest.raises(TutorError) as caught:
        load_lesson(folder.path)
    return caught.value
