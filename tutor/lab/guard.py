"""The border to a lesson's own code: whatever it raises becomes one error that names the file and the line."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tutor.errors import TutorError


class LessonError(TutorError):
    """A lesson's code failed: what it raised, where in the lesson, and the whole traceback."""

    def __init__(self, what: str, where: str, trace: str) -> None:
        super().__init__(f"{where}: {what}", "The lesson's code needs mending; restart the lesson when it is.")
        self.raised = what
        self.where = where
        self.traceback = trace


@contextmanager
def lesson_code(folder: Path) -> Iterator[None]:
    """Run a lesson's code, found in `folder`; errors in it come out as `LessonError`."""
    try:
        yield
    except TutorError:
        raise
    except Exception as error:
        raise _blamed(error, folder) from error


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
