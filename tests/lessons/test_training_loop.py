"""The training-loop lesson: its loop against torch's own, its bugs, its floor against counting, its text's numbers."""

import math
import re
import sys
from collections import Counter

import pytest
import torch
from torch.nn import functional as F

from tutor.course.lesson import load_lesson
from tutor.course.outcome import unsteady
from tutor.course.quiz import Numeric
from tutor.errors import TutorError
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.predictions import outcomes, posed
from tutor.lab.runner import Runner
from tutor.paths import lessons_dir

FOLDER = lessons_dir() / "training_loop"
KIND = load_experiment(FOLDER)
LAB = sys.modules[KIND.__module__]
LESSON = load_lesson(FOLDER)
DATA = Sources()
PRESETS = {preset.name: preset.values for preset in KIND.presets}
LECTURE = 2147483647


def run(steps=0, seed=42, **knobs):
    runner = Runner(KIND, DATA, seed, knobs)
    runner.advance(steps)
    return runner


def loss(runner):
    e = runner.experiment
    with torch.no_grad():
        return F.cross_entropy(e.model(e.batch.x), e.batch.y).item()


def losses(*steps, **knobs):
    runner, found = run(**knobs), []
    for step in steps:
        runner.advance(step - runner.iteration)
        found.append(loss(runner))
    return found


def look(runner, name):
    return runner.look([name])[name]


def test_the_lesson_names_only_what_the_lab_has():
    assert (LESSON.id, LESSON.order) == ("training-loop", 8)
    for step in LESSON.steps:
        assert set(step.figures) <= set(KIND.figures())
        assert step.preset in {"", *PRESETS}
        run(**step.set)
        assert len(step.text.split()) <= 140, step.id
    asked = [name for step in LESSON.steps for name in step.questions]
    assert sorted(asked) == sorted(LESSON.questions)
    assert {question.concept for question in LESSON.questions.values()} == set(LESSON.concepts)


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_figure_draws_and_describes_itself_for_every_preset(preset):
    runner = run(20, **PRESETS.get(preset, {}))
    for name, figure in runner.look(tuple(KIND.figures())).items():
        for size in ((42, 9), (66, 12)):
            assert any(text.strip() for line in figure.draw(*size)[1:] for text, _ in line), name
            figure.draw(*size, glyphs="ascii")
        assert "no data" not in figure.describe()
        assert "ot finite" not in figure.describe()


def notebook(steps, lr=0.1, clear=True):
    """The lecture's own code, on the first five names of its list: the loss of each step, and after the last."""
    xs, ys = [], []
    for word in ("emma", "olivia", "ava", "isabella", "sophia"):
        context = [0] * 3
        for letter in word + ".":
            ix = ".abcdefghijklmnopqrstuvwxyz".index(letter)
            xs.append(context)
            ys.append(ix)
            context = [*context[1:], ix]
    x, y = torch.tensor(xs), torch.tensor(ys)
    g = torch.Generator().manual_seed(LECTURE)
    c, w1, b1, w2, b2 = parameters = [
        torch.randn(shape, generator=g, requires_grad=True) for shape in ((27, 2), (6, 100), (100,), (100, 27), (27,))
    ]
    found = []
    for _ in range(steps + 1):
        h = torch.tanh(c[x].view(-1, 6) @ w1 + b1)
        now = F.cross_entropy(h @ w2 + b2, y)
        found.append(now.item())
        for p in parameters:
            p.grad = None if clear else p.grad
        now.backward()
        for p in parameters:
            p.data += -lr * p.grad
    return found


@pytest.mark.parametrize("clear", [True, False])
def test_from_the_lecture_s_seed_the_losses_are_the_lecture_s(clear):
    runner = run(100, seed=LECTURE, loop="right" if clear else "never clears")
    expected = notebook(100, clear=clear)
    assert list(runner.history.losses) == pytest.approx(expected[:-1], rel=1e-4)
    assert loss(runner) == pytest.approx(expected[-1], rel=1e-3)
    assert runner.history.losses[0] == pytest.approx(17.7697, abs=5e-5)


def test_winding_back_and_looking_keep_what_was_left_in_the_gradients():
    alone, watched = run(120, loop="never clears"), run(loop="never clears")
    for _ in range(6):
        watched.advance(20)
        watched.look(tuple(KIND.figures()))
    watched.seek(47)
    watched.advance(73)
    assert watched.history.losses == alone.history.losses


