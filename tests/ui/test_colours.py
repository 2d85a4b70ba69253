"""Whether what a role looks like can be seen, and told from its neighbours, under each of Textual's themes.

Two measures, for two questions. Against the background: WCAG 2.1's contrast ratio, whose thresholds (4.5 for text,
3 for graphics) are the accepted ones. Between two series: the Euclidean distance in OKLab (Ottosson 2020), in which
equal distances look equally different and about 0.02 is just noticeable; three times that is asked for, since series
also differ by marks and labels.
"""

from itertools import combinations

import pytest
from rich.color import Color, ColorSystem
from rich.style import Style
from textual.app import App
from textual.theme import BUILTIN_THEMES

from tests.ui.screen import opened, until
from tutor.course.catalog import Catalog
from tutor.learner.record import Record
from tutor.roles import HEATS, SERIES
from tutor.ui.app import TutorApp
from tutor.ui.colours import Palette

TEXT = ("text", "title", "stress", "claim", "muted", "accent", "good", "bad", "warn")
PLOT = tuple(f"s{index}" for index in range(SERIES))
HEAT = tuple(f"h{index}" for index in range(HEATS))
APART = 0.06

every_theme = pytest.mark.parametrize("theme", BUILTIN_THEMES)
full_colour = pytest.mark.parametrize("theme", [name for name, theme in BUILTIN_THEMES.items() if not theme.ansi])
ansi = pytest.mark.parametrize("theme", [name for name, theme in BUILTIN_THEMES.items() if theme.ansi])


def variables(theme):
    app = App()
    app.theme = theme
    return app.get_css_variables()


def palette(theme, few=False):
    return Palette(variables(theme), BUILTIN_THEMES[theme].ansi, few)


def rgb(theme, role):
    return tuple(palette(theme).style(role).color.get_truecolor())


def style_colours(theme, role):
    style = palette(theme).style(role)
    return style.color.get_truecolor(), style.bgcolor.get_truecolor()


def background(theme, name="background"):
    text = variables(theme)[name].lstrip("#")
    return tuple(bytes.fromhex(text[:6]))


def linear(colour):
    """sRGB to linear light."""
    shares = (part / 255 for part in colour)
    return [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]


def contrast(one, other):
    """WCAG 2.1's contrast ratio, from 1 to 21."""
    weights = (0.2126, 0.7152, 0.0722)
    low, high = sorted(
        sum(w * part for w, part in zip(weights, linear(colour), strict=True)) for colour in (one, other)
    )
    return (high + 0.05) / (low + 0.05)


def oklab(colour):
    """Ottosson's OKLab coordinates."""
    r, g, b = linear(colour)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def distance(one, other):
    return sum((a - b) ** 2 for a, b in zip(oklab(one), oklab(other), strict=True)) ** 0.5


def test_the_measures_agree_with_their_definitions():
    black, white, red = (0, 0, 0), (255, 255, 255), (255, 0, 0)
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(red, white) == pytest.approx(3.998, abs=1e-3)
    assert distance(black, white) == pytest.approx(1, abs=1e-4)
    assert oklab(red) == pytest.approx((0.6280, 0.2249, 0.1258), abs=1e-3)


@every_theme
def test_every_role_has_a_style(theme):
    styles = palette(theme)
    singles = (*TEXT, *PLOT, *HEAT)
    for role in (*singles, *(f"{front}/{back}" for front in singles for back in (*HEAT, "cursor"))):
        assert isinstance(styles.style(role), Style)
    for heat in HEAT:
        assert styles.style(f"text/{heat}").bgcolor is not None
        assert styles.style(f"{heat}/{heat}").color == styles.style(f"{heat}/{heat}").bgcolor


@every_theme
@pytest.mark.parametrize("role", ["", "unheard-of", "unheard-of/of"])
def test_a_role_no_one_knows_is_plain_text(theme, role):
    assert palette(theme).style(role) == Style()


@full_colour
@pytest.mark.parametrize("name", ["background", "surface"])
def test_text_can_be_read(theme, name):
    ground = background(theme, name)
    faint = {role: contrast(rgb(theme, role), ground) for role in TEXT}
    assert {role: ratio for role, ratio in faint.items() if ratio < 4.5} == {}


