import pytest

from tutor.errors import TutorError
from tutor.learner.trust import EVERYONE, Trust
from tutor.paths import lessons_dir


@pytest.fixture
def file(tmp_path):
    return tmp_path / "home" / "trusted.txt"


def test_tutors_own_lessons_need_no_word(file):
    assert Trust(file).covers(lessons_dir() / "minibatches")
    assert not file.exists()


def test_what_was_agreed_to_is_kept_by_folder(file, tmp_path):
    trust = Trust(file)
    assert not trust.covers(tmp_path / "mine")
    trust.grant(tmp_path / "mine")
    trust.grant(tmp_path / "mine" / ".." / "mine")
    trust.grant(tmp_path / "żółw")
    assert trust.covers(tmp_path / "mine")
    later = Trust(file)
    assert later.covers(tmp_path / "mine")
    assert later.covers(tmp_path / "żółw")
    assert not later.covers(tmp_path / "mine" / "inner")
    assert not later.covers(tmp_path / "other")
    assert file.read_text(encoding="utf-8").count("\n") == 2


def test_a_link_is_what_it_leads_to(file, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    Trust(file).grant(tmp_path / "link")
    assert Trust(file).covers(tmp_path / "mine")


def test_what_cant_be_kept_holds_for_now(tmp_path):
    (tmp_path / "home").write_text("a file where a folder should be")
    trust = Trust(tmp_path / "home" / "trusted.txt")
    with pytest.raises(TutorError, match=r"can't be written.*You will be asked again\."):
        trust.grant(tmp_path / "mine")
    assert trust.covers(tmp_path / "mine")


def test_everyone(tmp_path):
    assert EVERYONE.covers(tmp_path / "anything")
    EVERYONE.grant(tmp_path / "anything")
