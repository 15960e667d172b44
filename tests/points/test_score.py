"""Scores of a snapshot: normalisers at their boundaries, aggregations, stages, gates, missing data, ranks."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.points.made import ON, D, both, model, rows, run, tables

from wutong.errors import WutongError
from wutong.points.score import score

ONE = """
root:
  code: total
  zh: 总
  aggregate: arithmetic
  children:
    - {{code: a, zh: 甲, weight: 100%, value: {value}, {how}}}
"""


def scored(value: str, how: str, *companies):
    return [both(r, "score") for r in rows(run(ONE.format(value=value, how=how), *companies))]


def revenue(*amounts):
    return [{"营业收入": {2025: a}} if a is not None else {} for a in amounts]


def test_a_tier_begins_at_its_cut_and_ends_just_below_the_next():
    how = "unit: 元, tiers: [[300万元, 100], [100万元, 40]], otherwise: 5"
    got = scored("上年营业收入", how, *revenue("3000000", "2999999.99", "1000000", "999999.99", None))
    assert got == [(D(100), D(100)), (D(40), D(40)), (D(40), D(40)), (D(5), D(5)), (D(5), D(100))]


def test_a_strict_tier_needs_more_than_its_cut():
    how = "unit: 元, strict: true, tiers: [[100万元, 100]]"
    assert scored("上年营业收入", how, *revenue("1000000", "1000000.01")) == [(D(0), D(0)), (D(100), D(100))]


def test_lower_is_better():
    how = 'unit: "%", direction: lower, tiers: [[55%, 100], [75%, 50]]'
    companies = [{"负债总额": {2025: b}, "资产总额": {2025: "100万元"}} for b in ("55万元", "55.0001万元", "75万元", "75.0001万元")]
    got = scored("percent(上年负债总额 / 上年资产总额)", how, *companies)
    assert [lo for lo, _ in got] == [D(100), D(50), D(50), D(0)]


def test_a_ramp_is_a_straight_line_rounded_half_up_and_flat_outside():
    how = "unit: 元, ramp: [[0, 0], [300万元, 50], [600万元, 100]]"
    got = scored("上年营业收入", how, *revenue("1000000", "300", "299", "4500000", "9000000", "0", None))
    want = ["16.67", "0.01", "0.00", "75.00", "100.00", "0.00"]
    assert [lo for lo, _ in got[:-1]] == [Decimal(w) for w in want]
    assert got[-1] == (D(0), D(100))


def test_a_falling_ramp_gives_its_best_points_to_the_lowest_value():
    how = "unit: 元, direction: lower, ramp: [[100万元, 100], [300万元, 0]]"
    assert [lo for lo, _ in scored("上年营业收入", how, *revenue("50万元", "150万元", "300万元"))] == [D(100), D(75), D(0)]


def test_goalposts_and_logarithms_as_in_the_human_development_index():
    # UNDP technical note: income index = (ln x − ln 100) / (ln 75,000 − ln 100); here in 元
    how = "unit: 元, log_ramp: [[100元, 0], [75000元, 100]]"
    assert scored("上年营业收入", how, *revenue("17252", "50", "80000"))[0][0] == Decimal("77.80")
    assert [lo for lo, _ in scored("上年营业收入", how, *revenue("50", "80000"))] == [D(0), D(100)]


def test_a_percentile_uses_the_share_just_below_each_knot():
    how = "unit: 元, percentile: [[0, 0], [100万元, 0.5], [500万元, 0.9]]"
    assert [lo for lo, _ in scored("上年营业收入", how, *revenue("50万元", "100万元", "300万元", "900万元"))] == [D(25), D(50), D(70), D(90)]


def test_an_unknown_flag_leaves_both_ends_open():
    got = scored("拥有自主品牌", "flag: 100", {"拥有自主品牌": True}, {"拥有自主品牌": False}, {})
    assert got == [(D(100), D(100)), (D(0), D(0)), (D(0), D(100))]


@pytest.mark.parametrize(("policy", "want"), [
    ("interval", (D(0), D(100))), ("zero", (D(0), D(0))), ("floor, floor: 30", (D(30), D(30))), ("gate", (None, None)),
])
def test_what_is_missing_counts_as_the_indicator_says(policy, want):
    assert scored("上年营业收入", f"unit: 元, ramp: [[0, 0], [300万元, 100]], missing: {policy}", {}) == [want]


def test_bounds_from_data_are_frozen_before_anything_is_scored():
    how = "unit: 元, min_max: true"
    got = run(ONE.format(value="上年营业收入", how=how), *revenue("100万元", "200万元", "500万元"))
    assert [both(r, "score")[0] for r in rows(got)] == [D(0), D(25), D(100)]
    assert [str(s.cut) for s in got.model.leaves[0].normaliser.steps] == ["1000000.000000", "5000000.000000"]


@pytest.mark.parametrize(("amounts", "code"), [(["100万元", "100万元"], "S134"), ([None, None], "S131")])
def test_bounds_from_constant_or_missing_data_are_refused(amounts, code):
    with pytest.raises(WutongError) as error:
        scored("上年营业收入", "unit: 元, min_max: true", *revenue(*amounts))
    assert error.value.code == code
    assert error.value.diagnostics[0].place.clause == "a"


TWO = """
root:
  code: total
  zh: 总
  aggregate: {how}
  children:
    - {{code: a, zh: 甲, {weight} value: 上年营业收入, unit: 元, ramp: [[0, 0], [100万元, 100]]}}
    - {{code: b, zh: 乙, {weight} value: 上年研发费用, unit: 元, ramp: [[0, 0], [100万元, 100]]}}
