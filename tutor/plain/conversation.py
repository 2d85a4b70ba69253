"""`tutor --plain`: the list of lessons and the lessons, a line at a time."""

from collections.abc import Callable
from typing import Literal

from tutor.course.catalog import Catalog
from tutor.course.lesson import Lesson
from tutor.errors import TutorError
from tutor.learner.home import state_dir
from tutor.learner.record import Progress, Record
from tutor.link.client import LabProcess
from tutor.plain.lab import Lab, LabError
from tutor.plain.talk import Talk
from tutor.plain.voice import Voice
from tutor.plain.words import obey

GOODBYE = "Goodbye. Everything is kept."


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
    ) -> None:
        self._catalog, self._record, self._voice = catalog, record, voice
        self._seed, self._names_file, self._start_lab = seed, names_file, start_lab
        record.on_trouble = voice.say

    def hold(self, lesson: Lesson | None) -> None:
        """Begin with `lesson`, or with the list; return when the learner leaves."""
        try:
            while lesson is not None or (lesson := self._choose()) is not None:
                if self._work_on(lesson) == "quit":
                    break
                lesson = None
        except KeyboardInterrupt:
            self._voice.say("")
        self._voice.say(GOODBYE)

    def _choose(self) -> Lesson | None:
        """The lesson that the learner chooses from the list; None to leave."""
        self._voice.say("Lessons:", *listed(self._catalog, self._record))
        self._voice.say(*(f"{broken.id} can't be opened. {broken.error}" for broken in self._catalog.broken))
        self._voice.say("Type a lesson's number or name to open it; list to hear them again; or quit.")
        while (text := self._voice.ask()) is not None and text.lower() not in ("quit", "q", "exit"):
            if text.lower() == "list":
                self._voice.say(*listed(self._catalog, self._record))
            elif text:
                try:
                    return self._catalog.get(self._by_number(text))
                except TutorError as error:
                    self._voice.say(str(error))
        return None

    def _by_number(self, text: str) -> str:
        orders = {str(outline.order): outline.id for outline in self._catalog.outlines}
        return orders.get(text.removeprefix("open ").strip(), text.removeprefix("open "))

    def _work_on(self, lesson: Lesson) -> Literal["", "lessons", "quit"]:
        """Talk about `lesson` until the learner leaves it; where that leads."""
        record, voice = self._record, self._voice
        talk = Talk(lesson, record, record.sitting, voice, self._start_lab, self._seed, self._names_file)
        voice.say(f"{lesson.order}. {lesson.title}. Type help for the words that work here.")
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
    if not (done.steps_done or done.right):
        return ""
    return f"; done: {done.steps_done} of {done.steps} pages, {done.right} of {done.questions} questions"
