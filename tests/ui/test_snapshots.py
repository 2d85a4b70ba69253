"""How each screen looks.

After a change that is meant, run `pytest tests/ui/test_snapshots.py -m "slow or not slow" --snapshot-update`, and look
at the pictures.
"""

import math
from datetime import date

import msgspec
import pytest
from textual.command import CommandPalette

from tests.course.made import Shelf, bug, choice, lesson, step
from tests.ui.conftest import AppOnFakeLabs
from tests.ui.fake_lab import READY, FakeLab
from tests.ui.screen import reads, settled, shown, until
from tutor.course import review
from tutor.course.catalog import Catalog
from tutor.figures import (
    Bands,
    Bars,
    Curve,
    Group,
    Guide,
    HeatMap,
    Histogram,
    Histograms,
    Image,
    Images,
    Point,
    Scatter,
    Series,
    Table,
    Text,
)
from tutor.learner.record import Answer, Record, insertion, rescheduling
from tutor.link.messages import FigureName

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)
THEMES = pytest.mark.parametrize("theme", ["textual-dark", pytest.param("textual-light", marks=pytest.mark.slow)])
STEPS = tuple(float(100 * number) for number in range(40))
TEXT = """\
A **mini-batch** is a handful of examples drawn at random. Its gradient is wrong, but *not in any particular
direction*: averaged over all batches, `loss.backward()` gives the full one.

- Four times the examples, half the error.
- No more reading than before.

```python
loss = F.cross_entropy(logits, y)
```
"""


CODE = """\
\"\"\"A net that isn't there.\"\"\"

import torch
from torch.nn import functional as F

from tutor.lab import Experiment, Number


class Tiny(Experiment):
    knobs = (Number("lr", 0.1, low=1e-3, high=10, log=True, live=True, help="learning rate"),)

    def step(self) -> torch.Tensor:
        loss = F.cross_entropy(self.model(x), y)  # y: the next letter
        loss.backward()
        return loss
"""


def bell(centre, width):
    return tuple(round(400 * math.exp(-((number - centre) ** 2) / width)) for number in range(40))


def ring(size):
    return tuple(
        tuple(math.exp(-((math.hypot(row - 3.5, column - 3.5) - size) ** 2)) for column in range(8)) for row in range(8)
    )


FIGURES = {
    "loss": Curve(
        "loss",
        (
            Series("train", STEPS, tuple(2.0 + 1.3 * math.exp(-x / 900) for x in STEPS)),
            Series("val", STEPS, tuple(2.2 + 1.1 * math.exp(-x / 800) for x in STEPS)),
        ),
        guides=(Guide(3.296, "ln 27"),),
    ),
    "activations": Histograms(
        "activations",
        (Histogram("layer 1", -1, 1, bell(20, 60)), Histogram("layer 2", -1, 1, bell(39, 90), "31 % saturated")),
    ),
    "probabilities": Bars("probabilities", ("a", "b", "c"), (0.665, 0.245, 0.09)),
    "letters": Scatter("letters", tuple(Point(math.cos(n), math.sin(2 * n), chr(97 + n)) for n in range(26))),
    "bigrams": HeatMap("bigrams", tuple("abcd"), tuple("abcd"), tuple(row[:4] for row in ring(2)[:4])),
    "digits": Images("digits", (Image("0", ring(3)), Image("8", ring(2)))),
    "norms": Table("norms", ("norm", "loss"), (("none", "2.31"), ("batch", "2.10"))),
    "samples": Text("samples", ("emma", "olivia", "kaelyn")),
}
EVERY = READY.__class__(
    READY.about, True, READY.knobs, READY.presets, tuple(FigureName(name, name) for name in FIGURES), generates=True
)


@pytest.fixture
def app():
    question = choice()
    pages = (
        step("mini-batches", question, figures=("loss", "activations", "probabilities", "letters"), text=TEXT),
        step("pictures", bug(), figures=("bigrams", "digits", "norms", "samples"), text="A listing, and *pictures*."),
    )
    record = Record(None)
    record.sitting = "the same"
    made = lesson(pages, [question, bug()], title="Noisy steps win: mini-batches")
    return AppOnFakeLabs(Catalog({}), record, made, make=lambda: FakeLab(ready=EVERY, figures=FIGURES))


def after(*keys, theme="textual-dark", seen=lambda _pilot: True):
    """Presses keys once the lab is up, and waits for what is to be seen."""

    async def before(pilot):
        pilot.app.theme = theme
        await settled(pilot)
        await pilot.press(*keys)
        await until(lambda: seen(pilot), pilot)
        await pilot.pause()

    return before


def made_up(order):
    title = ("Counting letters", "What is a good guess worth?", "Mini-batches, or why so noisy a step still wins")[
        order % 3
    ]
    made = lesson([step("one"), step("two")], title=title, order=order)
    return msgspec.structs.replace(made, id=f"lesson-{order}", minutes=20 + order % 4 * 5)


@SIZES
@THEMES
def test_home(snap_compare, size, theme):
    catalog = Shelf(*(made_up(order) for order in range(1, 25)))
    record = Record(None)
    first = catalog.lessons[0]
    for page in first.steps:
        record.finish_step(first.id, page.id)
    app = AppOnFakeLabs(catalog, record, notice="Progress isn't saved: the disk is full.")

    async def before(pilot):
        app.theme = theme
        await until(lambda: app.warmed, pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)


@SIZES
@THEMES
def test_lesson(snap_compare, app, size, theme):
    assert snap_compare(app, terminal_size=size, run_before=after("s", "h", "2", theme=theme))


