"""The first lesson: its counts against a second way to count, its text's numbers, its presets' promises."""

import re
from collections import Counter
from itertools import pairwise

import pytest
import torch

from tutor.course.lesson import load_lesson
from tutor.course.quiz import Numeric
from tutor.lab.datasets import Names, Sources
from tutor.lab.goals import Watch
from tutor.lab.load import load_experiment
from tutor.lab.predictions import posed
from tutor.lab.runner import Runner
from tutor.lab.sampling import sampled
from tutor.link.goals import SetKnob
from tutor.link.knobs import find
from tutor.paths import lessons_dir

FOLDER = lessons_dir() / "counting_letters"
LESSON = load_lesson(FOLDER)
KIND = load_experiment(FOLDER)
PRESETS = {preset.name: preset.values for preset in KIND.presets}
DATA = Sources()
ALL = 7067


def run(steps=0, seed=42, **knobs):
    runner = Runner(KIND, DATA, seed, knobs)
    runner.advance(steps)
    return runner


@pytest.fixture(scope="module")
def whole():
    """A run at the end of the list; tests that turn its knobs turn them back."""
    return run(ALL)


def made_up(runner, count=1000):
    return sampled(runner.experiment, range(1, count + 1)).samples


def chance(runner, a, b):
    return runner.experiment.chances()[Names.letters.index(a), Names.letters.index(b)].item()


@pytest.mark.parametrize("preset", ["", *PRESETS])
@pytest.mark.parametrize("steps", [0, 30])
def test_every_figure_draws_and_describes_itself_for_every_preset(preset, steps):
    runner = run(steps, **PRESETS.get(preset, {}))
    for name, figure in runner.look(tuple(KIND.figures())).items():
        for size in ((42, 9), (66, 12)):
            assert figure.draw(*size), name
            figure.draw(*size, glyphs="ascii")
        assert "ot finite" not in figure.describe()


@pytest.mark.parametrize("dots", [True, False])
def test_the_table_is_that_of_a_counter(dots):
    runner = run(500, dots=dots)
    words = [DATA.word_list()[place] for place in runner.experiment.reading[:500]]
    texts = [f".{word}." if dots else word for word in words]
    pairs = Counter(text[i : i + 2] for text in texts for i in range(len(text) - 1))
    N = runner.experiment.model.N
    for a, row in zip(Names.letters, N.tolist(), strict=True):
        for b, count in zip(Names.letters, row, strict=True):
            assert count == pairs[a + b]
    total = pairs.total()
    first = Counter("".join(text[:-1] for text in texts))
    entropy = sum(count * torch.tensor(first[pair[0]] / count).double().log().item() for pair, count in pairs.items())
    assert runner.loss == pytest.approx(entropy / total)


def test_every_name_is_read_once_in_whatever_order(whole):
    other = run(1, order="list")
    assert other.look(["just_read"])["just_read"].title == "Just read: .aaden."
    assert other.advance(ALL) == ALL - 1
    assert other.look(["just_read"])["just_read"].title == "Just read: .zula."
    assert torch.equal(other.experiment.model.N, whole.experiment.model.N)
    assert sorted(run(seed=7).experiment.reading) == list(range(ALL))


def test_the_first_names_and_what_comes_of_them():
    one, three = run(1), run(3)
    assert [row[:3] for row in one.look(["just_read"])["just_read"].rows] == [
        *((". m", "1", "1"), ("m a", "1", "1"), ("a l", "1", "3"), ("l a", "1", "1")),
        *(("a y", "1", "3"), ("y a", "1", "1"), ("a .", "1", "3")),
    ]
    names = Counter(made_up(one))
    assert len(names) == 117
    assert {"ma", "maya", "mayaya", "malayalalalalala…"} <= names.keys()
    assert set("".join(names)) == set("maly…")
    question = LESSON.questions["how-often-maya"]
    assert isinstance(question, Numeric)
    walk = [chance(one, a, b) for a, b in zip(".maya", "maya.", strict=True)]
    assert torch.tensor(walk).double().prod().item() == pytest.approx(1 / 9)
    assert question.answer == pytest.approx(1 / 9, abs=1e-4)
    assert names["maya"] / 1000 == pytest.approx(1 / 9, abs=0.02)
    words = [DATA.word_list()[place] for place in one.experiment.reading[:3]]
    assert words == ["malaya", "dusty", "tiny"]
    assert "tinya" in made_up(three, 20)


