"""How sure of a prediction one can be."""

from typing import Literal, get_args

Sure = Literal["guess", "think", "know"]
SURE: tuple[Sure, ...] = get_args(Sure)
"""Least first."""
