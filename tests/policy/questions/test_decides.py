"""What decides: sets that will settle an open verdict, items that could."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.policy.questions.asked import ON, company, conditions, policy

from wutong.policy.decides import what_decides
from wutong.policy.facts import Variant
from wutong.policy.lab import Lab


def test_every_open_condition_of_an_all_is_needed_and_each_could_fail_it() -> None:
    made = policy(conditions(a="上年研发费用 >= 10万元", b="居民企业", d="拥有自主品牌"))
    answer = what_decides(company(own_brand=True), made, ON)
    assert answer.missing == ("rd_cost_2025", "resident")
    assert answer.will == (("rd_cost_2025", "resident"),)
    assert answer.could == (("rd_cost_2025", ("ineligible",)), ("resident", ("ineligible",)))
    assert answer.complete


def test_either_branch_of_an_any_could_settle_it() -> None:
    made = policy(conditions(a="上年研发费用 >= 10万元", b="居民企业") + "decide: {any: [a, b]}\n")
    answer = what_decides(company(), made, ON)
    assert answer.could == (("rd_cost_2025", ("eligible",)), ("resident", ("eligible",)))
    assert answer.will == (("rd_cost_2025", "resident"),)


def test_one_of_two_missing_parts_of_a_score_suffices_when_the_other_cannot_matter() -> None:
    # 40 known; staff gives 0 or 4, R&D 0 or 50 of 60: R&D alone decides
    made = policy("""
tables:
  - {code: rd, zh: 研发分, hit: FIRST, inputs: [上年研发费用], output: {type: number, unit: 分}, source: s, rules: [[">= 10万元", 50], ["-", 0]]}
  - {code: st, zh: 人员分, hit: FIRST, inputs: [上年科技人员数], output: {type: number, unit: 分}, source: s, rules: [[">= 3", 4], ["-", 0]]}
let: [{code: t, zh: 总分, expr: 研发分 + 人员分 + 40分}]
""" + conditions(c="总分 >= 60分"))
    answer = what_decides(company(), made, ON)
    assert answer.will == (("rd_cost_2025",),)
    assert answer.could == (("rd_cost_2025", ("eligible", "ineligible")),)


def test_a_ratio_needs_both_of_its_figures_unless_one_is_nothing() -> None:
    made = policy(conditions(c="percent(上年科技人员数 / 上年职工总数) >= 10%"))
    answer = what_decides(company(), made, ON)
    assert ("st_staff_2025", "staff_2025") in answer.will or answer.will == ()
    one = what_decides(company(staff_2025=50), made, ON)
    assert one.will == (("st_staff_2025",),)


def test_a_date_is_followed_through_all_its_days() -> None:
    made = policy(conditions(c="注册日期 >= 评估日 - 24个月 and 注册日期 + 12个月 <= 评估日"))
    answer = what_decides(company(), made, ON)
    assert answer.will == (("registered_on",),)
    assert answer.could == (("registered_on", ("eligible", "ineligible")),)


def test_a_list_nobody_calls_whole_is_an_item() -> None:
    made = policy(conditions(c='not(exists(负面事件[类型 = "重大安全事故"]))', d='count(知识产权[类别 = "I类"]) >= 2'))
    answer = what_decides(company({"ip": [{"kind": "I类"}, {"kind": "I类"}]}), made, ON)
    assert answer.missing == ("incidents.",)
    assert answer.will == (("incidents.",),)
    assert answer.could == (("incidents.", ("eligible", "ineligible")),)


def test_a_persons_finding_is_an_item() -> None:
    body = "conditions:\n  - {code: m, zh: 人工, manual: true, source: s}\n  - {code: r, zh: 居民, when: 居民企业, source: s}\n"
    answer = what_decides(company(resident=True), policy(body), ON)
    assert (answer.verdict, answer.will) == ("manual", (("manual:m",),))


def test_a_decided_verdict_needs_nothing() -> None:
    answer = what_decides(company(resident=False), policy(conditions(b="居民企业", c="拥有自主品牌")), ON)
    assert (answer.verdict, answer.missing, answer.will, answer.could) == ("ineligible", (), (), ())


@pytest.mark.parametrize("seed", range(3))
def test_settling_sets_really_settle_and_no_part_of_them_does(seed: int) -> None:
    dice = random.Random(seed)
    made = policy("let: [{code: r, zh: 占比, expr: percent(上年研发费用 / 上年营业收入)}]\n" + conditions(
        a="占比 >= 5% or 上年研发费用 >= 100万元", b="上年职工总数 <= 500", d="months between(注册日期, 评估日) >= 12", e="居民企业",
    ) + "decide: {all: [a, {any: [b, d]}, e]}\n")
    known = {"rd_cost_2025": Decimal(60000), "revenue_2025": Decimal(1000000), "staff_2025": Decimal(dice.choice([400, 600])),
             "registered_on": date(2024, 1, 1), "resident": True}
    kept = {k: v for k, v in known.items() if dice.random() < 0.5}
    who = company(**kept)
    answer = what_decides(who, made, ON)
    lab = Lab(who, [made], ON)
    for chosen in answer.will:
        tried = [Variant(tuple((i, _any_value(i, dice)) for i in chosen)) for _ in range(200)]
        assert {r["p00_verdict"] for r in lab.decide(tried)} <= {0, 1}
        for left_out in chosen:
            less = [Variant(tuple((i, _any_value(i, dice)) for i in chosen if i != left_out)) for _ in range(300)]
            assert 2 in {r["p00_verdict"] for r in lab.decide(less)}, (chosen, left_out)


def _any_value(item: str, dice: random.Random) -> object:
    if item == "resident":
        return dice.random() < 0.6
    if item == "registered_on":
        return date(2027, 6, 1) - timedelta(days=dice.randint(0, 2000))
    if item == "staff_2025":
        return Decimal(dice.randint(300, 700))
    return Decimal(dice.randint(1, 300_000_000)) / 100
