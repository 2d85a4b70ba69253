"""What holds for every kind of figure: its size, its vocabulary of roles, its plain data, its words."""

import csv
import io
import re
import subprocess
import sys

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutor.figures import (
    AnyFigure,
    Bands,
    Bars,
    Curve,
    Group,
    Guide,
    HeatMap,
    Histogram,
    Histograms,
    Image,
    Images,
    Point,
    Regions,
    Ridges,
    Scatter,
    Series,
    Stage,
    Strip,
    Table,
    Text,
)
from tutor.figures.export import as_csv

ROLE = r"(text|muted|title|accent|good|bad|warn|cursor|s[0-5]|h([0-9]|1[0-5]))"
numbers = st.one_of(st.floats(), st.integers(-5, 5).map(float), st.just(1.0))
values = st.lists(numbers, max_size=12).map(tuple)
text = st.text("abc xyz09.-", max_size=30)
many = {"max_size": 7}


def tuples(items: st.SearchStrategy[object], **limits: int) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(items, **(limits or many)).map(tuple)


series = st.builds(Series, text, values, values, st.sampled_from(["line", "points", "faint"]), values, values)
histogram = st.builds(Histogram, text, numbers, numbers, tuples(st.integers(0, 10**7), max_size=60), text)
point = st.builds(Point, numbers, numbers, st.sampled_from("abc."), st.integers(0, 7))
pair = st.tuples(numbers, numbers)
places = st.none() | st.tuples(st.integers(-2, 80), st.integers(-2, 80))
kinds = {
    Curve: st.builds(
        Curve,
        title=text,
        series=tuples(series),
        x_label=text,
        y_label=text,
        log_x=st.booleans(),
        log_y=st.booleans(),
        guides=tuples(st.builds(Guide, numbers, text), max_size=3),
        y_span=st.none() | st.tuples(numbers, numbers),
    ),
    Histograms: st.builds(Histograms, text, tuples(histogram), text),
    Bands: st.builds(Bands, text, tuples(st.builds(Group, text, values)), text),
    Bars: st.builds(Bars, text, tuples(text), values, text, st.integers(0, 5), st.none() | numbers),
    HeatMap: st.builds(
        HeatMap,
        text,
        tuples(text),
        tuples(text),
        tuples(values),
        st.none() | numbers,
        st.none() | numbers,
        numbers=st.booleans(),
        root=st.booleans(),
        notes=tuples(text),
    ),
    Images: st.builds(
        Images,
        text,
        tuples(st.builds(Image, text, tuples(values))),
        st.none() | numbers,
        st.none() | numbers,
    ),
    Regions: st.builds(
        Regions, text, tuples(text), tuples(tuples(st.integers(-1, 7))), pair, pair, tuples(point, max_size=30)
    ),
    Ridges: st.builds(Ridges, text, tuples(histogram), text),
    Scatter: st.builds(Scatter, text, tuples(point, max_size=30), text),
    Strip: st.builds(Strip, text, tuples(text), tuples(st.builds(Stage, text, values, text))),
    Table: st.builds(Table, text, tuples(text), tuples(tuples(text))),
    Text: st.builds(Text, text, tuples(text, max_size=40)),
}
every_kind = pytest.mark.parametrize("kind", kinds, ids=lambda kind: kind.__name__)


@every_kind
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_data_is_drawn_in_exactly_the_size_asked_for(kind, data):
    figure = data.draw(kinds[kind])
    width, height = data.draw(st.integers(1, 120)), data.draw(st.integers(1, 50))
    glyphs = data.draw(st.sampled_from(["braille", "quadrant", "ascii"]))
    lines = figure.draw(width, height, glyphs, data.draw(places))
    assert len(lines) == height
    assert "".join(part for part, _ in lines[0]).ljust(width).startswith(figure.title[: width - 1])
    for line in lines:
        written = "".join(part for part, _ in line)
        assert len(written) <= width
        assert "\n" not in written
        assert "\x1b" not in written
        assert written.isascii() or glyphs != "ascii"
        assert all(re.fullmatch(f"{ROLE}(/{ROLE})?", role) for _, role in line)


@every_kind
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_data_has_words_that_start_with_the_title(kind, data):
    figure = data.draw(kinds[kind])
    assert figure.describe().startswith(figure.title)


@every_kind
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_place_can_be_read_and_all_data_exported(kind, data):
    figure = data.draw(kinds[kind])
    told = figure.read(data.draw(places) or (0, 0))
    assert told
    assert (told == "There is nothing to read yet.") == (0 in figure.places)
    assert len(list(csv.reader(io.StringIO(as_csv(figure))))) == len(figure.data())


@every_kind
@settings(max_examples=20, deadline=None)
@given(st.data())
def test_message_pack_brings_back_the_same_figure(kind, data):
    figure = data.draw(kinds[kind])
    packed = msgspec.msgpack.encode(figure)
    back = msgspec.msgpack.decode(packed, type=AnyFigure)
    assert type(back) is kind
    assert msgspec.msgpack.encode(back) == packed


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-1, -1)])
def test_no_room_draws_nothing(size):
    lines = Text("samples", ("emma",)).draw(*size)
    assert lines == [()] * max(size[1], 0)


def test_figures_are_values():
    figure = Text("samples", ("emma",))
    with pytest.raises(AttributeError):
        figure.title = "other"
    assert figure == Text("samples", ("emma",))


def test_importing_the_figures_imports_no_plotting_library():
    heavy = {"plotext", "torch", "textual", "numpy"}
    code = f"import sys, tutor.figures; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
