"""Finding the experiment in a lesson's folder."""

import importlib.util
import sys
from pathlib import Path

from tutor.errors import TutorError
from tutor.lab.experiment import Experiment
from tutor.lab.guard import lesson_code


def load_experiment(folder: Path) -> type[Experiment]:
    """Run `folder`/lab.py and return the one `Experiment` it defines; `TutorError` says what is wrong with it."""
    # Tracebacks hold absolute paths, by which the lesson's own lines are told from others.
    folder = folder.resolve()
    path = folder / "lab.py"
    if not path.is_file():
        raise TutorError(f"The lesson in {folder} has no lab.py.", "A lesson needs one, with a subclass of Experiment.")
    spec = importlib.util.spec_from_file_location(f"tutor_lesson_{folder.name}", path)
    if spec is None or spec.loader is None:
        raise TutorError(f"{path} can't be loaded as Python.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with lesson_code(folder):
        spec.loader.exec_module(module)
    found = [
        item
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, Experiment) and item.__module__ == spec.name
    ]
    if len(found) != 1:
        names = ", ".join(item.__name__ for item in found) or "none"
        raise TutorError(f"{path} must define one subclass of Experiment; it defines {names}.")
    return found[0]
