"""A computation as a strip of stages, number by number: logits, ÷T, exp, ÷sum."""

import msgspec

from tutor.figures.base import Figure, Place, Row
from tutor.figures.lines import Grid, clip, more, window
from tutor.figures.numbers import short, usable
from tutor.roles import Glyphs, Line


class Stage(msgspec.Struct, frozen=True):
    """Values of one stage, and the operation that made them of the stage above, such as `÷ 0.5` or `exp`."""

    name: str
    values: tuple[float, ...]
    how: str = ""


class Strip(Figure, frozen=True):
    """Stages from top to bottom, one column an item; between two stages stands what is done to each number."""

    columns: tuple[str, ...]
    stages: tuple[Stage, ...]

    def describe(self) -> str:
        """Each stage with all its numbers, and how it follows from the one before."""
        if not self.stages:
            return f"{self.title}: no data yet."
        told = []
        for stage in self.stages:
            numbers = zip(self._names(stage), stage.values, strict=False)
            how = f"{stage.how} gives " if stage.how else ""
            told.append(f"{how}{stage.name}: {', '.join(f'{name} {_brief(value, 4)}' for name, value in numbers)}")
        return f"{self.title}: {'; '.join(told)}."

    @property
    def places(self) -> Place:
        """A place a number."""
        return max((len(stage.values) for stage in self.stages), default=0), len(self.stages)

    def data(self) -> list[Row]:
        """A row a stage."""
        names = self._names(max(self.stages, key=lambda stage: len(stage.values))) if self.stages else []
        stages: list[Row] = [(stage.name, stage.how, *stage.values) for stage in self.stages]
        return [("stage", "made by", *names), *stages]

    def _names(self, stage: Stage) -> list[str]:
        return [*self.columns, *(str(index) for index in range(len(self.columns), len(stage.values)))]

    def _read(self, place: Place) -> str:
        column, row = place
        stage = self.stages[row]
        if column >= len(stage.values):
            return f"{stage.name}: nothing here"
        before = self.stages[row - 1] if row else None
        name, value = self._names(stage)[column], short(stage.values[column], 6)
        if before is None or not stage.how or column >= len(before.values):
            return f"{stage.name}, {name}: {value}"
        return f"{stage.name}, {name}: {short(before.values[column], 6)} {stage.how} = {value}"

    def _lines(self, width: int, height: int, glyphs: Glyphs, cursor: Place | None) -> list[Line]:
        grid = Grid(width, height)
        grid.put(0, 0, clip(self.title, width, glyphs), "title")
        if not self.places[0]:
            grid.put(0, 1, "no data yet", "muted")
            return grid.lines()
        across = self.places[0]
        names = [self.columns[column] if column < len(self.columns) else str(column) for column in range(across)]
        left = min(max(len(text) for stage in self.stages for text in (stage.name, stage.how)) + 1, width // 3)
        written, cell = self._written(names, width - left)
        fits = min(across, max((width - left) // cell, 1))
        first = window(across, fits, cursor[0] if cursor is not None else None)
        arrows = 2 * len(self.stages) + 1 <= height
        step = 2 if arrows else 1
        room = min(len(self.stages), (height - 2 + step - 1) // step)
        top = window(len(self.stages), room, cursor[1] if cursor is not None else None)
        for column in range(first, first + fits):
            grid.put(left + (column - first) * cell, 1, names[column].rjust(cell), "muted")
        for line in range(room):
            index = top + line
            row, stage = 2 + line * step, self.stages[index]
            grid.put(0, row, clip(stage.name, left - 1, glyphs), "text")
            if arrows and index:
                grid.put(0, row - 1, clip(stage.how, left - 1, glyphs), "accent")
            for column in range(first, min(first + fits, len(stage.values))):
                place = left + (column - first) * cell
                marked = "text" if usable(stage.values[column]) else "bad"
                role = "text/cursor" if cursor == (column, index) else marked
                grid.put(place, row, written[index][column].rjust(cell), role)
                if arrows and index:
                    grid.put(place + cell - 1, row - 1, "|" if glyphs == "ascii" else "↓", "muted")
        if first + fits < across:
            grid.put(0, 1, clip(more(across - first - fits, glyphs), left - 1, glyphs), "muted")
        return grid.lines()

    def _written(self, names: list[str], room: int) -> tuple[list[list[str]], int]:
        """Each stage's numbers, and a column's width: closer and shorter where only so all of them fit."""
        for digits, gap in ((4, 2), (4, 1), (3, 1), (2, 1)):
            written = [[_brief(value, digits) for value in stage.values] for stage in self.stages]
            cell = max(len(text) for texts in (*written, names) for text in texts) + gap
            if cell * len(names) <= room:
                break
        return written, cell


def _brief(value: float, digits: int) -> str:
    """`value` in few characters: a whole number below 100,000 in full, others to 3 digits at least but with powers."""
    if usable(value) and value == round(value) and abs(value) < 1e5:
        return f"{value:.0f}"
    text = short(value, max(digits, 3))
    return short(value, digits) if "e" in text else text
