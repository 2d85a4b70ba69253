"""Every lesson's goal: not met at the page's own settings, reached by our moves, and said in words that read well."""

import re

import pytest
import torch

from tutor.course.catalog import Catalog
from tutor.lab.datasets import Sources
from tutor.lab.goals import Watch, reached
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.goals import SetKnob, Train, UsePreset
from tutor.link.knobs import find
from tutor.paths import lessons_dir

GOALS = [(lesson, step) for lesson in Catalog.find([lessons_dir()]).lessons for step in lesson.steps if step.goal]
every_goal = pytest.mark.parametrize(
    ("lesson", "step"), GOALS, ids=[f"{lesson.id}:{step.id}" for lesson, step in GOALS]
)
SEED = 42


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def preset(run, name):
    return next(preset.values for preset in run.experiment.presets if preset.name == name)


def at_own_settings(lesson, step):
    run = Runner(load_experiment(lesson.path), Sources(), SEED)
    if step.preset:
        run.turn(preset(run, step.preset))
    run.turn(step.set)
    return run


def do(run, move, watch):
    """Make a move as a learner would; whether it reaches the goal."""
    match move:
        case SetKnob(name, text):
            run.turn({name: find(run.experiment.knobs, name).parse(text)})
        case UsePreset(name):
            run.turn({knob.name: knob.value for knob in run.experiment.knobs} | preset(run, name))
            run.restart(SEED)
        case Train(steps):
            end = run.iteration + steps
            while run.iteration < end and not run.halted:
                run.advance(min(watch.room(run.iteration), end - run.iteration))
                if watch.stops(run):
                    break
    return reached(watch.judge(run))


def test_lessons_have_goals():
    assert {lesson.id for lesson, _ in GOALS} >= {"deep-net-xray", "minibatches", "temperature"}


@every_goal
def test_it_is_not_met_at_the_pages_own_settings_and_each_of_our_moves_changes_them(lesson, step):
    run = at_own_settings(lesson, step)
    run.measure()
    gauges = Watch(step.goal).judge(run)
    assert not reached(gauges)
    assert None not in [gauge.value for gauge in gauges if gauge.condition.metric != "loss"]
    for move in step.reference:
        before = dict(run.knobs)
        if not isinstance(move, Train):
            do(run, move, Watch())
            assert run.knobs != before


@every_goal
def test_it_reads_well(lesson, step):
    for condition in step.goal:
        # The narrowest text pane is 33 cells wide: a mark, the condition, a gap, a value.
        assert len(condition.says) <= 24
        assert re.fullmatch(r"\S(.*\S)? [<≤>≥=] \S+( %)?", condition.says)


@pytest.mark.slow
@every_goal
def test_our_moves_reach_it_with_the_last_of_them(lesson, step):
    run, watch = at_own_settings(lesson, step), Watch(step.goal)
    assert [do(run, move, watch) for move in step.reference] == [False] * (len(step.reference) - 1) + [True]
