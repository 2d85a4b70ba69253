"""A matrix as cells shaded from its lowest value to its highest."""

from typing import NamedTuple

from tutor.figures import shades
from tutor.figures.base import Figure, Place, Row
from tutor.figures.lines import Grid, clip, ellipsis, heading, length, more, window
from tutor.figures.numbers import short, usable
from tutor.roles import Glyphs, Line

FEW_CELLS = 40
"""Cells with numbers in them that are all told."""

LEAST_NOTE = 6
"""The width below which notes aren't written."""


class HeatMap(Figure, frozen=True):
    """`values[row][column]`, shaded from `low` to `high` (the data's own extremes unless given).

    Where there are more columns or rows than fit, the picture shows those around the cursor.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    low: float | None = None
    high: float | None = None
    row_label: str = ""
    column_label: str = ""
    unit: str = ""
    numbers: bool = False
    """Whether each cell says its value, where there is room for that; a confusion matrix, for example."""
    root: bool = False
    """Whether shades go by the square root, so that small values show beside much larger ones."""
    notes: tuple[str, ...] = ()
    """Lines of text beside the cells, under a heading, where there is room for them."""

    def describe(self) -> str:
        """The size, the range, and the largest cells by name; of a few with numbers in them, every one."""
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
        text = f"{self.title}: {size}{f', {axes}' if axes else ''}, "
        text += f"from {short(known[-1][0])} to {short(known[0][0])}{unit}."
        lost = len(cells) - len(known)
        if self.numbers and len(cells) <= FEW_CELLS:
            text += "".join(
                f" {self._name(self.rows, row)}: {self._told(line)}." for row, line in enumerate(self.values)
            )
        elif {value for value, _ in known} == {0.0, 1.0} and not lost:
            text += f" {round(sum(value for value, _ in known)):,} of {len(known):,} are 1."
        else:
            text += f" Largest: {'; '.join(f'{name}: {short(value)}' for value, name in known[:3])}."
            text += f" Smallest: {known[-1][1]}: {short(known[-1][0])}." + (f" {lost} not finite." if lost else "")
        return text + (f" {self.notes[0]}: {', '.join(self.notes[1:])}." if self.notes else "")

    def _told(self, line: tuple[float, ...]) -> str:
        return ", ".join(f"{self._name(self.columns, column)} {short(value)}" for column, value in enumerate(line))

    @property
    def places(self) -> Place:
        """A place a cell."""
        return max(map(len, self.values), default=0), len(self.values)

    def data(self) -> list[Row]:
        """The matrix, with the names of its rows and columns."""
        named = [self._name(self.columns, column) for column in range(self.places[0])]
        lines: list[Row] = [(self._name(self.rows, row), *values) for row, values in enumerate(self.values)]
        return [(self.row_label, *named), *lines]

    def _read(self, place: Place) -> str:
        column, row = place
        values = self.values[row]
        names = (self.row_label, self._name(self.rows, row)), (self.column_label, self._name(self.columns, column))
        told = ", ".join(" ".join(filter(None, name)) for name in names)
        value = short(values[column], 4) if column < len(values) else "nothing"
        return f"{told}: {value}{f' {self.unit}' if self.unit else ''}"

    @staticmethod
    def _name(names: tuple[str, ...], index: int) -> str:
        return names[index] if index < len(names) else str(index)

    def _lines(self, width: int, height: int, glyphs: Glyphs, cursor: Place | None) -> list[Line]:
        scale = shades.Scale.over((value for line in self.values for value in line), self.low, self.high, self.root)
        across, down = self.places
        title: Line = ((self.title, "title"),)
        if not across:
            return [title, (("no data yet", "muted"),)]
        legend = scale.legend(self.unit, glyphs)
        together = heading(title, legend, width)
        head = 1 if self.columns and height > 2 else 0
        layout = self._layout(width, height - 1 - head, glyphs, cursor)
        grid = Grid(width, height)
        grid.put_line(0, 0, together or title)
        if head:
            _header(grid, layout, [self._name(self.columns, column) for column in range(across)], glyphs)
        used = self._fill(grid, 1 + head, layout, scale, glyphs)
        if cursor is not None:
            self._mark(grid, 1 + head, layout, cursor)
        if layout.lines < -(-down // layout.deep):
            grid.put(0, height - 1, more(down - layout.lines * layout.deep, glyphs), "muted")
            used = height
        for line in ([] if together else [legend]) + [self._axis_names(glyphs)]:
            if line and used < height and length(line) <= width:
                grid.put_line(0, used, line)
                used += 1
        self._note(grid, layout.place(layout.first + layout.columns) + 2, glyphs)
        return grid.lines()

    def _layout(self, width: int, room: int, glyphs: Glyphs, cursor: Place | None) -> "_Layout":
        """Which columns and rows are shown, and how large their cells are, in `room` lines."""
        across, down = self.places
        names = min(max(map(len, self.rows), default=0), width // 4)
        left = names + 1 if names else 0
        wide = max([len(name) for name in self.columns] + [1]) + 1
        sizes = [size for size in (wide, 2) if size <= 10]
        written = max((len(self._written(value)) for line in self.values for value in line), default=0) + 1
        told = self.numbers and left + max(written, wide) * across <= width
        cell = next((size for size in sizes if left + size * across <= width), 1)
        cell = max(written, wide) if told else cell
        columns = min(across, max((width - left) // cell, 0))
        deep = 2 if down > room and glyphs != "ascii" and not told else 1
        lines = -(-down // deep)
        lines = lines if lines <= room else max(room - 1, 0)
        column, row = cursor or (None, None)
        top = window(-(-down // deep), lines, None if row is None else row // deep) * deep
        return _Layout(left, names, cell, window(across, columns, column), columns, top, lines, deep, told)

    def _fill(self, grid: Grid, top: int, layout: "_Layout", scale: shades.Scale, glyphs: Glyphs) -> int:
        """Draw the cells and the row labels below line `top`; the first line left free."""
        for line in range(layout.lines):
            index = layout.top + line * layout.deep
            grid.put(0, top + line, clip(self._name(self.rows, index), layout.names, glyphs), "muted")
            for column in range(layout.first, layout.first + layout.columns):
                pair = [row[column] if column < len(row) else None for row in self.values[index : index + layout.deep]]
                grid.put(layout.place(column), top + line, *self._cell(pair, layout, scale, glyphs))
        return top + layout.lines

    def _note(self, grid: Grid, left: int, glyphs: Glyphs) -> None:
        """Write the notes from column `left` on, if that leaves room for a word, beside whatever stands there."""
        room = grid.width - left
        for row, note in enumerate(self.notes if room >= LEAST_NOTE else (), start=1):
            if grid.blank(left - 1, row, room + 1):
                grid.put(left, row, clip(note, room, glyphs), "text" if row > 1 else "muted")

    def _cell(
        self, values: list[float | None], layout: "_Layout", scale: shades.Scale, glyphs: Glyphs
    ) -> tuple[str, str]:
        """One cell of the picture: one value, or two above each other."""
        upper = values[0]
        if layout.deep == 2:
            levels = [None if value is None else scale.level(value) for value in (*values, None)]
            text, role = shades.halves(levels[0], levels[1])
            return text * layout.cell, role
        if upper is None:
            return " " * layout.cell, "text"
        level = scale.level(upper)
        if layout.told:
            # Half the scale at most, for the number to be legible on it.
            return self._written(upper).rjust(layout.cell), "bad" if level is None else f"text/h{level // 2}"
        return shades.cell(level, layout.cell, glyphs)

    def _written(self, value: float) -> str:
        return f"{value:.0f}" if usable(value) and value == round(value) and abs(value) < 1e5 else short(value)

    def _mark(self, grid: Grid, top: int, layout: "_Layout", cursor: Place) -> None:
        """Show where the cursor is: on the cell, and on its names."""
        column, row = cursor
        line = top + (row - layout.top) // layout.deep
        for place in range(layout.names):
            grid.tint(place, line, "text/cursor")
        for place in range(layout.cell):
            if layout.told:
                grid.tint(layout.place(column) + place, line, "text/cursor")
            else:
                grid.put(layout.place(column) + place, line, "[]"[place] if layout.cell == 2 else "+", "text/cursor")

    def _axis_names(self, glyphs: Glyphs) -> Line:
        down, right = ("rows: ", "columns: ") if glyphs == "ascii" else ("↓ ", "→ ")
        told = [down + self.row_label] * bool(self.row_label) + [right + self.column_label] * bool(self.column_label)
        return (("  ".join(told), "muted"),) if told else ()


class _Layout(NamedTuple):
    """The part of the matrix that is shown, and where."""

    left: int
    names: int
    cell: int
    first: int
    columns: int
    top: int
    lines: int
    deep: int
    told: bool

    def place(self, column: int) -> int:
        """Where the cells of `column` begin."""
        return self.left + (column - self.first) * self.cell


def _header(grid: Grid, layout: _Layout, names: list[str], glyphs: Glyphs) -> None:
    """Column names over their cells; where they are longer than a cell, every n-th of them."""
    longest = max(map(len, names), default=0)
    # Names of one letter may touch; longer ones would run into one word.
    every = 1 if longest <= 1 or longest < layout.cell else -(-(longest + 1) // layout.cell)
    last = layout.first + layout.columns
    for column in range(layout.first, last):
        if column % every == 0:
            name = names[column].rjust(layout.cell) if layout.told else names[column]
            grid.put(layout.place(column), 1, name, "muted")
    if layout.first:
        grid.put(layout.left, 1, ellipsis(glyphs), "muted")
    if last < len(names):
        grid.put(min(layout.place(last), grid.width) - 1, 1, ellipsis(glyphs), "muted")
