"""The one error class whose text is written for the person at the keyboard, and the exit codes."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell sees when `tutor` ends."""

    OK = 0
    """The command did what it was asked."""

    FAILURE = 1
    """The request was fine, but something on the way failed."""

    MISUSE = 2
    """The request can't be carried out as it was typed."""


class TutorError(Exception):
    """Something the user can act on: what happened, and what to do about it.

    Both parts are whole sentences (or the second is empty). `code` is the exit code if the command ends with it.
    """

    def __init__(self, what: str, remedy: str = "", code: ExitCode = ExitCode.FAILURE) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy
        self.code = code

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()
