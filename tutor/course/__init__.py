"""The course as its authors write it: lessons, their steps and their questions. No torch, no Textual."""

from tutor.course.catalog import BrokenLesson, Catalog
from tutor.course.grading import Response, Verdict, grade, parse_number, shuffled
from tutor.course.lesson import Lesson, Outline, load_lesson, load_outline
from tutor.course.markdown import latex_in
from tutor.course.quiz import Bug, Choice, Multiple, Near, Numeric, Option, Order, Question
from tutor.course.steps import Step

__all__ = [
    "BrokenLesson",
    "Bug",
    "Catalog",
    "Choice",
    "Lesson",
    "Multiple",
    "Near",
    "Numeric",
    "Option",
    "Order",
    "Outline",
    "Question",
    "Response",
    "Step",
    "Verdict",
    "grade",
    "latex_in",
    "load_lesson",
    "load_outline",
    "parse_number",
    "shuffled",
]
