from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from wutong.composite.gaming import at_floor, bunching, holm, jumps
from wutong.errors import WutongError


def test_bunching_is_the_exact_binomial_test_and_lists_who():
    x = np.concatenate([np.linspace(4.8, 4.999, 4), np.linspace(5.0, 5.2, 21), [np.nan, 9.0]])
    (found,) = bunching(x, [5])
    assert (found.below, found.above) == (4, 21)
    assert found.p == pytest.approx(binomtest(21, 25, alternative="greater").pvalue)
    assert found.suspicious
    assert found.rows == tuple(range(4, 25))


def test_a_smooth_figure_is_not_suspicious():
    x = np.random.default_rng(1).uniform(0, 10, 5000)
    assert [b.suspicious for b in bunching(x, [2, 4, 6])] == [False, False, False]


def test_where_less_is_better_the_window_turns():
    x = np.concatenate([np.linspace(4.8, 5.0, 20), [5.01, 5.02]])
    (found,) = bunching(x, [5], upward=False)
    assert (found.above, found.below) == (20, 2)


def test_windows_do_not_reach_into_the_next_tier():
    x = np.linspace(9.9, 10.4, 101)
    narrow = bunching(x, [10, 10.2], width=0.5)
    assert [b.above for b in narrow] == [20, 20]


def test_counts_are_never_called_steered():
    assert bunching(np.array([0.0, 1, 1, 1, 1, 1, 2, 3] * 20), [1, 2]) == ()


def test_holm_keeps_the_order_and_never_falls():
    assert holm([0.001, 0.5, 0.02]).tolist() == pytest.approx([0.003, 0.5, 0.04])


def test_jumps_need_to_stand_out_and_be_large():
    before = np.array([100.0, 100, 100, 100, 100, 100, 0, 5, 100, np.nan])
    after = np.array([110.0, 95, 100, 105, 90, 900, 3, 0, 140, 100])
    found = jumps(before, after, "revenue_2025")
    assert [(j.row, j.score > 0) for j in found] == [(5, True), (6, True), (7, False)]
    assert math.isinf(found[1].score)


def test_floor_and_bad_width():
    assert at_floor(np.array([1.0, 2, np.nan, 0]), 1) == (0, 3)
    with pytest.raises(WutongError, match="S298"):
        bunching(np.array([1.0]), [1], width=2)
