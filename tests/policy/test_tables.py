"""Decision tables over unknown inputs: every hit policy against brute force, large tables against CASE."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from tests.policy.made import policy, run, values

from wutong.ir.policy import tables as engine

D = Decimal
TIERS = """
tables:
  - code: t
    zh: 得分
    hit: {hit}
    inputs: [上年职工总数]
    output: {{type: number, unit: 分}}
    source: s
    rules: [[">= 30", 20], ["[20..30)", 12], ["[10..20)", 4], ["< 10", 0]]
"""


@pytest.mark.parametrize("hit", ["FIRST", "UNIQUE", "ANY"])
def test_tiers_at_their_boundaries(hit: str) -> None:
    companies = [{"职工总数": {2025: n}} for n in (30, "29.99", 20, "19.99", 10, "9.99", 0)] + [{}]
    got = values(TIERS.format(hit=hit), "t", companies)
    assert got == [(D(x), D(x)) for x in (20, 12, 12, 4, 4, 0, 0)] + [(D(0), D(20))]


OVERLAP = """
tables:
  - code: t
    zh: 得分
    hit: {hit}
    inputs: [上年职工总数, 上年科技人员数]
    output: {{type: number, unit: 分, values: [9, 7, 5, 3]}}
    default: {default}
    source: s
    rules: [[">= 10", "-", 5], ["-", ">= 4", 7], [">= 20", ">= 8", 3], ["[3..5]", "< 2", 9]]
"""
OUTPUTS = [5, 7, 3, 9]
GRID = (0, 1, 2, 3, 4, 5, 8, 10, 20, 25)


def hits(x: int, y: int) -> list[int]:
    """The outputs of the rules of OVERLAP that hit, in rule order."""
    tests = [x >= 10, y >= 4, x >= 20 and y >= 8, 3 <= x <= 5 and y < 2]
    return [o for o, t in zip(OUTPUTS, tests, strict=True) if t]


def by_hand(hit: str, x: int, y: int) -> int | None:
    """DMN 1.5 §8.2.8 on OVERLAP, default 1; None where the standard gives null."""
    found = hits(x, y)
    if hit == "COLLECT COUNT":
        return len(found)
    if hit == "COLLECT SUM":
        return sum(found)
    if not found:
        return None if hit.startswith("COLLECT") else 1
    if hit == "UNIQUE":
        return found[0] if len(found) == 1 else None
    if hit == "ANY":
        return found[0] if len(set(found)) == 1 else None
    pick = {"FIRST": lambda f: f[0], "PRIORITY": lambda f: next(v for v in (9, 7, 5, 3) if v in f),
            "COLLECT MIN": min, "COLLECT MAX": max}[hit]
    return int(pick(found))


@pytest.mark.parametrize("hit", ["FIRST", "UNIQUE", "ANY", "PRIORITY", "COLLECT SUM", "COLLECT MIN", "COLLECT MAX",
                                 "COLLECT COUNT"])
def test_every_hit_policy_known_inputs_equal_the_standard_and_unknown_ones_contain_it(hit: str) -> None:
    known = [(x, y) for x, y in product(GRID, GRID) if y <= x or x < 6]
    companies = [{"职工总数": {2025: x}, "科技人员数": {2025: y}} for x, y in known]
    companies += [{"职工总数": {2025: x}} for x in GRID] + [{"科技人员数": {2025: y}} for y in GRID] + [{}]
    got = values(OVERLAP.format(hit=hit, default="null" if hit.startswith("COLLECT") else 1).replace("    default: null\n", ""),
                 "t", companies)
    for (x, y), (lo, hi) in zip(known, got, strict=False):
        expected = by_hand(hit, x, y)
        assert (lo, hi) == ((None, None) if expected is None else (expected, expected)), (x, y)
    for (lo, hi), completions in zip(got[len(known):], [[(x, y) for y in GRID] for x in GRID]
                                     + [[(x, y) for x in GRID] for y in GRID]
                                     + [list(product(GRID, GRID))], strict=True):
        for x, y in completions:
            one = by_hand(hit, x, y)
            if one is not None:
                assert lo is None or lo <= one, (x, y)
                assert hi is None or one <= hi, (x, y)


TEXTS = """
tables:
  - code: t
    zh: 结论
    hit: {hit}
    inputs: [上年职工总数]
    output: {{type: text, values: [乙, 甲]}}
    source: s
    rules: [["<= 10", 甲], ["> 5", 乙], ["> 20", 甲]]
