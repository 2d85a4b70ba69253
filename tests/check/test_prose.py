import pytest

from tutor.check.prose import cells


def test_a_page_that_is_too_long_is_a_warning(spoilt):
    line = spoilt.change("lesson.md", "## A line in the plane", "## A line in the plane")
    spoilt.change("lesson.md", "Each point", "so many words " * 50 + "Each point")
    (found,) = spoilt.findings()
    assert found.startswith(f"lesson.md:{line}: warning: the page 'line' has 2")
    assert found.endswith(" words. Cut it to 150, or make it two pages.")


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (f"```python\n{'x' * 81}\n```", "this line of code takes 81 columns. Break it: 80 fit."),
        (f"```\n{'字' * 41}\n```", "this line of code takes 82 columns. Break it: 80 fit."),
        (f"| {'x' * 80} |", "this row of a table takes 84 columns. Break it: 80 fit."),
    ],
)
def test_what_is_laid_out_fits(spoilt, text, finding):
    line = spoilt.change("lesson.md", "Each point", f"{text}\n\nEach point") + text.count("\n") // 2
    assert spoilt.findings() == [f"lesson.md:{line}: {finding}"]


def test_prose_is_wrapped_and_may_be_long(spoilt):
    spoilt.change("lesson.md", "Each point", "x" * 200 + " Each point")
    assert spoilt.findings() == []


def test_combining_marks_take_no_column():
    assert (cells("x̂"), cells("σ²"), cells("字")) == (1, 2, 2)


@pytest.mark.parametrize("to", ["picture.txt", "https://pytorch.org/docs", "http://localhost.example:80/x"])
def test_links_that_lead_somewhere(spoilt, to):
    (spoilt.path / "picture.txt").touch()
    spoilt.change("lesson.md", "Each point", f"[See]({to}). `[not](this)` Each point")
    assert spoilt.findings() == []


@pytest.mark.parametrize("to", ["picture.txt", "https//pytorch.org", "ftp://x.y", ""])
def test_links_that_dont(spoilt, to):
    line = spoilt.change("lesson.md", "Each point", f"[See]({to}). Each point")
    assert spoilt.findings() == [
        f"lesson.md:{line}: the link to '{to}' leads nowhere. "
        "Write https://…, claim:ID, or the name of a file in the lesson's folder."
    ]


def test_a_page_says_its_own_id(spoilt):
    spoilt.change("lesson.md", 'id = "line"\n', "")
    assert spoilt.findings()[0].endswith(
        "the page 'a-line-in-the-plane' has its id from its title, and would lose it with a new one. "
        'Write `id = "a-line-in-the-plane"` in its step block: what a learner did here is kept by it.'
    )


def test_what_cant_be_read_is_one_finding_at_its_line(spoilt):
    line = spoilt.change("lesson.md", "Each point", "$\\sigma^2$ Each point")
    (found,) = spoilt.findings()
    assert found.startswith(f"lesson.md:{line}: LaTeX, '$\\sigma^2$'. Write it in Unicode")
    line = spoilt.change("quiz.toml", 'kind = "choice"', 'kind = "guess"')
    spoilt.change("lesson.md", "$\\sigma^2$ ", "")
    (found,) = spoilt.findings()
    assert found.startswith(f"quiz.toml:{line}: question 'one-step-right': kind can't be 'guess'.")


def test_a_lesson_without_its_text(spoilt):
    (spoilt.path / "lesson.md").unlink()
    assert spoilt.findings() == [
        "lesson.md:1: can't be read: No such file or directory. Check that it exists and is yours to read."
    ]