@SIZES
@THEMES
def test_pictures(snap_compare, app, size, theme):
    assert snap_compare(app, terminal_size=size, run_before=after("right_square_bracket", "tab", "down", theme=theme))


@SIZES
@THEMES
@pytest.mark.parametrize("figure", ["loss", "bigrams"])
def test_zoom(snap_compare, app, size, theme, figure):
    keys = ("z", "left", "left") if figure == "loss" else ("right_square_bracket", "z", "right", "down")
    assert snap_compare(app, terminal_size=size, run_before=after(*keys, theme=theme))


@SIZES
@THEMES
def test_phases(snap_compare, app, size, theme):
    before = after("S", "down", theme=theme, seen=lambda pilot: "of hidden" in shown(pilot, "FigureView"))
    assert snap_compare(app, terminal_size=size, run_before=before)


@SIZES
@THEMES
def test_sampling(snap_compare, app, size, theme):
    before = after("g", "enter", theme=theme, seen=lambda pilot: "name" in shown(pilot, "#samples"))
    assert snap_compare(app, terminal_size=size, run_before=before)


@SIZES
@THEMES
def test_palette(snap_compare, app, size, theme):
    before = after("ctrl+p", theme=theme, seen=lambda pilot: isinstance(pilot.app.screen, CommandPalette))
    assert snap_compare(app, terminal_size=size, run_before=before)


@SIZES
@THEMES
def test_code(snap_compare, app, size, theme, tmp_path):
    (tmp_path / "lab.py").write_text(CODE)
    app._lesson = msgspec.structs.replace(app._lesson, lab_file=tmp_path / "lab.py")
    assert snap_compare(app, terminal_size=size, run_before=after("c", theme=theme))


@pytest.mark.parametrize("keys", [(), ("tab",), ("tab", "tab")], ids=["text", "knobs", "figures"])
def test_narrow(snap_compare, app, keys):
    assert snap_compare(app, terminal_size=(40, 12), run_before=after(*keys))


@SIZES
@THEMES
def test_find_rate(snap_compare, app, size, theme):
    assert snap_compare(app, terminal_size=size, run_before=after("F", "left", theme=theme))


@SIZES
@THEMES
def test_seeds(snap_compare, app, size, theme):
    groups = (Group("A: lr 0.1", (2.31, 2.33, 2.34)), Group("B: lr 0.2", (2.28, 2.3, 2.33)))
    low = tuple(2.0 + 1.2 * math.exp(-x / 900) for x in STEPS)
    band = Series("A: lr 0.1", STEPS, tuple(y + 0.1 for y in low), "line", low, tuple(y + 0.2 for y in low))
    figures = (Bands("Val loss after 1,000 steps, 3 of 5 seeds", groups, "val loss"), Curve("Mini-batch loss", (band,)))

    async def before(pilot):
        await after("n", theme=theme)(pilot)
        await until(lambda: pilot.app.screen.focused is not None, pilot)
        await pilot.press("enter", "enter", "enter")
        await reads(pilot, "#progress", "50 %")
        pilot.app.lab.mute = True
        pilot.app.lab.say(pilot.app.lab.studied(figures=figures, says="No winner: the bands of A and B overlap."))
        await reads(pilot, "#says", "No winner")

    assert snap_compare(app, terminal_size=size, run_before=before)


def answer(question, right, sure, day):
    at = f"2026-03-0{day}T14:30:00+00:00"
    return Answer(at, "tiny", question, 0, right, float(right), sure, "another sitting")


@pytest.fixture
def reviewer():
    """The app with two questions to review, and predictions right and wrong."""
    questions = (choice(predict=True), bug())
    record = Record(None)
    record.sitting = "the same"
    shares = {"guess": (True, False, False), "think": (True, False), "know": (True, True, True, False)}
    given = [answer("first-loss", right, sure, day=2) for sure, rights in shares.items() for right in rights]
    given.append(answer("no-zero", False, "know", day=1))
    record.write(*map(insertion, given), *(rescheduling(("tiny", question.id)) for question in questions))
    made = lesson([step("noise", *questions)], questions, title="Noisy steps win: mini-batches")
    return AppOnFakeLabs(Shelf(made), record)


@SIZES
@THEMES
def test_review(snap_compare, reviewer, size, theme, monkeypatch):
    # What is asked first, and how its options are shuffled, goes by the day.
    monkeypatch.setattr(review, "today", lambda: date(2026, 3, 10))

    async def before(pilot):
        pilot.app.theme = theme
        await reads(pilot, "#top", "2 questions to review")
        await pilot.press("r")
        await reads(pilot, "#question", "Question 1 of 2")
        await pilot.press("h", "2")
        await reads(pilot, "#question", "go on")
        await pilot.pause()

    assert snap_compare(reviewer, terminal_size=size, run_before=before)


@SIZES
@THEMES
def test_ledger(snap_compare, reviewer, size, theme):
    async def before(pilot):
        pilot.app.theme = theme
        await reads(pilot, "#top", "2 questions to review")
        await pilot.press("u")
        await reads(pilot, "#book", "▸ What is the first loss")
        await pilot.pause()

    assert snap_compare(reviewer, terminal_size=size, run_before=before)


@SIZES
@THEMES
def test_help(snap_compare, app, size, theme):
    assert snap_compare(app, terminal_size=size, run_before=after("question_mark", theme=theme))


def test_too_small(snap_compare, app):
    assert snap_compare(app, terminal_size=(36, 6), run_before=after())