"""


@pytest.mark.parametrize(("how", "weight", "want"), [
    ("arithmetic", "weight: 50%,", "50.00"),
    ("geometric\n  floor: 1", "weight: 50%,", "40.00"),    # √(20·80)
    ("harmonic\n  floor: 1", "weight: 50%,", "32.00"),     # 2/(1/20+1/80)
    ("power\n  power: 2", "weight: 50%,", "58.31"),        # √((400+6400)/2)
    ("minimum", "", "20.00"),
    ("maximum", "", "80.00"),
    ("sum", "", "100.00"),
    ("mpi", "", "32.00"),                                  # mean 50, variance 900: 50 − 900/50
])
def test_every_aggregation_gives_its_textbook_value(how, weight, want):
    got = run(TWO.format(how=how, weight=weight), {"营业收入": {2025: "20万元"}, "研发费用": {2025: "80万元"}})
    assert both(rows(got)[0], "n0") == (Decimal(want), Decimal(want))


def test_copeland_counts_whom_a_company_outranks():
    amounts = [("90万元", "90万元"), ("50万元", "60万元"), ("60万元", "50万元"), ("10万元", "10万元")]
    got = run(TWO.format(how="copeland", weight="weight: 50%,"), *({"营业收入": {2025: a}, "研发费用": {2025: b}} for a, b in amounts))
    assert [both(r, "score") for r in rows(got)] == [(D(100), D(100)), (D(50), D(50)), (D(50), D(50)), (D(0), D(0))]
    assert [r["rank"] for r in rows(got)] == [1, 2, 2, 4]


STAGED = """
stages:
  - {code: young, zh: 早, when: 上年营业收入 < 100万元}
  - {code: old, zh: 晚, when: 上年营业收入 < 900万元}
gates: [{code: g, zh: 未失信, when: not(列入严重违法失信名单), unknown: %s}]
coverage: %s
root:
  code: total
  zh: 总
  aggregate: arithmetic
  children:
    - {code: a, zh: 甲, weight: {young: 20%%, old: 80%%}, value: 上年研发费用, unit: 元, ramp: [[0, 0], [100万元, 100]]}
    - {code: b, zh: 乙, weight: {young: 80%%, old: 20%%}, value: 拥有自主品牌, flag: 100}
