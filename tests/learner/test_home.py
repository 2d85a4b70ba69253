from pathlib import Path

import platformdirs
import pytest

from tutor.learner.home import state_dir, tutor_home


def test_tutor_home_is_what_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "mine"))
    assert tutor_home() == tmp_path / "mine"
    assert state_dir() == tmp_path / "mine" / "state"
    assert not (tmp_path / "mine").exists()


def test_a_tilde_is_the_learners_home(monkeypatch):
    monkeypatch.setenv("TUTOR_HOME", "~/nets")
    assert tutor_home() == Path.home() / "nets"


@pytest.mark.parametrize("value", [None, "", "  "])
def test_without_it_the_platform_says(monkeypatch, value):
    if value is None:
        monkeypatch.delenv("TUTOR_HOME", raising=False)
    else:
        monkeypatch.setenv("TUTOR_HOME", value)
    assert tutor_home() == platformdirs.user_data_path("nn-tutor", appauthor=False)
    assert state_dir() == platformdirs.user_state_path("nn-tutor", appauthor=False)
