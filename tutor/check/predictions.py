"""Rules about what a run settles: five seeds give one key and refute a wrong answer, and own questions can be made."""

from collections.abc import Iterator, Sequence

from tutor.check.finding import Finding
from tutor.check.questions import distractors
from tutor.check.rig import Rig
from tutor.course.grading import grade
from tutor.course.outcome import judged, told, unsteady
from tutor.course.quiz import Draw, Numeric, Own, Question
from tutor.lab.predictions import SEEDS, outcomes, posed
from tutor.link.trials import Outcome


def prediction_findings(rig: Rig) -> Iterator[Finding]:
    """Live predictions, whose trials are made from five seeds, and questions that the lab makes of a run."""
    for question in rig.draft.lesson.questions.values():
        with rig.tried(f"the question '{question.id}'"):
            if isinstance(question, Own):
                _pose(rig, question)
            elif question.live is not None:
                live = question.live
                found = outcomes(rig.kind, rig.data, live.metric, live.trials)
                yield from _settled(rig, question, found)


def needless_findings(rig: Rig) -> Iterator[Finding]:
    """Predictions where there is nothing to run and no knob to turn."""
    if rig.kind.trains() or rig.kind.knobs:
        return
    for question in rig.draft.lesson.questions.values():
        if question.predict:
            remedy = "Leave out `predict`, or give lab.py a knob or a `step`."
            yield rig.draft.at_question(question.id, "no run can refute it.", remedy, "predict")


def _settled(rig: Rig, question: Question, found: Sequence[Outcome]) -> Iterator[Finding]:
    if why := unsteady(question, found):
        remedy = "Ask for what is sure: a wider tolerance, a longer run, settings farther apart."
        yield rig.draft.at_question(question.id, f"luck would be graded: {why}", remedy, "live")
        return
    first = found[0]
    if isinstance(question, Numeric | Draw):
        measured = first.values[0] if isinstance(question, Draw) else first.values[0][0]
        if not grade(question, measured).right:
            remedy = f"Write down what seed {SEEDS[0]} gives. {told(question, first)}"
            yield rig.draft.at_question(question.id, "its `answer` isn't what is measured.", remedy, "answer")
    wrong = [response for response, _ in distractors(question)]
    if wrong and all(judged(question, first, response).right for response in wrong):
        yield rig.draft.at_question(question.id, "the run refutes no answer.", "Offer a wrong one.", "live")


def _pose(rig: Rig, question: Own) -> None:
    """Make the question of the run that it says, with the luck of each seed; `TutorError` where it can't be."""
    knobs = {**(rig.preset(question.preset) if question.preset else {}), **question.set}
    run = rig.run(knobs)
    run.advance(question.steps)
    for luck in SEEDS:
        posed(run, question.id, luck)
