"""What every figure is: frozen data that can be drawn in a rectangle of cells, put into words, or read off."""

import msgspec

from tutor.figures.lines import fit
from tutor.roles import Glyphs, Line

Place = tuple[int, int]
"""Where a cursor stands in a figure's data: how many places from the left, and from the top."""

Row = tuple[str | float, ...]
"""One row of a figure's data as a table."""


class Figure(msgspec.Struct, frozen=True, tag=True):
    """A picture as plain data; each subclass is one kind of picture."""

    title: str

    def draw(self, width: int, height: int, glyphs: Glyphs = "braille", cursor: Place | None = None) -> list[Line]:
        """Draw in `height` lines of at most `width` cells; line 0 starts with the title.

        With a `cursor`, its place is marked, and scrolled to where the picture has more than fits.
        """
        if width < 1 or height < 1:
            return [()] * max(height, 0)
        # With one line to fill, a kind would write "and 3 more" over the title.
        lines = self._lines(width, max(height, 2), glyphs, self._inside(cursor))
        return fit(lines, width, height, glyphs)

    @property
    def rows_wanted(self) -> int:
        """How many lines show all of it; 0 for a picture that fills whatever it is given."""
        return 0

    def describe(self) -> str:
        """One to three sentences with the numbers that matter, for someone who can't see the picture."""
        raise NotImplementedError

    @property
    def places(self) -> Place:
        """How many places a cursor can take, across and down; (0, 0) where there is nothing to read."""
        raise NotImplementedError

    def read(self, place: Place) -> str:
        """What stands at `place`, in words; a place outside is moved to the nearest inside."""
        inside = self._inside(place)
        return self._read(inside) if inside is not None else "There is nothing to read yet."

    def data(self) -> list[Row]:
        """The figure's data as a table, the names of its columns first."""
        raise NotImplementedError

    def _inside(self, place: Place | None) -> Place | None:
        across, down = self.places
        if place is None or not (across and down):
            return None
        return min(max(place[0], 0), across - 1), min(max(place[1], 0), down - 1)

    def _read(self, place: Place) -> str:
        raise NotImplementedError

    def _lines(self, width: int, height: int, glyphs: Glyphs, cursor: Place | None) -> list[Line]:
        raise NotImplementedError
