"""Lines out and lines in: what a plain conversation is spoken through."""

import os
import re
import shutil
import sys
import textwrap
from typing import TextIO

from tutor.plain.prose import CODE
from tutor.spelling import spelt

PROMPT = "> "
_ITEM = re.compile(r"(?:- |\d+\. )")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Voice:
    """Says lines on `out` and hears them on `into`.

    `width` is where lines are wrapped, 0 for nowhere; `ascii_only` spells mathematics out; `echo` repeats what was
    heard, where no terminal does.
    """

    def __init__(
        self, into: TextIO, out: TextIO, *, width: int = 0, ascii_only: bool = False, echo: bool = False
    ) -> None:
        self._in, self._out = into, out
        self._width, self._ascii, self._echo = width, ascii_only, echo

    @classmethod
    def of_this_process(cls) -> "Voice":
        """Standard input and output: wrapped on a terminal, a line a paragraph elsewhere."""
        terminal = sys.stdout.isatty()
        for stream in (sys.stdin, sys.stdout):
            # A letter that can't be shown is no reason to stop.
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
        return cls(
            sys.stdin,
            sys.stdout,
            width=shutil.get_terminal_size().columns if terminal else 0,
            ascii_only=speaks_ascii(),
            echo=not sys.stdin.isatty(),
        )

    def say(self, *lines: str) -> None:
        """Say `lines`; an empty one stands between two things."""
        for line in lines:
            for row in self._rows(line):
                print(row, file=self._out)
        self._out.flush()

    def ask(self) -> str | None:
        """The next line that is typed, without blanks around it; None at the end of all lines."""
        print(PROMPT, end="", file=self._out, flush=True)
        line = self._in.readline()
        if not line:
            print(file=self._out, flush=True)
            return None
        text = _NOT_TEXT.sub("", line).strip()
        if self._echo:
            self.say(text)
        return text

    def _rows(self, line: str) -> list[str]:
        line = _NOT_TEXT.sub("", line)
        text = spelt(line) if self._ascii else line
        if not self._width or text.startswith(CODE):
            return [text]
        mark = _ITEM.match(text)
        indent = " " * len(mark[0]) if mark else ""
        room = max(self._width - 1, 20)
        return textwrap.wrap(text, room, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) or [
            ""
        ]


def speaks_ascii() -> bool:
    """Whether the learner's locale, or the encoding of standard output, has ASCII alone."""
    chosen = next((os.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "")
    return chosen in ("C", "POSIX") or not (sys.stdout.encoding or "").lower().startswith("utf")
