"""What must hold for every model and every company: soundness, monotony, sums, the same figures in SQL and in Python."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from itertools import product

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.points.made import ON, model, run, tables

from wutong.points.explain import explain, proven
from wutong.points.model import PointModel
from wutong.points.recourse import offers, raise_by
from wutong.points.reference import references
from wutong.points.score import score
from wutong.points.tree import decompose, half_up, log_mean, total_of

D = Decimal
FACTS = ("营业收入", "研发费用", "资产总额", "主营业务收入")
CODES = ("revenue_2025", "rd_cost_2025", "assets_2025", "main_revenue_2025")
NESTED = """
stages: [{code: s, zh: 早, when: 上年资产总额 < 100万元}, {code: t, zh: 晚, when: true}]
root:
  code: total
  zh: 总
  aggregate: arithmetic
  children:
    - code: left
      zh: 左
      aggregate: %s
      weight: {s: 30%%, t: 60%%}
      %s
      children:
        - {code: a, zh: 甲, weight: 55%%, value: 上年营业收入, unit: 元, ramp: [[0, 0], [40万元, 70], [100万元, 100]], actionable: "yes", effort: 2}
        - {code: b, zh: 乙, weight: 45%%, value: 上年研发费用, unit: 元, tiers: [[80万元, 100], [30万元, 40], [10万元, 15]], actionable: slow, effort: 3}
    - code: right
      zh: 右
      aggregate: arithmetic
      weight: {s: 70%%, t: 40%%}
      children:
        - {code: c, zh: 丙, weight: {s: 25%%, t: 75%%}, value: 上年主营业务收入, unit: 元, log_ramp: [[1万元, 0], [100万元, 100]], actionable: "yes", effort: 1}
        - {code: d, zh: 丁, weight: {s: 75%%, t: 25%%}, value: 拥有自主品牌, flag: 100, actionable: "yes", effort: 4}
