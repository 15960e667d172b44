"""Near miss: gaps, the cheapest single change and set of at most three, always true and never more than needed."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.policy.questions.asked import ON, company, conditions, policy

from wutong.errors import WutongError
from wutong.policy.facts import Variant
from wutong.policy.lab import Lab
from wutong.policy.levers import load_effort
from wutong.policy.nearmiss import NearMiss, near_miss

TIERS = """
let:
  - {code: share, zh: 研发占比, expr: percent(上年研发费用 / 上年营业收入)}
  - {code: people, zh: 人员占比, expr: percent(上年科技人员数 / 上年职工总数)}
  - {code: total, zh: 总分, expr: 研发分 + 人员分 + 成果分}
tables:
  - {code: rd, zh: 研发分, hit: FIRST, inputs: [研发占比], output: {type: number, unit: 分}, source: s,
     rules: [[">= 6%", 50], [">= 5%", 40], [">= 4%", 30], [">= 3%", 20], ["-", 0]]}
  - {code: st, zh: 人员分, hit: FIRST, inputs: [人员占比], output: {type: number, unit: 分}, source: s,
     rules: [[">= 30%", 20], [">= 20%", 12], [">= 10%", 4], ["-", 0]]}
  - {code: ip, zh: 成果分, hit: FIRST, inputs: ['count(知识产权[类别 = "I类" and 有效期至 >= 评估日])'], output: {type: number, unit: 分}, source: s,
     rules: [[">= 1", 30], ["-", 0]]}
"""


def amounts(answer: NearMiss) -> list[tuple[str, Decimal]]:
    assert answer.best is not None
    return [(c.code, c.amount) for c in answer.best.changes]


def test_one_cent_short_of_a_ratio_needs_one_cent() -> None:
    made = policy(conditions(c="percent(上年研发费用 / 上年营业收入) >= 5%"))
    who = company(rd_cost_2025=Decimal("49999.99"), revenue_2025=1000000)
    answer = near_miss(who, made, ON)
    assert (answer.outcome, amounts(answer)) == ("found", [("rd@2025", Decimal("0.01"))])
    gap = answer.gaps[0]
    assert (gap.value, gap.threshold, gap.unit, gap.gap) == (Decimal("4.999999"), Decimal(5), "%", Decimal("0.000001"))


def test_strictly_more_needs_a_cent_more() -> None:
    who = company(rd_cost_2025=90000)
    answer = near_miss(who, policy(conditions(c="上年研发费用 > 10万元")), ON)
    assert amounts(answer) == [("rd@2025", Decimal("10000.01"))]


def test_people_come_whole_and_hiring_raises_all_staff_too() -> None:
    # (9+x)/(100+x) >= 20 % needs x >= 13.75
    who = company(st_staff_2025=9, staff_2025=100)
    answer = near_miss(who, policy(conditions(c="percent(上年科技人员数 / 上年职工总数) >= 20%")), ON)
    assert amounts(answer) == [("hire_st@2025", Decimal(14))]
    assert answer.best is not None
    assert answer.best.changes[0].figures == (("2025年科技人员数", 9, 23), ("2025年职工总数", 100, 114))


def test_two_tiers_of_a_score_table_are_skipped_at_once() -> None:
    # 30 (4 %) + 12 = 42 of 60: two tiers of R&D, 4 % to 6 % of 10 million, give exactly 62
    who = company(rd_cost_2025=400000, revenue_2025=10000000, st_staff_2025=20, staff_2025=100, ip_complete=True)
    effort = load_effort()
    answer = near_miss(who, policy(TIERS + conditions(c="总分 >= 60分")), ON, effort=effort)
    by_rd = next(w for w in answer.ways if [c.code for c in w.changes] == ["rd@2025"])
    assert (by_rd.cost, by_rd.changes[0].amount) == (Decimal(200000), Decimal(200000))
    assert [c.code.partition("#")[0] for c in answer.best.changes] == ["ip"]  # type: ignore[union-attr]
    assert answer.best.cost == Decimal(100000)  # type: ignore[union-attr]


def test_a_set_of_two_is_cheaper_than_any_single_change(tmp_path: Path) -> None:
    file = tmp_path / "effort.yaml"
    file.write_text("""
