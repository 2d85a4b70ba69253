"""Reviews in plain lines: the questions of a round, one after the other."""

from collections.abc import Callable

from tutor.course.quiz import Own
from tutor.course.review import IN_THE_MAKING, Item, Round, solution
from tutor.errors import ExitCode, TutorError
from tutor.learner.record import Record
from tutor.link.trials import Posed
from tutor.plain import answering, questions
from tutor.plain.lab import Lab
from tutor.plain.prose import linear
from tutor.plain.talk import Talk
from tutor.plain.voice import Voice

HELP = (
    "A number answers the question; an empty line goes on. The words:",
    "- hint: a hint",
    "- question: the question again",
    "- skip: the next question, with or without an answer to this one",
    "- lessons: back to the list of lessons; every answer is kept",
    "- quit: quit; every answer is kept",
)

GO_ON = "Press enter to go on."


class _Asking(Talk):
    """A talk about a round: no model stays, and after a question comes the next one."""

    def __init__(self, round: Round, record: Record, voice: Voice, make: Callable[[Item, Own], Posed]) -> None:
        super().__init__(round.lesson, record, record.sitting, voice, _no_lab)
        self.sitting = round
        self.round = round
        self._make = make

    def tell_question(self) -> None:
        """Say where the question comes from, and the question."""
        item, own = self.round.item, self.round.item.question
        self.say("", f"From the lesson {item.lesson.title}.")
        if self.round.waits and isinstance(own, Own):
            self.say(IN_THE_MAKING)
            self.round.made(item, self._make(item, own))
        asked = self.sitting.asked
        if asked is not None and isinstance(asked.question, Own):
            self.say(asked.question.ask, GO_ON)
        else:
            super().tell_question()

    def tell_outcome(self) -> None:
        """Say what came of the answer, and what to type now."""
        asked = self.sitting.asked
        if asked is None or not asked.settled:
            super().tell_outcome()
            return
        right = [] if asked.right else [*linear(solution(asked.question)), ""]
        self.say(*questions.outcome(asked), *right, GO_ON)


def hold_round(round: Round, record: Record, voice: Voice, make: Callable[[Item, Own], Posed]) -> bool:
    """Ask the questions of `round` until they are all asked or the learner leaves; False to quit altogether.

    `make` has a lab make those that are about a run.
    """
    count = len(round.items)
    what = f"Test of the lesson {round.testing.title}" if round.testing else "Review"
    voice.say(f"{what}: {count} {'question' if count == 1 else 'questions'}. Type help for the words that work here.")
    talk = _Asking(round, record, voice, make)
    talk.tell_question()
    while (line := voice.ask()) is not None:
        word = line.lower()
        if word in ("quit", "q", "exit"):
            return False
        if word in ("lessons", "esc"):
            return True
        if word in ("skip", "next", "]") or (round.done_here and word in ("", "on", "enter")):
            if not round.next_question():
                voice.say(round.end())
                return True
            talk.tell_question()
            continue
        try:
            _obey(talk, word)
        except TutorError as error:
            voice.say(str(error))
    return False


def _obey(talk: Talk, word: str) -> None:
    if word in ("hint", "h"):
        answering.hint(talk, "")
    elif word in ("help", "?"):
        talk.say(*HELP)
    elif word in ("", "question", "again"):
        talk.tell_question()
    elif word.removeprefix("answer ").strip()[:1] in tuple("0123456789-−+."):
        if talk.sitting.asked is not None and isinstance(talk.sitting.asked.question, Own):
            raise TutorError("There is nothing to answer here.", GO_ON, ExitCode.MISUSE)
        answering.answer(talk, word.removeprefix("answer ").strip())
    else:
        raise TutorError(f"There is no word '{word}'.", "Type help for all of them.", ExitCode.MISUSE)


def _no_lab() -> Lab:
    raise TutorError("A review has no model.", "Open the lesson for that.")
