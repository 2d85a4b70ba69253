import io

from tutor.plain.voice import Voice


def said(*lines, **options):
    out = io.StringIO()
    Voice(io.StringIO(), out, **options).say(*lines)
    return out.getvalue()


def test_without_a_terminal_a_paragraph_is_a_line():
    assert said("word " * 60, "", "end") == f"{'word ' * 60}\n\nend\n"


def test_on_a_terminal_lines_are_wrapped_between_words_and_code_never():
    code = "    " + "x" * 90
    rows = said(f"- {'word ' * 20}", code, width=40).splitlines()
    assert all(len(row) < 40 for row in rows[:-1])
    assert rows[0].startswith("- word")
    assert rows[1].startswith("  word")
    assert rows[-1] == code


def test_no_control_character_gets_through():
    assert said("a\x1b[31mred\x07\x9b") == "a[31mred\n"


def test_asking():
    out = io.StringIO()
    voice = Voice(io.StringIO("  run 5 \n\x1b[A\n"), out, echo=True)
    assert [voice.ask(), voice.ask(), voice.ask()] == ["run 5", "[A", None]
    assert out.getvalue() == "> run 5\n> [A\n> \n"
