"""How much is let onto a line, on a clock and a terminal that the test holds."""

import pytest

from tutor.ui.wire import Wire


class Line:
    """A terminal that takes `rate` bytes a second, behind a line of `distance` seconds there and back."""

    def __init__(self, rate, distance=0.0):
        self.now = 0.0
        self.rate, self.distance = rate, distance
        self.wire = Wire(lambda: self.now)
        self.wire.connect(self._ask)
        self._free_at = 0.0
        self._answers = []
        self.delays = []

    def _ask(self):
        self._answers.append(max(self._free_at, self.now) + self.distance)

    def send(self, count):
        self._free_at = max(self._free_at, self.now) + count / self.rate
        self.delays.append(self._free_at - self.now)
        self.wire.sent(count)

    def run(self, until):
        while self._answers and self._answers[0] <= until:
            self.now = max(self._answers.pop(0), self.now)
            self.wire.answered()
        self.now = until

    def draw(self, size, frames, pause=0.25, parts=4):
        """Draw as the app does: frames of `parts` figures of `size` bytes, each when the wire is open."""
        sent = 0
        for tick in range(frames):
            for _part in range(parts):
                for _ in range(1000):
                    if self.wire.open:
                        break
                    self.run(self.now + 0.01)
                self.send(size)
                sent += 1
                self.run(self.now + 0.01)
            self.run(max(self.now, (tick + 1) * pause))
        return sent


def test_a_quick_terminal_is_sent_all_at_once():
    line = Line(1e7)
    line.draw(1500, 40)
    assert line.now <= 40 * 0.25 + 0.1


def test_distance_alone_slows_nothing_down_once_it_is_known():
    line = Line(1e7, distance=0.2)
    line.draw(1500, 40, pause=0.5)
    assert line.now < 40 * 0.5 * 1.1


@pytest.mark.parametrize(("size", "moment"), [(500, 0.1), (1500, 0.2)])
def test_a_slow_line_is_never_more_than_a_moment_behind(size, moment):
    line = Line(16 * 1024)
    line.draw(size, 40)
    assert max(line.delays[8:]) < moment
    # Nor is it left idle.
    assert line.now < 1.2 * max(4 * 40 * size / line.rate, 40 * 0.25)


def test_a_very_slow_line_too():
    line = Line(2 * 1024)
    line.draw(600, 10)
    assert max(line.delays[8:]) < 0.6


def test_a_terminal_that_never_answers_is_sent_everything():
    wire = Wire(lambda: 0.0)
    asked = []
    wire.connect(lambda: asked.append(None))
    for _ in range(100):
        assert wire.open
        wire.sent(5000)
    assert len(asked) == 1


def test_one_that_falls_silent_is_given_up_after_a_while():
    line = Line(1024)
    line.send(1000)
    line.run(2.0)
    line.send(50_000)
    called = []
    line.wire.when_open(lambda: called.append(line.now))
    assert not line.wire.open
    assert called == []
    line.now = 13.0
    line.wire.sent(10)
    assert line.wire.open
    assert called == [13.0]


def test_who_waits_is_called_once_when_the_line_is_free():
    line = Line(10_000)
    line.send(1000)
    line.run(1.0)
    line.send(40_000)
    called = []
    line.wire.when_open(lambda: called.append(line.now))
    line.run(10.0)
    assert len(called) == 1
    line.wire.when_open(lambda: called.append(line.now))
    assert len(called) == 2


def test_with_no_terminal_it_is_always_open():
    wire = Wire()
    wire.sent(10**6)
    assert wire.open
    assert not wire.asking
    wire.answered()
    assert wire.open
