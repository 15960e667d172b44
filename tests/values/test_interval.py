from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.values import Interval, all_of, any_of, best_of, negation

TRUTHS = (True, False, None)
NUMBERS = st.integers(-20, 20).map(Decimal)


def completions(truth: bool | None) -> tuple[bool, ...]:
    return (True, False) if truth is None else (truth,)


@pytest.mark.parametrize("truths", list(itertools.product(TRUTHS, repeat=3)))
def test_a_connective_is_known_exactly_where_every_completion_agrees(truths: tuple[bool | None, ...]) -> None:
    worlds = list(itertools.product(*map(completions, truths)))
    for kleene, classical in ((all_of, all), (any_of, any)):
        results = {classical(world) for world in worlds}
        assert kleene(truths) == (results.pop() if len(results) == 1 else None)


def test_negation() -> None:
    assert [negation(t) for t in TRUTHS] == [False, True, None]


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    return Interval(low if draw(st.booleans()) else None, high if draw(st.booleans()) else None)


@given(intervals(), NUMBERS, NUMBERS)
def test_comparisons_never_contradict_a_completion(interval: Interval, threshold: Decimal, value: Decimal) -> None:
    if interval.contains(value):
        assert interval.at_least(threshold) in (None, value >= threshold)
        assert interval.at_most(threshold) in (None, value <= threshold)


@given(intervals(), intervals(), NUMBERS, NUMBERS)
def test_sum_and_best_hold_every_completion(a: Interval, b: Interval, x: Decimal, y: Decimal) -> None:
    if a.contains(x) and b.contains(y):
        assert (a + b).contains(x + y)
        assert best_of([a, b]).contains(max(x, y))


def test_points_are_known_and_empty_intervals_refused() -> None:
    assert Interval.point(Decimal(3)).known
    assert not Interval().known
    assert best_of([]) == Interval()
    with pytest.raises(ValueError, match="empty"):
        Interval(Decimal(2), Decimal(1))
