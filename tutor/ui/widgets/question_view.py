"""A question as the learner sees it: options, hints, and what came of an answer."""

from textual import events
from textual.message import Message

from tutor.course.quiz import Bug, Choice, Multiple, Numeric, Order, Spot
from tutor.course.sitting import Asked
from tutor.roles import Line
from tutor.ui.prose import folded, laid_out
from tutor.ui.widgets.lines import Lines


class QuestionView(Lines):
    """Shows one question of the sitting. A click on an option picks it."""

    DEFAULT_CSS = """
    QuestionView { margin: 1 0 0 0; }
    """

    class Picked(Message):
        """The option shown at place `shown`, from 0, was clicked."""

        def __init__(self, shown: int) -> None:
            super().__init__()
            self.shown = shown

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._asked: Asked | None = None
        self._place = (0, 0)
        self._trains = True

    def ask(self, asked: Asked | None, place: tuple[int, int], trains: bool) -> None:
        """Show `asked`, question `place[0]` of `place[1]`, or nothing; `trains`: is there a run to start?"""
        self._asked, self._place, self._trains = asked, place, trains
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
        options = [_option(asked, shown, option, width) for shown, option in enumerate(asked.order)]
        rest: list[Line] = []
        for number in range(asked.hints):
            rest += laid_out(asked.question.hints[number], width, "warn", f"hint {number + 1}: ", "  ")
        rest += _outcome(asked, width)
        rest += laid_out(_next_key(asked, self._place, self._trains), width, "muted")
        return [question, *options, rest]


def _heading(asked: Asked, place: tuple[int, int]) -> str:
    kind = "Question"
    if asked.question.predict:
        kind = "Prediction" if asked.verdict is None else "Your prediction"
    return kind if place[1] == 1 else f"{kind} {place[0]} of {place[1]}"


def _option(asked: Asked, shown: int, option: int, width: int) -> list[Line]:
    question = asked.question
    mark, role = " ", "text"
    given = asked.response in (option, option + 1 if isinstance(question, Bug) else option)
    if isinstance(asked.response, frozenset):
        given = option in asked.response
    if option in asked.picked:
        mark = str(asked.picked.index(option) + 1) if isinstance(question, Order) else "●"
        role = "accent"
    elif given and asked.locked:
        mark, role = "●", "accent"
    elif given and asked.revealed and not isinstance(question, Order):
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
    if verdict is None:
        return []
    if asked.locked:
        return [(), *laid_out("Your prediction is locked in.", width, "accent")]
    lines: list[Line] = [()]
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
    if asked.locked:
        if place[0] < place[1]:
            return "enter: next prediction"
        return f"{'space: run it' if trains else 'tab: turn a knob'} · enter: what came of it · ]: next page"
    if asked.settled:
        check = "k: run the check · " if isinstance(question, Spot) else ""
        return f"{check}{'enter: next question' if place[0] < place[1] else ']: next page'}"
    if isinstance(question, Numeric):
        unit = f", in {question.unit}" if question.unit else ""
        return f"enter: type a number{unit} · h: hint"
    if isinstance(question, Multiple):
        return "1-9: tick · enter: answer · h: hint"
    if isinstance(question, Order):
        return "1-9: first, second … · enter: answer · h: hint"
    if isinstance(question, Bug):
        return "1-9 or enter: the faulty line · h: hint"
    return "1-9: answer · h: hint"
