"""Budgets: hand-computed allocations, the optimum against brute force, draws anyone can replay, faulty plans."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.made import ON, policy

from wutong.errors import WutongError
from wutong.packs.cases import Case, case_tables
from wutong.policy.budget import Allocation, Claim, allocate, claims_of
from wutong.policy.evaluate import evaluate, shipped_catalogue
from wutong.policy.plan import BudgetPlan, Priority, load_plan
from wutong.policy.program import Row, conflict, maximise


def plan(tmp_path: Path, text: str, **more: str) -> BudgetPlan:
    path = tmp_path / "plan.yaml"
    path.write_text(text, "utf-8")
    return load_plan(path, **more)


def claim(number: int, amount: int, *, first: bool = True, policy_key: str = "p.a", **facts: object) -> Claim:
    return Claim(f"C{number:03d}", f"企业{number}", policy_key, amount * 100, first, facts)


def paid(found: Allocation) -> list[str]:
    return [f.claim.company for f in found.claims if f.paid]


def test_the_earlier_priority_never_yields(tmp_path: Path) -> None:
    """One first-time claim of 9 yuan beats two others of 5 yuan although two awards are more."""
    made = plan(tmp_path, "{amount: 10元, priorities: [first_time, awards]}")
    claims = [claim(1, 9), claim(2, 5, first=False), claim(3, 5, first=False)]
    assert paid(allocate(claims, made, ON)) == ["C001"]
    turned = replace(made, priorities=made.priorities[::-1])
    assert paid(allocate(claims, turned, ON)) == ["C002", "C003"]


def test_money_is_used_up_to_the_fen(tmp_path: Path) -> None:
    made = plan(tmp_path, "{amount: 100.01元, priorities: [amount]}")
    found = allocate([Claim(c, c, "p.a", n, True, {}) for c, n in (("A", 5001), ("B", 5000), ("C", 5002))], made, ON)
    assert (paid(found), found.spent) == (["A", "B"], 10001)


def test_limits_hold_and_say_what_they_reached(tmp_path: Path) -> None:
    made = plan(tmp_path, """
amount: 100元
limits:
  - {name: 制造业, where: {行业门类: 制造业}, max: 40%}
  - {name: 甲政策, policy: a, max_awards: 2}
priorities: [amount]
""")
    claims = [claim(n, 20, 行业门类="制造业") for n in range(3)] + [claim(9, 20, 行业门类="建筑业", policy_key="p.b")]
    found = allocate(claims, made, ON)
    assert found.spent == 6000
    assert [(u.name, u.value, u.low, u.high, u.binding) for u in found.limits] == [
        ("预算总额", 6000, None, 10000, False), ("制造业", 4000, None, 4000, True), ("甲政策 #", 2, None, 2, True)]


def test_equal_claims_are_drawn_by_ticket_and_anyone_can_replay(tmp_path: Path) -> None:
    claims = [claim(n, 10) for n in range(9)]
    found = allocate(claims, plan(tmp_path, "{amount: 30元, seed: 双色球}"), ON)
    tickets = sorted((hashlib.sha256(f"双色球:{c.company}".encode()).hexdigest(), c.company) for c in claims)
    assert sorted(paid(found)) == sorted(code for _, code in tickets[:3])
    assert {f.state for f in found.claims} == {"drawn", "lost"}
    other = allocate(claims, plan(tmp_path, "{amount: 30元, seed: 大乐透}"), ON)
    assert paid(other) != paid(found)


def test_a_draw_is_not_needed_where_everyone_is_served(tmp_path: Path) -> None:
    found = allocate([claim(1, 10), claim(2, 10)], plan(tmp_path, "{amount: 30元}"), ON)
    assert {f.state for f in found.claims} == {"funded"}


def test_the_curve_says_what_each_step_buys(tmp_path: Path) -> None:
    claims = [claim(n, 10) for n in range(6)]
    found = allocate(claims, plan(tmp_path, "{amount: 30元, step: 10元, steps: 9}"), ON)
    assert [(s.budget, s.awards) for s in found.curve] == [(0, 0), (1000, 1), (2000, 2), (3000, 3), (4000, 4), (5000, 5), (6000, 6)]


def test_points_and_bounds_are_priorities_and_unknown_is_counted(tmp_path: Path) -> None:
    made = plan(tmp_path, """
amount: 10元
points: 上年专精特新发展评价得分
priorities: [{name: 小, by: 上年营业收入, below: 2000万元}, points]
""")
    claims = [claim(1, 10, 上年营业收入=30_000_000, 上年专精特新发展评价得分=99), claim(2, 10, 上年营业收入=1, 上年专精特新发展评价得分=None),
              claim(3, 10, 上年营业收入=1, 上年专精特新发展评价得分=50)]
    found = allocate(claims, made, ON)
    assert (paid(found), found.values, found.unknown) == (["C003"], (1, 5000), {"上年专精特新发展评价得分": 1})


def test_limits_that_cannot_hold_are_named_and_no_other(tmp_path: Path) -> None:
    made = plan(tmp_path, """
amount: 20元
limits:
  - {name: 甲, policy: a, min: 15元}
  - {name: 乙, policy: b, min: 15元}
  - {name: 丙, policy: c, max: 5元}
