"""Histograms, one under the other over a shared x axis: usually one per layer."""

import msgspec

from tutor.figures import numbers
from tutor.figures.axes import Axis, label_tick
from tutor.figures.base import Figure, Place, Row
from tutor.figures.lines import Grid, clip, more, window
from tutor.figures.numbers import percent, words
from tutor.roles import Glyphs, Line

BLOCKS: dict[Glyphs, str] = {
    "braille": " ▁▂▃▄▅▆▇█",
    "quadrant": " ▄█",
    "ascii": " .:-=+*#%@",
}
"""Column heights within one cell, lowest first."""

OUTER = 0.03
"""The share of the bins, at each end, that counts as the end of the range; at least one bin."""

TOLD = 0.05
"""The least share at one end that is worth words."""


class Histogram(msgspec.Struct, frozen=True):
    """Counts in equal-width bins over [low, high]; `note` stands beside it, such as `31 % saturated`."""

    label: str
    low: float
    high: float
    counts: tuple[int, ...]
    note: str = ""

    @property
    def total(self) -> int:
        """How many values were counted."""
        return sum(self.counts)

    @property
    def ranged(self) -> bool:
        """Whether the range is one that can be drawn."""
        return numbers.usable(self.low) and numbers.usable(self.high) and self.low <= self.high

    def edge(self, index: int) -> float:
        """The lower edge of bin `index`; one past the last bin gives `high`."""
        return self.low + (self.high - self.low) * index / max(len(self.counts), 1)

    def quantile(self, share: float) -> float:
        """The value below which `share` of the counts lie, each bin's spread evenly over it."""
        below, wanted = 0.0, share * self.total
        for index, count in enumerate(self.counts):
            if count and below + count >= wanted:
                return self.edge(index) + (wanted - below) / count * (self.edge(index + 1) - self.edge(index))
            below += count
        return self.high

    def mass(self, axis: Axis, columns: int) -> list[float]:
        """The counts spread over `columns` equal parts of `axis`, each bin's evenly over its own width."""
        shares = [0.0] * columns
        per = (axis.high - axis.low) / columns
        for index, count in enumerate(self.counts):
            low, high = ((self.edge(index + side) - axis.low) / per for side in (0, 1))
            if high <= low:
                low = min(low, columns - 1e-9)
                high = low + 1e-9
            for column in range(max(int(low), 0), min(int(high) + 1, columns)):
                overlap = min(high, column + 1) - max(low, column)
                shares[column] += count * max(overlap, 0.0) / (high - low)
        return shares


