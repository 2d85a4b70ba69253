"""What the learner's settings and the command line's options make of the app."""

import pytest
from click.testing import CliRunner

from tutor.cli import cli
from tutor.errors import ExitCode, TutorError
from tutor.ui.app import TutorApp


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """Runs `tutor` with a settings file and options, up to where the app would start; the app."""
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in ("SSH_CONNECTION", "NO_COLOR", "TEXTUAL_THEME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("tutor.commands.app._need_a_terminal", lambda: None)
    apps = []
    monkeypatch.setattr(TutorApp, "run", lambda app: apps.append(app))

    def run(settings="", *arguments):
        (tmp_path / "settings.toml").write_text(settings)
        done = CliRunner().invoke(cli, arguments, standalone_mode=False)
        if done.exception:
            raise done.exception
        return apps.pop()

    return run


def looks(app):
    return app.glyphs, app.fps, app.theme


def test_the_defaults(opened, monkeypatch):
    assert looks(opened()) == ("braille", 4.0, "textual-dark")
    monkeypatch.setenv("SSH_CONNECTION", "1 2 3 4")
    assert opened().fps == 2.0
    monkeypatch.setenv("LC_ALL", "C")
    assert opened().glyphs == "ascii"


def test_the_file_is_obeyed(opened):
    app = opened('glyphs = "quadrant"\nfps = 1\ntheme = "nord"\n[keys]\nhint = "H"\n')
    assert (looks(app), app.keys, app.notice) == (("quadrant", 1.0, "nord"), {"hint": "H"}, "")


@pytest.mark.parametrize("lesson", [(), ("temperature",)])
def test_the_command_line_goes_before_the_file(opened, lesson):
    options = ("--glyphs", "ascii", "--fps", "10", "--theme", "gruvbox")
    app = opened('glyphs = "quadrant"\nfps = 1\ntheme = "nord"\n', *lesson, *options)
    assert looks(app) == ("ascii", 10.0, "gruvbox")
    if lesson:
        assert looks(opened("", *options, *lesson)) == ("ascii", 10.0, "gruvbox")


def test_what_is_wrong_in_the_file_is_a_notice(opened):
    app = opened('theme = "nrod"\nfps = 3\nfsp = 2\n[keys]\nhint = "s"\n')
    assert looks(app) == ("braille", 3.0, "textual-dark")
    for said in ("no setting 'fsp'. Did you mean 'fps'?", "no theme 'nrod'. Did you mean 'nord'?", "it does one_step"):
        assert said in app.notice


def test_an_unknown_theme_on_the_command_line_is_an_error(opened):
    with pytest.raises(TutorError, match="Did you mean 'nord'") as caught:
        opened("", "--theme", "nrod")
    assert caught.value.code == ExitCode.MISUSE


def test_without_colours_no_theme_brings_them_back(opened, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert opened('theme = "nord"\n').theme == "ansi-dark"


def test_a_theme_that_is_chosen_is_there_the_next_time(opened, tmp_path):
    app = opened("fps = 1\n")
    app.choose_theme("dracula")
    assert looks(opened((tmp_path / "settings.toml").read_text())) == ("braille", 1.0, "dracula")
