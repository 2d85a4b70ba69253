"""From roles to colours: the one place where a figure's or a line's roles meet the theme."""

from collections.abc import Mapping, Sequence
from math import dist

from rich.style import Style
from textual.color import Color, rgb_to_lab

from tutor.roles import HEATS, SERIES

_READABLE, _VISIBLE = 4.5, 3.0
"""The contrast with the background that WCAG 2.1 asks of text, and of the lines of a figure."""

_FAR = 25.0
"""How far apart in CIELAB two series are at least; about 2.3 is just noticeable."""

_SERIES = ("primary", "warning", "success", "error", "secondary", "accent")


class Palette:
    """The styles of all roles under one theme.

    Heat roles run from the background to the theme's primary colour. `FG/BG` roles are put together from both halves.
    """

    def __init__(self, variables: Mapping[str, str], ansi: bool) -> None:
        """`variables` are the theme's (`App.theme_variables`).

        `ansi` says that only the terminal's own 16 colours may be used.
        """
        self._styles: dict[str, Style] = {}
        self._colours = _ansi_colours() if ansi else _theme_colours(variables)

    def style(self, role: str) -> Style:
        """The style of `role`; an unknown role is plain text."""
        found = self._styles.get(role)
        if found is None:
            found = self._styles[role] = self._made(role)
        return found

    def _made(self, role: str) -> Style:
        front, _, back = role.partition("/")
        colour, ground = self._colours.get(front), self._colours.get(back)
        return Style(
            color=colour.rich_color if colour else None,
            bgcolor=ground.rich_color if ground else None,
            bold=front in ("title", "accent", "good", "bad") or None,
            italic=front == "stress" or None,
            underline=front == "claim" or None,
            dim=(front == "muted" and colour is None) or None,
            reverse=back == "cursor" or None,
        )


def _theme_colours(variables: Mapping[str, str]) -> dict[str, Color]:
    background = Color.parse(variables["background"])
    foreground = Color.parse(variables["foreground"])

    def legible(name: str, least: float) -> Color:
        return _legible(Color.parse(variables[name]), background, foreground, least)

    colours = {
        "text": foreground,
        "title": foreground,
        "stress": foreground,
        "claim": foreground,
        "muted": _legible(background.blend(foreground, 0.62), background, foreground, _READABLE),
        "accent": legible("accent", _READABLE),
        "good": legible("success", _READABLE),
        "bad": legible("error", _READABLE),
        "warn": legible("warning", _READABLE),
    }
    series: list[Color] = []
    for name in _SERIES:
        series.append(_apart(legible(name, _VISIBLE), series, background, foreground))
    colours |= {f"s{index}": colour for index, colour in enumerate(series)}
    peak = Color.parse(variables["primary"]).blend(foreground, 0.3)
    for index in range(HEATS):
        colours[f"h{index}"] = background.blend(peak, index / (HEATS - 1))
    return colours


def _legible(colour: Color, background: Color, foreground: Color, least: float) -> Color:
    """`colour`, moved towards the foreground until its contrast with the background is `least`."""
    shades = (colour.blend(foreground, share / 20) for share in range(20))
    return next((shade for shade in shades if _contrast(shade, background) >= least), _limit(background))


def _limit(background: Color) -> Color:
    """Black or white, whichever stands out more."""
    return max((Color(0, 0, 0), Color(255, 255, 255)), key=lambda colour: _contrast(colour, background))


def _apart(colour: Color, others: Sequence[Color], background: Color, foreground: Color) -> Color:
    """`colour`, or the farthest of its neighbours round the colour wheel if it is too near one of `others`."""

    def gap(candidate: Color) -> float:
        return min((dist(rgb_to_lab(candidate), rgb_to_lab(other)) for other in others), default=_FAR)

    if gap(colour) >= _FAR:
        return colour
    hue, saturation, lightness = colour.hsl
    wheel = (Color.from_hsl((hue + turn / 12) % 1, max(saturation, 0.5), lightness) for turn in range(1, 12))
    return max((_legible(other, background, foreground, _VISIBLE) for other in wheel), key=gap)


def _contrast(one: Color, other: Color) -> float:
    """The contrast ratio of WCAG 2.1, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Color) -> float:
    """Relative luminance from 0 to 1, as WCAG 2.1 defines it."""
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _ansi_colours() -> dict[str, Color]:
    names = ("blue", "yellow", "green", "red", "magenta", "cyan")
    colours = {f"s{index}": Color.parse(f"ansi_{names[index]}") for index in range(SERIES)}
    colours |= {"good": colours["s2"], "bad": colours["s3"], "warn": colours["s1"], "accent": colours["s5"]}
    greys = ("black", "bright_black", "white", "bright_white")
    for index in range(HEATS):
        colours[f"h{index}"] = Color.parse(f"ansi_{greys[index * len(greys) // HEATS]}")
    return colours
