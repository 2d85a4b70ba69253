import pytest

from tests.figures.drawn import plain
from tutor.link.messages import Frame
from tutor.ui.status import pointed_at, status, timeline


def frame(**changes):
    about = {"heard": 1, "iteration": 12345, "seed": 42, "running": True, "knobs": {}, "loss": 2.3119, "rate": 6410.4}
    return Frame(**about | changes)


def shown(width=80, trains=True, **changes):
    return plain([status(frame(**changes), trains, width)])[0]


def test_it_reads_as_promised():
    assert shown().startswith(" step 12,345 · loss 2.312 · 6,410 steps/s · seed 42 ")


def test_whether_it_runs_stands_at_the_right_end():
    assert shown(width=70).endswith(" running ")
    assert shown(width=70, running=False).endswith(" paused ")
    assert len(shown(width=70)) == len(shown(width=70, running=False)) == 70


def test_before_the_first_step_there_is_no_loss():
    assert shown(iteration=0, loss=None, rate=0.0).startswith(" step 0 · loss – · 0 steps/s · seed 42 ")


@pytest.mark.parametrize(
    ("loss", "text"), [(float("nan"), "loss nan"), (float("inf"), "loss inf"), (1e6, "1000000.000")]
)
def test_a_loss_that_went_astray_is_shown_as_it_is(loss, text):
    assert text in shown(loss=loss)


def test_the_splits_losses_fill_what_room_there_is():
    metrics = {"train": 2.1, "val": 2.25}
    assert " · seed 42 · train 2.100 · val 2.250 " in shown(width=90, metrics=metrics)
    narrow = shown(width=74, metrics=metrics)
    assert " · seed 42 · val 2.250 " in narrow
    assert "train" not in narrow
    assert "val" not in shown(width=60, metrics=metrics)


def test_accuracies_stand_behind_the_losses_where_there_is_room_for_all():
    splits = {"metrics": {"train": 2.1, "val": 2.25}, "accuracies": {"train": 0.3456, "val": 0.3304}}
    assert " · train 2.100, 34.6 % right · val 2.250, 33.0 % right " in shown(width=120, **splits)
    assert " · train 2.100 · val 2.250 " in shown(width=90, **splits)
    assert " · seed 42 · val 2.250 " in shown(width=74, **splits)


@pytest.mark.parametrize("width", range(40, 130))
def test_it_fills_its_line_and_says_whether_it_runs(width):
    for running, word in ((True, " running "), (False, " paused ")):
        text = shown(width=width, running=running, metrics={"train": 2.1, "val": 2.25})
        assert len(text) == width
        assert text.startswith(" step 12,345 · loss 2.312")
        assert text.endswith(word)


def test_the_speed_goes_before_the_seed():
    assert "steps/s · seed 42" in shown(width=64)
    assert "steps/s" not in shown(width=50)
    assert "seed 42" in shown(width=50)


def test_without_training_it_says_what_to_do():
    text = shown(trains=False)
    assert text == " nothing to train: turn the knobs · seed 42"


def test_at_the_end_of_the_run_there_is_no_timeline():
    assert timeline(frame(iteration=500, end=500), 80) == []
    assert timeline(frame(iteration=0, end=0), 80) == []


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("iteration", [0, 1, 250, 499])
def test_the_timeline_shows_where_in_the_run_a_step_lies(iteration, width):
    (text,) = plain(timeline(frame(iteration=iteration, end=500), width))
    assert len(text) == width - 1
    assert text.endswith(f" step {iteration} of 500 ")
    bar = text.removesuffix(f" step {iteration} of 500 ").strip()
    assert abs(bar.index("●") / (len(bar) - 1) - iteration / 500) <= 0.5 / (len(bar) - 1)


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("iteration", [0, 1, 250, 499])
def test_the_step_under_the_pointer_is_the_one_shown_there(iteration, width):
    here = frame(iteration=iteration, end=500)
    (text,) = plain(timeline(here, width))
    bar = text.partition(" step")[0].strip()
    assert abs(pointed_at(here, width, text.index("●")) - iteration) <= 500 / len(bar)
    assert pointed_at(here, width, 0) == pointed_at(here, width, 1) == 0
    assert pointed_at(here, width, len(bar)) == pointed_at(here, width, width) == 500


def test_the_bar_is_as_long_at_every_step():
    assert len({plain(timeline(frame(iteration=at, end=12345), 80))[0].rindex("─") for at in (0, 7, 900, 11000)}) == 1