"""
GOOD = {"研发费用": {2025: "50万元"}, "拥有自主品牌": False, "列入严重违法失信名单": False}


def test_weights_follow_the_stage_and_an_unknown_stage_gives_the_hull():
    text = STAGED % ("pass", "0")
    got = rows(run(text, GOOD | {"营业收入": {2025: "10万元"}}, GOOD | {"营业收入": {2025: "500万元"}}, GOOD))
    assert [both(r, "score") for r in got] == [(D(10), D(10)), (D(40), D(40)), (D(10), D(40))]
    assert [r["stage"] for r in got] == [0, 1, None]


def test_a_stage_no_rule_covers_gives_no_score_and_says_so():
    got = run(STAGED % ("pass", "0"), GOOD | {"营业收入": {2025: "900万元"}})
    row = rows(got)[0]
    assert (row["status"], row["stage"], both(row, "score"), row["gates_failed"]) == (2, -1, (None, None), 1 << 3)
    assert [d.code for d in got.diagnostics] == ["S135"]


@pytest.mark.parametrize(("listed", "unknown", "status"), [(True, "pass", 2), (None, "pass", 0), (None, "block", 2)])
def test_a_veto_takes_the_score_away_and_never_gives_zero(listed, unknown, status):
    row = rows(run(STAGED % (unknown, "0"), GOOD | {"营业收入": {2025: "10万元"}, "列入严重违法失信名单": listed}))[0]
    assert row["status"] == status
    assert (row["score_lo"] is None) == (status == 2)
    assert (row["gates_failed"], row["gates_unknown"]) == (int(listed is True), int(listed is None))


def test_too_little_known_weight_gives_no_score():
    company = {k: v for k, v in GOOD.items() if k != "拥有自主品牌"} | {"营业收入": {2025: "10万元"}}
    row = rows(run(STAGED % ("pass", "50%"), company))[0]
    assert (row["coverage"], row["status"], row["gates_failed"]) == (D(20), 2, 2)


EXTRAS = """
root:
  code: total
  zh: 总
  aggregate: arithmetic
  children: [{code: a, zh: 甲, weight: 100%, value: 上年营业收入, unit: 元, ramp: [[0, 0], [100万元, 100]]}]
bonus: {cap: 6, items: [{code: x, zh: 奖一, value: 拥有自主品牌, flag: 4}, {code: y, zh: 奖二, value: 已完成股改, flag: 4}]}
deductions: {items: [{code: z, zh: 扣, value: 列入经营异常名录, flag: 30}]}
grades: [{code: A, zh: 优, from: 60}, {code: B, zh: 良, from: 0}]
minima: [{node: total, points: 60}]
"""


def test_bonus_and_deductions_are_capped_and_the_score_stays_in_its_range():
    def company(amount, *flags):
        return {"营业收入": {2025: amount}} | dict(zip(("拥有自主品牌", "已完成股改", "列入经营异常名录"), flags, strict=True))

    got = rows(run(EXTRAS, company("50万元", True, True, False), company("10万元", False, False, True),
                   company("100万元", True, True, False), company("60万元", None, False, None)))
    assert [both(r, "score") for r in got] == [(D(56), D(56)), (D(0), D(0)), (D(106), D(106)), (D(30), D(64))]
    assert [r["pass"] for r in got] == [False, False, True, None]
    assert [(r["grade_lo"], r["grade_hi"]) for r in got] == [(1, 1), (1, 1), (0, 0), (1, 0)]


def test_ranks_share_a_place_and_missing_data_give_a_band():
    companies = [*revenue("80万元", "60万元", "60万元", "10万元"), {}]
    got = rows(run(ONE.format(value="上年营业收入", how="unit: 元, ramp: [[0, 0], [100万元, 100]]"), *companies))
    assert [(r["rank"], r["rank_best"], r["rank_worst"]) for r in got] == [(1, 1, 2), (2, 2, 3), (2, 2, 3), (4, 4, 5), (5, 1, 5)]


def test_figures_in_binary_floating_point_are_refused():
    import pyarrow as pa

    data = {"companies": pa.table({"company": ["a"], "revenue_2025": [float("nan")]})}
    with pytest.raises(WutongError) as error:
        score(data, model(ONE.format(value="上年营业收入", how="unit: 元, ramp: [[0, 0], [100万元, 100]]")), ON)
    assert [(d.code, d.place.column) for d in error.value.diagnostics] == [("S132", "revenue_2025")]


def test_a_company_may_have_one_row_only():
    import pyarrow as pa

    data = tables(*revenue("1万元"))
    data["companies"] = pa.concat_tables([data["companies"], data["companies"]])
    with pytest.raises(WutongError) as error:
        score(data, model(ONE.format(value="上年营业收入", how="unit: 元, ramp: [[0, 0], [100万元, 100]]")), ON)
    assert error.value.code == "S136"


def test_a_model_with_empty_weights_is_refused_with_its_reason():
    from wutong.points.loader import find_model

    with pytest.raises(WutongError) as error:
        score(tables({}), find_model("cxjf-mst-2025-v2"), ON)
    assert error.value.code == "S122"
    assert "import-weights" in error.value.diagnostics[0].remedy("zh")