def test_what_the_whole_list_makes(whole):
    names = made_up(whole)
    assert {"lendina", "loughet", "jalie", "ratrucar", "mallusavelyd"} <= set(names[:16])
    assert not {"lendina", "loughet", "jalie", "ratrucar", "a"} & set(DATA.word_list())
    assert "a" in names
    table = dict(whole.look(["numbers"])["numbers"].rows)
    assert table["pairs counted"] == "49,004"
    assert table["cells that aren't 0"] == "493 of 729"
    assert (table["  different ones"], table["  on the list"], table["  letters, mean"]) == ("812", "53", "5.6")
    assert whole.look(["counts"])["counts"].title == "49,004 pairs in 493 cells"


def test_the_numbers_of_the_square(whole):
    N = whole.experiment.model.N
    ends = dict(zip(Names.letters, N[:, 0].tolist(), strict=True))
    assert (ends["a"], ends["e"], ends["n"]) == (1658, 1424, 1128)
    assert N[17].sum() == 60
    assert N[17, 21] == 57
    assert chance(whole, ".", "a") == pytest.approx(0.093, abs=5e-4)
    assert chance(whole, ".", "x") == pytest.approx(0.001, abs=5e-4)
    assert chance(whole, "a", ".") == pytest.approx(0.28, abs=5e-4)
    assert chance(whole, "j", ".") == pytest.approx(0.006, abs=5e-4)
    assert chance(whole, "r", "y") == pytest.approx(0.049, abs=5e-4)
    for pair in ("fg", "gf", "kj", "qa"):
        assert chance(whole, *pair) == 0
    assert whole.read(["zeros"])["zeros"] == 236
    best = whole.look(["best"])["best"]
    assert best.labels[:4] == ("q u", "j a", "y .", "m a")
    assert best.values[1:3] == pytest.approx((0.429, 0.418), abs=5e-4)
    assert best.labels[-1] == ". a"
    rows = {label[0]: value for label, value in zip(best.labels, best.values, strict=True)}
    assert (rows["x"], rows["z"]) == pytest.approx((0.253, 0.306), abs=5e-4)


def test_how_the_table_fills():
    assert run(100).look(["counts"])["counts"].title == "679 pairs in 209 cells"
    runner, cells = run(), []
    for step in LESSON.questions["how-it-fills"].live.at:
        runner.advance(step - runner.iteration)
        cells.append(runner.read(["cells"])["cells"])
    assert list(LESSON.questions["how-it-fills"].answer) == cells


@pytest.mark.parametrize(
    ("steps", "knobs"), [(100, {}), (100, {"dots": False}), (ALL, {"fake": 3.0, "keepdim": False})]
)
def test_the_question_about_the_own_run_asks_for_a_share_of_the_row(steps, knobs):
    runner = run(steps, **knobs)
    words = [DATA.word_list()[place] for place in runner.experiment.reading[:steps]]
    pairs = Counter(pair for word in words for pair in pairwise(runner.experiment.spelled(word)))
    asked = set()
    for luck in range(20):
        made = posed(runner, "own-pair", luck)
        two, one = re.search("of (.) after (.)[?]", made.ask).groups()
        begin = sum(count for pair, count in pairs.items() if pair[0] == one)
        share = pairs[one, two] / begin
        assert made.options[made.right] == f"{pairs[one, two]:,} / {begin:,} = {share:.3f}"
        assert [text.split("= ")[1] for text in made.options].count(f"{share:.3f}") == 1
        asked.add(one + two)
    assert len(asked) > 10


def test_without_dots_nothing_ends(whole):
    runner = run(ALL, **PRESETS["no dots"])
    names = [name for name in made_up(runner) if name]
    assert all(re.fullmatch("[a-z]{16}…", name) for name in names)
    assert 0 < 1000 - len(names) < 60
    table = dict(runner.look(["numbers"])["numbers"].rows)
    assert (table["pairs counted"], table["  on the list"]) == ("34,870", "0")
    assert 49_004 - 34_870 == 14_134 == 2 * ALL
    assert "onalacysoxelveor…" in made_up(runner, 5)
    assert all(not name.endswith("…") or len(name) == 17 for name in made_up(whole))


