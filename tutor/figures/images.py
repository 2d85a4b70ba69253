"""Small grey images side by side, such as digits or the weights of hidden units."""

from itertools import pairwise
from typing import NamedTuple

import msgspec

from tutor.figures import numbers, shades
from tutor.figures.base import Figure, Place, Row
from tutor.figures.lines import Grid, clip, more, window
from tutor.figures.numbers import short
from tutor.roles import Glyphs, Line

_ZOOMS = (6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 1 / 2, 1 / 3, 1 / 4, 1 / 8)

_LEGIBLE = 8
"""Pixels across below which an image is not made smaller just so that more of them fit."""


class Image(msgspec.Struct, frozen=True):
    """Rows of pixel values, top row first, and the words under them."""

    caption: str
    pixels: tuple[tuple[float, ...], ...]

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of pixels."""
        return max(map(len, self.pixels), default=0), len(self.pixels)


class Images(Figure, frozen=True):
    """Images on one shared scale from `low` to `high` (the data's own extremes unless given)."""

    images: tuple[Image, ...]
    low: float | None = None
    high: float | None = None

    def describe(self) -> str:
        """How many, how large, their captions, and the range of the pixels."""
        if not self.images:
            return f"{self.title}: no images yet."
        sizes = sorted({image.size for image in self.images})
        scale = self._scale()
        named = [image.caption for image in self.images if image.caption]
        count = "1 image" if len(self.images) == 1 else f"{len(self.images)} images"
        text = f"{self.title}: {count} of {' and '.join(f'{x} by {y}' for x, y in sizes)} pixels"
        text += f", shaded from {short(scale.low)} to {short(scale.high)}"
        rest = f" and {len(named) - 12} more" if len(named) > 12 else ""
        return text + (f": {', '.join(named[:12])}{rest}." if named else ".")

    @property
    def places(self) -> Place:
        """A place an image."""
        return len(self.images), 1

    def data(self) -> list[Row]:
        """A row a line of pixels: the image it belongs to, which line, and the values."""
        wide = max((image.size[0] for image in self.images), default=0)
        lines: list[Row] = [
            (image.caption or str(index), number, *pixels)
            for index, image in enumerate(self.images)
            for number, pixels in enumerate(image.pixels)
        ]
        return [("image", "line", *(str(column) for column in range(wide))), *lines]

    def _read(self, place: Place) -> str:
        image = self.images[place[0]]
        values = [value for line in image.pixels for value in line]
        ends = numbers.extent(values)
        name = image.caption or f"image {place[0] + 1}"
        if ends is None:
            return f"{name}: no pixels"
        return f"{name}: {' by '.join(map(str, image.size))} pixels from {short(ends[0])} to {short(ends[1])}"

    def _scale(self) -> shades.Scale:
        values = (value for image in self.images for line in image.pixels for value in line)
        return shades.Scale.over(values, self.low, self.high)

    def _lines(self, width: int, height: int, glyphs: Glyphs, cursor: Place | None) -> list[Line]:
        grid = Grid(width, height)
        grid.put(0, 0, clip(self.title, width, glyphs), "title")
        across = max((image.size[0] for image in self.images), default=0)
        down = max((image.size[1] for image in self.images), default=0)
        if not across:
            grid.put(0, 1, "no images yet", "muted")
            return grid.lines()
        captions = max((len(image.caption) for image in self.images), default=0)
        layouts = [_layout(zoom, across, down, captions, grid, glyphs) for zoom in _ZOOMS]
        clear = [layout for layout in layouts if layout.zoom >= 1 or min(across, down) * layout.zoom >= _LEGIBLE]
        whole = (layout for layout in clear if layout.room >= len(self.images))
        some = (layout for layout in (*reversed(clear), *layouts) if layout.room)
        layout = next(whole, None) or next(some, layouts[-1])
        first = window(len(self.images), layout.room, cursor[0] if cursor is not None else None)
        shown = self.images[first : first + layout.room]
        scale = self._scale()
        for index, image in enumerate(shown):
            row, column = divmod(index, max(layout.columns, 1))
            top = 1 + row * layout.step
            _paint(grid, column * layout.pitch, top, image, layout, scale, glyphs)
            if cursor is not None and first + index == cursor[0]:
                caption = clip(image.caption, layout.pitch - 1, glyphs).ljust(layout.pitch - 1)
                grid.put(column * layout.pitch, top + layout.lines, caption, "text/cursor")
        rest = len(self.images) - len(shown)
        if rest and len(self.title) + 2 + len(more(rest, glyphs)) <= width:
            grid.put(len(self.title) + 2, 0, more(rest, glyphs), "muted")
        return grid.lines()


class _Layout(NamedTuple):
    """How images of one zoom tile the lines below the title."""

    zoom: float
    lines: int
    columns: int
    pitch: int
    step: int
    room: int


def _layout(zoom: float, across: int, down: int, captions: int, grid: Grid, glyphs: Glyphs) -> _Layout:
    """Tile images of `across` by `down` pixels; a pixel is half a cell, in ASCII two cells."""
    wide = max(round(across * zoom), 1) * (2 if glyphs == "ascii" else 1)
    high = max(round(down * zoom), 1)
    lines = high if glyphs == "ascii" else (high + 1) // 2
    pitch = max(wide, min(captions, 10)) + 1
    step = lines + (captions > 0)
    columns, rows = (grid.width + 1) // pitch, (grid.height - 1) // step
    return _Layout(zoom, lines, columns, pitch, step, columns * rows)


def _paint(grid: Grid, left: int, top: int, image: Image, layout: _Layout, scale: shades.Scale, glyphs: Glyphs) -> None:
    x, y = image.size
    sampled = _resample(image.pixels, max(round(x * layout.zoom), 1), max(round(y * layout.zoom), 1))
    levels = [[scale.level(value) for value in line] for line in sampled]
    if glyphs == "ascii":
        for row, line in enumerate(levels):
            for column, level in enumerate(line):
                grid.put(left + 2 * column, top + row, *shades.cell(level, 2, glyphs))
    else:
        for row in range(0, len(levels), 2):
            for column, upper in enumerate(levels[row]):
                lower = levels[row + 1][column] if row + 1 < len(levels) else None
                grid.put(left + column, top + row // 2, *shades.halves(upper, lower))
    grid.put(left, top + layout.lines, clip(image.caption, layout.pitch - 1, glyphs), "muted")


def _resample(pixels: tuple[tuple[float, ...], ...], across: int, down: int) -> list[list[float]]:
    """`pixels` in `down` rows of `across`: repeated to enlarge, averaged to reduce; short rows end in NaN."""
    wide = max(map(len, pixels), default=0)
    if not wide:
        return []
    full = [[*line, *([float("nan")] * (wide - len(line)))] for line in pixels]
    columns, rows = _parts(wide, across), _parts(len(full), down)
    return [
        [sum(full[y][x] for y in row for x in column) / (len(row) * len(column)) for column in columns] for row in rows
    ]


def _parts(size: int, count: int) -> list[range]:
    """Which of `size` pixels each of `count` samples covers, at least one."""
    starts = [index * size // count for index in range(count + 1)]
    return [range(start, max(end, start + 1)) for start, end in pairwise(starts)]
