"""What can never hold, never fail, or not hold together."""

from __future__ import annotations

import pytest
from tests.policy.made import ON, policy

from wutong.ir.policy.check import check_policy
from wutong.policy.evaluate import shipped_catalogue
from wutong.policy.lint import conditions
from wutong.policy.lint.conditions import condition_findings
from wutong.policy.lint.finding import Scribe


def findings(*whens: str, extra: str = "") -> list[tuple[str, str]]:
    rows = "".join(f"- {{code: c{n}, zh: 条件{n}, source: s, when: '{w}'}}\n" for n, w in enumerate(whens))
    made = policy(f"{extra}\nconditions:\n{rows}")
    checked = check_policy(made, shipped_catalogue(), ON)
    assert checked.faults == []
    return [(d.code, d.place.clause) for d in condition_findings(checked, Scribe(made, {}))]


RATIO = "上年研发费用 / 上年营业收入"


@pytest.mark.parametrize(("whens", "expected"), [
    (("上年职工总数 < 0",), [("L201", "c0")]),
    (("上年职工总数 >= 0",), [("L202", "c0")]),
    (("上年营业收入 > 2亿元", "上年营业收入 < 20000万元"), [("L203", "decide")]),
    (("上年营业收入 >= 2亿元", "上年营业收入 <= 20000万元"), []),
    ((f"percent({RATIO}) >= 5%", f"percent({RATIO}) < 4%"), [("L203", "decide")]),
    ((f"{RATIO} >= 0.05", f"percent({RATIO}) > 3%"), [("L204", "c1")]),
    (('注册日期 <= date("2020-01-01")', '注册日期 > date("2020-01-01")'), [("L203", "decide")]),
    (('count(知识产权[类别 = "I类"]) >= 1', 'not(exists(知识产权[类别 = "I类"]))'), [("L203", "decide")]),
    (('count(知识产权[类别 = "I类"]) >= 1', 'not(exists(知识产权[类别 = "II类"]))'), []),
    (("独立法人 and 上年职工总数 > 5 or not(独立法人)", "上年职工总数 > 5 or not(独立法人)"),
     [("L204", "c0"), ("L204", "c1")]),
    (("(if 独立法人 then 上年营业收入 else 5元) > 5元", "not(独立法人)"), [("L203", "decide")]),
    (("best of(上年职工总数, 前年职工总数) < 5", "上年职工总数 > 5"), [("L203", "decide")]),
    ((f"if 上年营业收入 > 0元 then {RATIO} >= 0.03 else false",), []),
])  # fmt: skip
def test_conditions(whens, expected):
    assert findings(*whens) == expected


def test_tables_and_lets_are_followed():
    extra = """
tables:
- {code: t, zh: 档, source: s, hit: FIRST, inputs: [上年职工总数], output: {type: number}, rules: [['> 10', 20], ['-', 5]]}
let: [{code: l, zh: 合计, expr: 档 + 上年职工总数}]"""
    assert findings("合计 < 20", "上年职工总数 > 10", extra=extra) == [("L203", "decide")]
    assert findings("合计 < 35", "上年职工总数 > 10", extra=extra) == []


HARD = "前年营业收入 / 上年营业收入 * (前年职工总数 / 上年职工总数) * (前年研发费用 / 上年研发费用)"


def test_products_of_six_facts_are_decided():
    assert findings(f"{HARD} * ({HARD}) * ({HARD}) = 2", f"{HARD} = 1.3") == [("L203", "decide")]


def test_what_the_solver_has_no_steps_for_is_told_as_not_decided(monkeypatch):
    monkeypatch.setattr(conditions, "STEPS", 1)
    assert findings(f"{HARD} * ({HARD}) * ({HARD}) = 2", f"{HARD} = 1.3") == [
        ("L205", "c0"), ("L205", "c1"), ("L205", "decide")]