def test_each_bug_does_what_its_name_says():
    before = run().experiment.model
    for loop, lr, moved in (("right", 0.1, 5), ("clears late", 0.1, 0), ("forgets C", 0.1, 4), ("uphill", -0.1, 5)):
        e = run(1, loop=loop).experiment
        pairs = list(zip(before.parameters(), e.model.parameters(), strict=True))
        assert sum(not torch.equal(a, b) for a, b in pairs) == moved
        gradients = torch.autograd.grad(F.cross_entropy(before(e.batch.x), e.batch.y), list(before.parameters()))
        for (a, b), gradient in zip(pairs, gradients, strict=True):
            if not torch.equal(a, b):
                torch.testing.assert_close(b, a - lr * gradient)
    once, twice = run(1, loop="right"), run(1, loop="never clears")
    assert loss(once) == loss(twice)


@pytest.mark.parametrize(("steps", "knobs"), [(10, {}), (300, {"loop": "forgets C"}), (60, {"loop": "never clears"})])
def test_the_own_question_s_numbers_are_those_of_its_loop(steps, knobs):
    runner, keys = run(steps, **knobs), set()
    for luck in range(30):
        made = posed(runner, "own-loop", luck)
        seen = re.findall(r"- in (\w+): gradient (\S+), `p.grad` (\S+), moved by (\S+)", made.ask)
        (_, g, held, moved), (_, g2, held2, moved2) = [(name, *map(float, rest)) for name, *rest in seen]
        near = pytest.approx
        found = {
            "right": (held, moved, held2, moved2) == near((g, -0.1 * g, g2, -0.1 * g2), rel=0.02),
            "never clears": held != near(g, rel=0.02) and moved2 == near(-0.1 * held2, rel=0.02) and held2 != 0,
            "clears late": held == moved == held2 == moved2 == 0,
            "uphill": (held, moved, moved2) == near((g, 0.1 * g, 0.1 * g2), rel=0.02),
            "forgets C": moved == 0 and (held, moved2) == near((g, -0.1 * g2), rel=0.02),
        }
        assert [loop for loop in made.options if found[loop]] == [made.options[made.right]]
        keys.add(made.right)
    assert len(keys) == 5
    runner.advance(5)
    assert runner.history.losses == run(steps + 5, **knobs).history.losses


def test_no_question_is_made_of_a_run_whose_gradients_are_gone():
    with pytest.raises(TutorError, match="No gradient"):
        posed(run(300, loop="uphill", lr=10.0, hidden=2), "own-loop", 0)
    assert "never clears" not in posed(run(20, loop="clears late"), "own-loop", 0).options


@pytest.mark.parametrize("context", [1, 2, 3, 8])
def test_the_floor_is_that_of_counting(context):
    e = run(context=context).experiment
    pairs = Counter((tuple(x), y) for x, y in zip(e.batch.x.tolist(), e.batch.y.tolist(), strict=True))
    contexts = Counter(tuple(x) for x in e.batch.x.tolist())
    floor = -sum(n * math.log(n / contexts[x]) for (x, _), n in pairs.items()) / len(e.batch)
    assert e.floor == pytest.approx(floor)
    assert e.floor == pytest.approx(0.8752 if context == 1 else 5 * math.log(5) / 32, abs=5e-5)
    table = look(run(30, context=context), "contexts")
    assert sum(float(row[4]) for row in table.rows) == pytest.approx(floor, abs=2e-3)
    assert f"floor {floor:.4f}" in table.title


def test_the_examples_are_those_that_the_course_makes_of_names():
    e = run().experiment
    assert len(e.batch) == 32
    x, y, _ = DATA.names().train.distinct
    known = {tuple(row) for row in torch.cat((x, y[:, None]), 1).tolist()}
    made = torch.cat((e.batch.x, e.batch.y[:, None]), 1).tolist()
    assert tuple(made[0]) == (0, 0, 0, 5)
    assert sum(tuple(row) in known for row in made) > 28
    assert set(LAB.FIVE_NAMES) <= set(DATA.word_list())
    assert len(DATA.word_list()) == 7067


def test_the_numbers_of_the_pages():
    assert losses(0, 10, 30, 60, 100) == pytest.approx([17.776, 4.345, 0.489, 0.305, 0.2804], abs=5e-4)
    assert losses(0, 100) == pytest.approx([17.776, 0.2804], abs=5e-4)
    assert losses(200) == pytest.approx([0.2657], abs=5e-4)
    wild = losses(10, 30, 40, 60, 100, loop="never clears")
    assert wild == pytest.approx([1.770, 0.4205, 0.557, 0.3365, 0.619], abs=5e-3)
    assert losses(200, loop="never clears")[0] == pytest.approx(28, abs=3)
    assert losses(100, loop="uphill") == pytest.approx([930], abs=1)
    assert losses(1, lr=0.5) == pytest.approx([10.847], abs=5e-4)
    assert sum(p.numel() for p in run().experiment.parameters) == 3481


