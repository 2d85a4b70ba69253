"""A run of so many steps: it ends there by itself, where a run without end would have passed."""

import queue

import pytest

from tests.line import write_lesson
from tutor.lab.server import Lab
from tutor.link.goals import parse_condition
from tutor.link.messages import Frame, Look, Open, Pause, Run, View


@pytest.fixture
def say(tmp_path):
    """Sends commands to a lab that has opened a lesson, and lets it work until a run that they begin has ended."""
    inbox, heard = queue.SimpleQueue(), []
    lab = Lab(inbox, heard.append)

    def send(*commands):
        heard.clear()
        for command in commands:
            inbox.put(command)
        lab.turn()
        while heard[-1].running:
            lab.turn()
        return heard[-1]

    send(Open(str(write_lesson(tmp_path / "line")), 7))
    return send


@pytest.mark.parametrize("count", [1, 7, 2_000])
def test_it_ends_after_so_many_steps_with_its_splits_measured(say, count):
    frame = say(Run(count))
    assert isinstance(frame, Frame)
    assert (frame.iteration, frame.measured_at) == (count, count)
    assert say(Run(count)).iteration == 2 * count


def test_a_goal_ends_it_sooner(say):
    goal = (parse_condition("step >= 200"),)
    assert say(View((), 80, goal), Run(1_000)).iteration == 200


def test_a_pause_forgets_the_count(say):
    assert say(Run(5), Pause()).iteration == 0
    assert say(Run(3)).iteration == 3
    assert say(Look()).iteration == 3
