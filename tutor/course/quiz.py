"""The questions of a lesson, as its author writes them in `quiz.toml`.

Each is a table `[[question]]` with `id`, `concept`, `kind`, `ask`, `hints` (one or more) and `explain`. By kind it has

- `choice`, `multiple`: `options`, each `{ text, why, right, last }`;
- `numeric`: `answer`, one of `tolerance`, `rel_tolerance` and `factor`, `why_right`, `why_wrong`, `near`, `unit`;
- `order`: `items` in the right order, and `why`;
- `bug`: `listing`, the `faulty` line, `why`, `others`;
- `draw`: `answer`, a curve's value at each of the steps `live.at`; `low` and `high`, the ends of its axis; `tolerance`,
  how far from the run the drawn curve may lie on average (in powers of ten with `live.log`); `why`;
- `own`: made by the lab, from the learner's own run: a method of `lab.py` marked `@question(id)`. `steps`, `set` and
  `preset` are the run to make where there is none, and `steps` is also how far the learner's must have come;
- `claim`: `claim` and `tests`; its words come from `claims.toml`.

With `predict = true` it is asked before the run that answers it, locked with how sure the learner is, and comes out
after the run. Then `live` lets the model itself settle it, on the learner's machine (`tutor.course.live`):

    # numeric: `answer` is what is measured there
    live = { metric = "val", steps = 1000, set = { lr = 0.1 } }
    # choice: every option says when it is right, such as when = ["change < 0"]
    live = { metric = "val", steps = 100, than = { steps = 0 } }
    # order: a run an item
    live = { metric = "val", steps = 100, runs = [{ set = { lr = 1 } }, { set = { lr = 2 } }] }
    # draw; or choice, every option with the points of a curve
    live = { metric = "val", at = [0, 200, 400, 600, 800, 1000] }

`metric` is what a goal can name: `loss`, a split, `val accuracy`, or what the lab marks `@metric`. An option's `when`
are conditions that must all hold, on the metric (`val < 2.3`) or, with `than`, on `change` and `ratio`: that run's
value is taken away or divided by. The key is still written down as it was measured at seed 42: it counts where there
is no lab, and `tutor check` sees that five seeds give the same one.
"""

import math
from typing import Annotated

import msgspec

from tutor.course.live import Live
from tutor.course.source import FILLED, ID
from tutor.errors import TutorError
from tutor.link.knobs import Value
from tutor.link.trials import Trial

_Text = Annotated[str, msgspec.Meta(pattern=FILLED)]
_Id = Annotated[str, msgspec.Meta(pattern=ID)]


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to choose, and why it is right or wrong; `last` keeps it below the shuffled ones.

    In a live prediction it is right if all of `when` hold, or if the curve of `points` is the nearest to the run's.
    """

    text: _Text
    why: _Text
    right: bool = False
    last: bool = False
    when: tuple[_Text, ...] = ()
    points: tuple[float, ...] = ()


class Near(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to say to a typical wrong number: one in [`low`, `high`], or within `tolerance` of `value`."""

    why: _Text
    low: float | None = None
    high: float | None = None
    value: float | None = None
    tolerance: float | None = None

    def __post_init__(self) -> None:
        given = tuple(bound is not None for bound in (self.low, self.high, self.value, self.tolerance))
        if given not in ((True, True, False, False), (False, False, True, True)):
            raise ValueError("neither a range nor a value. Give `low` and `high`, or `value` and `tolerance`.")


class LineWhy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why line `line` of a listing, counted from 1, isn't the faulty one."""

    line: int
    why: _Text


class _Question(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag=lambda name: name.lower(),
):
    """What every question has.

    `ask` and `explain` are Markdown; `hints` show one at a time before the answer, `explain` after either
    result. A question with `predict` is asked before the run that answers it; with `live` that run settles it.
    """

    id: _Id
    concept: _Id
    ask: _Text
    hints: Annotated[tuple[_Text, ...], msgspec.Meta(min_length=1)]
    explain: _Text
    predict: bool = False
    live: Live | None = None

    def __post_init__(self) -> None:
        live = self.live
        if live is None:
            return
        if not self.predict:
            raise ValueError("'live' settles a prediction. Add `predict = true`.")
        if not isinstance(self, Choice | Numeric | Order | Draw):
            raise ValueError("'live' settles no question of this kind. Use choice, numeric, order or draw.")
        if isinstance(self, Order) != bool(live.runs) or (
            isinstance(self, Order) and len(self.items) != len(live.runs)
        ):
            raise ValueError("'runs' are for an order. Give it one for each item.")
        if (live.than is not None or live.at) and isinstance(self, Numeric):
            raise ValueError("'live' gives no single number. Leave out `than` and `at`, or ask with a choice.")


