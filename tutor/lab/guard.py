"""The border to a lesson's own code: whatever it raises becomes one error that names the file and the line."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tutor.errors import TutorError

_SAID_BETTER = {
    # torch.nn.functional.batch_norm, in training
    "Expected more than 1 value per channel": (
        "BatchNorm can't normalize a batch of one: a single example has no spread.",
        "Take two examples a step or more.",
    ),
}
"""What a learner may well try and torch refuses, by how its message begins: no fault of the lesson's code."""


class LessonError(TutorError):
    """A lesson's code failed: what it raised, where in the lesson, and the whole traceback."""

    def __init__(self, what: str, where: str, trace: str) -> None:
        super().__init__(f"{where}: {what}", "The lesson's code needs mending; restart the lesson when it is.")
        self.raised = what
        self.where = where
        self.traceback = trace


@contextmanager
def lesson_code(folder: Path) -> Iterator[None]:
    """Run a lesson's code, found in `folder`; errors in it come out as `LessonError`, or as what the learner can do."""
    try:
        yield
    except TutorError:
        raise
    except Exception as error:
        raise _said_better(error) or _blamed(error, folder) from error


def _said_better(error: Exception) -> TutorError | None:
    better = (words for begin, words in _SAID_BETTER.items() if str(error).startswith(begin))
    return next((TutorError(*words) for words in better), None)


def _blamed(error: Exception, folder: Path) -> LessonError:
    """Name the innermost line of the lesson that the error went through (or the innermost of all)."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    place = (own or frames)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}"
    if isinstance(error, SyntaxError) and error.filename and not own:
        where = f"{Path(error.filename).name}:{error.lineno}"
    what = f"{type(error).__name__}: {error}".split("\n", 1)[0]
    return LessonError(what, f"{folder.name}/{where}", "".join(traceback.format_exception(error)))
