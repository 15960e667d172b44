"""The sweep agrees with looking at every point."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from wutong.policy.lint.geometry import Boxes, Sweep, overlaps

SIZE = 5


@st.composite
def tables(draw):
    dimensions = draw(st.integers(1, 3))
    span = st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)).map(lambda p: (min(p), max(p)))
    rules = draw(st.lists(st.tuples(*[span] * dimensions), max_size=7))
    return dimensions, rules


def inside(point, region):
    return all(low <= x <= high for x, (low, high) in zip(point, region, strict=True))


@given(tables())
def test_gaps_are_the_points_no_rule_covers(table):
    dimensions, rules = table
    found = Sweep(Boxes.of(list(enumerate(rules)), dimensions), ((0, SIZE - 1),) * dimensions).gaps()
    for point in product(range(SIZE), repeat=dimensions):
        covered = any(inside(point, r) for r in rules)
        assert sum(inside(point, gap) for gap in found) == (0 if covered else 1)


@given(tables())
def test_overlaps_are_the_pairs_that_share_a_point(table):
    dimensions, rules = table
    found = {(a, b): region for a, b, region in overlaps(Boxes.of(list(enumerate(rules)), dimensions))}
    for a, b in product(range(len(rules)), repeat=2):
        if a < b:
            shared = {p for p in product(range(SIZE), repeat=dimensions) if inside(p, rules[a]) and inside(p, rules[b])}
            region = found.get((a, b))
            assert shared == ({p for p in product(range(SIZE), repeat=dimensions) if inside(p, region)} if region else set())
