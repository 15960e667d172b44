"""Rules over known and missing facts: units, comparisons, arithmetic, dates, child tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.policy.made import ON, policy, run, values, verdicts

from wutong.errors import WutongError
from wutong.packs.cases import stored_value
from wutong.packs.loader import parse_policy
from wutong.policy.evaluate import compile_block

D = Decimal


def fault(body: str) -> tuple[str, str | None, int | None]:
    """Return code, clause and character of the one fault of a policy."""
    with pytest.raises(WutongError) as caught:
        run(policy(body), [{}])
    (found,) = caught.value.diagnostics
    return found.code, found.place.clause, found.place.offset


def let_fault(expr: str) -> tuple[str, str | None, int | None]:
    return fault(f"let: [{{code: x, zh: 某量, expr: '{expr}'}}]")


@pytest.mark.parametrize(("when", "expected"), [
    ("上年职工总数 <= 500", ["eligible", "ineligible", "unknown"]),
    ("上年职工总数 <= 500人", ["eligible", "ineligible", "unknown"]),
    ("500人 >= 上年职工总数", ["eligible", "ineligible", "unknown"]),
    ("not(上年职工总数 <= 500)", ["ineligible", "eligible", "unknown"]),
    ("上年职工总数 >= 0", ["eligible", "eligible", "eligible"]),
    ("上年职工总数 < 0", ["ineligible", "ineligible", "ineligible"]),
    ("上年职工总数 between 500 and 501", ["eligible", "eligible", "unknown"]),
    ("上年职工总数 in (500, [600..700])", ["eligible", "ineligible", "unknown"]),
    ("上年职工总数 != 500", ["ineligible", "eligible", "unknown"]),
])
def test_comparison_is_decided_only_where_every_completion_agrees(when: str, expected: list[str]) -> None:
    companies = [{"职工总数": {2025: 500}}, {"职工总数": {2025: 501}}, {}]
    assert verdicts(when, companies) == expected


def test_units_of_literals_convert_exactly() -> None:
    companies = [{"营业收入": {2025: "20000万元"}}, {"营业收入": {2025: "200000000.01元"}}]
    assert verdicts("上年营业收入 <= 2亿元", companies) == ["eligible", "ineligible"]


@pytest.mark.parametrize(("expr", "code", "offset"), [
    ("上年研发费用 / 上年营业收入 >= 5%", "F522", 1),
    ("上年营业收入 >= 500", "F523", 1),
    ("上年营业收入 >= 500人", "F520", 1),
    ("上年营业收入 + 上年职工总数", "F520", 1),
    ("上年营业收入 * 上年营业收入", "F525", 1),
    ("上年营业收入 * 5%", "F524", 1),
    ("上年营收 + 1", "F510", 1),
    ("上年营业收入 = null", "F508", 10),
    ('上年营业收入 > date("2024-01-01")', "F504", 1),
    ("知识产权 + 1", "F502", 1),
    ('count(知识产权[类别 = "三类"])', "F506", 12),
    ("sqrt(4)", "F530", 1),
])
def test_faulty_rule_is_refused_where_it_stands(expr: str, code: str, offset: int) -> None:
    assert let_fault(expr) == (code, "x", offset)


def test_adding_two_units_of_money_says_how_to_mend_it() -> None:
    with pytest.raises(WutongError) as caught:
        values('let: [{code: a, zh: 甲, expr: \'convert(上年营业收入, "万元")\'}, '
               "{code: b, zh: 乙, expr: 甲 + 上年研发费用}]", "b", [{}])
    (found,) = caught.value.diagnostics
    assert (found.code, found.place.clause) == ("F521", "b")
    assert found.remedy("zh") == '请用 convert(…, "元") 换算后再用。'


def test_conversion_is_exact() -> None:
    body = "let: [{code: a, zh: 甲, expr: 'convert(上年营业收入, \"万元\")'}]"
    assert values(body, "a", [{"营业收入": {2025: "12345.6789万元"}}]) == [(D("12345.6789"), D("12345.6789"))]


def test_circle_is_named() -> None:
    body = "let: [{code: a, zh: 甲, expr: 乙 + 1}, {code: b, zh: 乙, expr: 甲 + 1}]"
    with pytest.raises(WutongError) as caught:
        run(policy(body), [{}])
    assert [(d.code, dict(d.values)["circle"]) for d in caught.value.diagnostics] == [("F542", "甲 → 乙 → 甲")]


def test_order_of_lets_does_not_matter() -> None:
    body = "let: [{code: b, zh: 乙, expr: 甲 + 1}, {code: a, zh: 甲, expr: 1 + 1}]"
    assert values(body, "b", [{}]) == [(D(3), D(3))]


def test_quotient_is_compared_without_division() -> None:
    """5 % of 3 yuan is 0.15: binary division says 0.049999…, decimals say exactly on the threshold."""
    companies = [{"研发费用": {2025: "0.15元"}, "营业收入": {2025: "3元"}},
                 {"研发费用": {2025: "0.14元"}, "营业收入": {2025: "3元"}}]
    assert verdicts("percent(上年研发费用 / 上年营业收入) >= 5%", companies) == ["eligible", "ineligible"]


@pytest.mark.parametrize("revenue", ["0元", None])
def test_quotient_with_zero_or_unknown_denominator_is_unknown(revenue: str | None) -> None:
    company = {"研发费用": {2025: "10元"}} | ({"营业收入": {2025: revenue}} if revenue else {})
    assert verdicts("上年研发费用 / 上年营业收入 >= 0.05", [company]) == ["unknown"]


def test_overflow_is_unknown_and_leaves_other_companies_alone() -> None:
    body = "let: [{code: a, zh: 甲, expr: 上年营业收入 / 1元 * (上年研发费用 / 1元) * (上年资产总额 / 1元)}]"
    big = {n: {2025: "99999999999999元"} for n in ("营业收入", "研发费用", "资产总额")}
    small = {n: {2025: "2元"} for n in ("营业收入", "研发费用", "资产总额")}
    assert values(body, "a", [big, small])[1] == (D(8), D(8))


@pytest.mark.parametrize(("expr", "expected"), [
    ("best of(上年营业收入, 0元)", (D(0), None)),
    ("best of(上年净利润, 100元)", (D(100), None)),
    ("least of(上年营业收入, 100元)", (D(0), D(100))),
    ("best of(上年职工总数, 50人)", (D(50), None)),
    ("if 上年职工总数 > 10 then 100元 else 40元", (D(40), D(100))),
    ("abs(上年净利润)", (D(0), None)),
    ("上年营业收入 * 0.5 + 10元", (D(10), None)),
    ("10元 - 上年营业收入", (None, D(10))),
])
def test_missing_fact_gives_the_range_of_all_completions(expr: str, expected: tuple[D | None, D | None]) -> None:
    assert values(f"let: [{{code: x, zh: 某量, expr: '{expr}'}}]", "x", [{}]) == [expected]


@pytest.mark.parametrize(("expr", "expected"), [
    ("round half up(上年净利润 / 3, 2)", "-0.67"), ("round down(上年净利润 / 3, 2)", "-0.66"),
    ("round up(上年净利润 / 3, 2)", "-0.67"), ("floor(上年净利润)", "-2"), ("ceiling(上年净利润 / 3)", "0"),
    ("decimal(上年净利润 / 16, 3)", "-0.125"), ("decimal(上年净利润 / 16, 2)", "-0.12"),
    ("round half up(上年净利润 / 16, 2)", "-0.13"),
])
def test_rounding_of_negative_amounts(expr: str, expected: str) -> None:
    body = f"let: [{{code: x, zh: 某量, expr: '{expr}'}}]"
    assert values(body, "x", [{"净利润": {2025: "-2元"}}]) == [(D(expected), D(expected))]


@pytest.mark.parametrize(("registered", "expected"), [
    (date(2025, 11, 1), "eligible"), (date(2025, 11, 2), "ineligible"), (None, "unknown"),
])
def test_age_in_days(registered: date | None, expected: str) -> None:
    company = {"注册日期": registered} if registered else {}
    assert verdicts("days between(注册日期, 评估日) >= 365天", [company]) == [expected]


def test_months_are_full_months_and_dates_are_clipped() -> None:
    companies = [{"注册日期": date(2024, 11, 1)}, {"注册日期": date(2024, 11, 2)}]
    assert verdicts("months between(注册日期, 评估日) >= 24个月", companies) == ["eligible", "ineligible"]
    assert verdicts('date("2024-01-31") + 1个月 = date("2024-02-29")', [{}]) == ["eligible"]


IP = {"类别": "I类", "有效期至": date(2030, 1, 1)}


@pytest.mark.parametrize(("rows", "complete", "expected"), [
    ([IP], None, "eligible"), ([IP], True, "eligible"),
    ([], True, "ineligible"), ([], None, "unknown"), ([], False, "unknown"),
    ([IP | {"有效期至": date(2026, 10, 31)}], True, "ineligible"),
    ([IP | {"有效期至": date(2026, 11, 1)}], True, "eligible"),
    ([{"类别": "I类"}], True, "unknown"), ([{"类别": "II类"}], True, "ineligible"),
])
def test_child_rows_count_only_as_far_as_the_list_is_known(
    rows: list[dict[str, object]], complete: bool | None, expected: str,
) -> None:
    company: dict[str, object] = {"知识产权": rows}
    if complete is not None:
        company["知识产权已填全"] = complete
    assert verdicts('count(知识产权[类别 = "I类" and 有效期至 >= 评估日]) >= 1', [company]) == [expected]
    assert verdicts('exists(知识产权[类别 = "I类" and 有效期至 >= 评估日])', [company]) == [expected]
    assert verdicts('some x in 知识产权 satisfies x.类别 = "I类" and x.有效期至 >= 评估日', [company]) == [expected]


def test_child_sum_is_bounded_below_by_what_is_listed() -> None:
    rounds = [{"实缴金额": "300万元", "到账日期": date(2026, 1, 1)}, {"实缴金额": "200万元", "到账日期": date(2020, 1, 1)}]
    body = "let: [{code: x, zh: 某量, expr: 'sum(股权融资[到账日期 > 评估日 - 24个月].实缴金额)'}]"
    companies = [{"股权融资": rounds, "股权融资已填全": True}, {"股权融资": rounds},
                 {"股权融资": [{"到账日期": date(2026, 1, 1)}], "股权融资已填全": True}]
    assert values(body, "x", companies) == [(D(3000000), D(3000000)), (D(3000000), None), (D(0), None)]


def test_three_valued_mode_is_plain_kleene_logic() -> None:
    """A missing part makes a sum unknown, though the known part already passes the mark."""
    body = "let: [{code: x, zh: 某量, expr: 上年职工总数 + 上年科技人员数}]\n"
    condition = "conditions: [{code: c, zh: 条件, source: s, when: 某量 >= 50}]"
    company = {"职工总数": {2025: 60}}
    assert [r["verdict"] for r in run(policy(body + condition), [company])] == ["eligible"]
    assert [r["verdict"] for r in run(policy(body + condition), [company], "three_valued")] == ["unknown"]


def test_text_of_a_policy_never_becomes_sql() -> None:
    nasty = "x'); DROP TABLE companies; --"
    assert verdicts(f'所在园区 = "{nasty}"'.replace("'", "''"), [{"所在园区": nasty}, {"所在园区": "x"}]) == \
        ["eligible", "ineligible"]


def test_manual_condition_is_answered_by_a_finding() -> None:
    body = "conditions: [{code: c3, zh: 产品不属禁止类, manual: true, source: s}]"
    finding = {"政策": "tests.made", "条款": "c3"}
    companies = [{}, {"人工认定": [finding | {"结论": True}]}, {"人工认定": [finding | {"结论": False}]},
                 {"人工认定": [finding | {"条款": "c4", "结论": True}]}]
    assert [r["verdict"] for r in run(policy(body), companies)] == ["manual", "eligible", "ineligible", "manual"]


BENEFIT = """
benefits:
  - {code: b, zh: 奖励, amount: 30万元, source: s, once: true}
  - {code: m, zh: 配套, amount: 上年研发费用 * 0.5, cap: 50万元, source: s}
