"""Lists of names, as people keep them in text files: one name a line."""

import codecs
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from tutor.errors import ExitCode, TutorError

FEWEST = 10
"""The fewest names that split 80/10/10 with at least one in each part."""

_SHOWN = 3
"""How many skipped lines a notice spells out."""

_WIDEST = 24
"""How many characters of a skipped line are shown."""


@dataclass(frozen=True)
class SkippedLine:
    """A line that can't be used as a name."""

    number: int
    """The line's number in the file, from 1."""

    text: str
    """The line without surrounding whitespace; bytes that aren't UTF-8 are replaced by U+FFFD."""

    reason: str
    """What is wrong with it, as the end of a sentence."""

    def __str__(self) -> str:
        text = self.text if len(self.text) <= _WIDEST else self.text[: _WIDEST - 1] + "…"
        return f"line {self.number} {text!r}: {self.reason}"


@dataclass(frozen=True)
class NameList:
    """The names that a file holds, in its order, and what was skipped."""

    words: tuple[str, ...]
    """The names, letters a to z only, repeated as often as in the file: how frequent a name is matters."""

    skipped: tuple[SkippedLine, ...]
    """The lines left out."""

    path: Path
    """The file."""

    def notice(self) -> str:
        """One sentence about the lines that were skipped, empty if none was."""
        if not self.skipped:
            return ""
        shown = [str(line) for line in self.skipped[:_SHOWN]]
        if more := len(self.skipped) - len(shown):
            shown.append(f"and {more:,} more")
        lines = len(self.words) + len(self.skipped)
        return f"{self.path.name}: {len(self.skipped):,} of {lines:,} lines skipped ({'; '.join(shown)})."


def read_names(path: Path) -> NameList:
    """Read a list of names: UTF-8 text, one name a line.

    Blank lines and surrounding whitespace don't count. Capitals become small letters, and accented letters
    plain ones (`Zoë` is read as `zoe`; letters that Unicode doesn't take apart, such as ø, stay). A line
    that then holds anything but a to z is skipped.

    Raises `TutorError` if the file can't be read, has fewer than ten usable names, or has more unusable
    lines than usable ones.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TutorError(
            f"The names file {path} can't be read: {error.strerror}.",
            "Name a text file with one name a line.",
            ExitCode.MISUSE,
        ) from error
    words: list[str] = []
    skipped: list[SkippedLine] = []
    for number, line in enumerate(content.removeprefix(codecs.BOM_UTF8).splitlines(), start=1):
        text = line.decode("utf-8", errors="replace").strip()
        name = _folded(text)
        if name.isascii() and name.isalpha():
            words.append(name)
        elif text:
            reason = "not UTF-8 text" if "\N{REPLACEMENT CHARACTER}" in text else "not only letters a to z"
            skipped.append(SkippedLine(number, text, reason))
    found = NameList(tuple(words), tuple(skipped), path)
    _require_usable(found)
    return found


def _folded(text: str) -> str:
    """`text` in small letters, without accents."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return text.lower()


def _require_usable(found: NameList) -> None:
    """Raise `TutorError` if `found` is too small, or mostly not names."""
    usable, unusable = len(found.words), len(found.skipped)
    if usable >= FEWEST and usable >= unusable:
        return
    first = f" (first {found.skipped[0]})" if found.skipped else ""
    if usable < FEWEST:
        what = f"{found.path} holds {usable} usable names, and at least {FEWEST} are needed{first}."
    else:
        lines = f"{unusable:,} of {usable + unusable:,} lines"
        what = f"{found.path} isn't a list of names: {lines} can't be used{first}."
    raise TutorError(what, "Put one name on each line, in letters a to z.", ExitCode.MISUSE)
