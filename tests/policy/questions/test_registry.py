"""Questions over a registry: which question to ask first."""

from __future__ import annotations

import pyarrow as pa
from tests.policy.questions.asked import conditions, policy

from wutong.policy.registry import Pattern, patterns, questions

MADE = policy(conditions(a="上年研发费用 >= 10万元", b="居民企业", c="拥有自主品牌"))


def results(*rows: tuple[int, int, int]) -> pa.Table:
    names = [f"c{n}" for n in range(len(rows))]
    columns = {"p00_verdict": pa.uint8(), "p00_failed": pa.uint64(), "p00_unknown": pa.uint64()}
    return pa.table({"company": names} | {n: pa.array([r[k] for r in rows], t) for k, (n, t) in enumerate(columns.items())})


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
