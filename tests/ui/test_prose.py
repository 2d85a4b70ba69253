import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.figures.drawn import plain, roles
from tutor.ui.prose import laid_out, wrapped


def lines(markdown, width=20, **prefixes):
    return plain(laid_out(markdown, width, **prefixes))


def role_of(line, word):
    """The roles that the letters of `word` have in `line`."""
    start = plain([line])[0].index(word)
    return set(roles(line)[start : start + len(word)])


def test_a_paragraph_breaks_between_words():
    text = "A net that can't learn one\nbatch has a bug."
    assert lines(text) == ["A net that can't", "learn one batch has", "a bug."]


def test_paragraphs_stand_apart_by_one_empty_line():
    assert lines("one\n\n\n\ntwo") == ["one", "", "two"]


def test_no_text_makes_no_lines():
    assert lines("") == []
    assert lines("  \n\n ") == []


def test_no_text_still_shows_its_prefix():
    assert lines("", first="1  ") == ["1  "]


def test_lists_and_the_lists_in_them():
    text = "- one\n- two that is rather long\n  - inner\n  - more\n- three"
    assert lines(text) == ["• one", "• two that is rather", "  long", "  • inner", "  • more", "• three"]


def test_numbered_lists_count_on_from_where_they_start():
    assert lines("9. nine\n1. ten is two cells wider\n1. eleven") == [
        "9. nine",
        "10. ten is two cells",
        "    wider",
        "11. eleven",
    ]


def test_a_number_is_kept_around_an_inner_list():
    assert lines("1. one\n   - inner\n2. two") == ["1. one", "   • inner", "2. two"]


def test_a_list_stands_apart_from_the_text_around_it():
    assert lines("before\n\n- one\n- two\n\nafter") == ["before", "", "• one", "• two", "", "after"]


def test_an_item_of_several_paragraphs_has_one_mark():
    assert lines("- one\n\n  still one\n\n- two") == ["• one", "", "  still one", "", "• two"]


@pytest.mark.parametrize("item", ["-", "-     code"])
def test_a_mark_without_text_does_not_move_to_the_next_paragraph(item):
    assert lines(f"{item}\n\nafter")[-1] == "after"


@pytest.mark.parametrize("code", ["```python\nx = 1\n\n  y = 2\n```", "    x = 1\n\n      y = 2\n"])
def test_code_keeps_its_lines_and_its_spaces(code):
    shown = laid_out(f"before\n\n{code}\n\nafter", 20)
    assert plain(shown) == ["before", "", "  x = 1", "  ", "    y = 2", "", "after"]
    assert set(roles(shown[2])) == {"accent"}


def test_code_that_sticks_out_goes_on_below_further_in():
    assert lines("```\n" + "x" * 30 + "\n```") == ["  " + "x" * 18, "      " + "x" * 12]
    assert lines("```\n  loss = f(x, y) + 1\n```") == ["    loss = f(x, y) +", "        1"]


def test_a_table_too_wide_folds_its_widest_cells():
    shown = lines("| norm | what it does |\n|---|---|\n| none | nothing at all |\n| batch | centres |")
    assert shown == ["norm   what it does", "none   nothing at", "       all", "batch  centres"]


def test_tables_are_as_wide_as_their_widest_cells():
    shown = laid_out("| norm | loss |\n|---|---|\n| none | 2.31 |\n| batchnorm | 2.1 |", 30)
    assert plain(shown) == ["norm       loss", "none       2.31", "batchnorm  2.1"]
    assert [roles(line)[0] for line in shown] == ["muted", "text", "text"]


def test_text_after_a_table_is_text_again():
    assert lines("| a |\n|---|\n| b |\n\nafter") == ["a", "b", "", "after"]


def test_quotes_have_a_bar():
    assert lines("> one that goes on to a second line\n\nafter") == [
        "│ one that goes on",
        "│ to a second line",
        "",
        "after",
    ]


def test_headings_are_paragraphs():
    assert lines("### Small\nWords.") == ["Small", "", "Words."]


@pytest.mark.parametrize(
    ("markdown", "word", "role"),
    [
        ("a **b** c", "b", "title"),
        ("a *b* c", "b", "stress"),
        ("a `b` c", "b", "accent"),
        ("a **b *c* d** e", "c", "stress"),
        ("a **b *c* d** e", "d", "title"),
        ("a **b *c* d** e", "e", "text"),
        ("a [b](https://example.org) c", "b", "text"),
        ("a `**b**` c", "**b**", "accent"),
        ("a \\*b\\* c", "*b*", "text"),
    ],
)
def test_inline_marks_become_roles(markdown, word, role):
    (line,) = laid_out(markdown, 40)
    assert role_of(line, word) == {role}


def test_a_role_goes_on_over_a_line_break():
    first, second = laid_out("some **words that are strong** end", 16)
    assert plain([first, second]) == ["some words that", "are strong end"]
    assert role_of(first, "words that") == role_of(second, "are strong") == {"title"}
    assert role_of(second, "end") == {"text"}


def test_plain_text_has_the_role_asked_for():
    assert set(roles(laid_out("one two", 20, role="muted")[0])) == {"muted"}


@pytest.mark.parametrize("text", ["the token <unk> is rare", "a <b> c", "x < y and y > z", "<div>"])
def test_angle_brackets_are_text(text):
    assert lines(text, width=40) == [text]


def test_the_first_line_and_the_others_have_prefixes():
    assert lines("one two three four five\n\nsix", first="✓ Right. ", rest="  ") == [
        "✓ Right. one two",
        "  three four five",
        "",
        "  six",
    ]


def test_a_prefix_longer_than_the_line_leaves_a_cell_for_the_text():
    assert lines("ab", width=8, first="a long prefix ") == ["a long prefix a", "b"]


def test_a_word_longer_than_the_line_is_broken():
    assert lines("x" * 25) == ["x" * 20, "x" * 5]


def test_a_tab_is_a_space():
    assert plain(wrapped([("a\tb", "text")], 20)) == ["a b"]


words = st.lists(st.text("abcxyz0-9.,'σ∑", min_size=1, max_size=8), max_size=30).map(" ".join)
blocks = st.builds("{}{}".format, st.sampled_from(["", "- ", "  - ", "3. ", "> ", "> - ", "## ", "**", "| "]), words)


@given(st.lists(blocks, max_size=6), st.sampled_from(["\n", "\n\n"]), st.integers(20, 60))
def test_no_line_is_wider_than_asked_for(parts, between, width):
    for line in lines(between.join(parts), width):
        assert len(line) <= width


@given(st.text(max_size=60), st.integers(0, 30))
@example("a\tb", 20)
@example("&Tab;x", 20)
@example("`a\x0bb`", 20)
def test_any_text_can_be_laid_out(markdown, width):
    for line in laid_out(markdown, width):
        assert not any("\n" in text for text, _ in line)


@given(words, st.integers(8, 40))
def test_no_word_is_lost(text, width):
    shown = plain(wrapped([(text, "text")], width))
    assert "".join("".join(shown).split()) == "".join(text.split())
