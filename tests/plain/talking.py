"""A plain conversation in memory, on a lab that isn't there; and one with a real process."""

import io
import os
import subprocess
import sys

from tests.ui.fake_lab import FakeLab
from tutor.learner.record import Record
from tutor.link.messages import Run
from tutor.plain.conversation import respond
from tutor.plain.lab import Lab
from tutor.plain.talk import Talk
from tutor.plain.voice import PROMPT, Voice


class CountingLab(FakeLab):
    """Runs so many steps at once, and stands still."""

    def _obey(self, command):
        if isinstance(command, Run) and command.count:
            self._iteration += command.count
        else:
            super()._obey(command)


class Chat:
    """A `Talk` and what it says."""

    def __init__(self, lesson, make=CountingLab, record=None):
        self.record = record or Record(None)
        self.labs = []
        self._make = make
        self._out = io.StringIO()
        voice = Voice(io.StringIO(), self._out)
        self.talk = Talk(lesson, self.record, "a token", voice, self._a_lab)
        self.talk.tell_page()
        self.talk.bench.open(42)
        self.first = self._said()

    def _a_lab(self):
        async def start():
            self.labs.append(self._make())
            return self.labs[-1]

        return Lab(start)

    @property
    def lab(self):
        """The lab that serves now."""
        return self.labs[-1]

    def type(self, *lines):
        """Type `lines`; all that is said to them."""
        for line in lines:
            respond(self.talk, line)
        return self._said()

    def _said(self):
        text = self._out.getvalue()
        self._out.seek(0)
        self._out.truncate()
        return text


class Plain:
    """`tutor --plain` with pipes for a terminal; use it as a context manager."""

    def __init__(self, home, *arguments, **environment):
        inherited = {name: value for name, value in os.environ.items() if name not in ("TERM", "COLUMNS")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tutor", *arguments, "--plain"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**inherited, "TUTOR_HOME": str(home), **environment},
        )
        self.all = b""
        self.first = self._until_prompt()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def type(self, line):
        """Type `line`; what is said up to the next prompt, or to the end."""
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()
        return self._until_prompt()

    def end(self):
        """Close standard input; what is said then, what came on standard error, and the exit code."""
        out, err = self.process.communicate(timeout=60)
        self.all += out
        return out.decode(), err.decode(), self.process.returncode

    def _until_prompt(self):
        heard = b""
        while not heard.endswith(f"\n{PROMPT}".encode()) and (some := os.read(self.process.stdout.fileno(), 65536)):
            heard += some
        self.all += heard
        return heard.decode()
