import tomllib

import pytest

from tutor.errors import TutorError
from tutor.settings import Settings, detected_glyphs, keep_theme, read_settings


@pytest.fixture
def file(tmp_path):
    return tmp_path / "settings.toml"


def test_without_a_file_all_is_at_its_default(file):
    assert read_settings(file) == (Settings(), "")


def test_what_it_says_is_read(file):
    file.write_text('glyphs = "ascii"\nfps = 1\ntheme = "nord"\n[keys]\nhint = "H"\n')
    assert read_settings(file) == (Settings("ascii", 1.0, "nord", {"hint": "H"}), "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('glyphs = "runes"', "glyphs: Invalid enum value 'runes'"),
        ("fps = 0", "fps: Expected `float` > 0"),
        ('fps = "fast"', "fps: Expected `float | null`, got `str`"),
        ("themes = 'nord'", "there is no setting 'themes'. Did you mean 'theme'?"),
        ("[keys]\nhint = 3", "keys: Expected `str`, got `int` - at `$[...]`"),
    ],
)
def test_one_wrong_setting_leaves_the_others(file, text, told):
    file.write_text(f'theme = "nord"\n{text}\n' if "theme" not in text else f"fps = 2\n{text}\n")
    settings, notice = read_settings(file)
    assert told in notice
    assert notice.startswith(f"In {file}, ")
    assert notice.endswith(" The rest holds.")
    assert settings in (Settings(theme="nord"), Settings(fps=2))


@pytest.mark.parametrize("content", [b"glyphs = ", b"\xff\xfe", b'theme = "a"\ntheme = "b"'])
def test_a_broken_file_is_told_and_changes_nothing(file, content):
    file.write_bytes(content)
    settings, notice = read_settings(file)
    assert settings == Settings()
    assert notice.startswith(f"{file} can't be read (")
    assert "\n" not in notice


def test_a_folder_in_its_place_is_told_too(file):
    file.mkdir()
    assert "can't be read (Is a directory)" in read_settings(file)[1]


@pytest.mark.parametrize(
    "before",
    [
        "",
        "# mine\nfps = 2  # slow line\n",
        '# mine\ntheme = "nord"  # for now\nfps = 2\n\n[keys]\n# h is taken\nhint = "H"\n',
        '[keys]\ntheme = "T"\n',
        "fps = 2",
        "[keys]",
    ],
)
def test_a_theme_is_kept_and_every_other_line_with_it(file, before):
    if before:
        file.write_text(before)
    keep_theme(file, "textual-light")
    after = file.read_text()
    was = tomllib.loads(before)
    assert tomllib.loads(after) == {**was, "theme": "textual-light"}
    for line in before.splitlines():
        assert line in after.splitlines() or line.startswith("theme = ")
    assert list(file.parent.iterdir()) == [file]


def test_it_is_written_where_there_is_no_folder_yet(tmp_path):
    file = tmp_path / "home" / "settings.toml"
    keep_theme(file, 'a "b" \\')
    assert read_settings(file)[0].theme == 'a "b" \\'


def test_where_it_cannot_be_written_that_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TutorError, match=r"for this session alone: .* can't be written"):
        keep_theme(tmp_path / "file" / "settings.toml", "nord")


@pytest.mark.parametrize(
    ("environment", "glyphs"),
    [
        ({"LANG": "en_US.UTF-8", "TERM": "xterm-256color"}, "braille"),
        ({"LANG": "de_DE.utf8"}, "braille"),
        ({"LANG": "C.UTF-8", "TERM": "linux"}, "quadrant"),
        ({"LC_CTYPE": "UTF-8"}, "braille"),
        ({"LANG": "C.UTF-8", "LC_ALL": "C"}, "ascii"),
        ({"LC_ALL": "", "LC_CTYPE": "", "LANG": "en_US.ISO-8859-1", "TERM": "linux"}, "ascii"),
        ({}, "ascii"),
    ],
)
def test_glyphs_go_by_locale_and_terminal(environment, glyphs):
    assert detected_glyphs(environment) == glyphs
