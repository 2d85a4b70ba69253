"""Checking what a lesson claims: its line of torch, or its function, run now, and compared with what is recorded."""

import importlib.util
import math
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from tutor.course.claims import Claim, read_claims
from tutor.errors import TutorError
from tutor.lab.guard import lesson_code
from tutor.link.messages import Checked

SEED = 0
"""torch's seed before each check."""


class Checks:
    """The checks of the claims in one lesson's folder. Its Python is loaded at once, and what a check gave is kept."""

    def __init__(self, folder: Path) -> None:
        """`TutorError` with file and line if `claims.py` can't be loaded."""
        self._folder = folder.resolve()
        self._names = _names() | _functions(self._folder)
        self._given: dict[str, Any] = {}

    def check(self, claim: Claim) -> Checked:
        """Run the check of `claim`, and its counter-setting's; a claim by reading agrees as it stands."""
        if claim.by:
            return Checked(claim.id, None, agrees=True, seconds=0.0)
        started, counter = time.perf_counter(), None
        try:
            measured = self._value(claim.check, claim.line)
            agrees = agree(measured, claim.measured, claim.tolerance, claim.rel_tolerance)
            trouble = ""
            if claim.unless:
                counter = self._value(claim.unless, claim.line)
                if agree(counter, claim.measured, claim.tolerance, claim.rel_tolerance):
                    agrees, trouble = False, "The counter-setting gives the same: this check can't fail."
        except TutorError as error:
            measured, agrees, trouble = None, False, str(error)
        seconds = time.perf_counter() - started
        return Checked(claim.id, measured, agrees, seconds, trouble, counter, SEED, str(torch.__version__))

    def _value(self, check: str, line: int) -> Any:
        """What `check`, near `line` of the file, gives as plain data; torch's own generator is left as it was."""
        if check not in self._given:
            with torch.random.fork_rng(devices=[]), lesson_code(self._folder):
                torch.manual_seed(SEED)
                # The empty lines have Python name the line of the file where it fails.
                code = compile("\n" * (line - 1) + check.strip(), str(self._folder / "claims.toml"), "eval")
                found = eval(code, self._names)
                self._given[check] = plain(found() if callable(found) else found)
        return self._given[check]


def check_all(folder: Path, ids: Sequence[str]) -> Iterator[Checked]:
    """Check these claims of the lesson in `folder`, one after the other; `TutorError` if they can't be loaded."""
    claims = read_claims(folder / "claims.toml")
    checks = Checks(folder)
    for name in ids:
        if name not in claims:
            raise TutorError(f"claims.toml holds no claim '{name}' any more.", "Open the lesson anew.")
        yield checks.check(claims[name])


def plain(value: Any) -> Any:
    """`value` with tensors and tuples as lists, and text for a table's keys; `TypeError` for what can't be recorded."""
    match value:
        case torch.Tensor():
            return plain(value.tolist())
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case bool() | int() | float() | str():
            return value
    raise TypeError(f"a check gives numbers, texts, lists and tables, not {type(value).__name__}")


def agree(found: Any, recorded: Any, tolerance: float, rel_tolerance: float) -> bool:
    """Whether `found` is `recorded`, with each number within `tolerance` or that share of it; NaN agrees with NaN."""
    match found, recorded:
        case dict(), dict():
            same = found.keys() == recorded.keys()
            return same and all(agree(found[key], recorded[key], tolerance, rel_tolerance) for key in found)
        case list(), list():
            same = len(found) == len(recorded)
            return same and all(agree(*pair, tolerance, rel_tolerance) for pair in zip(found, recorded, strict=True))
        case (bool(), _) | (_, bool()):
            return found is recorded
        case int() | float(), int() | float():
            both_nan = math.isnan(found) and math.isnan(recorded)
            width = max(tolerance, rel_tolerance * abs(recorded)) if math.isfinite(recorded) else 0.0
            return both_nan or found == recorded or abs(found - recorded) <= width
    return bool(found == recorded)


def _names() -> dict[str, Any]:
    """What a check may use without importing it."""

    def sm(scores: Sequence[float]) -> torch.Tensor:
        return torch.softmax(torch.tensor(scores).double(), 0)

    def err(raising: Callable[[], Any]) -> Any:
        try:
            return raising()
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    return {"torch": torch, "math": math, "nn": nn, "F": F, "T": torch.tensor, "sm": sm, "err": err}


def _functions(folder: Path) -> dict[str, Any]:
    """What `claims.py` in `folder` defines, if there is one."""
    path = folder / "claims.py"
    if not path.is_file():
        return {}
    spec = importlib.util.spec_from_file_location(f"tutor_claims_{folder.name}", path)
    if spec is None or spec.loader is None:
        raise TutorError(f"{path} can't be loaded as Python.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with lesson_code(folder):
        spec.loader.exec_module(module)
    return vars(module)