bonus: {cap: 3, items: [{code: e, zh: 奖, value: 已完成股改, flag: 2, actionable: "yes"}, {code: f, zh: 奖二, value: 居民企业, flag: 2}]}
deductions: {items: [{code: g, zh: 扣, value: 列入经营异常名录, flag: 5, actionable: "yes"}]}
"""
KINDS = {"arithmetic": "", "geometric": "floor: 1", "harmonic": "floor: 1", "power": "power: 3", "minimum": "", "maximum": "", "mpi": ""}
FLAGS = ("拥有自主品牌", "已完成股改", "居民企业", "列入经营异常名录")


@cache
def nested(kind: str) -> PointModel:
    return model(NESTED % (kind, KINDS[kind]))


amounts = st.none() | st.integers(0, 130).map(lambda n: D(n) * 10_000)
companies = st.fixed_dictionaries(dict.fromkeys(FACTS, amounts) | {f: st.none() | st.booleans() for f in FLAGS})
kinds = st.sampled_from(sorted(KINDS))


def facts(company):
    return {k: ({2025: v} if k in FACTS else v) for k, v in company.items() if v is not None}


def completions(company):
    """The company with every missing cell at one of three values."""
    choices = [(D(0), D(450_000), D(1_300_000)) if v is None and k in FACTS else (True, False) if v is None else (v,)
               for k, v in company.items()]
    for values in list(product(*choices))[:40]:
        yield dict(zip(company, values, strict=True))


@settings(max_examples=8, deadline=None)
@given(kind=kinds, company=companies)
def test_the_range_holds_every_completion(kind, company):
    made = [facts(company), *(facts(c) for c in completions(company))]
    rows = run(nested(kind), *made).table.to_pylist()
    whole = rows[0]
    for name in ["score", "exact", *(f"i{k}" for k in range(7)), *(f"n{k}" for k in range(3))]:
        for row in rows[1:]:
            assert whole[f"{name}_lo"] <= row[f"{name}_lo"], (name, row)
            assert row[f"{name}_hi"] <= whole[f"{name}_hi"], (name, row)
    assert all(r["status"] == 0 for r in rows[1:])


@settings(max_examples=8, deadline=None)
@given(kind=st.sampled_from(sorted(set(KINDS) - {"mpi"})), company=companies, fact=st.sampled_from(FACTS[:2] + FACTS[3:]))
def test_a_better_indicator_never_lowers_the_score(kind, company, fact):
    ladder = [facts({**company, fact: D(n) * 100_000}) for n in range(13)]
    scores = run(nested(kind), *ladder).table.to_pylist()
    for end in ("score_lo", "score_hi"):
        values = [r[end] for r in scores]
        assert values == sorted(values)


@settings(max_examples=4, deadline=None)
@given(kind=kinds, zone=st.lists(companies, min_size=2, max_size=6), shuffle=st.randoms())
def test_the_order_of_the_companies_leaves_no_trace(kind, zone, shuffle):
    data = tables(*(facts(c) for c in zone))
    order = list(range(len(zone)))
    shuffle.shuffle(order)
    mixed = {"companies": data["companies"].take(pa.array(order))}
    assert score(data, nested(kind), ON).table.equals(score(mixed, nested(kind), ON).table)


@settings(max_examples=8, deadline=None)
@given(kind=kinds, zone=st.lists(companies, min_size=1, max_size=6))
def test_the_explanation_sums_to_the_score_exactly(kind, zone):
    result = run(nested(kind), *(facts(c) for c in zone))
    known = references(result.model, result.table)
    for row in result.table.to_pylist():
        found = explain(result.model, row, known)
        assert found.score[0] == found.base + sum(x.added for x in found.lines) + found.rounding
        if found.profile is None:
            continue
        # a node in doubles is rounded to a hundredth, and so is the total
        assert abs(found.rounding) <= (D("0.005") if kind in ("arithmetic", "minimum", "maximum") else D("0.02"))
        total = total_of(result.model, found.profile, proven(result.model, row))
        assert abs(total - found.reference_score - sum(x.versus for x in found.lines)) <= D("1e-12")
        if kind == "arithmetic":
            assert half_up(total) == row["score_lo"]
            assert total == row["exact_lo"]


@settings(max_examples=25, deadline=None)
@given(values=st.lists(st.tuples(st.integers(1, 10_000), st.integers(1, 10_000)), min_size=2, max_size=2))
def test_the_logarithmic_mean_leaves_no_residual(values):
    made = nested("geometric")
    points = [{"a": D(a) / 100, "b": D(b) / 100, "c": D(0), "d": D(0), "e": D(0), "f": D(0), "g": D(0)} for a, b in values]
    parts = decompose(made, made.profiles[0], *points)
    difference = total_of(made, made.profiles[0], points[0]) - total_of(made, made.profiles[0], points[1])
    assert abs(sum(parts.values()) - difference) <= D("1e-12")
    assert min(*values[0]) <= log_mean(*map(D, values[0])) <= max(*values[0])


def cheapest(made, profile, points, gain):
    """Every set of offers, tried out."""
    items = [[None, *offers(i, points[i.code])] for i in (*made.leaves, *made.bonus.items)]
    items += [[None, i] for i in made.deductions.items if points[i.code] > 0]
    now, best = total_of(made, profile, points), None
    for chosen in product(*items):
        changed, effort = dict(points), 0
        for move in filter(None, chosen):
            code, value, cost = (move.code, D(0), move.effort) if hasattr(move, "code") else (move.indicator.code, move.step.points, move.effort)
            changed[code], effort = value, effort + cost
        if total_of(made, profile, changed) >= now + gain and (best is None or effort < best):
            best = effort
    return best


@settings(max_examples=20, deadline=None)
@given(
    kind=st.sampled_from(sorted(set(KINDS) - {"mpi"})), stage=st.integers(0, 1), gain=st.integers(1, 60),
    own=st.tuples(*(st.sampled_from([D(0), D(15), D(40), D(70), D(100)]) for _ in range(3)), *(st.booleans() for _ in range(4))),
)
def test_the_plan_is_the_cheapest_there_is(kind, stage, gain, own):
    made = nested(kind)
    most = {"d": D(100), "e": D(2), "f": D(2), "g": D(5)}
    points = dict(zip("abc", own[:3], strict=True)) | {c: most[c] if on else D(0) for c, on in zip("defg", own[3:], strict=True)}
    plan = raise_by(made, made.profiles[stage], points, D(gain))
    assert (None if plan is None else plan.effort) == cheapest(made, made.profiles[stage], points, D(gain))
