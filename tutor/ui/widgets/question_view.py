"""A question as the learner sees it: options, curves, hints, how sure, and what came of an answer."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tutor.course.asked import Asked
from tutor.course.outcome import told, untold
from tutor.course.quiz import Bug, Choice, Draw, Multiple, Numeric, Order, Own, Spot
from tutor.course.sketch import blank, moved, sketch
from tutor.learner.sure import SURE
from tutor.roles import Line
from tutor.ui.prose import folded, laid_out
from tutor.ui.widgets.lines import Lines

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp

CURVE_ROWS = 11
"""How high a question's curves are drawn, where the screen allows."""

_OTHER_ROWS = 6
"""Rows of a small screen that are needed around a curve to draw it."""

_SURE = {"guess": "guess", "think": "think so", "know": "know"}


class QuestionView(Lines):
    """Shows one question of the sitting. A click picks an option; while a curve is drawn, arrows move its points."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "point(-1)", "the point before"),
        Binding("right", "point(1)", "the next point"),
        Binding("up", "shift(1)", "move it up"),
        Binding("down", "shift(-1)", "move it down"),
        Binding("enter", "drawn", "the curve is drawn"),
        Binding("escape", "leave", "draw later"),
    ]
    DEFAULT_CSS = """
    QuestionView { margin: 1 0 0 0; }
    """

    class Picked(Message):
        """The option shown at place `shown`, from 0, was clicked."""

        def __init__(self, shown: int) -> None:
            super().__init__()
            self.shown = shown

    class Left(Message):
        """The learner has stopped drawing: the curve is as it should be if it is `done`."""

        def __init__(self, done: bool) -> None:
            super().__init__()
            self.done = done

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._asked: Asked | None = None
        self._place = (0, 0)
        self._trains = True
        self._point = 0

    def ask(self, asked: Asked | None, place: tuple[int, int], trains: bool) -> None:
        """Show `asked`, question `place[0]` of `place[1]`, or nothing; `trains`: is there a run to start?"""
        if self.drawing and asked is not self._asked:
            self.action_leave()
        self._asked, self._place, self._trains = asked, place, trains
        self.redraw()

    def draw(self) -> None:
        """Let the arrows move the points of the curve that is asked for."""
        asked = self._asked
        if asked is not None and isinstance(asked.question, Draw):
            asked.points = asked.points or blank(asked.question)
            self.can_focus, self._point = True, 0
            self.focus()
            self.redraw()

    @property
    def drawing(self) -> bool:
        """Whether the arrows move points."""
        return self.can_focus

    def action_point(self, by: int) -> None:
        """Another point."""
        if self._asked is not None:
            self._point = min(max(self._point + by, 0), len(self._asked.points) - 1)
            self.redraw()

    def action_shift(self, by: int) -> None:
        """Move the point."""
        asked = self._asked
        if asked is not None and isinstance(asked.question, Draw) and asked.points:
            asked.points = moved(asked.question, asked.points, self._point, by)
            self.redraw()

    def action_drawn(self) -> None:
        """The curve is as the learner wants it."""
        self._leave(done=True)

    def action_leave(self) -> None:
        """Draw on later."""
        self._leave(done=False)

    def _leave(self, *, done: bool) -> None:
        self.can_focus = False
        self.post_message(self.Left(done))
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        """Pick the option under the pointer."""
        blocks = self._blocks(self.size.width)
        top = 0
        for shown, block in enumerate(blocks, start=-1):
            if top <= event.y < top + len(block) and shown >= 0 and self._asked and shown < len(self._asked.order):
                self.post_message(self.Picked(shown))
            top += len(block)

    def lay_out(self, width: int) -> list[Line]:
        """The question, its options, hints, and what came of an answer."""
        return [line for block in self._blocks(width) for line in block]

    def _blocks(self, width: int) -> list[list[Line]]:
        """The lines in pieces: the question, then each option, then the rest."""
        asked = self._asked
        if asked is None or width < 4:
            return []
        question = [((_heading(asked, self._place), "accent"),), *laid_out(asked.question.ask, width)]
        question += self._curves(asked, width)
        options = [_option(asked, shown, option, width) for shown, option in enumerate(asked.order)]
        rest: list[Line] = []
        for number in range(asked.hints):
            rest += laid_out(asked.question.hints[number], width, "warn", f"hint {number + 1}: ", "  ")
        rest += _outcome(asked, width)
        rest += laid_out(self._next_key(asked), width, "muted")
        return [question, *options, rest]

    @property
    def outcome(self) -> tuple[int, int]:
        """The first row of what is said to an answer, and how many rows that takes: 0 if nothing is said yet."""
        asked, width = self._asked, self.size.width
        if asked is None or asked.verdict is None:
            return 0, 0
        rows = len(_outcome(asked, width)) + len(laid_out(self._next_key(asked), width))
        return sum(map(len, self._blocks(width))) - rows, rows

    def _curves(self, asked: Asked, width: int) -> list[Line]:
        curve = sketch(asked)
        if curve is None:
            return []
        cursor = (self._point, 0) if self.drawing else None
        glyphs = cast("TutorApp", self.app).glyphs
        rows = max(min(CURVE_ROWS, self.app.size.height - _OTHER_ROWS), _OTHER_ROWS)
        lines = [*curve.draw(width, rows, glyphs, cursor)]
        return [*lines, ((curve.read(cursor), "accent"),)] if cursor is not None else lines

    def _next_key(self, asked: Asked) -> str:
        if self.drawing:
            return "← →: a point · ↑ ↓: move it · enter: done"
        return _next_key(asked, self._place, self._trains)


def _heading(asked: Asked, place: tuple[int, int]) -> str:
    kind = "Question"
    if asked.question.predict:
        kind = "Prediction" if asked.verdict is None else "Your prediction"
    return kind if place[1] == 1 else f"{kind} {place[0]} of {place[1]}"


def _option(asked: Asked, shown: int, option: int, width: int) -> list[Line]:
    question = asked.question
    mark, role = " ", "text"
    response = asked.response if asked.given is None else asked.given
    given = response == option + isinstance(question, Bug)
    if isinstance(response, frozenset):
        given = option in response
    elif isinstance(question, Order) and isinstance(response, tuple):
        given = False
        if not asked.picked:
            mark, role = str(response.index(option) + 1), "accent"
    if option in asked.picked:
        mark = str(asked.picked.index(option) + 1) if isinstance(question, Order) else "●"
        role = "accent"
    elif given and not asked.revealed:
        mark, role = "●", "accent"
    elif given and not isinstance(question, Order):
        right = _is_right(asked, option)
        mark, role = ("✓", "good") if right else ("✗", "bad")
    elif (
        asked.revealed and asked.settled and isinstance(question, Choice | Multiple) and question.options[option].right
    ):
        mark, role = "✓", "good"
    if isinstance(question, Bug):
        first, *rest = folded(question.lines[option], width - 5)
        return [((f"{mark}{shown + 1:>2}  {first}", role),), *(((f"     {piece}", role),) for piece in rest)]
    text = question.items[option] if isinstance(question, Order) else ""
    if isinstance(question, Choice | Multiple):
        text = question.options[option].text
    return laid_out(text, width, role, f"{mark}{shown + 1}  ", "    ")


def _is_right(asked: Asked, option: int) -> bool:
    question = asked.question
    if isinstance(question, Choice | Multiple):
        return question.options[option].right
    return asked.right


def _outcome(asked: Asked, width: int) -> list[Line]:
    """What is said after an answer."""
    verdict = asked.verdict
    if asked.given is not None:
        number = [((f"Your answer: {asked.given:g}", "accent"),)] if isinstance(asked.question, Numeric) else []
        sure = (f" {key}  I {_SURE[word]}" for key, word in enumerate(SURE, start=1))
        return [(), *number, (("How sure are you?", "accent"),), *(((line, "text"),) for line in sure)]
    if verdict is None:
        return [(("Skipped. You can still answer it.", "muted"),)] if asked.skipped else []
    if asked.locked or asked.measuring:
        said = f" You {_SURE[asked.sure]}." if asked.sure is not None else ""
        which = f" It is {asked.response:g}." if isinstance(asked.question, Numeric) else ""
        text = f"Your prediction is locked in.{which}{said}"
        waits = "The model is measuring it …" if asked.measuring else ""
        return [(), *laid_out(text, width, "accent"), *(laid_out(waits, width, "muted") if waits else [])]
    lines: list[Line] = [()]
    if asked.outcome is not None:
        lines += laid_out(told(asked.question, asked.outcome), width, "stress")
    elif asked.trouble:
        lines += laid_out(untold(asked.trouble), width, "warn")
    if verdict.right:
        lines += laid_out(verdict.message, width, "text", "✓ Right. ", "  ")
    else:
        share = f" ({verdict.score:.0%} of it is right)" if verdict.score else ""
        lines += laid_out(verdict.message, width, "text", f"✗ Not so{share}. ", "  ")
    if asked.settled:
        lines += [(), *laid_out(asked.question.explain, width, "muted")]
    return lines


def _next_key(asked: Asked, place: tuple[int, int], trains: bool) -> str:
    question = asked.question
    if asked.given is not None:
        return "1-3: lock it in · backspace: choose anew"
    if asked.locked:
        if place[0] < place[1]:
            return "enter: next prediction"
        if asked.runless:
            return "enter: what came of it · ]: next page"
        return f"{'space: run it' if trains else 'tab: turn a knob'} · enter: what came of it · ]: next page"
    if asked.measuring:
        return "enter: don't wait, show what we measured"
    if asked.settled:
        check = "k: run the check · " if isinstance(question, Spot) else ""
        return f"{check}{'enter: next question' if place[0] < place[1] else ']: next page'}"
    if isinstance(question, Own):
        return "enter: ask about my run"
    return f"{_how(asked)} · h: hint{' · u: skip' if question.predict and not asked.skipped else ''}"


def _how(asked: Asked) -> str:
    match asked.question:
        case Numeric(unit=unit):
            return f"enter: type a number{f', in {unit}' if unit else ''}"
        case Draw():
            return "enter: draw it"
        case Multiple():
            return "1-9: tick · enter: answer"
        case Order():
            return "1-9: first, second … · enter: answer"
        case Bug():
            return "1-9 or enter: the faulty line"
        case _:
            return "1-9: answer"
