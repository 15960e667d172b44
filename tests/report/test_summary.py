from __future__ import annotations

from decimal import Decimal

from wutong.report.model import (
    ConditionResult,
    ConditionView,
    Measure,
    NearMiss,
    PolicyView,
    Range,
    ScoreLine,
    VerdictView,
)
from wutong.report.summary import add, headline, logic, reason, standing, would_decide
from wutong.report.texts import WORDS, Words

ZH = Words("zh")
C = tuple(ConditionView(f"c{i}", f"条件{i}") for i in (1, 2, 3))
POLICY = PolicyView("n", "p", "1", "政策", conditions=C)
SHORT = Measure("x", Decimal(8), Decimal(8), ">=", Decimal(10), "件", Decimal(2))


def test_near_is_ineligible_with_one_step_left():
    near = NearMiss("c1", Decimal(2), "件")
    assert standing(VerdictView("ineligible", ())) == "ineligible"
    assert standing(VerdictView("ineligible", (), near_miss=near)) == "near"
    assert standing(None) == "none"


def test_reasons_carry_the_number():
    failed = (ConditionResult("c1", False, (SHORT,)), ConditionResult("c2", True), ConditionResult("c3", False))
    assert reason(POLICY, VerdictView("ineligible", failed), ZH) == "2 项未满足：条件1（差2件）；条件3"
    near = VerdictView("ineligible", failed[:2], near_miss=NearMiss("c1", Decimal(2), "件"))
    assert reason(POLICY, near, ZH) == "仅差一项：条件1（差2件）"


def test_reason_of_unknown_names_facts_or_else_conditions():
    open_ = (ConditionResult("c1", None, (), ("甲",)), ConditionResult("c2", None, (), ("甲", "乙")))
    assert reason(POLICY, VerdictView("unknown", open_), ZH) == "缺少：甲、乙"
    assert reason(POLICY, VerdictView("unknown", open_, missing=("乙",)), ZH) == "缺少：乙"
    assert reason(POLICY, VerdictView("unknown", (ConditionResult("c3", None),)), ZH) == "缺少：条件3"


def test_missing_fact_lists_its_conditions():
    open_ = (ConditionResult("c1", None, (), ("甲",)), ConditionResult("c2", None, (), ("甲",)), ConditionResult("c3", True, (), ("丙",)))
    assert would_decide(VerdictView("unknown", open_, missing=("甲", "丁"))) == [("甲", ["c1", "c2"]), ("丁", [])]


def test_logic_is_silent_when_all_conditions_count():
    assert logic(POLICY, ZH) == ""
    assert logic(PolicyView("n", "p", "1", "政", conditions=C, decide=("all", ("c1", "c2", "c3"))), ZH) == ""


def test_logic_brackets_alternatives():
    tree = ("all", ("c1", ("any", ("c2", ("all", ("c3", ("not", ("c1",))))))))
    assert logic(PolicyView("n", "p", "1", "政", conditions=C, decide=tree), ZH) == "1 且 （2 或 （3 且 非 1））"


def test_sum_of_ranges_stays_open_where_one_is():
    assert add([]) == Range(Decimal(0), Decimal(0))
    assert add([Range(Decimal(1), Decimal(2)), Range(None, Decimal(5))]) == Range(Decimal(1), Decimal(7))
    assert add([Range(Decimal(1), Decimal(2)), Range(Decimal(1), None)]) == Range(Decimal(2), None)


def test_both_languages_have_the_same_gaps_to_fill():
    assert {key for key, (zh, en) in WORDS.items() if zh.count("{}") != en.count("{}")} == set()
    assert {key for key, pair in WORDS.items() if not all(pair)} == set()


def test_reason_leaves_out_a_way_that_another_way_made_up_for():
    tree = ("all", (("any", ("c1", "c2")), "c3"))
    policy = PolicyView("n", "p", "1", "政", conditions=C, decide=tree)
    results = (ConditionResult("c1", False), ConditionResult("c2", True), ConditionResult("c3", False))
    assert reason(policy, VerdictView("ineligible", results), ZH) == "1 项未满足：条件3"


def test_reason_names_alternatives_as_one_cause():
    tree = ("all", (("any", ("c1", ("all", ("c2", "c3")))),))
    policy = PolicyView("n", "p", "1", "政", conditions=C, decide=tree)
    results = (ConditionResult("c1", False), ConditionResult("c2", False), ConditionResult("c3", False))
    assert reason(policy, VerdictView("ineligible", results), ZH) == "1 项未满足：（条件1；条件2且条件3）至少其一"


def test_headline_shows_scores_and_classes_only():
    amount = ScoreLine("x", "扣除额", Decimal(5), Decimal(5), unit="元", total=True)
    score = ScoreLine("x", "得分", Decimal(60), Decimal("88.12345"), unit="分", total=True)
    assert headline(VerdictView("eligible", (), Range(Decimal(5), Decimal(5)), scores=(amount,)), ZH) == ""
    assert headline(VerdictView("eligible", (), scores=(score,)), ZH) == "60–88.1235分"
