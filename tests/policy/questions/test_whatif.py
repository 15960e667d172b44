"""What if: facts as people write them, verdicts and money before and after."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.policy.questions.asked import ON, company, conditions, policy

from wutong.backends.at_hand import shipped_catalogue
from wutong.errors import WutongError
from wutong.policy.facts import Variant
from wutong.policy.whatif import parse_add, parse_set, what_if

CATALOGUE = shipped_catalogue()
MADE = policy(conditions(a="上年研发费用 >= 10万元", b="居民企业")
              + "benefits: [{code: g, zh: 奖励, amount: 5万元, source: s}]\n")


def test_a_verdict_its_condition_and_its_money_change() -> None:
    found = what_if(company(rd_cost_2025=50000, resident=True), [MADE], ON, Variant((("rd_cost_2025", Decimal(100000)),)))
    only = found.policies[0]
    assert (only.before, only.after, only.money_before, only.money_after) == ("ineligible", "eligible", (0, 0), (50000, 50000))
    assert [(t.condition, t.before, t.after, t.figures) for t in only.turned] == [
        ("a", False, True, (("上年研发费用", 50000, 100000, "元"),))]
    assert (found.money_before, found.money_after) == ((0, 0), (50000, 50000))
    assert found.facts == (("2025年研发费用", 50000, 100000),)


def test_a_change_without_effect_says_so() -> None:
    found = what_if(company(rd_cost_2025=500000, resident=True), [MADE], ON, Variant((("rd_cost_2025", Decimal(600000)),)))
    assert found.policies[0].same


def test_figures_that_contradict_are_told() -> None:
    who = company(rd_cost_2025=5, total_cost_2025=100, resident=True)
    assert what_if(who, [MADE], ON, Variant((("rd_cost_2025", Decimal(101)),))).broken == ("研发费用不得大于成本费用支出",)


def test_an_added_row_counts() -> None:
    made = policy(conditions(a='count(知识产权[类别 = "I类"]) >= 1'))
    found = what_if(company(ip_complete=True), [made], ON, Variant(rows=(parse_add("知识产权:类别=I类", ON, CATALOGUE),)))
    assert (found.policies[0].before, found.policies[0].after) == ("ineligible", "eligible")


@pytest.mark.parametrize(("text", "column", "value"), [
    ("上年研发费用=300万元", "rd_cost_2025", Decimal(3000000)), ("研发费用@2024=0.5", "rd_cost_2024", Decimal("0.50")),
    ("2025年职工总数=12人", "staff_2025", Decimal(12)), ("已上市=否", "listed", False), ("注册日期=2020-02-29", "registered_on", date(2020, 2, 29)),
    ("上年研发费用=未知", "rd_cost_2025", None), ("技术领域=新材料", "tech_field", "新材料"),
])
def test_facts_are_read_as_people_write_them(text: str, column: str, value: object) -> None:
    assert parse_set(text, ON, CATALOGUE) == (column, value)


@pytest.mark.parametrize(("text", "code"), [
    ("研发=3", "Q103"), ("研发费用=3", "Q103"), ("上年研发费用", "Q107"), ("=3", "Q107"), ("上年研发费用=三个", "Q104"), ("上年研发费用=3人", "Q104"),
    ("上年研发费用=-1元", "Q105"), ("主导产品市场占有率=101%", "Q105"), ("已上市=也许", "Q104"), ("注册日期=2026-13-01", "Q104"),
    ("注册日期=2027-01-01", "Q105"), ("技术领域=炼金术", "Q104"), ("'; DROP TABLE companies; --=1", "Q103"),
])
def test_faulty_facts_are_refused(text: str, code: str) -> None:
    with pytest.raises(WutongError, match=code):
        parse_set(text, ON, CATALOGUE)


@pytest.mark.parametrize(("text", "code"), [
    ("知识产权", "Q107"), ("专利:类别=I类", "Q106"), ("知识产权:种类=I类", "Q106"), ("知识产权:类别=IV类", "Q104"), ("知识产权:类别", "Q107"),
])
def test_faulty_rows_are_refused(text: str, code: str) -> None:
    with pytest.raises(WutongError, match=code):
        parse_add(text, ON, CATALOGUE)
