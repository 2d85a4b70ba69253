"""A lesson's text files, and errors that say where in them something is wrong."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from tutor.errors import TutorError
from tutor.suggest import nearest

T = TypeVar("T")

FILLED = r"\S"
"""The pattern of a text that must say something."""

ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
"""The pattern of an id: `one-batch`."""

_TOML_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")
_PROBLEM = re.compile(r"^(?P<said>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_KINDS_OF_VALUE = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}


class Source(msgspec.Struct, frozen=True):
    """A text file in memory: its path as the author would type it, and its lines without their ends."""

    path: str
    lines: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> "Source":
        """Read UTF-8, with or without a byte-order mark; `TutorError` if that can't be done."""
        shown = shown_path(path)
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise TutorError(f"{shown}:{line}: this isn't UTF-8 text.", "Save the file as UTF-8.") from None
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise TutorError(
                f"{shown} can't be read: {reason}.", "Check that it exists and is yours to read."
            ) from None
        return cls(shown, tuple(text.replace("\r\n", "\n").split("\n")))

    def passage(self, first: int, last: int, kind: str, prefix: str = "") -> "Passage":
        """Lines `first` to `last`, counted from 1, both included."""
        return Passage(self, first, last, kind, prefix)

    def error(self, line: int, what: str, remedy: str) -> TutorError:
        """An error at `line`, counted from 1."""
        return TutorError(f"{self.path}:{line}: {what}", remedy)


class Passage(msgspec.Struct, frozen=True):
    """Some lines of a source that hold TOML.

    `kind` says in a message what they are ("step", "front-matter"), `prefix` which one ("question
    'one-batch': ").
    """

    source: Source
    first: int
    last: int
    kind: str
    prefix: str = ""

    def error(self, what: str, remedy: str, key: str = "") -> TutorError:
        """An error at the first line that sets `key`, or at the passage's first line."""
        return self.source.error(self.line_of(key), f"{self.prefix}{what}", remedy)

    def toml(self) -> dict[str, Any]:
        """What the lines say as TOML; `TutorError` at the line where they make no sense."""
        try:
            return tomllib.loads("\n".join(self.source.lines[self.first - 1 : self.last]))
        except ValueError as error:
            place = _TOML_PLACE.search(str(error))
            line = self.first + int(place["line"]) - 1 if place and place["line"] else self.last
            said = _TOML_PLACE.sub("", str(error))
            remedy = 'Write one `key = value` a line, with text in "quotes" and each key once.'
            raise self.source.error(line, f"this isn't TOML: {said}.", remedy) from None

    def typed(self, raw: object, into: type[T], keys: Sequence[str], kinds: Sequence[str] = ()) -> T:
        """`raw` as an `into`; `TutorError` that suggests one of `keys` or `kinds` where a word is wrong."""
        try:
            return msgspec.convert(raw, into)
        except msgspec.ValidationError as error:
            raise self._explained(str(error), keys, kinds) from None

    def _explained(self, problem: str, keys: Sequence[str], kinds: Sequence[str]) -> TutorError:
        match = _PROBLEM.match(problem)
        said, path = (match["said"], match["path"] or "") if match else (problem, "")
        steps: list[tuple[str, str]] = re.findall(r"\.(\w+)|\[(\d+)\]", path)
        names = [name for name, _ in steps if name]
        key = names[-1] if names else ""
        if unknown := re.match(r"Object contains unknown field `(.+)`", said):
            word = unknown[1]
            remedy = nearest(word, keys).strip() or f"It may have: {', '.join(keys)}."
            return self.error(f"{_inside(steps)}unknown {self.kind} key '{word}'.", remedy, word)
        if missing := re.match(r"Object missing required field `(.+)`", said):
            return self.error(f"{_inside(steps)}the {self.kind} key '{missing[1]}' is missing.", "Add it.", key)
        if invalid := re.match(r"Invalid (?:enum )?value '(.*)'", said):
            remedy = f"It can be {', '.join(kinds)}.{nearest(invalid[1], kinds)}"
            return self.error(f"{key} can't be '{invalid[1]}'.", remedy, key)
        inside = _inside(steps[:-1])
        if types := re.match(r"Expected `([^`]+)`, got `(.+)`", said):
            wanted, got = (" or ".join(_KINDS_OF_VALUE.get(t, t) for t in part.split(" | ")) for part in types.groups())
            return self.error(f"{inside}{_named(steps)} must be {wanted}, not {got}.", "", key)
        if FILLED in said.replace("\\\\", "\\") or "length" in said:
            return self.error(f"{inside}{_named(steps)} is empty.", "Fill it in.", key)
        if "regex" in said:
            remedy = "Use lower-case letters and digits, with '-' between words."
            return self.error(f"{inside}{_named(steps)} isn't a usable name.", remedy, key)
        # What the types themselves refuse reads "'key' is so. Do this."
        what, _, remedy = said.partition(". ")
        quoted = re.match(r"'(\w+)'", what)
        return self.error(f"{_inside(steps)}{what.rstrip('.')}.", remedy, quoted[1] if quoted else key)

    def line_of(self, key: str) -> int:
        """The first line that sets `key`, or else the passage's first."""
        if key:
            pattern = re.compile(rf"(?<![\w-]){re.escape(key)}\s*=|\[\[?[\w.]*\b{re.escape(key)}\]")
            for number in range(self.first, self.last + 1):
                if pattern.search(self.source.lines[number - 1]):
                    return number
        return self.first


def shown_path(path: Path) -> str:
    """`path` as a person at this prompt would type it: relative if it lies below the working folder."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _inside(steps: Sequence[tuple[str, str]]) -> str:
    """`"options 2: "` for a place inside the second item of a list, `""` at the top."""
    place = " ".join(name or str(int(index) + 1) for name, index in steps)
    return f"{place}: " if place else ""


def _named(steps: Sequence[tuple[str, str]]) -> str:
    if not steps:
        return "this"
    name, index = steps[-1]
    return f"'{name}'" if name else f"item {int(index) + 1}"
