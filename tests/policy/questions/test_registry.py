"""Questions over a registry: near misses from masks, which question to ask first."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

import pyarrow as pa
import pytest
from tests.policy.questions.asked import conditions, policy

from wutong.policy.gaps import decided
from wutong.policy.registry import Pattern, near_counts, near_rows, one_step, patterns, questions

TREES = [
    {"all": ["a", "b", "c", "d"]}, {"any": ["a", "b", "c", "d"]}, {"all": ["a", {"any": ["b", {"all": ["c", "d"]}]}]},
    {"any": [{"all": ["a", "b"]}, {"all": ["c", "d"]}]}, {"all": [{"any": ["a", "b"]}, {"any": ["c", "d"]}]},
    {"all": ["a", {"any": ["a", "b"]}, "c", "d"]},
]


@pytest.mark.parametrize("tree", TREES)
def test_one_step_is_what_trying_every_condition_gives(tree: dict[str, object]) -> None:
    made = SimpleNamespace(conditions=[SimpleNamespace(code=c) for c in "abcd"], decide=tree)
    for values in product((True, False, None), repeat=4):
        truths = dict(zip("abcd", values, strict=True))
        failed = sum(1 << n for n, v in enumerate(values) if v is False)
        unknown = sum(1 << n for n, v in enumerate(values) if v is None)
        expected = 0
        if decided(tree, truths) is False:
            expected = sum(1 << n for n, c in enumerate("abcd")
                           if truths[c] is False and decided(tree, {**truths, c: True}) is True)
        if decided(tree, truths) is not None:
            assert one_step(made, failed, unknown) == expected, truths


@pytest.mark.parametrize("tree", TREES)
def test_the_statement_says_the_same_of_every_mask(tree: dict[str, object]) -> None:
    made = SimpleNamespace(conditions=[SimpleNamespace(code=c) for c in "abcd"], decide=tree, key="made.x")
    masks = [(f, u) for f in range(16) for u in range(16) if not f & u and _decided(tree, f, u) is False]
    table = results(*((0, f, u) for f, u in masks))
    tally = [sum(1 for f, u in masks if one_step(made, f, u) >> n & 1) for n in range(4)]
    found = near_counts(table, [("p00", made)])[0]
    assert found.companies == sum(1 for f, u in masks if one_step(made, f, u))
    assert dict(found.conditions) == {c: n for c, n in zip("abcd", tally, strict=True) if n}


def _decided(tree: dict[str, object], failed: int, unknown: int) -> bool | None:
    return decided(tree, {c: False if failed >> n & 1 else None if unknown >> n & 1 else True for n, c in enumerate("abcd")})


MADE = policy(conditions(a="上年研发费用 >= 10万元", b="居民企业", c="拥有自主品牌"))


def results(*rows: tuple[int, int, int]) -> pa.Table:
    names = [f"c{n}" for n in range(len(rows))]
    columns = {"p00_verdict": pa.uint8(), "p00_failed": pa.uint64(), "p00_unknown": pa.uint64()}
    return pa.table({"company": names} | {n: pa.array([r[k] for r in rows], t) for k, (n, t) in enumerate(columns.items())})


def test_near_misses_are_counted_and_named() -> None:
    table = results((1, 0, 0), (0, 0b001, 0), (0, 0b011, 0), (0, 0b001, 0b100), (0, 0b010, 0), (0, 0b001, 0), (2, 0b001, 0))
    found = near_counts(table, [("p00", MADE)])[0]
    assert (found.companies, found.conditions) == (3, (("a", 2), ("b", 1)))
    assert near_rows(table, "p00", MADE) == [("c1", ("a",)), ("c4", ("b",)), ("c5", ("a",))]


def test_the_question_that_settles_most_is_first() -> None:
    table = results((2, 0, 0b010), (2, 0, 0b010), (2, 0, 0b001), (2, 0, 0b011), (1, 0, 0))
    facts = pa.table({
        "company": [f"c{n}" for n in range(5)], "resident": pa.array([None, None, True, None, True]),
        "rd_cost_2025": pa.array([9, 9, None, None, 9], pa.decimal128(18, 2)), "own_brand": pa.array([True] * 5),
    })
    uses = [frozenset({"rd_cost_2025"}), frozenset({"resident"}), frozenset({"own_brand"})]
    found = patterns(table, facts, "p00", MADE, uses, {})
    assert sum(p.companies for p in found) == 4
    ranked, order = questions(found)
    assert [(q.item, q.companies, q.alone, q.could) for q in ranked] == [("resident", 3, 2, 3), ("rd_cost_2025", 2, 1, 2)]
    assert [(q.item, q.gained, q.total) for q in order] == [("resident", 2, 2), ("rd_cost_2025", 2, 4)]


def test_a_condition_that_lacks_two_facts_is_not_answered_by_one() -> None:
    pattern = Pattern(MADE, 0, 0b001, ((0, frozenset({"x", "y"})),), 7)
    assert (pattern.settled_by(frozenset({"x"})), pattern.could_settle(frozenset({"x"}))) == (False, False)
    assert pattern.settled_by(frozenset({"x", "y"}))
    _, order = questions([pattern])
    assert [(q.gained, q.total) for q in order] == [(0, 0), (7, 7)]