"""


@pytest.mark.parametrize(("hit", "expected"), [
    ("FIRST", ["甲", "甲", "乙", "乙", None]), ("PRIORITY", ["甲", "乙", "乙", "乙", None]),
    ("ANY", ["甲", None, "乙", None, None]), ("UNIQUE", ["甲", None, "乙", None, None]),
    ("RULE ORDER", ["甲", "甲、乙", "乙", "乙、甲", None]), ("OUTPUT ORDER", ["甲", "乙、甲", "乙", "乙、甲", None]),
    ("COLLECT", ["甲", "甲、乙", "乙", "乙、甲", None]),
])
def test_text_outputs(hit: str, expected: list[str | None]) -> None:
    companies = [{"职工总数": {2025: n}} for n in (5, 8, 15, 21)] + [{}]
    assert values(TEXTS.format(hit=hit), "t", companies) == expected


def test_text_is_known_when_every_possible_rule_says_the_same() -> None:
    body = TEXTS.format(hit="FIRST").replace('rules: [["<= 10", 甲], ["> 5", 乙], ["> 20", 甲]]',
                                             'rules: [["<= 10", 甲], ["> 10", 甲]]')
    assert values(body, "t", [{}]) == [None] or values(body, "t", [{}]) == ["甲"]


def large(hit: str) -> str:
    """A table of 150 rules over a text and a number."""
    rules = [f'["\\"{"甲" if n % 2 else "乙"}\\"", "[{n * 10}..{n * 10 + 15})", {n}]' for n in range(149)]
    return f"""
tables:
  - code: t
    zh: 得分
    hit: {hit}
    inputs: [所在园区, 上年职工总数]
    output: {{type: number, unit: 分}}
    default: 777
    source: s
    rules: [{", ".join(rules)}, ["\\"丙\\"", "-", 500]]
"""


def test_large_table_as_a_join_equals_the_same_table_as_a_case() -> None:
    numbers = [None, *(D(n) for n in (0, 5, 10, 24, 25, 30, 39, 44, 1480, 1494, 1495, 1600)), D("24.99"), D("1494.99")]
    rows = list(product(["甲", "乙", "丙", "丁", None], numbers))
    companies = [({"所在园区": t} if t else {}) | ({"职工总数": {2025: str(n)}} if n is not None else {}) for t, n in rows]
    joined = values(large("FIRST"), "t", companies)
    before, engine.LARGE = engine.LARGE, 10**9  # type: ignore[misc]
    try:
        cased = values(large("FIRST"), "t", companies)
    finally:
        engine.LARGE = before  # type: ignore[misc]
    for (t, n), one, other in zip(rows, joined, cased, strict=True):
        if t is not None and n is not None:
            assert one == other
        else:
            assert one[0] <= other[0]
            assert one[1] >= other[1]


def test_large_table_becomes_a_join() -> None:
    from tests.policy.made import ON

    from wutong.policy.evaluate import compile_block

    block = compile_block([policy(large("FIRST"))], {"companies": {"zone": "string", "staff_2025": "decimal"}}, ON)
    plan = compile_block([policy(large("FIRST") + "outputs: [t]\n")], {"companies": {}}, ON).plan
    assert len(plan.lookups) == 1
    assert block.sql.count("WHEN") < 150


def test_unknown_hit_policy_is_refused() -> None:
    from wutong.errors import WutongError

    with pytest.raises(WutongError) as caught:
        run(policy(TIERS.format(hit="LAST")), [{}])
    assert caught.value.code == "F540"
