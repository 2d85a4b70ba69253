import pytest

from tutor.course.markdown import fences, latex_in


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("so $x^2$ grows", "$x^2$"),
        ("and $w_1 x + b$.", "$w_1 x + b$"),
        ("for $n$ items", "$n$"),
        ("$\\sigma$ is the spread", "$\\sigma$"),
        ("a \\frac{1}{2} b", "\\frac"),
        ("2\\pi", "\\pi"),
        ("\\sum_i x_i", "\\sum"),
        ("inline \\(x\\)", "\\("),
        ("display \\[x", "\\["),
        ("$$y = x$$", "$$y = x$$"),
        ("$$", "$$"),
    ],
)
def test_latex_is_found(text, found):
    assert (2, found) in latex_in(f"Fine.\n{text}\nFine.")


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 here and $10 there.",
        "From $5/month to $9/month.",
        "Set $HOME and $PATH, or $HOME/bin:$PATH.",
        "`$x^2$` and ``\\frac`` are code.",
        "C:\\Users\\new\\names.txt",
        "A backslash \\ alone, an escaped \\* star and \\$x^2\\$.",
        "σ² = Σᵢ (xᵢ − μ)² / n, and x_1 * y_2 = 3.",
        "```python\nre.compile(r'\\frac$x^2$')\n```",
        "~~~\n$$\n~~~",
        "The shell's number is $$ here.",
    ],
)
def test_what_only_looks_like_latex_passes(text):
    assert latex_in(text) == []


def test_a_fence_that_asks_for_latex_is_found():
    assert latex_in("Hello.\n\n```math\nx\n```") == [(3, "```math")]


def test_every_line_is_reported():
    assert [line for line, _ in latex_in("$a$\n\nb $c+d$\n`$e$`\n\\frac")] == [1, 3, 5]


def test_fences_nest_by_length_and_kind():
    lines = ["a", "````md x", "```", "~~~", "````", "~~~", "```", "~~~~", "```open"]
    assert [(fence.first, fence.last, fence.info, fence.closed) for fence in fences(lines)] == [
        (1, 4, "md x", True),
        (5, 7, "", True),
        (8, 8, "open", False),
    ]


def test_code_in_a_line_is_no_fence():
    assert fences(["```not a fence```", "text"]) == []
