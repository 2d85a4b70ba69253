"""How figures share the pane."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.ui.widgets.figure_pane import LEAST_ROWS, shares


@pytest.mark.parametrize(
    ("wanted", "rows", "shared"),
    [
        ([0, 0], 18, [9, 9]),
        ([0, 5], 18, [13, 5]),
        ([12, 0], 18, [10, 8]),
        ([12, 5], 18, [13, 5]),
        ([4, 4], 18, [9, 9]),
        ([30, 30], 18, [9, 9]),
        ([0, 4, 0, 9], 36, [12, 4, 11, 9]),
        ([], 18, []),
    ],
)
def test_what_one_does_not_need_goes_to_the_others(wanted, rows, shared):
    assert shares(wanted, rows) == shared


@given(st.lists(st.integers(0, 40), min_size=1, max_size=4), st.integers(0, 100))
def test_no_row_is_lost_and_none_is_starved(wanted, rows):
    shared = shares(wanted, rows)
    equal = rows // len(wanted)
    assert sum(shared) == rows
    for want, share in zip(wanted, shared, strict=True):
        assert share >= (min(want, equal) if want else min(LEAST_ROWS, equal))
