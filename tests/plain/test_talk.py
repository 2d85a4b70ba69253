"""A lesson as a conversation, on a lab that isn't there."""

import pytest

from tests.course.made import COMMON, bug, choice, live_choice, multiple, numeric, order, own, picture, step
from tests.plain.talking import CountingLab
from tests.ui.fake_lab import READY
from tutor.course.live import Live
from tutor.course.quiz import Choice, Option
from tutor.link.messages import Fork, Frame, Keep, Restart, Run, Seek, Step, Trouble, Turn


def shown(chat, *options):
    """The numbers of the options with these authored indices, as typed."""
    return " ".join(str(chat.talk.sitting.asked.order.index(option) + 1) for option in options)


def test_a_page_says_its_text_figures_and_question(chat):
    question = numeric()
    first = chat(step("one", question, figures=("loss",), text="Some **words**."), questions=[question]).first
    assert first.split("\n") == [
        "",
        "Page 1 of 1: One.",
        "",
        "Some words.",
        "",
        "Figures here: loss. Type figures to hear what they show.",
        "",
        "Question:",
        "What is −ln(1/27)?",
        "Type your answer, a number in nats. Or type hint, or skip.",
        "",
    ]


def test_a_choice_may_be_tried_again(chat):
    talk = chat(step("one", choice()), questions=[choice()])
    assert talk.type(shown(talk, 1)) == (
        "Not so. That is how many letters there are.\nType the number of your answer. Or type hint, or skip.\n"
    )
    assert f"{shown(talk, 1)}. 27 (your answer, wrong)\n" in talk.type("question")
    assert talk.type(shown(talk, 0)).startswith("Right. ln 27 is 3.296.\n\nA net that knows nothing")
    assert [answer.right for answer in talk.record.answers()] == [False, True]
    assert talk.record.steps_done("tiny") == {"one"}
    assert talk.type("1").startswith("This question is answered.\n")


@pytest.mark.parametrize(
    ("question", "wrong", "right"),
    [(multiple(), (0,), (0, 1)), (order(), (1, 0, 2), (0, 1, 2)), (bug(), (1,), (2,))],
)
def test_several_numbers_answer_at_once(chat, question, wrong, right):
    talk = chat(step("one", question), questions=[question])
    assert talk.type(shown(talk, *wrong)).startswith("Not so")
    assert talk.type(shown(talk, *right)).startswith("Right.")
    assert len(talk.record.answers()) == 2


@pytest.mark.parametrize(
    ("question", "typed", "sentence"),
    [
        (multiple(), "1 1", "'1 1' is no answer here: type numbers from 1 to 3, each at most once."),
        (multiple(), "4", "'4' is no answer here: type numbers from 1 to 3, each at most once."),
        (order(), "1 2", "It takes 3 numbers from 1 to 3."),
        (choice(), "1 2", "It takes one number from 1 to 3."),
        (numeric(), "3..3", "'3..3' isn't a number: type one such as 2.3, 1,234, 1e-3 or 1/27."),
    ],
)
def test_what_is_no_answer_is_not_kept(chat, question, typed, sentence):
    talk = chat(step("one", question), questions=[question])
    assert talk.type(typed) == f"{sentence}\n"
    assert talk.record.answers() == ()


def test_hints_come_one_by_one(chat):
    talk = chat(step("one", choice()), questions=[choice()])
    assert talk.type("hint") == "Hint 1: 27 letters.\n"
    assert talk.type("h") == "Hint 2: All are equally likely.\n"
    assert talk.type("hint") == "There is no further hint.\n"


def test_a_prediction_comes_out_with_the_run(chat):
    asked = choice(predict=True)
    talk = chat(step("one", asked), step("two"), questions=[asked])
    assert talk.type(shown(talk, 0)).startswith("How sure are you? Type 1 to guess")
    locked = talk.type("2")
    assert locked.startswith("Your prediction is locked in.\nType run")
    assert "(your answer)" in talk.type("question")
    assert talk.type("show").startswith("Nothing has changed yet")
    assert "Your prediction is locked in." in talk.type("next")
    said = talk.type("run 50")
    assert said.index("Step 50, seed 42: loss 2.5.") < said.index("What came of your prediction:\nRight.")
    assert talk.lab.got(Run) == [Run(50)]


def test_a_prediction_can_be_shown_with_nothing_run(chat):
    asked = choice(predict=True)
    talk = chat(step("one", asked), questions=[asked])
    talk.type(shown(talk, 1), "know", "show")
    assert talk.type("show").startswith("Not so.")


def test_an_empty_line_goes_on(chat):
    asked = [choice("a"), choice("b")]
    talk = chat(step("one", *asked), questions=asked)
    assert "Question 1 of 2:" in talk.first
    assert "Press enter for the next question." in talk.type(shown(talk, 0))
    assert "Question 2 of 2:" in talk.type("")
    assert talk.type("skip") == "There is no further question here. Type next for the next page.\n"


