"""Words that answer the question being asked."""

import re

from tutor.course.asked import Asked
from tutor.course.grading import Response, parse_number
from tutor.course.quiz import Bug, Draw, Multiple, Numeric, Order, Own
from tutor.errors import ExitCode, TutorError
from tutor.learner.sure import SURE, Sure
from tutor.plain import questions
from tutor.plain.talk import Talk


def answer(talk: Talk, text: str) -> None:
    """Answer with a number, or with the numbers of options."""
    asked = talk.sitting.asked
    if asked is None:
        raise TutorError("No question is open here.", code=ExitCode.MISUSE)
    if asked.settled:
        talk.say("This question is answered.", questions.what_next(asked, talk.sitting.place, talk.trains))
        return
    if asked.given is not None:
        try:
            (place,) = _places(text, len(SURE), 1)
        except ValueError as error:
            raise TutorError(str(error), code=ExitCode.MISUSE) from None
        lock(talk, SURE[place])
        return
    if isinstance(asked.question, Own):
        raise TutorError("The question isn't made yet.", "Press enter for it.", code=ExitCode.MISUSE)
    talk.sitting.answer(_response(asked, text))
    talk.tell_outcome()


def lock(talk: Talk, sure: Sure) -> None:
    """Lock the prediction that was made."""
    # What it is about begins with what is seen now.
    talk.settle_if_possible()
    if not talk.sitting.lock(sure):
        raise TutorError("There is no prediction to lock.", "Answer with a number first.", code=ExitCode.MISUSE)
    talk.tell_outcome()


def guess(talk: Talk, text: str) -> None:
    """Lock it as a guess."""
    lock(talk, "guess")


def think(talk: Talk, text: str) -> None:
    """Lock it as what the learner thinks."""
    lock(talk, "think")


def know(talk: Talk, text: str) -> None:
    """Lock it as what the learner knows."""
    lock(talk, "know")


def change(talk: Talk, text: str) -> None:
    """Choose anew, before it is locked."""
    if not talk.sitting.take_back():
        raise TutorError("There is nothing to take back.", "A locked prediction stays.", code=ExitCode.MISUSE)
    talk.tell_question()


def _response(asked: Asked, text: str) -> Response:
    """What `text` stands for; `TutorError` if the question can't have that."""
    question = asked.question
    try:
        if isinstance(question, Numeric):
            return parse_number(text, question.unit)
        if isinstance(question, Draw):
            return _points(question, text)
        if isinstance(question, Bug):
            return _places(text, len(question.lines), 1)[0] + 1
        if not isinstance(question, Multiple | Order):
            return asked.order[_places(text, len(asked.order), 1)[0]]
        count = len(asked.order) if isinstance(question, Order) else None
        picked = [asked.order[place] for place in _places(text, len(asked.order), count)]
        return tuple(picked) if isinstance(question, Order) else frozenset(picked)
    except ValueError as error:
        raise TutorError(str(error), code=ExitCode.MISUSE) from None


def _points(question: Draw, text: str) -> tuple[float, ...]:
    points = tuple(map(parse_number, text.replace(", ", " ").split()))
    if len(points) != len(question.answer):
        raise ValueError(f"It takes {len(question.answer)} numbers, and {len(points)} were typed.")
    return tuple(min(max(point, question.low), question.high) for point in points)


def _places(text: str, most: int, count: int | None) -> list[int]:
    """The places, from 0, of the numbers in `text`, each from 1 to `most` and once; `count` of them, or any number."""
    numbers = re.findall(r"\S+", text.replace(",", " "))
    places = [
        int(number) - 1 if number.isascii() and number.isdigit() and len(number) < 5 else -1 for number in numbers
    ]
    if not places or not all(0 <= place < most for place in places) or len(set(places)) < len(places):
        raise ValueError(f"'{text}' is no answer here: type numbers from 1 to {most}, each at most once.")
    if count is not None and len(places) != count:
        raise ValueError(f"It takes {'one number' if count == 1 else f'{count} numbers'} from 1 to {most}.")
    return places


def go_on(talk: Talk, text: str) -> None:
    """What came of a prediction; the next question; or the question again."""
    sitting, asked = talk.sitting, talk.sitting.asked
    if asked is None:
        talk.say("Type next for the next page, or help.")
    elif isinstance(asked.question, Own):
        talk.pose(asked.question)
    elif asked.locked and sitting.due:
        show(talk, "")
    elif (asked.locked or asked.settled) and sitting.next_question():
        talk.tell_question()
    elif asked.locked or asked.settled:
        talk.say(questions.what_next(asked, sitting.place, talk.trains))
    else:
        talk.tell_question()


def show(talk: Talk, text: str) -> None:
    """What came of the prediction."""
    asked = talk.sitting.asked
    if asked is None or not asked.locked:
        raise TutorError("No prediction is waiting to come out.", code=ExitCode.MISUSE)
    if not talk.sitting.due and not talk.warned:
        talk.warned = True
        how = "run starts the run" if talk.trains else "set a knob"
        talk.say(f"Nothing has changed yet: {how}. Type show again to see the outcome anyway.")
        return
    talk.warned = False
    talk.sitting.reveal()
    talk.measure()
    talk.tell_outcome()


def skip(talk: Talk, text: str) -> None:
    """Leave this question open, and go to the next; a prediction that is skipped is noted so."""
    if talk.sitting.skip():
        talk.say("Skipped, and noted so. Watching without predicting teaches less.")
    if talk.sitting.next_question():
        talk.tell_question()
    else:
        talk.say("There is no further question here. Type next for the next page.")


def hint(talk: Talk, text: str) -> None:
    """One more hint, on the question or on the goal."""
    sitting = talk.sitting
    asked, attempt = sitting.asked, sitting.attempt
    before = asked.hints if asked is not None else 0
    if not sitting.hint():
        talk.say(sitting.no_hint)
    elif asked is not None and asked.hints > before:
        talk.say(*questions.hint(asked, before))
    elif attempt is not None:
        talk.say(questions.hints(attempt)[-1])


def question(talk: Talk, text: str) -> None:
    """The question again."""
    if talk.sitting.asked is None:
        talk.say("There is no question on this page.")
    talk.tell_question()
