"""The laboratory: live PyTorch experiments, their instruments, and the process they run in.

A lesson's `lab.py` imports what it needs from here.
"""

from tutor.lab.experiment import Experiment, OwnQuestion, figure, metric, question
from tutor.lab.observation import Layer, Observation
from tutor.link.knobs import Choice, Integer, Number, Preset, Switch

__all__ = [
    "Choice",
    "Experiment",
    "Integer",
    "Layer",
    "Number",
    "Observation",
    "OwnQuestion",
    "Preset",
    "Switch",
    "figure",
    "metric",
    "question",
]
