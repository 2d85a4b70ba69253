import pytest
from textual.app import App
from textual.geometry import Region

from tests.ui.screen import painted
from tutor.ui.colours import Palette
from tutor.ui.widgets.lines import Lines, changes


class Bare(App):
    """One widget of lines, and nothing else."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, lines):
        super().__init__()
        self.widget = Lines([((text, "text"),) for text in lines])
        self.palette = Palette(self.get_css_variables(), ansi=False)

    def compose(self):
        yield self.widget


@pytest.fixture
def spied(monkeypatch):
    """Has every refresh of a widget noted, as (regions, whether the layout is to be done again)."""

    def spy(widget):
        calls = []
        refresh = widget.refresh

        def noted(*regions, layout=False, **more):
            calls.append((regions, layout))
            return refresh(*regions, layout=layout, **more)

        monkeypatch.setattr(widget, "refresh", noted)
        return calls

    return spy


def lines(*texts, role="text"):
    return [((text, role),) for text in texts]


async def test_only_the_cells_that_changed_are_refreshed(spied):
    app = Bare(["one", "two", "three", "four"])
    async with app.run_test(size=(20, 6)) as pilot:
        calls = spied(app.widget)
        app.widget.show(lines("one", "TWO", "three", "FOUR"))
        assert calls == [((Region(0, 1, 3, 1), Region(0, 3, 4, 1)), False)]
        await pilot.pause()
        assert [line.rstrip() for line in painted(pilot)] == ["one", "TWO", "three", "FOUR", "", ""]


async def test_only_the_rows_that_changed_are_drawn_again():
    app = Bare(["one", "two", "three"])
    async with app.run_test(size=(20, 6)) as pilot:
        before = [app.widget.render_line(row) for row in range(3)]
        app.widget.show(lines("one", "TWO", "three"))
        await pilot.pause()
        after = [app.widget.render_line(row) for row in range(3)]
        assert [old is new for old, new in zip(before, after, strict=True)] == [True, False, True]


async def test_the_same_lines_refresh_nothing(spied):
    app = Bare(["one", "two"])
    async with app.run_test(size=(20, 6)):
        calls = spied(app.widget)
        app.widget.show(lines("one", "two"))
        assert calls == []


async def test_another_role_is_a_change(spied):
    app = Bare(["one", "two"])
    async with app.run_test(size=(20, 6)):
        calls = spied(app.widget)
        app.widget.show([*lines("one"), *lines("two", role="bad")])
        assert calls == [((Region(0, 1, 3, 1),), False)]
        assert next(iter(app.widget.render_line(1))).style.color == app.palette.style("bad").color


async def test_more_or_fewer_lines_are_laid_out_anew():
    app = Bare(["one"])
    async with app.run_test(size=(20, 6)) as pilot:
        for texts in (["one", "two", "three"], ["three"]):
            app.widget.show(lines(*texts))
            await pilot.pause()
            assert app.widget.size.height == len(texts)
            assert [line.rstrip() for line in painted(pilot)][: len(texts)] == texts


async def test_lines_are_cut_and_filled_to_the_width():
    app = Bare(["a line that is longer than the screen", "short"])
    async with app.run_test(size=(12, 3)) as pilot:
        assert painted(pilot) == ["a line that ", "short       ", " " * 12]
        await pilot.resize_terminal(20, 3)
        await pilot.pause()
        assert painted(pilot) == ["a line that is longe", "short" + " " * 15, " " * 20]


async def test_what_is_shown_can_be_asked_for():
    app = Bare([])
    async with app.run_test(size=(20, 6)):
        app.widget.show(lines("one"))
        assert app.widget.lines == ((("one", "text"),),)


@pytest.mark.parametrize(
    ("was", "now", "parts"),
    [
        ("abcdef", "abXdef", [(2, 3)]),
        ("abcdef", "XbcdeX", [(0, 6)]),
        ("a" + "-" * 30 + "b", "A" + "-" * 30 + "B", [(0, 1), (31, 32)]),
        ("abc", "abcdef", [(3, 6)]),
        ("abcdef", "abc", [(3, 6)]),
        ("abc", "abc   ", []),
        ("abcdefghijkl", "abcdefghijXY", []),
    ],
)
def test_the_parts_of_a_line_that_differ(was, now, parts):
    assert list(changes(((was, "text"),), ((now, "text"),), 10 if len(was) == 12 else 40)) == parts


def test_a_blank_has_no_colour_but_it_has_a_ground():
    assert list(changes((("a  b", "text"),), (("a", "text"), ("  ", "bad"), ("b", "text")), 40)) == []
    assert list(changes((("a  b", "text"),), (("a", "text"), ("  ", "h3/h3"), ("b", "text")), 40)) == [(1, 3)]


async def test_blanks_take_the_colour_before_them():
    app = Bare([])
    async with app.run_test(size=(20, 6)) as pilot:
        app.widget.show([(("a", "bad"), ("  ", "text"), ("b", "bad"), (" ", "h3/h3"), (" ", "text"), ("c", "text"))])
        await pilot.pause()
        texts = [segment.text for segment in app.widget.render_line(0)]
        assert texts[:2] == ["a  b", " "]