def test_read_in_its_own_order_the_list_begins_with_a():
    names = made_up(run(300, **PRESETS["list order"]))
    assert {name[0] for name in names} == {"a"}


def test_one_of_everything(whole):
    assert chance(whole, "q", "u") == pytest.approx(0.95)
    whole.turn(PRESETS["plus one"])
    assert whole.read(["zeros"])["zeros"] == 0
    assert chance(whole, "q", "u") == pytest.approx(58 / 87)
    assert LESSON.questions["q-plus-one"].answer == pytest.approx(58 / 87, abs=1e-4)
    whole.turn({"fake": 20.0})
    assert chance(whole, "q", "u") == pytest.approx(0.128, abs=5e-4)
    whole.turn({"fake": 0.0})


def test_without_keepdim_nothing_crashes_and_rows_sum_to_anything(whole):
    N, loss = whole.experiment.model.N.double(), whole.loss
    torch.testing.assert_close(whole.experiment.chances(), N / N.sum(1)[:, None])
    whole.turn(PRESETS["lost sums"])
    torch.testing.assert_close(whole.experiment.chances(), N / N.sum(1))
    bars = whole.look(["sums"])["sums"]
    assert bars.title == "Rows sum to 0.05 up to 7.21"
    sums = dict(zip(bars.labels, bars.values, strict=True))
    assert min(sums, key=sums.get) == "x"
    assert max(sums, key=sums.get) == "."
    assert "qukobuisphorrgin…" in made_up(whole, 5)
    assert whole.experiment.surprise().item() == pytest.approx(loss) == pytest.approx(2.409, abs=5e-4)
    whole.turn({"keepdim": True})
    assert whole.look(["sums"])["sums"].title == "Every row sums to 1"


def test_the_row_of_randn():
    bars = run().look(["randn"])["randn"]
    assert sum(bars.values) == pytest.approx(1)
    assert (min(bars.values), max(bars.values)) == pytest.approx((-0.585, 1.150), abs=5e-4)


def test_the_buggy_listing_divides_the_wrong_way(whole):
    question = LESSON.questions["which-line"]
    N = whole.experiment.model.N
    pairs = [(a, b) for a in range(27) for b in range(27) for _ in range(int(N[a, b]))]
    made = {"torch": torch, "pairs": pairs}
    exec(question.listing, made)
    assert torch.equal(made["N"], N.float())
    torch.testing.assert_close(made["P"], N / N.sum(1))
    mended = question.listing.replace("N / sums ", "N / sums[:, None] ")
    exec(mended, made)
    torch.testing.assert_close(made["P"], N / N.sum(1, keepdim=True))
    assert "N / sums" in question.lines[question.faulty - 1]


def test_looking_leaves_the_run_as_it_was():
    watched, alone = run(), run(60)
    for _ in range(6):
        watched.advance(10)
        watched.look(tuple(KIND.figures()))
    assert watched.history.losses == alone.history.losses
    assert made_up(watched, 5) == made_up(alone, 5)


def test_the_goal_takes_all_three_repairs():
    page = LESSON.steps[-1]
    watch = Watch(page.goal)
    moves = [move for move in page.reference if isinstance(move, SetKnob)]
    mended = {move.knob: find(KIND.knobs, move.knob).parse(move.text) for move in moves}
    runner = run(4999, **mended)

    def reached(runner, **knobs):
        runner.turn({**mended, **knobs})
        return all(gauge.holds for gauge in watch.judge(runner))

    assert not reached(runner)
    runner.advance(1)
    assert reached(runner)
    for knobs in ({"keepdim": False}, {"fake": 20.0}, {"fake": 1.0}, {"fake": 0.0}):
        assert not reached(runner, **knobs)
    assert not reached(run(5000, **{**mended, "dots": False}), dots=False)


def test_every_claim_of_the_ledger_is_here():
    ledger = {
        *("mlp-beats-bigram", "lm-predicts-next-char", "bigram-definition", "zip-word-pairs", "bigram-counts-tensor"),
        *("sum-keepdims-alias", "randn-syntax-error", "randn-rows-not-probabilities", "keepdim-normalises-rows"),
    }
    assert ledger <= LESSON.claims.keys()