class Choice(_Question, frozen=True):
    """One right option among several."""

    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        right = _right_options(self.options)
        if right != 1:
            raise ValueError(f"{right} options are right. A choice has one; kind 'multiple' may have several.")
        live = self.live
        for option in self.options:
            if bool(option.when) != bool(live and not live.at):
                raise ValueError("'when' and `live` need each other. Say of every option when it is right.")
            if len(option.points) != (len(live.at) if live else 0):
                raise ValueError("'points' and `live.at` need each other. Give every option a value for each step.")
            try:
                if live:
                    [live.condition(text) for text in option.when]
            except TutorError as error:
                raise ValueError(f"'when': {error.what} {error.remedy}") from None


class Spot(Choice, frozen=True):
    """Whether the claim `claim` can be right, and which quick test tells; its author writes a `_Spot`."""

    claim: str


class Multiple(_Question, frozen=True):
    """Any number of right options, at least one."""

    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not _right_options(self.options):
            raise ValueError("no option is right. Mark at least one with `right = true`.")


class Numeric(_Question, frozen=True):
    """A number to type, in `unit`.

    It is right within `tolerance` (absolute), `rel_tolerance` (a share of the answer) or a `factor` of it either way.
    """

    answer: float
    why_right: _Text
    why_wrong: _Text
    tolerance: float | None = None
    rel_tolerance: float | None = None
    factor: float | None = None
    unit: str = ""
    near: tuple[Near, ...] = ()

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest number that is right."""
        if self.factor is not None:
            low, high = sorted((self.answer / self.factor, self.answer * self.factor))
            return low, high
        share = self.rel_tolerance
        width = (self.tolerance or 0.0) if share is None else share * abs(self.answer)
        return self.answer - width, self.answer + width

    def __post_init__(self) -> None:
        super().__post_init__()
        if not math.isfinite(self.answer):
            raise ValueError("'answer' can't be typed. Ask for infinity with a choice.")
        given = [width for width in (self.tolerance, self.rel_tolerance, self.factor) if width is not None]
        if len(given) != 1 or given[0] < (1 if self.factor is not None else 0):
            remedy = "Give `tolerance` or `rel_tolerance`, 0 or more, or `factor`, 1 or more."
            raise ValueError(f"how near is near enough isn't said. {remedy}")


class Order(_Question, frozen=True):
    """Items to put in order; `items` are in the right one."""

    items: tuple[_Text, ...]
    why: _Text

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.items) < 2 or len(set(self.items)) < len(self.items):
            raise ValueError("'items' can't be ordered. Give two or more, all different.")


class Bug(_Question, frozen=True):
    """A short listing whose faulty line is to be found.

    `faulty` is its number, counted from 1; `others` says why some other lines are fine.
    """

    listing: _Text
    faulty: int
    why: _Text
    others: tuple[LineWhy, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The listing's lines, without blank ones at its end."""
        return tuple(self.listing.rstrip().split("\n"))

    def __post_init__(self) -> None:
        super().__post_init__()
        count = len(self.lines)
        if not 1 <= self.faulty <= count or not self.lines[self.faulty - 1].strip():
            raise ValueError(f"'faulty' is {self.faulty}. It is a line of the listing, from 1 to {count}.")
        others = [other.line for other in self.others]
        if len(set(others)) < len(others) or any(line == self.faulty or not 1 <= line <= count for line in others):
            raise ValueError(f"'others' names a wrong line. Each is another line, from 1 to {count}, and once.")


class Draw(_Question, frozen=True):
    """A curve to draw: its value after each of the steps `live.at`, between `low` and `high`."""

    answer: tuple[float, ...]
    low: float
    high: float
    tolerance: float
    why: _Text

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.live is None or not self.live.at or len(self.live.at) != len(self.answer):
            raise ValueError("'answer' has no steps. Give `live`, with an `at` as long.")
        if not self.low < self.high or self.tolerance <= 0 or (self.live.log and self.low <= 0):
            raise ValueError("'low', 'high' and 'tolerance' make no axis. Give low < high, above 0 on a log axis.")


class Own(_Question, frozen=True):
    """A question that the lab makes of the learner's own run; `ask` says so until it does."""

    steps: int = 0
    set: dict[str, Value] = {}
    preset: str = ""

    @property
    def trial(self) -> Trial:
        """The run to make it of, where there is none of the learner's."""
        return Trial((self.steps,), self.set, self.preset)


Question = Choice | Multiple | Numeric | Order | Bug | Draw | Own
"""Any question."""


def _right_options(options: tuple[Option, ...]) -> int:
    if len(options) < 2:
        raise ValueError("there is nothing to choose. Give two options or more.")
    return sum(option.right for option in options)
