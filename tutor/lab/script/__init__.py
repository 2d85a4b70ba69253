"""A lesson's run as one plain PyTorch script: what training needs of the lesson's own text, as top-level code."""

from tutor.lab.script.page import page

__all__ = ["page"]
