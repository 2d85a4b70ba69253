"""Rules about questions: the key passes, every distractor fails, hints help and don't tell, predictions come out."""

import re
from collections.abc import Iterator

from tutor.check.draft import Draft
from tutor.check.finding import Finding
from tutor.course.grading import Response, grade, parse_number
from tutor.course.quiz import Bug, Choice, Draw, Multiple, Numeric, Order, Question, Spot

_NUMBER = re.compile(r"(?<![\w.])[+−-]?\d[\d,]*(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w])")
_TELLING = 8
"""Letters from which on a right option's text is no word that a hint may use by chance."""

_COMMON = 13
"""Whole numbers below this are taken for no answer that a hint gives away."""


def question_findings(draft: Draft) -> Iterator[Finding]:
    """All about the questions of a lesson."""
    asked = {name for step in draft.lesson.steps for name in step.questions}
    for name, question in draft.lesson.questions.items():
        yield from _graded(draft, question)
        yield from _repeated(draft, question)
        for number, hint in enumerate(question.hints, start=1):
            if tells(question, hint):
                what = f"hint {number} gives the answer away."
                yield draft.at_question(name, what, "Say how to find it, not what it is.", "hints")
        if name not in asked:
            remedy = "Name it in a step's `questions`, or leave it out."
            yield draft.at_question(name, "no page asks it.", remedy, warning=True)
    yield from _predictions(draft)


def _graded(draft: Draft, question: Question) -> Iterator[Finding]:
    for response in _keys(question):
        if not grade(question, response).right:
            yield draft.at_question(question.id, "its own key is graded wrong.", "Mend the key.", _KEYS[type(question)])
    for response, says in distractors(question):
        if grade(question, response).right:
            yield draft.at_question(question.id, f"{says} is graded right.", "Mend it.", _KEYS[type(question)])


_KEYS: dict[type, str] = {
    Choice: "options",
    Spot: "tests",
    Multiple: "options",
    Numeric: "answer",
    Order: "items",
    Bug: "faulty",
    Draw: "answer",
}


def _keys(question: Question) -> list[Response]:
    """The right responses; none for a kind that only a run decides."""
    match question:
        case Choice():
            return [index for index, option in enumerate(question.options) if option.right]
        case Multiple():
            return [frozenset(index for index, option in enumerate(question.options) if option.right)]
        case Numeric():
            return [question.answer]
        case Order():
            return [tuple(range(len(question.items)))]
        case Bug():
            return [question.faulty]
        case Draw():
            return [question.answer]
    return []


def distractors(question: Question) -> Iterator[tuple[Response, str]]:
    """Wrong responses, and what to call each: for several ticks, those that differ from the key in one."""
    match question:
        case Choice():
            for index, option in enumerate(question.options):
                if not option.right:
                    yield index, f"the option '{option.text}'"
        case Multiple():
            key = frozenset(index for index, option in enumerate(question.options) if option.right)
            for index, option in enumerate(question.options):
                yield key ^ {index}, f"the key without the option '{option.text}', or with it,"
        case Numeric():
            for near in question.near:
                ends = (near.low, near.high, near.value)
                for number in (end for end in ends if end is not None):
                    yield number, f"the near miss {number:g}"
        case Order():
            yield tuple(reversed(range(len(question.items)))), "the order from last to first"
        case Bug():
            for line in range(1, len(question.lines) + 1):
                if line != question.faulty:
                    yield line, f"line {line}"


def _repeated(draft: Draft, question: Question) -> Iterator[Finding]:
    """Options that read alike: what tells a learner apart from luck, if two are the same?"""
    if isinstance(question, (Choice, Multiple)):
        key = _KEYS[type(question)]
        for part, texts in (
            ("text", [option.text for option in question.options]),
            ("why", [option.why for option in question.options]),
        ):
            if len({_plain(text) for text in texts}) < len(texts):
                yield draft.at_question(question.id, f"two options have the same {part}.", "Reword one.", key)


def tells(question: Question, hint: str) -> bool:
    """Whether `hint` is the answer: its number, the text of the right option, or its line."""
    match question:
        case Numeric():
            # Small whole numbers stand in every formula.
            if question.answer in range(_COMMON):
                return False
            return any(_is_answer(question, match[0]) for match in _NUMBER.finditer(hint))
        case Spot():
            return False
        case Choice() | Multiple():
            right = [_plain(option.text) for option in question.options if option.right]
            wrong = [_plain(option.text) for option in question.options if not option.right]
            said = _plain(hint)
            # A hint that weighs all the options tells none.
            return (
                max(map(len, right)) >= _TELLING
                and all(text in said for text in right)
                and not any(text in said for text in wrong)
            )
        case Bug():
            return re.search(rf"\bline {question.faulty}\b", hint, re.IGNORECASE) is not None
    return False


def _is_answer(question: Numeric, text: str) -> bool:
    try:
        number = parse_number(text)
    except ValueError:
        return False
    return grade(question, number).right


def _plain(text: str) -> str:
    """Words and numbers alone, in lower case."""
    return " ".join(re.findall(r"[\w.]+", text.lower()))


def _predictions(draft: Draft) -> Iterator[Finding]:
    """A prediction needs a run after it; a page that predicts needs a prediction."""
    steps = draft.lesson.steps
    for step in steps:
        predictions = [name for name in step.questions if draft.lesson.questions[name].predict]
        if step.kind == "predict" and not predictions:
            remedy = "Mark one with `predict = true`, so that it is asked before the run."
            yield draft.at_step(step, "asks no question that is a prediction.", remedy, "questions")
        if predictions and step is steps[-1]:
            remedy = "Move it to a page before one on which the learner runs or turns something."
            yield draft.at_question(predictions[0], "no page follows that could refute it.", remedy, "predict")