def test_a_page_sets_its_knobs_once_and_own_sets_them_again(chat):
    talk = chat(step("one", set={"lr": 0.5}), step("two"))
    talk.type("next")
    assert [turn.values["lr"] for turn in talk.lab.got(Turn)] == [0.5]
    assert talk.type("lr=2", "back", "knobs").count("lr: 2.") == 1
    assert "lr 0.5" in talk.type("own")
    assert talk.record.place("tiny") == "one"


def test_words_that_train(chat):
    talk = chat(step("one"))
    assert talk.type("run").startswith("Step 1,000, seed 42: loss 2.5. Measured: train 2.250, val 2.500.")
    assert talk.type("seek 100").startswith("Step 100 of 1,000, seed 42")
    assert talk.type(">").startswith("Step 200 of 1,000")
    assert talk.type("seek -5%").startswith("Step 150 of 1,000")
    assert talk.type("j 1,200", "seek 150").startswith("Step 1,200, seed 42")
    assert talk.type("s", "step 3").count("Step 15") == 2
    assert talk.type("seed 7").startswith("Step 0, seed 7.")
    assert talk.type("R").startswith("Step 0, seed 8.")
    talk.type("fork batch=64")
    assert talk.lab.got(Seek, Step) == [Seek(100), Seek(200), Seek(150), Seek(150), Step(1), Step(3)]
    assert talk.lab.got(Restart, Fork) == [Restart(7), Restart(8), Fork({"batch": 64})]
    assert talk.lab.got(Keep) == []


def test_knobs_and_presets(chat):
    talk = chat(step("one"))
    assert talk.type("knobs").startswith("lr: 0.1. live; takes a number from 0.001 to 10.\nbatch: 32.")
    assert talk.type("norm batch") == "norm is batch.\n"
    assert talk.type("up lr", "down batch", "set lr = 1") == "lr is 0.2.\nbatch is 16.\nlr is 1.\n"
    assert talk.type("p") == "small: One example a step.\n"
    assert talk.type("preset LARGE") == "large: All at once.\n"
    assert talk.talk.bench.frame.knobs == {"lr": 0.1, "batch": 1024, "norm": "none"}


def test_figures_are_described_and_read(chat, tmp_path):
    talk = chat(step("one", figures=("loss",)))
    told = talk.type("figures")
    assert told.startswith("loss: train fell from 3.3")
    assert told.endswith("This lesson has these too: samples. Type figure NAME.\n")
    assert talk.type("figure samples") == "samples: emma, olivia.\n"
    assert talk.type("read loss 110") == "step 100: train 2.6\n"
    assert talk.type("read loss").count("\n") == 3
    assert talk.type("read samples olivia") == "olivia\n"
    assert talk.type("read samples 1") == "emma\n"
    file = tmp_path / "loss.csv"
    assert talk.type(f"save loss {file}") == f"Saved as {file}.\n"
    assert file.read_text() == "series,step,y\ntrain,0.0,3.3\ntrain,100.0,2.6\ntrain,200.0,2.4\n"
    assert talk.type(f"save loss {file}") == f"There is already a {file}. Give another name.\n"


def test_a_sample_and_the_phases(chat):
    talk = chat(step("one"))
    assert talk.type("sample").startswith("Step 0, at temperature 1, sample seed 1:\nname1at0\nn: odds 25")
    assert talk.type("sample 2 0.5") == "Step 0, at temperature 0.5, sample seed 2 to 3:\nname2at0\nname3at0\n"
    told = talk.type("phases")
    assert "1. Forward of step 1.\nFour examples go through.\n- input: shape 4, mean 0" in told
    assert "3. Update of step 1." in told
    assert "2. Backward" not in talk.type("phases forward")
    assert talk.type("tensor 2 hidden.weight").startswith("spread of hidden.weight")


def test_a_goal_is_said_and_reached(chat):
    talk = chat(step("one", goal=("lr > 1", "step <= 200")))
    assert "Goal (0 moves so far):\n- lr > 1: not known yet\n" in talk.first
    assert "- lr > 1: 0.1, not yet\n- step ≤ 200: 0, holds\n" in talk.type("status")
    assert talk.type("hint") == "Hint 1: One move is enough: lr.\n"
    assert "Goal reached at step 0. You: 1 move; ours: 1.\n" in talk.type("lr=2")
    assert talk.record.fewest_moves("tiny", "one") == 1
    assert talk.record.steps_done("tiny") == {"one"}


def test_a_lab_that_dies_can_be_started_again(chat):
    talk = chat(step("one"), step("two"))
    talk.type("lr=2")
    talk.lab.die("killed by signal 9 (SIGKILL)")
    assert talk.type("run").startswith("The lab stopped (killed by signal 9 (SIGKILL)). Type restart")
    assert "Page 2 of 2" in talk.type("next")
    assert talk.type("run") == "There is no lab. Type restart to start it again, from step 0.\n"
    assert talk.type("restart").startswith("Step 0, seed 42")
    assert len(talk.labs) == 2


