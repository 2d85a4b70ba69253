"""Claims as a list: what is said and by whom, and once a check was run, what came of it."""

from collections.abc import Mapping, Sequence
from typing import Literal

from textual import events
from textual.message import Message

from tutor.course.claims import Claim, in_words
from tutor.link.messages import Checked
from tutor.roles import Line
from tutor.ui.prose import wrapped
from tutor.ui.widgets.lines import Lines

State = Checked | Literal["waiting", "checking"]
"""How the check of a claim stands."""

_LABEL = 10
"""Cells in which a label stands, such as "measured"."""

_VERDICTS = {"right": "good", "wrong": "bad"}


class ClaimList(Lines):
    """Shows claims with a bar at one of them. A click moves the bar."""

    class Picked(Message):
        """The claim at `place`, from 0, was clicked."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._claims: Sequence[Claim] = ()
        self._states: Mapping[str, State] = {}
        self._chosen = 0

    def list_claims(self, claims: Sequence[Claim], states: Mapping[str, State], chosen: int) -> None:
        """Show `claims`, each with its state by id, and the bar at `chosen`."""
        self._claims, self._states, self._chosen = claims, dict(states), chosen
        self.redraw()

    def rows_of(self, place: int) -> tuple[int, int]:
        """The first row of the claim at `place`, and how many it takes."""
        heights = [len(block) for block in self._blocks(self.size.width)]
        return sum(heights[:place]), heights[place] if place < len(heights) else 0

    def on_click(self, event: events.Click) -> None:
        """Move the bar."""
        top = 0
        for place, block in enumerate(self._blocks(self.size.width)):
            if top <= event.y < top + len(block):
                self.post_message(self.Picked(place))
            top += len(block)

    def lay_out(self, width: int) -> list[Line]:
        """A block a claim."""
        return [line for block in self._blocks(width) for line in block]

    def _blocks(self, width: int) -> list[list[Line]]:
        if width < _LABEL:
            return []
        return [
            _block(claim, self._states.get(claim.id), place == self._chosen, width)
            for place, claim in enumerate(self._claims)
        ]


def _block(claim: Claim, state: State | None, chosen: bool, width: int) -> list[Line]:
    bar, role = ("▸ ", "title") if chosen else ("  ", "text")
    lines = wrapped([(f"“{claim.says}”", role)], width, bar, "  ")
    lines += wrapped([(claim.cited, "muted")], width, "  ", "  ")
    match state:
        case "waiting":
            lines += _item("", "waits for its turn", "muted", width)
        case "checking":
            takes = "checking: it takes a training run …" if claim.trains else "checking …"
            lines += _item("", takes, "accent", width)
        case Checked():
            lines += _outcome(claim, state, width)
        case None:
            pass
    return [*lines, ()]


def _outcome(claim: Claim, checked: Checked, width: int) -> list[Line]:
    lines: list[Line] = []
    if claim.by:
        lines += _item("by", "reading: there is nothing to run", "text", width)
    else:
        lines += _item("check", claim.check, "accent", width)
        if checked.measured is not None:
            lines += _item("measured", in_words(checked.measured), "text", width)
        if claim.note:
            lines += _item("", claim.note, "muted", width)
        if checked.counter is not None:
            lines += _item("unless", f"{claim.unless} gives {in_words(checked.counter)}", "muted", width)
        if not checked.agrees:
            lines += _item("recorded", f"{in_words(claim.measured)}: not what came out now", "bad", width)
        if checked.trouble:
            lines += _item("trouble", checked.trouble, "bad", width)
    lines += _item("verdict", f"{claim.verdict}. {claim.why}", _VERDICTS.get(claim.verdict, "warn"), width)
    if not claim.by:
        stamp = f"torch {checked.torch} · torch's seed {checked.seed} · {checked.seconds:.1f} s"
        lines += _item("", stamp, "muted", width)
    return lines


def _item(label: str, text: str, role: str, width: int) -> list[Line]:
    indent = " " * (_LABEL + 2)
    first, *rest = wrapped([(text, role)], width, f"  {label:<{_LABEL}}", indent)
    (shown, _), *words = first
    return [((shown, "muted"), *words), *rest]
