"""Back-tests: hand-computed moves and costs, figures by name, draws that can be replayed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from tests.policy.made import ON, policy

from wutong.errors import WutongError
from wutong.packs.cases import Case, case_tables
from wutong.packs.model import Policy
from wutong.policy.completing import completed
from wutong.policy.evaluate import evaluate, shipped_catalogue
from wutong.policy.figures import changed, figures
from wutong.policy.groups import groupings
from wutong.policy.reform import Options, reform
from wutong.policy.reform_model import Draft, Reform

D = Decimal
BODY = """
parameters:
  - {code: line, zh: 研发下限, value: 5, unit: "%", source: s}
  - {code: award, zh: 奖励额, value: 10, unit: 万元, source: s}
tables:
  - {code: tier, zh: 分档, hit: FIRST, inputs: [上年职工总数], output: {type: number, unit: 分}, source: s,
     rules: [[">= 100人", 20], ["[10人..100人)", 10], ["-", 0]]}
conditions:
  - {code: rd, zh: 研发强度, when: percent(上年研发费用 / 上年营业收入) >= 研发下限, source: s}
  - {code: size, zh: 人数不超过500人, when: 上年职工总数 <= 500人 and 分档 >= 0分, source: s}
benefits:
  - {code: b, zh: 奖, amount: 奖励额, source: s, pays_for: 研发}
