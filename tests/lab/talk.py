"""The other end of a lab, in this process."""

import queue

from tutor.lab.server import Lab
from tutor.link.messages import Open


class Terminal:
    """The other end of a lab: says something, and gives back what it answers in that round."""

    def __init__(self, folder):
        self.folder = folder
        self._inbox, self._heard = queue.SimpleQueue(), []
        self._lab = Lab(self._inbox, self._heard.append)

    def say(self, *commands):
        """Send a batch and let the lab work for one round."""
        for command in commands:
            self._inbox.put(command)
        return self.wait()

    def wait(self):
        """One round of the lab's work; it must have something to do."""
        self._lab.turn()
        answers = tuple(self._heard)
        self._heard.clear()
        return answers

    def open(self, **knobs):
        return self.say(Open(str(self.folder), 7, knobs))


def kinds(answers):
    return [type(answer) for answer in answers]


def on_its_own(terminal):
    """Let it train until it answers unasked."""
    for _ in range(10_000):
        if answers := terminal.wait():
            return answers
    raise AssertionError("it never stopped by itself")