def test_a_lesson_whose_model_fails_can_still_be_read(chat):
    def broken():
        return CountingLab(broken=Trouble("ValueError: no such net", "lab.py, line 7", ""))

    talk = chat(step("one"), step("two"), make=broken)
    assert talk.type("next").startswith("lab.py, line 7: ValueError: no such net\n\nPage 2 of 2")
    assert talk.type("knobs") == "The model isn't there. Type restart to load it again.\n"
    assert talk.type("back").startswith("\nPage 1 of 2")


def test_nothing_trains(chat):
    still = READY.__class__(**{name: getattr(READY, name) for name in READY.__struct_fields__} | {"trains": False})
    talk = chat(step("one"), make=lambda: CountingLab(ready=still))
    assert talk.type("run").startswith("Nothing trains in this lesson.")
    assert talk.type("status") == "Nothing trains here. Seed 42.\n"


def test_a_halt_and_a_branch_are_said_once(chat):
    class Halting(CountingLab):
        def frame(self, **changes):
            return super().frame(**changes, halted="The loss is nan." if self._iteration else "", branched_at=0)

    talk = chat(step("one"), make=Halting)
    assert talk.type("run 5").count("The loss is nan. Type seek STEP to go back, or restart.") == 1
    assert "The loss is nan." not in talk.type("status", "knobs")
    assert isinstance(talk.talk.bench.frame, Frame)


def test_a_prediction_is_locked_with_how_sure_one_is(chat):
    asked = choice(predict=True)
    talk = chat(step("one", asked), questions=[asked])
    assert talk.type("know").startswith("There is no prediction to lock.")
    talk.type(shown(talk, 1), "change")
    assert talk.type("4") == "'4' is no answer here: type numbers from 1 to 3, each at most once.\n"
    talk.type(shown(talk, 0))
    assert talk.type("4") == "'4' is no answer here: type numbers from 1 to 3, each at most once.\n"
    assert talk.type("know").endswith("show, to see what came of it; or next, for the next page.\n")
    assert [(answer.response, answer.sure) for answer in talk.record.answers()] == [(0, "know")]
    assert talk.type("change").startswith("There is nothing to take back.")


def test_the_prediction_comes_before_the_run_unless_it_is_skipped(chat):
    asked = choice(predict=True)
    talk = chat(step("one", asked), questions=[asked])
    assert talk.type("run 50") == "Your prediction first. Or type skip, to go on without one.\n"
    assert talk.type("skip").startswith("Skipped, and noted so.")
    assert "Skipped; you can still answer it." in talk.type("question")
    assert "Step 50" in talk.type("run 50")


def test_the_live_model_grades_a_prediction(chat):
    talk = chat(step("one", live_choice()), questions=[live_choice()])
    talk.lab.outcomes["falls"] = ((3.25,),)
    talk.type(shown(talk, 0), "2")
    said = talk.type("run 50")
    assert said.index("The model is measuring it.") < said.index("What came of your prediction:")
    assert "Measured here, seed 42: val is 3.25 at step 100.\nNot so. It learns." in said
    assert [answer.right for answer in talk.record.answers()] == [False]


def test_where_the_lab_cannot_measure_the_authors_key_counts(chat):
    talk = chat(step("one", live_choice()), questions=[live_choice()])
    talk.type(shown(talk, 0), "2", "show")
    said = talk.type("show")
    assert "so what we measured counts. There is no metric 'val'.\nRight. It learns." in said


def test_curves_to_pick_from_are_read_after_a_stop(chat):
    options = (
        Option(text="Down", why="It learns.", right=True, points=(3.0, 2.0)),
        Option(text="Up?", why="No.", points=(3.0, 4.0)),
    )
    question = Choice(**COMMON, live=Live(metric="val", at=(0, 100)), options=options)
    said = chat(step("one", question), questions=[question]).first
    assert ". Down. Its curve: 3, 2.\n" in said
    assert ". Up? Its curve: 3, 4.\n" in said


def test_a_curve_is_drawn_with_numbers(chat):
    talk = chat(step("one", picture()), questions=[picture()])
    assert "Type 3 numbers, from 1 to 4: val at steps 0, 100, 400." in talk.first
    assert talk.type("3 2") == "It takes 3 numbers, and 2 were typed.\n"
    talk.lab.outcomes["curve"] = ((3.0, 2.0, 1.5),)
    talk.type("3 2, 1.5", "guess", "show")
    assert "Right. Between your curve and the run's lies 0 on average" in talk.type("show")


def test_a_question_is_made_of_the_own_run(chat):
    talk = chat(step("one", own()), questions=[own()])
    talk.lab.made["mine"] = ("At your step 100: which?", (("one", "No."), ("two", "Yes.")), 1)
    assert talk.type("1").startswith("The question isn't made yet.")
    assert talk.type("") == "It is about your own run: take it to step 100 first. Type run 100.\n"
    talk.type("run 100")
    assert "At your step 100: which?" in talk.type("")
    assert talk.type(shown(talk, 1)).startswith("Right. Yes.")
