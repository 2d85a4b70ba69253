"""From roles to colours: the one place where a figure's or a line's roles meet the theme."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from math import dist

from rich.color import ColorSystem
from rich.style import Style
from textual.color import Color, rgb_to_lab

from tutor.roles import HEATS, SERIES

_READABLE = 4.5
"""The contrast with the background that WCAG 2.1 asks of text; the series of a plot have names in their colours."""

_FAR = 30.0
"""How far apart in CIELAB two series are at least; about 2.3 is just noticeable."""

UNDERLINED = ("claim",)
"""Roles whose blanks can be seen."""

_DARK = (0, 8)
"""Of the terminal's own greys, those on which white can be read."""

_SERIES = ("primary", "warning", "success", "error", "secondary", "accent")


class Palette:
    """The styles of all roles under one theme.

    Heat roles run from the background to the theme's primary colour. `FG/BG` roles are put together from both halves.
    """

    def __init__(self, variables: Mapping[str, str], ansi: bool, few: bool = False) -> None:
        """`variables` are the theme's (`App.theme_variables`).

        `ansi` says that only the terminal's own 16 colours may be used, `few` that it has 256 of them.
        """
        self._styles: dict[str, Style] = {}
        self._colours = _ansi_colours() if ansi else _theme_colours(variables, _nearest_of_256 if few else _as_it_is)

    def style(self, role: str) -> Style:
        """The style of `role`; an unknown role is plain text."""
        found = self._styles.get(role)
        if found is None:
            found = self._styles[role] = self._made(role)
        return found

    def _made(self, role: str) -> Style:
        front, _, back = role.partition("/")
        colour, ground = self._colours.get(front), self._colours.get(back)
        if front == "text" and ground is not None:
            colour = _on(ground, colour)
        return Style(
            color=colour.rich_color if colour else None,
            bgcolor=ground.rich_color if ground else None,
            bold=front in ("title", "accent", "good", "bad") or None,
            italic=front == "stress" or None,
            underline=front in UNDERLINED or None,
            dim=(front == "muted" and colour is None) or None,
            reverse=back == "cursor" or None,
        )


def legible_variables(variables: Mapping[str, str]) -> dict[str, str]:
    """A theme's variables (`App.get_css_variables`), changed where Textual's own widgets couldn't be read in it."""
    primary = Color.parse(variables["primary"])
    if primary.ansi is not None:
        return dict(variables)
    background, foreground = (Color.parse(variables[name]) for name in ("background", "foreground"))
    grounds = background, Color.parse(variables["surface"])
    changed = {"text-disabled": "auto 70%"}
    for name, of in (("foreground", "foreground"), ("text-accent", "accent")):
        changed[name] = _legible(Color.parse(variables[of]), grounds, foreground).hex6
    for name in ("block-cursor", "block-cursor-blurred", "input-selection"):
        changed |= {f"{name}-background": primary.hex6, f"{name}-foreground": _on(primary, background).hex6}
    return {**variables, **changed}


def _as_it_is(colour: Color) -> Color:
    return colour


def _nearest_of_256(colour: Color) -> Color:
    """What a terminal of 256 colours is sent instead."""
    return Color.from_rich_color(colour.rich_color.downgrade(ColorSystem.EIGHT_BIT))


def _theme_colours(variables: Mapping[str, str], seen: Callable[[Color], Color]) -> dict[str, Color]:
    background, foreground = Color.parse(variables["background"]), Color.parse(variables["foreground"])
    # Lines of text stand on both; figures on the background alone.
    grounds = (seen(background), seen(Color.parse(variables["surface"])))

    def legible(colour: Color) -> Color:
        return _legible(colour, grounds, foreground, seen)

    plain = legible(foreground)
    colours = {
        **dict.fromkeys(("text", "title", "stress", "claim"), plain),
        "muted": legible(background.blend(foreground, 0.62)),
        "accent": legible(Color.parse(variables["accent"])),
        "good": legible(Color.parse(variables["success"])),
        "bad": legible(Color.parse(variables["error"])),
        "warn": legible(Color.parse(variables["warning"])),
    }
    series: list[Color] = []
    for name in _SERIES:
        visible = _legible(Color.parse(variables[name]), grounds[:1], foreground, seen)
        series.append(_apart(visible, series, grounds[0], foreground, seen))
    colours |= {f"s{index}": colour for index, colour in enumerate(series)}
    peak = Color.parse(variables["primary"]).blend(foreground, 0.3)
    for index in range(HEATS):
        colours[f"h{index}"] = background.blend(peak, index / (HEATS - 1))
    return colours


def _legible(
    colour: Color, grounds: Sequence[Color], foreground: Color, seen: Callable[[Color], Color] = _as_it_is
) -> Color:
    """`colour`, moved to the foreground, to black or white, until it can be read on all grounds as it is `seen`."""
    limit = _limit(grounds[0])
    shades = chain(
        (colour.blend(foreground, share / 20) for share in range(20)),
        (foreground.blend(limit, share / 20) for share in range(20)),
    )
    readable = (shade for shade in shades if min(_contrast(seen(shade), on) for on in grounds) >= _READABLE)
    return next(readable, limit)


def _on(ground: Color, colour: Color | None) -> Color:
    """`colour` if it can be read on `ground`, or else black or white."""
    if ground.ansi is not None:
        # What the terminal's own foreground looks like isn't known.
        return Color.parse("ansi_bright_white" if ground.ansi in _DARK else "ansi_black")
    return colour if colour is not None and _contrast(colour, ground) >= _READABLE else _limit(ground)


def _limit(background: Color) -> Color:
    """Black or white, whichever stands out more."""
    return max((Color(0, 0, 0), Color(255, 255, 255)), key=lambda colour: _contrast(colour, background))


def _apart(
    colour: Color,
    others: Sequence[Color],
    background: Color,
    foreground: Color,
    seen: Callable[[Color], Color],
) -> Color:
    """`colour`, or the farthest of its neighbours round the colour wheel if it is too near one of `others`."""

    def gap(candidate: Color) -> float:
        return min((dist(rgb_to_lab(seen(candidate)), rgb_to_lab(seen(other))) for other in others), default=_FAR)

    if gap(colour) >= _FAR:
        return colour
    hue, saturation, lightness = colour.hsl
    wheel = (Color.from_hsl((hue + turn / 12) % 1, max(saturation, 0.5), lightness) for turn in range(1, 12))
    return max((_legible(other, (background,), foreground, seen) for other in wheel), key=gap)


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