def test_the_gradient_of_a_right_loop_shrinks_and_a_kept_sum_of_them_doesn_t():
    def size(steps, loop):
        return float(look(run(steps, loop=loop), "tensors").rows[0][3])

    assert [size(steps, "right") for steps in (0, 100)] == pytest.approx([0.362, 0.00306], rel=0.01)
    assert [size(steps, "never clears") for steps in (10, 60)] == pytest.approx([0.745, 0.762], rel=0.01)


def test_what_is_printed_is_the_loss_before_the_update():
    table = look(run(1), "printed")
    assert [float(row[1]) for row in table.rows] == pytest.approx([17.776, 14.433], abs=5e-4)
    table = look(run(100), "printed")
    assert [row[1] for row in table.rows] == ["0.28076", "0.28044"]


def test_letters_that_are_in_no_context_never_move():
    runner = run(50)
    e = runner.experiment
    moved = (e.first_C != e.model.C).any(1).nonzero().flatten()
    assert set(moved.tolist()) == set(e.batch.x.unique().tolist())
    assert look(runner, "letters").title == "C: 12 letters have moved, 15 have not"
    question = LESSON.questions["rows-that-move"]
    assert isinstance(question, Numeric)
    assert question.answer == len(moved)


def test_the_two_names_of_the_question():
    made = LAB.examples(("ava", "ada"), 3)
    contexts = Counter(map(tuple, made.x.tolist()))
    pairs = Counter((tuple(x), y) for x, y in zip(made.x.tolist(), made.y.tolist(), strict=True))
    floor = -sum(n * math.log(n / contexts[x]) for (x, _), n in pairs.items()) / len(made)
    assert LESSON.questions["two-names"].answer == pytest.approx(floor, abs=1e-4)
    assert len(made) == 8


def test_the_loop_of_the_bug_question_never_moves():
    listing = LESSON.questions["cleared-late"].listing.replace("range(100)", "range(3)")
    e = run().experiment
    net = e.model
    before = [p.detach().clone() for p in net.parameters()]
    exec(listing, {"torch": torch, "F": F, "net": net, "X": e.batch.x, "Y": e.batch.y})
    assert all(map(torch.equal, before, net.parameters()))


@pytest.mark.slow
def test_predictions_come_out_the_same_from_five_seeds():
    for question in LESSON.questions.values():
        if question.live:
            assert not unsteady(question, outcomes(KIND, DATA, question.live.metric, question.live.trials))


@pytest.mark.slow
def test_the_longer_runs():
    assert losses(1000, 10_000) == pytest.approx([0.2543, 0.2517], abs=5e-5)
    runner = run(1000)
    assert set(look(runner, "samples").lines) == set(LAB.FIVE_NAMES) - {"emma"}
    assert runner.measure().accuracies["train"] == 28 / 32
    one = run(1000, context=1)
    assert loss(one) == pytest.approx(0.8860, abs=5e-4)
    assert {"olisabemma", "saviva", "isophisophia"} <= set(look(one, "samples").lines)
    assert loss(run(1000, **PRESETS["silent"])) == pytest.approx(0.2584, abs=5e-4)
    assert loss(run(1000, **PRESETS["too small"])) > 1
    inherited = run(100, **PRESETS["inherited"])
    assert loss(inherited) == pytest.approx(19, abs=1)
    assert loss(run(300, **{**PRESETS["inherited"], "loop": "right"})) == pytest.approx(0.3855, abs=1e-3)
    by_seed = [losses(100, seed=seed)[0] for seed in range(42, 47)]
    assert (min(by_seed), max(by_seed)) == pytest.approx((0.279, 0.350), abs=1e-3)


def test_every_claim_of_the_ledger_is_here():
    ledger = {
        "five-words-make-32",
        "view-minus1-6",
        "grad-none-each-step",
        "sgd-update-sign",
        "overfit-one-batch",
        "print-loss-after-loop",
        "requires-grad-needed",
        "timestamp-003249",
        "timestamp-003756",
        "timestamp-004125",
        "timestamp-004540",
        "builtin-train-loop",
        "builtin-loop-prints",
        "train-loop-metrics",
        "sum-pattern-code",
    }
    assert ledger <= LESSON.claims.keys()
