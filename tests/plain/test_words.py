"""The table of words, against that of keys."""

import subprocess
import sys

import pytest

from tests.course.made import lesson, step
from tutor.errors import TutorError
from tutor.plain import words
from tutor.ui.keys import LESSON, PALETTE, REPAINT

POINTING = {"↑ ↓ ← →", PALETTE.cap, REPAINT.cap}
"""Keys that move about on a screen, or find what is on it."""


def test_every_key_of_the_lesson_screen_has_its_word():
    keys = {action.cap for action in LESSON if action.cap} - POINTING
    mapped = [key.partition(" -> ")[0] for word in words.WORDS for key in word.keys]
    # figure_pane's `v` and `t` are one word here: what isn't drawn always fits.
    assert keys == set(mapped)
    assert len(mapped) == len(set(mapped))


def test_every_word_is_said_once_and_has_a_sentence():
    names = [word.name for word in words.WORDS]
    assert len(names) == len(set(names))
    assert all(word.says for word in words.WORDS)


def test_help_names_every_word_and_one_alone(chat):
    talk = chat()
    told = talk.type("help")
    assert all(f"- {word}: {word.says}\n" in told for word in words.WORDS)
    assert talk.type("help run") == "run [STEPS | SECONDS s]: train, 1,000 steps unless typed; Ctrl-C pauses\n"
    assert talk.type("help p").startswith("preset [NAME]: ")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("rnu", "There is no word 'rnu'. Did you mean 'run'? Type help for all of them."),
        ("zzzz", "There is no word 'zzzz'. Type help for all of them."),
        ("help zzzz", "There is no word 'zzzz'. Type help for all of them."),
        ("run fast", "'fast' can't be. It takes 1 to 1,000,000,000 steps."),
        ("step 0", "'0' can't be. It takes 1 to 1,000,000 steps."),
        ("seed -1", "'-1' can't be. It takes 0 to 4,294,967,295 for a seed."),
        ("go", "A number is missing. It takes 1 to 1 for a page."),
        ("go 7", "'7' can't be. It takes 1 to 1 for a page."),
        ("seek -10%", "There is no run yet to wind back. Type run to start one."),
        ("keep c", "'c' isn't one of the two runs. Type fork KNOB=VALUE first, and then keep a or keep b."),
        ("keep a", "There is no fork. Type fork KNOB=VALUE first, and then keep a or keep b."),
        ("lr=lots", "lr can't be 'lots'. It takes a number from 0.001 to 10."),
        ("rl=1", "There is no knob 'rl'. This lesson has lr, batch or norm."),
        ("preset lrge", "There is no preset 'lrge'. Did you mean 'large'?"),
        ("figure los", "There is no figure 'los'. This lesson has loss, samples. Did you mean 'loss'?"),
        ("read loss nowhere", "'nowhere' isn't in this figure. Without it, some of the values are read."),
        ("save loss", "A file's name is missing. Type save FIGURE FILE.csv."),
        ("noise", "What is to be compared? Type noise KNOB=VALUE, or noise PRESET."),
        ("find-lr 1 2", "It takes your mark, or three bounds, or both. Such as find-lr 0.1 or find-lr 0.001 1 500."),
        ("find-lr 1 0.1 100", "The lower rate comes first. Such as find-lr 0.001 1 500."),
        ("phases 4", "'4' is no phase. They are forward, backward, update."),
        ("tensor 1 nothing", "There is no tensor 'nothing' there. There are input, hidden, loss."),
        ("3", "No question is open here."),
        ("show", "No prediction is waiting to come out."),
        ("hint", "There is no further hint."),
        ("back", "This is the first page."),
        ("next", "This is the last page. Type lessons for the list of lessons."),
    ],
)
def test_what_cant_be_done_is_one_sentence(chat, typed, sentence):
    talk = chat(step("one"))
    assert talk.type(typed) == f"{sentence}\n"
    assert not talk.talk.over


def test_a_word_with_no_such_word_raises_a_misuse(chat):
    with pytest.raises(TutorError):
        words.obey(chat(step("one")).talk, "nonsense")
    assert lesson([step("one")]).steps


def test_the_conversation_needs_neither_torch_nor_textual():
    program = (
        "import sys, tutor.plain.conversation, tutor.plain.voice;"
        "print(*({'torch', 'textual', 'rich', 'plotext', 'tutor.lab'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
