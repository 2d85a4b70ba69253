"""From roles to colours: the one place where a figure's or a line's roles meet the theme."""

from collections.abc import Mapping

from rich.style import Style
from textual.color import Color

from tutor.roles import HEATS, SERIES

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
            dim=(front == "muted" and colour is None) or None,
            reverse=back == "cursor" or None,
        )


def _theme_colours(variables: Mapping[str, str]) -> dict[str, Color]:
    background = Color.parse(variables["background"])
    foreground = Color.parse(variables["foreground"])
    colours = {
        "text": foreground,
        "title": foreground,
        "stress": foreground,
        "muted": background.blend(foreground, 0.62),
        "accent": Color.parse(variables["accent"]),
        "good": Color.parse(variables["success"]),
        "bad": Color.parse(variables["error"]),
        "warn": Color.parse(variables["warning"]),
    }
    for index in range(SERIES):
        colours[f"s{index}"] = Color.parse(variables[_SERIES[index]])
    peak = Color.parse(variables["primary"]).blend(foreground, 0.3)
    for index in range(HEATS):
        colours[f"h{index}"] = background.blend(peak, index / (HEATS - 1))
    return colours


def _ansi_colours() -> dict[str, Color]:
    names = ("blue", "yellow", "green", "red", "magenta", "cyan")
    colours = {f"s{index}": Color.parse(f"ansi_{names[index]}") for index in range(SERIES)}
    colours |= {"good": colours["s2"], "bad": colours["s3"], "warn": colours["s1"], "accent": colours["s5"]}
    greys = ("black", "bright_black", "white", "bright_white")
    for index in range(HEATS):
        colours[f"h{index}"] = Color.parse(f"ansi_{greys[index * len(greys) // HEATS]}")
    return colours
