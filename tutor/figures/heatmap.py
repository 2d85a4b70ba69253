"""A matrix as cells shaded from its lowest value to its highest."""

from tutor.figures import shades
from tutor.figures.base import Figure
from tutor.figures.lines import Grid, clip, ellipsis, heading, length, more
from tutor.figures.numbers import short, usable
from tutor.roles import Glyphs, Line


class HeatMap(Figure, frozen=True):
    """`values[row][column]`, shaded from `low` to `high` (the data's own extremes unless given)."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    low: float | None = None
    high: float | None = None
    row_label: str = ""
    column_label: str = ""
    unit: str = ""

    def describe(self) -> str:
        """The size, the range, and the largest cells by name."""
        cells = [
            (value, f"{self._name(self.rows, row)}, {self._name(self.columns, column)}")
            for row, line in enumerate(self.values)
            for column, value in enumerate(line)
        ]
        known = sorted((cell for cell in cells if usable(cell[0])), key=lambda cell: -cell[0])
        if not known:
            return f"{self.title}: no data yet."
        axes = " by ".join(filter(None, (self.row_label, self.column_label)))
        unit = f" {self.unit}" if self.unit else ""
        size = f"{len(self.values)} by {max(map(len, self.values))} cells"
        lost = len(cells) - len(known)
        return (
            f"{self.title}: {size}{f', {axes}' if axes else ''}, "
            f"from {short(known[-1][0])} to {short(known[0][0])}{unit}. "
            f"Largest: {'; '.join(f'{name}: {short(value)}' for value, name in known[:3])}. "
            f"Smallest: {known[-1][1]}: {short(known[-1][0])}." + (f" {lost} not finite." if lost else "")
        )

    @staticmethod
    def _name(names: tuple[str, ...], index: int) -> str:
        return names[index] if index < len(names) else str(index)

    def _lines(self, width: int, height: int, glyphs: Glyphs) -> list[Line]:
        scale = shades.Scale.over((value for line in self.values for value in line), self.low, self.high)
        across = max(map(len, self.values), default=0)
        title: Line = ((self.title, "title"),)
        if not across:
            return [title, (("no data yet", "muted"),)]
        legend = scale.legend(self.unit, glyphs)
        together = heading(title, legend, width)
        names = min(max(map(len, self.rows), default=0), width // 4)
        left = names + 1 if names else 0
        wide = max([len(name) for name in self.columns] + [1]) + 1
        cell = next((size for size in (wide, 2) if size <= 10 and left + size * across <= width), 1)
        fits = min(across, max((width - left) // cell, 0))
        head = 1 if self.columns and height > 2 else 0
        grid = Grid(width, height)
        grid.put_line(0, 0, together or title)
        if head:
            _header(grid, left, [self._name(self.columns, column) for column in range(fits)], cell)
            if fits < across:
                grid.put(width - 1, 1, ellipsis(glyphs), "muted")
        room = height - 1 - head
        used = self._fill(grid, 1 + head, room, (left, names, cell, fits), scale, glyphs)
        spare = [() if together else legend, self._axis_names(glyphs)]
        for line in spare:
            if line and used < height and length(line) <= width:
                grid.put_line(0, used, line)
                used += 1
        return grid.lines()

    def _fill(
        self,
        grid: Grid,
        top: int,
        room: int,
        place: tuple[int, int, int, int],
        scale: shades.Scale,
        glyphs: Glyphs,
    ) -> int:
        """Draw the cells and the row labels below line `top`; the first line left free."""
        left, names, cell, fits = place
        levels = [[scale.level(value) for value in line[:fits]] for line in self.values]
        together = 2 if len(levels) > room and glyphs != "ascii" else 1
        shown = room * together if len(levels) <= room * together else max(room - 1, 0) * together
        for index in range(0, min(shown, len(levels)), together):
            row = top + index // together
            grid.put(0, row, clip(self._name(self.rows, index), names, glyphs), "muted")
            for column in range(fits):
                pair = [line[column] if column < len(line) else None for line in levels[index : index + together]]
                if together == 1:
                    known = column < len(levels[index])
                    text, role = shades.cell(pair[0], cell, glyphs) if known else (" " * cell, "text")
                else:
                    text, role = shades.halves(pair[0], pair[1] if len(pair) > 1 else None)
                grid.put(left + column * cell, row, text * (cell // len(text)), role)
        if shown < len(levels):
            grid.put(0, top + room - 1, more(len(levels) - shown, glyphs), "muted")
            return top + room
        return top + -(-len(levels) // together)

    def _axis_names(self, glyphs: Glyphs) -> Line:
        down, right = ("rows: ", "columns: ") if glyphs == "ascii" else ("↓ ", "→ ")
        told = [down + self.row_label] * bool(self.row_label) + [right + self.column_label] * bool(self.column_label)
        return (("  ".join(told), "muted"),) if told else ()


def _header(grid: Grid, left: int, names: list[str], cell: int) -> None:
    """Column names over their cells; where they are longer than a cell, every n-th of them."""
    every = -(-(max(map(len, names), default=0) + (cell > 1)) // cell)
    every = 1 if max(map(len, names), default=0) <= cell else every
    for column in range(0, len(names), every):
        grid.put(left + column * cell, 1, names[column], "muted")
