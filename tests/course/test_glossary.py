"""The glossary: sound, in order, and each term from a lesson that there is."""

import pytest

from tutor.course.catalog import Catalog, lesson_folders
from tutor.course.glossary import find_term, read_glossary
from tutor.errors import ExitCode, TutorError
from tutor.paths import lessons_dir

TERMS = read_glossary(lessons_dir() / "glossary.toml")


def test_each_term_is_one_paragraph_from_a_lesson_of_the_course():
    lessons = {outline.id for outline in Catalog(lesson_folders(lessons_dir())).outlines}
    assert {term.lesson for term in TERMS} <= lessons
    for term in TERMS:
        assert "\n" not in term.says
        assert 10 <= len(term.says.split()) <= 60


def test_terms_are_in_the_order_of_the_alphabet():
    names = [term.id.lower().replace("-", " ") for term in TERMS]
    assert names == sorted(names)


@pytest.mark.parametrize("word", ["BatchNorm", "batch norm", "Batch-Normalization", " bn "])
def test_a_term_is_found_by_any_of_its_names(word):
    assert find_term(TERMS, word).id == "batch normalization"


def test_a_word_that_is_not_there_is_told_with_the_nearest():
    with pytest.raises(TutorError, match=r"no 'tempratur'\. Did you mean 'temperature'\?") as caught:
        find_term(TERMS, "tempratur")
    assert caught.value.code == ExitCode.MISUSE


def test_a_term_twice_is_refused_with_its_line(tmp_path):
    file = tmp_path / "glossary.toml"
    entry = '[[term]]\nid = "{}"\nlesson = "softmax"\nsays = "A word."\n'
    file.write_text(entry.format("logit") + "\n" + entry.format("Logit"), encoding="utf-8")
    with pytest.raises(TutorError, match=r"glossary\.toml:7: .*in the file already"):
        read_glossary(file)