relative: 1000000
actions:
  - {code: rd, zh: 研发, moves: {rd_cost: 1}, cost: 1}
  - {code: st, zh: 人员, moves: {st_staff: 1, staff: 1}, cost: 1000}
rows: []
""", "utf-8")
    # 20 + 4 = 24; 60 needs 40+20 (rd to 5 %: 200,000; people to 30 %: 29 of them, 29,000), or 50+12 (300,000 + 13,000)
    who = company(rd_cost_2025=300000, revenue_2025=10000000, st_staff_2025=10, staff_2025=100, ip_complete=True)
    answer = near_miss(who, policy(TIERS + conditions(c="总分 >= 60分")), ON, effort=load_effort(file))
    assert amounts(answer) == [("rd@2025", Decimal(200000)), ("st@2025", Decimal(29))]
    assert answer.single is None


def test_three_conditions_take_three_changes() -> None:
    made = policy(conditions(a="上年研发费用 >= 10万元", b="上年科技人员数 >= 5", d="拥有自主品牌"))
    who = company(rd_cost_2025=50000, st_staff_2025=3, staff_2025=10, own_brand=False)
    answer = near_miss(who, made, ON)
    assert amounts(answer) == [("brand", Decimal(1)), ("rd@2025", Decimal(50000)), ("hire_st@2025", Decimal(2))]


def test_four_changes_are_more_than_it_looks_for() -> None:
    made = policy(conditions(a="上年研发费用 >= 10万元", b="上年科技人员数 >= 5", d="拥有自主品牌", e="已完成股改"))
    who = company(rd_cost_2025=50000, st_staff_2025=3, staff_2025=10, own_brand=False, share_reform_done=False)
    assert near_miss(who, made, ON).outcome == "none"


def test_the_cheaper_branch_of_any_is_taken() -> None:
    made = policy(conditions(a="上年研发费用 >= 100万元", b="拥有自主品牌") + "decide: {any: [a, b]}\n")
    who = company(rd_cost_2025=0, own_brand=False)
    answer = near_miss(who, made, ON)
    assert [w.changes[0].code for w in answer.ways] == ["brand", "rd@2025"]


def test_a_side_effect_that_breaks_another_condition_is_made_up_for() -> None:
    # hiring two passes the cap on staff, so two others have to go
    made = policy(conditions(a="上年科技人员数 >= 12", b="上年职工总数 <= 100"))
    who = company(st_staff_2025=10, staff_2025=100)
    answer = near_miss(who, made, ON)
    assert amounts(answer) == [("hire_st@2025", Decimal(2)), ("fewer@2025", Decimal(2))]


def test_data_checks_are_kept() -> None:
    # R&D staff cannot outnumber all staff: 3 of 3 are there already, so they are hired with the staff
    made = policy(conditions(a="上年研发人员数 >= 4"))
    who = company(rd_staff_2025=3, staff_2025=3)
    answer = near_miss(who, made, ON)
    assert answer.best is not None
    assert dict((f[0], f[2]) for f in answer.best.changes[0].figures)["2025年职工总数"] == 4  # noqa: C402 - read as a map


def test_age_cannot_be_changed() -> None:
    made = policy(conditions(a="months between(注册日期, 评估日) >= 12", b="上年研发费用 >= 10万元"))
    answer = near_miss(company(registered_on=date(2026, 6, 1), rd_cost_2025=5), made, ON)
    assert (answer.outcome, answer.fixed, answer.ways) == ("fixed", ("a",), ())
    assert (answer.gaps[0].gap, answer.gaps[0].unit) == (Decimal(7), "月")


def test_what_another_branch_holds_is_not_a_gap() -> None:
    made = policy(conditions(a="上年研发费用 >= 10万元", b="拥有自主品牌", d="上年职工总数 >= 5") + "decide: {all: [{any: [a, b]}, d]}\n")
    answer = near_miss(company(rd_cost_2025=5, own_brand=True, staff_2025=4), made, ON)
    assert [g.condition for g in answer.gaps] == ["d"]
    assert amounts(answer) == [("hire@2025", Decimal(1))]


def test_a_titled_right_may_be_what_is_missing() -> None:
    made = policy(conditions(a='exists(资质证书[类型 = "高新技术企业" and 发证日期 <= 评估日 and 有效期至 >= 评估日])'))
    answer = near_miss(company(certificates_complete=True), made, ON)
    assert answer.best is not None
    assert dict(answer.best.changes[0].row)["类型"] == "高新技术企业"


def test_missing_data_that_remain_are_told() -> None:
    made = policy(conditions(a="上年研发费用 >= 10万元", b="居民企业"))
    answer = near_miss(company(rd_cost_2025=5), made, ON)
    assert (answer.outcome, answer.open) == ("open", ("b",))
    assert amounts(answer) == [("rd@2025", Decimal(99995))]


def test_best_of_two_ratios_bends() -> None:
    # only the second ratio moves the better one; R&D also raises costs: (5+x)/(100+x) >= 10 %
    made = policy("let: [{code: x, zh: 较高占比, expr: 'best of(percent(上年研发费用 / 上年营业收入), percent(上年研发费用 / 上年成本费用支出))'}]\n"
                  + conditions(a="较高占比 >= 10%"))
    who = company(rd_cost_2025=50000, revenue_2025=2000000, total_cost_2025=1000000)
    assert amounts(near_miss(who, made, ON)) == [("rd@2025", Decimal("55555.56"))]


def test_an_eligible_company_has_no_gap() -> None:
    answer = near_miss(company(rd_cost_2025=100000), policy(conditions(c="上年研发费用 >= 10万元")), ON)
    assert (answer.verdict, answer.outcome, answer.gaps, answer.ways) == ("eligible", "not_needed", (), ())


def test_a_policy_not_in_force_is_refused() -> None:
    with pytest.raises(WutongError, match="Q102"):
        near_miss(company(), policy(conditions(c="居民企业")), date(2019, 1, 1))


@pytest.mark.parametrize("text", ["relative: 1", "relative: -1\nactions: []\nrows: []", "relative: x\nactions: []\nrows: []", "[]"])
def test_a_faulty_cost_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "effort.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(WutongError, match="Q120"):
        load_effort(file)


@pytest.mark.parametrize("seed", range(3))
def test_every_way_leads_there_and_one_step_less_does_not(seed: int) -> None:
    dice = random.Random(seed)
    made = policy(TIERS + conditions(c="总分 >= 60分", d="上年职工总数 <= 120", e="上年研发费用 >= 20万元 or 研发占比 >= 5%"))
    staff = dice.randint(20, 110)
    who = company(
        rd_cost_2025=Decimal(dice.randint(0, 30_000_000)) / 100, revenue_2025=Decimal(dice.randint(100_000, 2_000_000_000)) / 100,
        st_staff_2025=dice.randint(0, staff // 3), staff_2025=staff, ip_complete=True,
    )
    answer = near_miss(who, made, ON)
    if answer.outcome == "not_needed":
        return
    assert answer.outcome == "found"
    lab = Lab(who, [made], ON)
    names = {"2025年研发费用": "rd_cost_2025", "2025年科技人员数": "st_staff_2025", "2025年职工总数": "staff_2025",
             "2025年营业收入": "revenue_2025"}
    for way in answer.ways:
        verdicts = [row["p00_verdict"] for row in lab.decide([_variant(way, None, names, who), *(
            _variant(way, n, names, who) for n in range(len(way.changes)))])]
        assert verdicts[0] == 1
        assert 1 not in verdicts[1:]


def _variant(way, less, names, who) -> Variant:
    """The way by hand; change number `less` by one step less."""
    cells, rows = {}, []
    for n, change in enumerate(way.changes):
        step = Decimal("0.01") if change.unit == "元" else Decimal(1)
        short = step if n == less else Decimal(0)
        for name, before, after in change.figures:
            column = names[name]
            sign = 1 if after > before else -1
            cells[column] = cells.get(column, who.facts[column]) + (after - before) - sign * short
        if change.row:
            one = {"类别": "kind", "有效期至": "valid_until"}
            rows += [("ip", tuple((one[k], v) for k, v in change.row if k in one))] * int(change.amount - short)
    return Variant(tuple(cells.items()), tuple(rows))
