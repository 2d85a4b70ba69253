"""`tutor --plain`: the list of lessons and the lessons, a line at a time."""

from collections.abc import Callable
from typing import Literal

from tutor.course import posing
from tutor.course.catalog import Catalog
from tutor.course.ledger import ledger
from tutor.course.lesson import Lesson
from tutor.course.quiz import Own
from tutor.course.review import Item, Round, waiting, whole_quiz, why_none
from tutor.errors import TutorError
from tutor.learner.home import state_dir
from tutor.learner.record import Progress, Record
from tutor.learner.trust import EVERYONE, Trust, warning
from tutor.link.client import LabProcess
from tutor.link.trials import Posed
from tutor.plain.lab import Lab, LabError
from tutor.plain.ledger import told
from tutor.plain.posing import made
from tutor.plain.review import hold_round
from tutor.plain.talk import Talk
from tutor.plain.voice import Voice
from tutor.plain.words import obey

GOODBYE = "Goodbye. Everything is kept."

HELP = (
    "A lesson's number or name opens it. The words:",
    "- list: the lessons again",
    "- review: answer again what is due today",
    "- surprises: how sure you were, how right, and what you were sure of and wrong about",
    "- test LESSON: answer its questions first; 80 % right, and it is known",
    "- quit: quit; nothing is lost",
)
"""What can be typed at the list of lessons."""


def a_lab() -> Lab:
    """A new lab process."""
    return Lab(lambda: LabProcess.start(state_dir() / "lab.log"))