class Histograms(Figure, frozen=True):
    """One histogram a row; each row is scaled to its own fullest column."""

    rows: tuple[Histogram, ...]
    x_label: str = ""

    def describe(self) -> str:
        """For each row where the middle half of its values lies, what piles up at the ends, and the note."""
        sizes = {row.total for row in self.rows}
        alike = len(sizes) == 1 and len(self.rows) > 1 and 0 not in sizes
        each = f" (n = {words(sizes.pop())} each)" if alike else ""
        told = "; ".join(tell(row, size=not alike) for row in self.rows)
        return f"{self.title}{each}: {told or 'no data yet'}."

    @property
    def places(self) -> Place:
        """Across a row its bins, down the rows."""
        return max((len(row.counts) for row in self.rows), default=0), len(self.rows)

    def data(self) -> list[Row]:
        """A row a bin: the histogram it belongs to, its edges and its count."""
        bins = [
            (row.label, row.edge(index), row.edge(index + 1), float(count))
            for row in self.rows
            for index, count in enumerate(row.counts)
        ]
        return [("histogram", "from", "to", "count"), *bins]

    def _read(self, place: Place) -> str:
        row = self.rows[place[1]]
        if not row.counts:
            return f"{row.label}: no data yet"
        index = min(place[0], len(row.counts) - 1)
        count = row.counts[index]
        share = f", {percent(count / row.total)}" if row.total else ""
        edges = f"{words(row.edge(index))} to {words(row.edge(index + 1))}"
        return f"{row.label}, {edges}: {words(count)} of {words(row.total)}{share}"

    def _lines(self, width: int, height: int, glyphs: Glyphs, cursor: Place | None) -> list[Line]:
        grid = Grid(width, height)
        grid.put(0, 0, clip(self.title, width, glyphs), "title")
        drawable = [row for row in self.rows if row.ranged]
        if not any(row.total for row in drawable):
            grid.put(0, 1, "no data yet", "muted")
            return grid.lines()
        axis = Axis(*common_range(drawable))
        below = 1 if height >= 4 else 0
        room = height - 1 - below
        shown = self.rows if len(self.rows) <= room else self.rows[: max(room - 1, 0)]
        first = window(len(self.rows), len(shown), cursor[1] if cursor is not None else None)
        shown = self.rows[first : first + len(shown)]
        names = min(max((len(row.label) for row in shown), default=0), width // 4)
        notes = max((len(row.note) for row in shown), default=0)
        notes = notes if width - names - notes - 2 >= 16 else 0
        left = names + 1 if names else 0
        across = width - left - (notes + 1 if notes else 0)
        spaced = (room + 1) // max(len(shown), 1)
        step = min(spaced, 7) if spaced > 2 else room // max(len(shown), 1)
        tall = step - 1 if spaced > 2 else step
        for index, row in enumerate(shown):
            base = step * index + tall
            grid.put(0, base, clip(row.label, names, glyphs), "text")
            grid.put(width - notes, base, row.note[:notes], "accent")
            if row.ranged:
                _columns(grid, left, base, row.mass(axis, across), tall, BLOCKS[glyphs])
            if cursor is not None and first + index == cursor[1] and row.ranged and row.counts:
                bin_ = min(cursor[0], len(row.counts) - 1)
                point_at(grid, left + axis.cell((row.edge(bin_) + row.edge(bin_ + 1)) / 2, across), base, tall)
        if len(shown) < len(self.rows):
            grid.put(0, room, more(len(self.rows) - len(shown), glyphs), "muted")
        if below:
            last = room if len(shown) < len(self.rows) else step * (len(shown) - 1) + tall
            ticks_below(grid, last + 1, left, across, axis, self.x_label)
        return grid.lines()


def common_range(rows: list[Histogram]) -> tuple[float, float]:
    """The limits of an axis that holds all `rows`, of which there is at least one."""
    low, high = min(row.low for row in rows), max(row.high for row in rows)
    return (low, high) if high - low > 1e-290 else numbers.nice_limits(low, low)


def _columns(grid: Grid, left: int, base: int, mass: list[float], tall: int, blocks: str) -> None:
    """Columns up to `tall` lines high on line `base`; a column with anything in it is never empty."""
    steps = len(blocks) - 1
    fullest = max(mass, default=0.0)
    for column, value in enumerate(mass):
        level = max(round(value / fullest * tall * steps), 1) if value > 0 else 0
        for up in range(tall):
            grid.put(left + column, base - up, blocks[min(max(level - up * steps, 0), steps)], "s0")


def point_at(grid: Grid, column: int, base: int, tall: int) -> None:
    """Show that the cursor stands on this column."""
    for up in range(tall):
        grid.tint(column, base - up, "s0/cursor")


def ticks_below(grid: Grid, row: int, left: int, across: int, axis: Axis, label: str) -> None:
    """Label `axis`, drawn `across` cells wide from column `left` on, in `row`."""
    grid.put(grid.width - len(label), row, label, "muted")
    for value, text in axis.marks(max(across // 9, 3)):
        label_tick(grid, row, left + axis.cell(value, across), text)


def tell(row: Histogram, *, size: bool = True) -> str:
    """Where the middle half of the values lies, what piles up at the ends, and the note."""
    total, bins = row.total, len(row.counts)
    if not total:
        return f"{row.label} has no data yet"
    label = f"{row.label} (n = {words(total)})" if size else row.label
    if not row.ranged:
        return f"{label} has no finite range"
    text = f"{label}, half from {words(row.quantile(0.25))} to {words(row.quantile(0.75))}"
    outer = max(1, round(OUTER * bins))
    if bins > 2 * outer:
        below, above = sum(row.counts[:outer]) / total, sum(row.counts[-outer:]) / total
        ends = [f"{percent(below)} below {words(row.edge(outer))}"] if below >= TOLD else []
        ends += [f"{percent(above)} above {words(row.edge(bins - outer))}"] if above >= TOLD else []
        text += ", " + " and ".join(ends) if ends else ""
    return text + (f", {row.note}" if row.note else "")