@full_colour
def test_with_256_colours_too(theme):
    styles = palette(theme, few=True)
    ground = tuple(Color.from_rgb(*background(theme)).downgrade(ColorSystem.EIGHT_BIT).get_truecolor())
    shown = {
        role: tuple(styles.style(role).color.downgrade(ColorSystem.EIGHT_BIT).get_truecolor())
        for role in (*TEXT, *PLOT, *HEAT)
    }
    assert {role for role in (*TEXT, *PLOT) if contrast(shown[role], ground) < 4.5} == set()
    # This one's ground becomes a middle grey, on which three light colours are all that can be read.
    assert len({shown[role] for role in PLOT}) == (3 if theme == "catppuccin-frappe" else SERIES)
    # In between, the glyphs of a heat map go on.
    assert len({shown[role] for role in HEAT}) >= 4


@full_colour
def test_a_number_in_a_heat_cell_can_be_read(theme):
    pairs = {heat: [tuple(part) for part in style_colours(theme, f"text/{heat}")] for heat in HEAT}
    assert {heat: pair for heat, pair in pairs.items() if contrast(*pair) < 4.5} == {}
    assert pairs["h0"][1] == background(theme)


@every_theme
def test_a_cursor_changes_places_with_what_it_is_on(theme):
    for role in ("text", "muted", "s1"):
        plain, marked = palette(theme).style(role), palette(theme).style(f"{role}/cursor")
        assert (marked.color, marked.reverse, plain.reverse) == (plain.color, True, None)


@full_colour
def test_series_stand_out_from_the_background(theme):
    ground = background(theme)
    faint = {role: contrast(rgb(theme, role), ground) for role in PLOT}
    assert {role: ratio for role, ratio in faint.items() if ratio < 3} == {}


@full_colour
def test_series_differ_from_one_another(theme):
    near = {pair: distance(*(rgb(theme, role) for role in pair)) for pair in combinations(PLOT, 2)}
    assert {pair: gap for pair, gap in near.items() if gap < APART} == {}


@full_colour
def test_heat_runs_from_the_background_in_steps_of_one_direction(theme):
    shades = [oklab(rgb(theme, role))[0] for role in HEAT]
    assert rgb(theme, "h0") == background(theme)
    assert shades in (sorted(shades), sorted(shades, reverse=True))
    assert abs(shades[-1] - shades[0]) > 0.25


@ansi
def test_an_ansi_theme_uses_the_terminals_own_colours_alone(theme):
    styles = palette(theme)
    for role in (*PLOT, *HEAT, "good", "bad", "warn", "accent"):
        assert styles.style(role).color.number < 16
    assert len({styles.style(role).color.number for role in PLOT}) == SERIES
    assert all(styles.style(role).color is None for role in ("text", "title", "muted"))
    for heat in HEAT:
        # The terminal's own foreground may be the ground's very colour.
        style = styles.style(f"text/{heat}")
        assert (style.bgcolor.number, style.color.number) in {(0, 15), (8, 15), (7, 0), (15, 0)}


async def test_a_change_of_theme_changes_what_is_on_screen(app_at):
    async with opened(app_at()) as pilot:
        places = {"title": pilot.app.screen.query_one("#text"), "accent": pilot.app.screen.query_one("KeyBar")}
        for theme in ("textual-light", "textual-dark", "nord"):
            pilot.app.theme = theme
            for role, widget in places.items():
                colour = palette(theme).style(role).color
                x, y = widget.region.x + 1, widget.region.y
                await until(lambda x=x, y=y, colour=colour: pilot.app.screen.get_style_at(x, y).color == colour, pilot)


async def test_a_theme_chosen_before_the_start_is_used_from_the_start(app_at):
    app = app_at()
    app.theme = "textual-light"
    async with opened(app):
        assert app.palette.style("text") == palette("textual-light").style("text")


async def test_no_color_means_the_terminals_own(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = TutorApp(Catalog({}), Record(None))
    async with app.run_test():
        assert app.palette.style("s0").color.number == 4