""")
    claims = [claim(n, 10, policy_key=f"p.{k}") for n, k in enumerate("aabbcc")]
    with pytest.raises(WutongError) as caught:
        allocate(claims, made, ON)
    assert (caught.value.code, dict(caught.value.diagnostics[0].values)["names"]) == ("R320", "预算总额、甲、乙")


def test_no_claims_is_told(tmp_path: Path) -> None:
    with pytest.raises(WutongError) as caught:
        allocate([], plan(tmp_path, "{amount: 20元}"), ON)
    assert caught.value.code == "R321"


@pytest.mark.parametrize("text", [
    "{}", "[]", "{amount: 多}", "{amount: 5人}", "{amount: -5元}", "{amount: 1元, what: 1}", "{amount: 1元, limits: [{name: x}]}",
    "{amount: 1元, limits: [{min: 120%}]}", "{amount: 1元, limits: [{min_awards: 1.5}]}", "{amount: 1元, limits: {}, policies: 3}",
    "{amount: 1元, priorities: [fame]}", "{amount: 1元, priorities: [{by: a, where: {b: c}}]}", "{amount: 1元, limits: [{where: [], max: 1元}]}"])
def test_faulty_plans_are_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(WutongError) as caught:
        plan(tmp_path, text)
    assert caught.value.code == "R322"


def test_amount_and_seed_may_be_given_apart(tmp_path: Path) -> None:
    made = plan(tmp_path, "{amount: 1元, seed: a}", amount="2万元", seed="b")
    assert (made.budget, made.seed) == (2_000_000, "b")


small = st.lists(st.tuples(st.integers(1, 12), st.booleans(), st.booleans()), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None)
@given(small, st.integers(0, 40), st.integers(0, 30), st.integers(0, 3))
def test_optimum_is_that_of_brute_force(made: list[tuple[int, bool, bool]], budget: int, cap: int, least: int) -> None:
    """Lexicographic: first-time awards, then money; manufacturing capped, at least so many awards outside it."""
    claims = [claim(n, a, first=f, 行业门类="制造业" if m else "建筑业") for n, (a, f, m) in enumerate(made)]
    shape = BudgetPlan("p", budget * 100, (), None, "", (), (), "s", 10**8, 0)
    quotas = load_quotas(cap, least)
    made_plan = replace(shape, limits=quotas, priorities=(Priority("f", "first_time"), Priority("m", "amount")))
    best = None
    for size in range(len(claims) + 1):
        for chosen in combinations(claims, size):
            spent = sum(c.amount for c in chosen)
            inside = sum(c.amount for c in chosen if c.facts["行业门类"] == "制造业")
            outside = sum(c.facts["行业门类"] != "制造业" for c in chosen)
            if spent <= budget * 100 and inside <= cap * 100 and outside >= least:
                value = (sum(c.first_time for c in chosen), spent)
                best = max(best, value) if best else value
    if best is None:
        with pytest.raises(WutongError, match="R320"):
            allocate(claims, made_plan, ON, curve=False)
    else:
        assert allocate(claims, made_plan, ON, curve=False).values == best


def load_quotas(cap: int, least: int) -> tuple:
    from wutong.policy.plan import Part, Quota

    return (Quota("m", (("行业门类", ("制造业",)),), "", None, Part(fen=cap * 100), None, None),
            Quota("b", (("行业门类", ("建筑业",)),), "", None, None, least, None))


@settings(max_examples=8, deadline=None)
@given(small, st.integers(0, 40), st.integers(0, 99))
def test_the_order_of_claims_changes_nothing(made: list[tuple[int, bool, bool]], budget: int, turn: int) -> None:
    claims = [claim(n, a, first=f) for n, (a, f, _) in enumerate(made)]
    shape = BudgetPlan("p", budget * 100, (), None, "", (), (Priority("awards", "awards"),), "s", 10**8, 0)
    turned = [claims[n] for n in np.random.default_rng(turn).permutation(len(claims))]
    assert allocate(claims, shape, ON, curve=False) == allocate(turned, shape, ON, curve=False)


def test_conflict_names_a_smallest_set() -> None:
    rows = [Row("a", (1, 0), low=2), Row("b", (1, 1), high=1), Row("c", (0, 1), high=5)]
    assert conflict([5, 5], rows) == ["a", "b"]
    assert maximise([1, 1], [5, 5], rows[1:]) in ([1, 0], [0, 1])


BODY = """
conditions: [{code: c, zh: 有收入, when: 上年营业收入 > 0元, source: s}]
benefits:
  - {code: b, zh: 奖, amount: 上年营业收入 * 0.1, source: s}
  - {code: t, zh: 减税, amount: 7万元, source: s, kind: tax_saving}
"""


def test_only_sure_grants_of_eligible_companies_are_claims_cut_at_the_cap(tmp_path: Path) -> None:
    facts = [{"营业收入": {2025: "100万元"}, "行业门类": "制造业"}, {"营业收入": {2025: "900万元"}}, {"营业收入": {2025: "0元"}}, {}]
    tables = case_tables([Case(f"企业{n}", ON, f, {}) for n, f in enumerate(facts)], shipped_catalogue())
    results = evaluate(tables, [policy(BODY)], ON)
    made = plan(tmp_path, "{amount: 1元, company_cap: 50万元, policies: [made], limits: [{where: {行业门类: 制造业}, max: 1元}]}")
    found = claims_of(results, tables["companies"], None, made)
    assert [(c.name, c.amount, c.first_time, c.facts) for c in found] == [
        ("企业0", 10_000_000, True, {"行业门类": "制造业"}), ("企业1", 50_000_000, True, {"行业门类": None})]
    for text in ("{amount: 1元, policies: [nobody]}", "{amount: 1元, points: 没有的事实}"):
        with pytest.raises(WutongError) as caught:
            claims_of(results, tables["companies"], None, plan(tmp_path, text))
        assert caught.value.code == "R323"