conditions: [{code: c, zh: 条件, when: 上年职工总数 >= 10, source: s}]
"""


def test_benefits_follow_verdict_cap_and_once_only() -> None:
    paid = {"已获支持": [{"政策": "made", "条款": "奖励"}]}
    none = {"已获支持已填全": True, "研发费用": {2025: "80万元"}}
    companies = [none | {"职工总数": {2025: 10}}, none | {"职工总数": {2025: 9}}, none,
                 none | paid | {"职工总数": {2025: 10}}, {"职工总数": {2025: 10}, "研发费用": {2025: "200万元"}}]
    got = [(r["p00_b0_lo"], r["p00_b0_hi"], r["p00_b1_lo"], r["p00_b1_hi"]) for r in run(policy(BENEFIT), companies)]
    assert got == [(300000, 300000, 400000, 400000), (0, 0, 0, 0), (0, 300000, 0, 400000),
                   (0, 0, 400000, 400000), (0, 300000, 500000, 500000)]


def test_case_value_outside_the_code_list_is_refused() -> None:
    from wutong.errors import Place
    from wutong.policy.evaluate import shipped_catalogue

    fact = shipped_catalogue().fact("技术领域")
    assert fact is not None
    with pytest.raises(WutongError) as caught:
        stored_value(fact, "炼金术", Place(file="x"))
    assert caught.value.code == "P132"


def test_dates_in_force_choose_the_parameter() -> None:
    made = policy("""
parameters:
  - {code: r, zh: 比例, unit: "%", values: [
      {from: 2020-01-01, to: 2026-10-31, value: 75, source: s}, {from: 2026-11-01, to: null, value: 100, source: s}]}
conditions: [{code: c, zh: 条件, when: 比例 = 100%, source: s}]
""")
    assert [r["verdict"] for r in run(made, [{}])] == ["eligible"]
    assert parse_policy is not None


@pytest.mark.parametrize(("when", "shown"), [
    ("上年职工总数 <= 500", ["<="]),
    ("500 < 上年职工总数", [">"]),
    ("not(上年职工总数 <= 500)", [">"]),
    ("not(上年职工总数 in (500, 600) or 上年职工总数 < 5)", ["!=", "!=", ">="]),
    ("not(not(上年职工总数 = 500))", ["="]),
])
def test_a_comparison_is_shown_as_the_condition_wants_it(when, shown):
    made = policy(f"conditions:\n  - {{code: c, zh: 条件, source: s, when: '{when}'}}\n")
    columns = {"companies": {"company": "string", "staff_2025": "int64"}}
    (compiled,) = compile_block([made], columns, ON, explain=True).policies
    assert [m.operator for m in compiled.conditions[0].measures] == shown