class Conversation:
    """What the learner does from start to end: chooses lessons, and works on them."""

    def __init__(
        self,
        catalog: Catalog,
        record: Record,
        voice: Voice,
        seed: int = 42,
        names_file: str = "",
        start_lab: Callable[[], Lab] = a_lab,
        trust: Trust = EVERYONE,
        reviews_a_day: int = 20,
    ) -> None:
        self._trust = trust
        self._reviews_a_day = reviews_a_day
        self._catalog, self._record, self._voice = catalog, record, voice
        self._seed, self._names_file, self._start_lab = seed, names_file, start_lab
        record.on_trouble = voice.say

    def hold(self, lesson: Lesson | None) -> None:
        """Begin with `lesson`, or with the list; return when the learner leaves."""
        self._hold(lesson)

    def hold_review(self) -> None:
        """Begin with what is due today, and go on with the list."""
        self._hold(None, review=True)

    def _hold(self, lesson: Lesson | None, review: bool = False) -> None:
        try:
            if not review or self._review():
                self._go_on_from(lesson)
        except KeyboardInterrupt:
            self._voice.say("")
        self._voice.say(GOODBYE)

    def _go_on_from(self, lesson: Lesson | None) -> None:
        """Work on `lesson`, or on what is chosen from the list, until the learner leaves."""
        while lesson is not None or (lesson := self._choose()) is not None:
            if self._work_on(lesson) == "quit":
                break
            lesson = None

    def _review(self) -> bool:
        """Ask what is due today, or say that nothing is; False to quit."""
        lessons, record = self._catalog.lessons, self._record
        items = waiting(lessons, record, self._reviews_a_day)
        if items:
            return self._hold_round(Round(items, record))
        self._voice.say(why_none(lessons, record, self._reviews_a_day))
        return True

    def _test(self, lesson: Lesson) -> bool:
        """Ask the questions of `lesson` before it is worked through; False to quit."""
        items = whole_quiz(lesson)
        if items:
            return self._hold_round(Round(items, self._record, testing=lesson))
        self._voice.say("This lesson has no questions to take first.")
        return True

    def _hold_round(self, round: Round) -> bool:
        def make(item: Item, own: Own) -> Posed:
            if not self._trust.covers(item.lesson.path):
                return posing.unmade(posing.STRANGE)
            return made(self._start_lab, posing.to_make(item.lesson, own, round.day, self._names_file))

        return hold_round(round, self._record, self._voice, make)

    def _choose(self) -> Lesson | None:
        """The lesson that the learner chooses from the list; None to leave."""
        self._voice.say("Lessons:", *listed(self._catalog, self._record))
        self._voice.say(*(f"{broken.id} can't be opened. {broken.error}" for broken in self._catalog.broken))
        due = len(waiting(self._catalog.lessons, self._record, self._reviews_a_day))
        if due:
            self._voice.say(f"{due} {'question' if due == 1 else 'questions'} to review today: type review.")
        self._voice.say(
            "Type a lesson's number or name to open it; or list, surprises, review, test LESSON, quit; or help."
        )
        words: dict[str, Callable[[], object]] = {
            "list": lambda: self._voice.say(*listed(self._catalog, self._record)),
            "surprises": lambda: self._voice.say(*told(ledger(self._catalog.lessons, self._record.answers()))),
            "help": lambda: self._voice.say(*HELP),
            "review": self._review,
        }
        while (text := self._voice.ask()) is not None and text.lower() not in ("quit", "q", "exit"):
            word, _, name = text.partition(" ")
            stays: object = True
            try:
                if text.lower() in words:
                    stays = words[text.lower()]()
                elif word.lower() == "test" and name:
                    stays = self._test(self._catalog.get(self._by_number(name)))
                elif text:
                    return self._catalog.get(self._by_number(text))
            except TutorError as error:
                self._voice.say(str(error))
            if stays is False:
                return None
        return None

    def _by_number(self, text: str) -> str:
        orders = {str(outline.order): outline.id for outline in self._catalog.outlines}
        return orders.get(text.removeprefix("open ").strip(), text.removeprefix("open "))

    def _work_on(self, lesson: Lesson) -> Literal["", "lessons", "quit"]:
        """Talk about `lesson` until the learner leaves it; where that leads."""
        if not self._may_run(lesson):
            return "lessons"
        record, voice = self._record, self._voice
        talk = Talk(lesson, record, record.sitting, voice, self._start_lab, self._seed, self._names_file)
        voice.say(f"{lesson.order}. {lesson.title}. Type help for the words that work here.")
        voice.say("Where the text names a key, such as space or p, type its name.")
        talk.tell_page()
        try:
            talk.bench.open(self._seed)
            while not talk.over:
                line = voice.ask()
                if line is None:
                    return "quit"
                respond(talk, line)
        finally:
            talk.bench.close()
        return talk.over

    def _may_run(self, lesson: Lesson) -> bool:
        """Whether the lesson's code may run; a stranger's is asked about."""
        if self._trust.covers(lesson.path):
            return True
        self._voice.say(warning(lesson.path), "Type yes to run it, now and whenever you open it; or no.")
        if (self._voice.ask() or "").lower() not in ("yes", "y"):
            self._voice.say("Nothing was run.")
            return False
        try:
            self._trust.grant(lesson.path)
        except TutorError as error:
            self._voice.say(str(error))
        return True


def respond(talk: Talk, line: str) -> None:
    """Do what a line says; what goes wrong is one sentence, and Ctrl-C ends just what is being done."""
    try:
        obey(talk, line)
    except (TutorError, LabError) as error:
        talk.say(str(error))
    except KeyboardInterrupt:
        talk.say("", "Stopped.")
    talk.tell_news()


def listed(catalog: Catalog, record: Record) -> list[str]:
    """A line a lesson that can be opened, with what is done."""
    done = record.progress(catalog.lessons)
    return [
        f"{lesson.order}. {lesson.id}: {lesson.title}. {lesson.minutes} minutes{_done(done[lesson.id])}."
        for lesson in catalog.lessons
    ]


def _done(done: Progress) -> str:
    known = "; known" if done.known else ""
    if not (done.steps_done or done.right):
        return known
    return f"; done: {done.steps_done} of {done.steps} pages, {done.right} of {done.questions} questions{known}"
