"""Names made up from a table that counts which letter follows which. A step reads one name; nothing else is learned."""

from itertools import pairwise
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Bars, HeatMap, Table, Text
from tutor.lab import Choice, Experiment, Number, Observation, OwnQuestion, Preset, Switch, figure, metric, question
from tutor.lab.datasets import Names
from tutor.lab.sampling import sampled

LETTERS = Names.letters


class Counts(nn.Module):
    """N[a, b] says how often letter b came right after letter a; 0 is the dot, 1 is a, 26 is z."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("N", torch.zeros(27, 27, dtype=torch.long))

    def read(self, text: str) -> None:
        for a, b in pairwise(text):
            self.N[LETTERS.index(a), LETTERS.index(b)] += 1


class CountingLetters(Experiment):
    """A bigram model of names: it counts pairs of neighbouring letters, and draws new names from the counts."""

    knobs = (
        Number("fake", 0.0, low=0, high=20, live=True, help="fake count, added to every cell"),
        Choice("after", "q", tuple(LETTERS), live=True, help="the letter whose row is drawn as bars"),
        Switch("dots", True, help="a dot before and after each name"),
        Choice("order", "shuffled", ("shuffled", "list"), help="in which order the names are read"),
        Switch("keepdim", True, live=True, help="how the counts are divided: N.sum(1, keepdim=…)"),
    )
    presets = (
        Preset("plus one", {"fake": 1.0}, "One of everything: no pair is impossible any more."),
        Preset("no dots", {"dots": False}, "It never learns where a name begins and ends, so no name ends."),
        Preset("list order", {"order": "list"}, "Stopped after 300 names, it makes up names with a, and no others."),
        Preset("lost sums", {"keepdim": False}, "Nothing crashes. The rows sum to something else, that is all."),
    )

    def build(self) -> None:
        self.model = Counts()
        self.words = self.data.word_list()
        self.reading = list(range(len(self.words)))
        if self.k.order == "shuffled":
            self.reading = torch.randperm(len(self.words), generator=self.rng).tolist()

    @property
    def last_step(self) -> int:
        return len(self.words)

    def step(self) -> Tensor:
        # Read the next name. At the end of the list there is none.
        for place in self.reading[self.iteration : self.iteration + 1]:
            self.model.read(self.spelled(self.words[place]))
        return self.surprise()

    def spelled(self, word: str) -> str:
        return f".{word}." if self.k.dots else word

    def chances(self) -> Tensor:
        """P[a, b], the chance that letter b comes after letter a: each row of counts, divided by its sum."""
        counts = self.model.N.double() + self.k.fake
        # After a letter that it has never seen, all 27 are as likely.
        counts[counts.sum(1) == 0] = 1
        return counts / counts.sum(1, keepdim=self.k.keepdim)

    def surprise(self) -> Tensor:
        """The mean of -ln P over all the pairs that were counted. The next lesson is about this number."""
        N = self.model.N
        return -torch.xlogy(N, self.chances()).sum() / N.sum().clamp(min=1)

    def next_logits(self, drawn: Tensor) -> Tensor:
        # The last letter is all it looks at; before the first one there is a dot.
        last = F.pad(drawn, (1, 0))[:, -1]
        return self.chances()[last].log()

    @figure("What has been counted")
    def counts(self, seen: Observation) -> HeatMap:
        N = self.model.N
        title = f"{N.sum():,} pairs in {(N > 0).sum()} cells"
        rows = tuple(tuple(map(float, row)) for row in N.tolist())
        names = (name or "(nothing)" for name in sampled(self, range(1, 27)).samples)
        letters = tuple(LETTERS)
        return HeatMap(
            title, letters, letters, rows, 0, row_label="a letter", column_label="the next", root=True,
            notes=("made up", *names),
        )  # fmt: skip

    @figure("The name just read")
    def just_read(self, seen: Observation) -> Table:
        if not self.iteration:
            return Table("No name read yet", ("pair", "seen", "of", "chance"), ())
        text = self.spelled(self.words[self.reading[min(self.iteration, self.last_step) - 1]])
        P = self.chances()
        rows = []
        for a, b in dict.fromkeys(pairwise(text)):
            cell = LETTERS.index(a), LETTERS.index(b)
            rows.append((f"{a} {b}", f"{self.model.N[cell]}", f"{self.model.N[cell[0]].sum()}", f"{P[cell]:.3f}"))
        return Table(f"Just read: {text}", ("pair", "seen", "of", "chance"), tuple(rows))

    @figure("Names it makes up")
    def made_up(self, seen: Observation) -> Text:
        return Text("Names it makes up", tuple(name or "(nothing)" for name in sampled(self, range(1, 33)).samples))

    @figure("What comes after a letter")
    def follows(self, seen: Observation) -> Bars:
        row = self.chances()[LETTERS.index(self.k.after)]
        labels = tuple(f"{self.k.after} {letter}" for letter in LETTERS)
        return Bars(f"After {self.k.after}", labels, tuple(row.tolist()))

    @figure("The best guess after each letter")
    def best(self, seen: Observation) -> Bars:
        chance, letter = self.chances().max(1)
        surest = chance.argsort(descending=True).tolist()
        labels = tuple(f"{LETTERS[a]} {LETTERS[letter[a]]}" for a in surest)
        return Bars("The best guess after each letter", labels, tuple(chance[surest].tolist()))

    @figure("What each row sums to")
    def sums(self, seen: Observation) -> Bars:
        sums = self.chances().sum(1)
        least, most = sums.aminmax()
        title = f"Rows sum to {least:.2f} up to {most:.2f}" if most - least > 1e-9 else "Every row sums to 1"
        return Bars(title, tuple(LETTERS), tuple(sums.tolist()))

    @figure("A row of randn, divided by its sum")
    def randn(self, seen: Observation) -> Bars:
        row = torch.randn(10, generator=torch.Generator().manual_seed(self.seed))
        return Bars("randn(10), divided by its sum", tuple(map(str, range(10))), tuple((row / row.sum()).tolist()))

    @figure("In numbers")
    def numbers(self, seen: Observation) -> Table:
        N, names = self.model.N, sampled(self, range(1, 1001)).samples
        listed = set(self.words)
        rows = (
            ("names read", f"{self.iteration:,} of {self.last_step:,}"),
            ("pairs counted", f"{N.sum():,}"),
            ("cells that aren't 0", f"{(N > 0).sum()} of 729"),
            ("of 1,000 made up", ""),
            ("  different ones", f"{len(set(names)):,}"),
            ("  on the list", f"{sum(name in listed for name in names):,}"),
            ("  letters, mean", f"{mean_letters(names):.1f}"),
        )
        return Table("In numbers", ("", ""), rows)

    @question("own-pair")
    def own_pair(self, seen: Observation, rng: Random) -> OwnQuestion:
        N = self.model.N
        rows, columns, total = N.sum(1).tolist(), N.sum(0).tolist(), int(N.sum())
        # A common pair without a dot; no wrong share below comes near to the right one.
        often = sorted(N[1:, 1:].nonzero().add(1).tolist(), key=lambda pair: -N[*pair])[:60]
        a, b = rng.choice(
            [(a, b) for a, b in often if told_apart(N[a, b] / rows[a], N[a, b] / columns[b], rows[a] / total)]
        )
        count, one, two = N[a, b].item(), LETTERS[a], LETTERS[b]
        right = (count, rows[a], f"Of all pairs that begin with {one}, so many go on with {two}: the row's share.")
        offers = [
            right,
            (count, columns[b], f"That looks back: of all that end with {two}, so many have {one} before it."),
            (count, total, f"So often {one}{two} comes up at all. At {one}, only pairs that begin with it count."),
            (rows[a], total, f"So often a pair begins with {one}, whatever comes after it."),
        ]
        rng.shuffle(offers)
        return OwnQuestion(
            f"At step {self.iteration:,}: {one}{two} was counted {count:,} times. {rows[a]:,} pairs begin with {one}, "
            f"{columns[b]:,} end with {two}; there are {total:,} in all. With nothing added, what is the chance of "
            f"{two} after {one}?",
            tuple(f"{part:,} / {whole:,} = {part / whole:.3f}" for part, whole, _ in offers),
            offers.index(right),
            tuple(why for *_, why in offers),
        )

    @metric("cells")
    def cells(self, seen: Observation) -> float:
        return (self.model.N > 0).sum().item()

    @metric("zeros")
    def zeros(self, seen: Observation) -> float:
        return (self.chances() == 0).sum().item()

    @metric("sure letters")
    def sure(self, seen: Observation) -> float:
        return (self.chances().amax(1) > 0.5).sum().item()

    @metric("q to u")
    def q_to_u(self, seen: Observation) -> float:
        return self.chances()[17, 21].item()

    @metric("sums off by")
    def off(self, seen: Observation) -> float:
        return (self.chances().sum(1) - 1).abs().max().item()

    @metric("mean letters")
    def letters(self, seen: Observation) -> float:
        return mean_letters(sampled(self, range(1, 201)).samples)


def told_apart(share: float, *others: float) -> bool:
    return all(abs(other - share) > 0.2 * share for other in others)


def mean_letters(names: tuple[str, ...]) -> float:
    # The … of a name that is cut is no letter of it.
    return sum(len(name.rstrip("…")) for name in names) / len(names)
