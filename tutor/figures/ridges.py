"""One distribution as it changes along a run: ridges behind each other, the latest in front."""

from tutor.figures.axes import DOTS, Axis
from tutor.figures.base import Place
from tutor.figures.dots import Dots
from tutor.figures.histograms import Histogram, Histograms, common_range, point_at, tell, ticks_below
from tutor.figures.lines import Grid, clip
from tutor.roles import Glyphs, Line

TALLEST = 4
"""Lines that the highest peak of all takes, where there is room."""

APART = 2
"""Lines from a ridge to the next, where there is room: closer, they are a thicket."""

PARTS = 24
"""Parts of the axis that are counted on their own."""


class Ridges(Histograms, frozen=True):
    """Histograms of the same values at several steps, the first at the back; all have one scale.

    Each hides what lies behind it. Where there are more than lines, some are left out, evenly.
    """

    def describe(self) -> str:
        """The first, the one in the middle and the last."""
        rows = self.rows
        picked = (0, len(rows) // 2, len(rows) - 1) if len(rows) > 2 else range(len(rows))
        return f"{self.title}: {'; '.join(tell(rows[index]) for index in picked) or 'no data yet'}."

    def _lines(self, width: int, height: int, glyphs: Glyphs, cursor: Place | None) -> list[Line]:
        grid = Grid(width, height)
        grid.put(0, 0, clip(self.title, width, glyphs), "title")
        drawable = [row for row in self.rows if row.ranged and row.total]
        if not drawable:
            grid.put(0, 1, "no data yet", "muted")
            return grid.lines()
        axis = Axis(*common_range(drawable))
        below = 1 if height >= 4 else 0
        room = height - 1 - below
        tall = min(TALLEST, max(room // 2, 1))
        pointed = drawable.index(self.rows[cursor[1]]) if cursor and self.rows[cursor[1]] in drawable else None
        shown = _spread(len(drawable), max((room - tall) // APART, 1) + 1, pointed)
        names = min(max(len(drawable[index].label) for index in shown), width // 4)
        left = names + 1 if names else 0
        across = width - left
        dots = Dots(across, room, glyphs)
        heights = _heights([drawable[index] for index in shown], axis, across * DOTS[glyphs][0], tall * DOTS[glyphs][1])
        step = (room - tall) / max(len(shown) - 1, 1)
        bases = [room - 1 - round(step * (len(shown) - 1 - place)) for place in range(len(shown))]
        for place, (base, outline) in enumerate(zip(bases, heights, strict=True)):
            dots.ridge(outline, base, "s0" if place == len(shown) - 1 else f"s{1 + place % 2}")
        dots.put(grid, left, 1)
        for place, (index, base) in enumerate(zip(shown, bases, strict=True)):
            last = place == len(shown) - 1
            grid.put(0, 1 + base, clip(drawable[index].label, names, glyphs), "text" if last else "muted")
            if cursor is not None and index == pointed:
                row = drawable[index]
                bin_ = min(cursor[0], len(row.counts) - 1)
                point_at(grid, left + axis.cell((row.edge(bin_) + row.edge(bin_ + 1)) / 2, across), 1 + base, 1)
        if below:
            ticks_below(grid, room + 1, left, across, axis, self.x_label)
        return grid.lines()


def _spread(count: int, room: int, pointed: int | None) -> list[int]:
    """At most `room` (two or more) of `count` places: first, last, evenly between, and the one `pointed` at."""
    if count <= room:
        return list(range(count))
    chosen = [round(place * (count - 1) / (room - 1)) for place in range(room)]
    if pointed is not None and pointed not in chosen:
        nearest = min(range(len(chosen)), key=lambda place: abs(chosen[place] - pointed))
        chosen[nearest] = pointed
    return chosen


def _heights(rows: list[Histogram], axis: Axis, columns: int, tall: int) -> list[list[int]]:
    """How many dots high each row is at each column, as a share of the most that any row has in one part of the axis.

    Between the middles of these parts the outline is straight: bins would be stairs.
    """
    parts = min(PARTS, columns)
    shares = [[value / row.total for value in row.mass(axis, parts)] for row in rows]
    most = max(map(max, shares))
    outlines = []
    for share in shares:
        places = (min(max((column + 0.5) / columns * parts - 0.5, 0), parts - 1) for column in range(columns))
        heights = (_between(share, place) for place in places)
        outlines.append([max(round(height / most * tall), 1) for height in heights])
    return outlines


def _between(values: list[float], place: float) -> float:
    """The value at `place`, counted in places of the list, on the straight line between its neighbours."""
    first = min(int(place), len(values) - 1)
    after = min(first + 1, len(values) - 1)
    return values[first] + (values[after] - values[first]) * (place - first)