"""


def company(rd: str | None, staff: int = 50, sector: str = "制造业", founded: date = date(2020, 1, 1)) -> dict[str, object]:
    facts: dict[str, object] = {"营业收入": {2025: "100万元"}, "职工总数": {2025: staff}, "行业门类": sector, "注册日期": founded}
    return facts if rd is None else {**facts, "研发费用": {2025: rd}}


COMPANIES = [company("5万元"), company("4.5万元"), company("4万元", sector="建筑业"), company("1万元"), company(None),
             company("6万元", staff=501)]


def tables(companies: list[dict[str, object]]) -> dict[str, pa.Table]:
    return case_tables([Case(f"企业{n}", ON, facts, {}) for n, facts in enumerate(companies)], shipped_catalogue())


def back_test(*settings: tuple[str, str], made: Policy | None = None, others: tuple[Policy, ...] = (), **options: object) -> Reform:
    made = made or policy(BODY)
    touched, said = changed([made], settings, ON)
    return reform(tables(COMPANIES), [made, *others], [Draft("方案", touched, tuple(said))], ON, Options(**options))


def test_a_lower_line_lets_two_in_and_costs_twenty() -> None:
    found = back_test(("made.line", "4%"), draws=0)
    (c,) = found.changes
    assert (c.before["eligible"], c.after["eligible"], c.gains, c.loses, c.unknown) == (1, 3, 2, 0, 0)
    assert c.moves == {("ineligible", "eligible"): 2}
    assert (c.cost_before.low, c.cost_before.high) == (D(100000), D(200000))
    assert (c.cost_after.low, c.cost_after.high) == (D(300000), D(400000))
    assert [(m.name, m.before, m.after, m.low_after) for m in c.moved] == [
        ("企业1", "ineligible", "eligible", D(100000)), ("企业2", "ineligible", "eligible", D(100000))]
    assert {s.label: (s.companies, s.gains, s.low) for s in c.shares if s.by == "sector"} == {
        "制造业": (5, 1, D(100000)), "建筑业": (1, 1, D(100000))}


def test_a_higher_line_shuts_one_out() -> None:
    (c,) = back_test(("made.line", "0.055"), draws=0).changes
    assert (c.gains, c.loses, c.less, c.more) == (0, 1, 1, 0)


def test_another_amount_moves_nobody_but_pays_more() -> None:
    (c,) = back_test(("made.award", "12"), draws=0).changes
    assert (c.gains, c.loses, c.more, c.cost_after.low, c.cost_after.high) == (0, 0, 1, D(120000), D(240000))


def test_overlap_names_the_matter_that_is_paid_twice() -> None:
    other = replace(policy(BODY.replace("value: 5,", "value: 1,")), id="other", zh="另一政策")
    (c,) = back_test(("made.line", "4%"), others=(other,), draws=0).changes
    assert [(o.policy.key, o.companies, o.low, o.same_matter) for o in c.overlaps] == [
        ("tests.other", 2, D(200000), ("研发",))]


def test_a_new_policy_starts_from_nothing() -> None:
    new = replace(policy(BODY), id="new", start=date(2030, 1, 1))
    found = reform(tables(COMPANIES), [policy(BODY)], [Draft("d", {new.key: new})], ON, Options(draws=0))
    (c,) = found.changes
    assert (c.new, c.before["ineligible"], c.gains, c.unknown, c.cost_before.high) == (True, 6, 1, 1, D(0))


def test_expected_cost_lies_between_and_can_be_replayed() -> None:
    one, again, other = (back_test(("made.line", "4%"), seed=seed, draws=20) for seed in ("a", "a", "b"))
    cost = one.changes[0].cost_after
    assert one.changes == again.changes
    assert cost.low <= cost.expected <= cost.high
    assert one.changes != other.changes
    assert (one.method.uncertain, one.method.sampled, one.method.draws) == (1, 1, 20)


def test_expected_cost_is_exact_where_nothing_is_missing() -> None:
    made = policy(BODY)
    touched, _ = changed([made], [("made.line", "4%")], ON)
    known = [c for c in COMPANIES if "研发费用" in c]
    (c,) = reform(tables(known), [made], [Draft("d", touched)], ON).changes
    assert (c.cost_after.expected, c.cost_after.deviation) == (D(300000), D(0))


def test_completing_leaves_what_is_known_and_no_gap() -> None:
    made = tables(COMPANIES)
    drawn = completed(made, np.arange(6), shipped_catalogue(), "s", 3)["companies"]
    assert drawn.num_rows == 18
    assert drawn.column("rd_cost_2025").null_count == 0
    assert drawn.column("rd_cost_2025")[:4].to_pylist() == made["companies"].column("rd_cost_2025")[:4].to_pylist()
    assert drawn.column("company")[6].as_py() == "001:case0000"


def test_completing_never_reverses_a_verdict() -> None:
    made = policy(BODY)
    sure = [v for _, _, v in evaluate(tables(COMPANIES), [made], ON).verdicts()]
    drawn = completed(tables(COMPANIES), np.arange(6), shipped_catalogue(), "s", 5)
    after = [v for _, _, v in evaluate(drawn, [made], ON).verdicts()]
    assert all(v == sure[n % 6] for n, v in enumerate(after) if sure[n % 6] != "unknown")


def test_figures_of_parameters_and_of_rules_have_names() -> None:
    assert {f.name: f.text for f in figures(policy(BODY), ON)} == {
        "made.line": "5%", "made.award": "10万元", "made.tier.1": "100人", "made.tier.1.out": "20分",
        "made.tier.2.1": "10人", "made.tier.2.2": "100人", "made.tier.2.out": "10分", "made.tier.3.out": "0分",
        "made.size.1": "500人", "made.size.2": "0分"}


@pytest.mark.parametrize(("name", "text", "rule"), [
    ("made.tier.1", "200", ">= 200人"), ("made.tier.2.2", "0.02万人", "[10人..200人)"), ("tests.made.size.1", "600人", "600人")])
def test_a_number_inside_a_rule_is_replaced_in_its_place(name: str, text: str, rule: str) -> None:
    touched, _ = changed([policy(BODY)], [(name, text)], ON)
    made = touched["tests.made"]
    assert rule in [c for r in made.tables[0].rules for c in r] + (made.conditions[1].when or "").split()
    assert (made.status, made.sha256) != (policy(BODY).status, policy(BODY).sha256)


def test_settings_add_up() -> None:
    touched, said = changed([policy(BODY)], [("made.line", "0.04"), ("自拟政策.奖励额", "200000元")], ON)
    assert [p.values[0].value for p in touched["tests.made"].parameters] == [D(4), D(20)]
    assert said == ["made.line（研发下限）5% → 4%", "made.award（奖励额）10万元 → 20万元"]


@pytest.mark.parametrize(("name", "text", "code"), [
    ("made.rd_ratio", "4%", "R301"), ("nobody.line", "4%", "R301"), ("made.line", "4", "R302"), ("made.line", "多", "R302"),
    ("made.award", "5人", "R302"), ("made.award", "", "R302"), ("made.line", "1/0", "R302")])
def test_unknown_names_and_impossible_values_are_told(name: str, text: str, code: str) -> None:
    with pytest.raises(WutongError) as caught:
        changed([policy(BODY)], [(name, text)], ON)
    assert caught.value.code == code


def test_no_draft_and_too_many_are_told() -> None:
    made = policy(BODY)
    for drafts, code in (([], "R304"), ([Draft(str(n), {made.key: made}) for n in range(25)], "R305")):
        with pytest.raises(WutongError) as caught:
            reform(tables(COMPANIES), [made], drafts, ON)
        assert caught.value.code == code


def test_age_counts_the_anniversary_as_reached() -> None:
    days = [date(2025, 11, 1), date(2025, 11, 2), date(2006, 11, 1), None]
    table = pa.table({"company": list("abcd"), "registered_on": pa.array(days, pa.date32())})
    age = groupings(table, ON)[2]
    assert [age.labels[n] for n in age.of] == ["1–3年", "不满1年", "20年以上", "未填"]
