"""Weights in a file: what `tutor run --save` writes and `--from` reads."""

from pathlib import Path
from typing import Any

import torch

from tutor.errors import ExitCode, TutorError
from tutor.lab.runner import Runner
from tutor.link.knobs import Value

_KIND = "tutor weights 1"


def save(path: Path, lesson: str, runner: Runner) -> None:
    """Write the model's weights, and the lesson and knobs that they belong to."""
    content = {
        "kind": _KIND,
        "lesson": lesson,
        "knobs": runner.knobs,
        "steps": runner.iteration,
        "weights": runner.experiment.model.state_dict(),
    }
    try:
        torch.save(content, path)
    except (OSError, RuntimeError) as error:
        raise TutorError(f"{path} can't be written: {error}.", "Name another file.") from None


def read(path: Path, lesson: str) -> dict[str, Any]:
    """What `save` wrote for `lesson`; `TutorError` for any other file. Nothing in the file is run."""
    try:
        content = torch.load(path, weights_only=True)
    except OSError as error:
        raise _refused(path, f"can't be read: {error.strerror or error}") from None
    except Exception:
        raise _refused(path, "isn't a file of weights that `tutor run --save` wrote") from None
    if not isinstance(content, dict) or content.get("kind") != _KIND:
        raise _refused(path, "isn't a file of weights that `tutor run --save` wrote")
    if content.get("lesson") != lesson:
        raise _refused(path, f"holds the weights of {content.get('lesson')}, not of {lesson}")
    return content


def knobs_in(content: dict[str, Any]) -> dict[str, Value]:
    """The knobs that the weights were trained with."""
    return dict(content["knobs"])


def load(content: dict[str, Any], path: Path, runner: Runner) -> None:
    """Put the weights into `runner`'s model, at step 0 of a new run."""
    try:
        runner.experiment.model.load_state_dict(content["weights"])
    except (RuntimeError, KeyError, TypeError, AttributeError):
        raise _refused(path, "holds weights of another shape than this model's") from None


def _refused(path: Path, why: str) -> TutorError:
    return TutorError(f"{path} {why}.", "Name a file that `tutor run --save` wrote.", code=ExitCode.MISUSE)
