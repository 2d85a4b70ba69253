import ast
import inspect
from collections import Counter

import pytest
from textual.binding import Binding

from tutor.ui.keys import (
    ANSWERS,
    FINDER,
    HELP,
    HOME,
    LESSON,
    NEEDS_TRAINING,
    PHASES,
    QUIT,
    SAMPLING,
    SEEDS,
    bindings,
    fitting,
    length,
)
from tutor.ui.screens.code import CodeScreen
from tutor.ui.screens.find_rate import FindRateScreen
from tutor.ui.screens.help import HelpScreen
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.phases import PhasesScreen
from tutor.ui.screens.sampling import SamplingScreen
from tutor.ui.screens.seeds import SeedsScreen
from tutor.ui.widgets.knob_panel import KnobPanel
from tutor.ui.widgets.prompt import Prompt

TABLES = {HomeScreen: HOME, LessonScreen: LESSON, PhasesScreen: PHASES, SamplingScreen: SAMPLING}
TABLES |= {FindRateScreen: FINDER, SeedsScreen: SEEDS}
EATEN = {"ctrl+enter", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+s"}
"""Terminals send another key in place of these, or none; alt is escape followed by the key."""

each_screen = pytest.mark.parametrize(
    ("screen", "table"), TABLES.items(), ids=lambda value: getattr(value, "__name__", "")
)
each_table = pytest.mark.parametrize("table", TABLES.values(), ids=[screen.__name__ for screen in TABLES])


def keys_of(actions):
    return [key for action in actions for key in action.keys.split(",") if key]


def name_and_arguments(action):
    """`move(-1)` as a method's name and its arguments, the way Textual reads it."""
    name, _, arguments = action.id.removesuffix(")").partition("(")
    return f"action_{name}", ast.literal_eval(f"[{arguments}]")


@each_screen
def test_every_action_with_a_key_has_its_method(screen, table):
    for action in table:
        if action.keys:
            name, arguments = name_and_arguments(action)
            inspect.signature(getattr(screen, name)).bind(None, *arguments)


@each_screen
def test_the_table_makes_the_bindings(screen, table):
    bound = [binding for binding in screen.BINDINGS if isinstance(binding, Binding)]
    assert [(binding.key, binding.action) for binding in bound] == [
        (action.keys, action.id) for action in table if action.keys
    ]


@each_table
def test_no_key_does_two_things(table):
    assert [key for key, count in Counter(keys_of(table)).items() if count > 1] == []


@each_table
def test_ids_can_be_remapped_one_by_one(table):
    ids = [binding.id for binding in bindings(table)]
    assert len(set(ids)) == len(ids)


def test_no_key_is_one_that_terminals_eat():
    widgets = [KnobPanel, Prompt, HelpScreen, CodeScreen]
    own = [binding.key for widget in widgets for binding in widget.BINDINGS]
    tables = [key for table in TABLES.values() for key in keys_of(table)]
    for key in (*tables, *",".join(own).split(",")):
        assert key not in EATEN
        assert "alt+" not in key


@each_table
def test_every_key_is_told_on_the_help_screen(table):
    told = " ".join(action.cap for action in table if action.says)
    for action in table:
        if action.keys and action not in ANSWERS:
            assert action.cap in told
            assert action.says


def test_what_needs_training_is_in_the_lessons_table():
    assert {action.id for action in LESSON} >= NEEDS_TRAINING


@each_table
def test_the_key_line_fits_and_holds_help_and_quit(table):
    for width in range(40, 200):
        shown = fitting(table, width)
        assert sum(map(length, shown)) <= width
        assert [(action.id, action.cap) for action in shown[-2:]] == [("help", "?"), ("quit_app", "q")]


@each_table
def test_a_wider_line_holds_at_least_as_much(table):
    counts = [len(fitting(table, width)) for width in range(40, 200)]
    assert counts == sorted(counts)
    assert counts[-1] == sum(bool(action.label) for action in table)
    assert fitting(table, 200)[-2:] == (HELP, QUIT)


def test_the_narrowest_line_has_the_way_to_the_next_page():
    caps = [action.cap for action in fitting(LESSON, 40)]
    assert caps == ["space", "tab", "]", "?", "q"]


@each_table
def test_keys_stand_in_the_tables_order(table):
    shown = fitting(table, 200)
    assert [table.index(action) for action in shown] == sorted(table.index(action) for action in shown)
