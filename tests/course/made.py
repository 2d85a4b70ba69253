"""Lessons and sittings made in memory, and a question of each kind."""

from pathlib import Path

from tutor.course.catalog import Catalog
from tutor.course.lesson import Lesson
from tutor.course.live import Live
from tutor.course.quiz import Bug, Choice, Draw, LineWhy, Multiple, Near, Numeric, Option, Order, Own
from tutor.course.seen import State
from tutor.course.sitting import Sitting
from tutor.course.steps import Step
from tutor.link.goals import parse_condition, parse_move

COMMON = {"id": "q", "concept": "loss", "ask": "?", "hints": ("Think.",), "explain": "So.", "predict": True}
"""What every live prediction has."""


def live_choice(name="falls"):
    return Choice(
        **COMMON | {"id": name, "ask": "Where is val after 100 steps?"},
        live=Live(metric="val", steps=100),
        options=(
            Option(text="below 3", why="It learns.", right=True, when=("val < 3",)),
            Option(text="above 3", why="It has learned nothing.", when=("val >= 3",)),
        ),
    )


def picture(name="curve"):
    return Draw(
        **COMMON | {"id": name, "ask": "Draw val."},
        live=Live(metric="val", at=(0, 100, 400)),
        answer=(3.0, 2.0, 1.5),
        low=1.0,
        high=4.0,
        tolerance=0.2,
        why="Down, then level.",
    )


def own(name="mine", steps=100):
    return Own(**COMMON | {"id": name, "ask": "About your own run.", "predict": False}, steps=steps)


def choice(name="first-loss", predict=False, hints=("27 letters.", "All are equally likely.")):
    return Choice(
        id=name,
        concept="loss",
        ask="What is the first loss near?",
        hints=hints,
        explain="A net that knows nothing is near ln 27.",
        predict=predict,
        options=(
            Option(text="3.3", right=True, why="ln 27 is 3.296."),
            Option(text="27", why="That is how many letters there are."),
            Option(text="0", why="Then it would know everything."),
        ),
    )


def multiple(name="spread"):
    return Multiple(
        id=name,
        concept="noise",
        ask="Which lower the noise of the gradient?",
        hints=("A mean of n has a spread of 1/√n.",),
        explain="Only averaging over more does.",
        options=(
            Option(text="a larger batch", right=True, why="It averages over more."),
            Option(text="two batches averaged", right=True, why="That is a batch twice as large."),
            Option(text="a new seed", why="It changes which noise, not how much."),
        ),
    )


def numeric(name="ln-27"):
    return Numeric(
        id=name,
        concept="loss",
        ask="What is −ln(1/27)?",
        hints=("ln 27 = 3 ln 3.",),
        explain="3 × 1.0986.",
        answer=3.3,
        tolerance=0.05,
        unit="nats",
        why_right="An untrained net starts there.",
        why_wrong="Take the natural logarithm of 27.",
        near=(Near(value=4.75, tolerance=0.01, why="That is in bits."),),
    )


def order(name="loop"):
    return Order(
        id=name,
        concept="loop",
        ask="Order one iteration.",
        hints=("The loss comes before its gradient.",),
        explain="Forward, backward, update.",
        items=("forward", "backward", "update"),
        why="Each needs what the one before it made.",
    )


def bug(name="no-zero"):
    return Bug(
        id=name,
        concept="loop",
        ask="Which line is wrong?",
        hints=("Look at the sign.",),
        explain="A step goes against the gradient.",
        listing="loss = f(x)\nloss.backward()\np.data += lr * p.grad",
        faulty=3,
        why="It climbs.",
        others=(LineWhy(line=2, why="This fills p.grad."),),
    )


def step(name, *questions, figures=(), set=None, preset="", text="Words.", goal=(), reference=("lr=0.2", "run 100")):
    return Step(
        id=name,
        title=name.capitalize(),
        kind="read",
        figures=figures,
        set=set or {},
        preset=preset,
        questions=tuple(question.id for question in questions),
        text=text,
        line=1,
        goal=tuple(map(parse_condition, goal)),
        reference=tuple(map(parse_move, reference)) if goal else (),
    )


def lesson(steps, questions=(), claims=(), path=Path("/nowhere/tiny"), title="A tiny lesson", order=3):
    return Lesson(
        id="tiny",
        path=path,
        title=title,
        order=order,
        summary="As small as it gets.",
        concepts=("loss",),
        needs=(),
        minutes=5,
        sources=(),
        steps=tuple(steps),
        questions={question.id: question for question in questions},
        claims={claim.id: claim for claim in claims},
        lab_file=path / "lab.py",
    )


class Shelf(Catalog):
    """A catalog of lessons made in memory."""

    def __init__(self, *lessons):
        super().__init__({})
        self.__dict__.update(outlines=lessons, _loaded=(lessons, ()))

    def get(self, id):
        return next(made for made in self.lessons if made.id == id)


class Notebook:
    """Keeps what it is told, in the order it is told."""

    def __init__(self, done=(), place=None):
        self.answers = []
        self.sure = {}
        self.regraded = []
        self.skipped = []
        self.finished = []
        self.places = []
        self.goals = []
        self._done = set(done)
        self._place = place

    def answer(self, lesson, question, response, verdict, sure=None):
        self.answers.append((lesson, question, response, verdict.right))
        self.sure[question] = sure

    def regrade(self, lesson, question, verdict):
        self.regraded.append((lesson, question, verdict.right))

    def skip(self, lesson, question):
        self.skipped.append((lesson, question))

    def finish_step(self, lesson, step):
        self.finished.append((lesson, step))

    def reach_goal(self, lesson, step, moves):
        self.goals.append((lesson, step, moves))

    def fewest_moves(self, lesson, step):
        return min((moves for *where, moves in self.goals if where == [lesson, step]), default=None)

    def steps_done(self, lesson):
        return self._done

    def place(self, lesson):
        return self._place

    def remember_place(self, lesson, step):
        self.places.append((lesson, step))


def sit(*pages, keeper=None, token="a"):
    """A sitting at pages of (name, questions...)."""
    questions = {question.id: question for _, *asked in pages for question in asked}
    made = lesson([step(name, *asked) for name, *asked in pages], questions.values())
    return Sitting(made, keeper or Notebook(), token)


def predict(sitting, response, sure="think"):
    """Make the prediction that is asked for, and lock it."""
    sitting.answer(response)
    sitting.lock(sure)


def place_of(sitting, option):
    """Where the option with this authored index is shown."""
    return sitting.asked.order.index(option)


def ran(iteration, **knobs):
    return State(iteration, tuple(knobs.items()))
