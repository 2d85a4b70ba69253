"""Options that several commands have."""

from collections.abc import Callable

import click

names = click.option("--names", "names_file", metavar="FILE", help="Train on this list of names instead: one a line.")
seed = click.option("--seed", default=42, show_default="42", type=click.IntRange(0, 2**32 - 1), help="Seed of the run.")
plain = click.option("--plain", is_flag=True, help="Lines of text instead of screens, bars and pictures.")
_glyphs = click.option(
    "--glyphs",
    type=click.Choice(("auto", "braille", "quadrant", "ascii")),
    help="What figures are drawn with; auto goes by the locale and the terminal.",
)
_fps = click.option(
    "--fps", type=click.FloatRange(0, 60, min_open=True), help="Frames a second at the most: 4, or 2 over SSH."
)
_theme = click.option("--theme", metavar="NAME", help="The colours, such as textual-light; ctrl+p lists them.")


def looks(command: Callable[..., None]) -> Callable[..., None]:
    """Options that take the place of the learner's settings."""
    return _glyphs(_fps(_theme(command)))


RATE = click.FloatRange(min=0, min_open=True)
"""A learning rate."""
