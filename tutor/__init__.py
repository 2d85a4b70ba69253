"""tutor: learn how neural networks train, by running real ones in a terminal."""

__version__ = "0.1.0"
