"""Figures a policy names: ladders that move as one, on the shipped policies and on hand-made companies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.policy.made import ON, policy

from wutong.errors import WutongError
from wutong.packs import choose, load_packs
from wutong.packs.cases import Case, case_tables, load_cases
from wutong.policy.evaluate import shipped_catalogue
from wutong.policy.figures import changed, figures
from wutong.policy.lint.figures import Outlook
from wutong.policy.lint.run import lint_policy
from wutong.policy.reform import Options, reform
from wutong.policy.reform_model import Draft, Reform

NATIONAL = choose(load_packs(["national"]), ON)
CASES = Path(__file__).parents[2] / "src/wutong/packs/national/tsme-115-2017.cases.yaml"
LADDER = """
tables:
  - {code: tier, zh: 分档, hit: FIRST, inputs: [上年职工总数], output: {type: number, unit: 分}, source: s,
     rules: [[">= 100人", 20], [">= 10人", 10], ["-", 0]]}
conditions: [{code: size, zh: 规模, when: 分档 >= 10分 and 上年营业收入 >= 10万元, source: s}]
"""


def tsme(**rd: str) -> Reform:
    """Back-test the lower ladder on companies that differ in R&D only: sales 30 million, costs 190 million, full staff points, no IP."""
    base = dict(load_cases(CASES)[1][0].facts) | {"知识产权": [], "成本费用支出": {2025: "19000万元"}}
    cases = [Case(name, ON, base | {"研发费用": {2025: amount}}, {}) for name, amount in rd.items()]
    touched, said = changed(NATIONAL, [("tsme.rd_ratio", "0.04")], ON)
    assert said == ["tsme.rd_ratio（研发费用占销售收入比档线）5% → 4%"]
    return reform(case_tables(cases, shipped_catalogue()), NATIONAL, [Draft("方案", touched, tuple(said))], ON, Options(draws=0))


def test_from_five_to_four_percent_lets_in_who_lies_between() -> None:
    (c,) = tsme(just_below="1199999元", at_four="120万元", below_five="1499999元", at_five="150万元", at_six="180万元").changes
    assert (c.before["eligible"], c.after["eligible"], c.gains, c.loses, c.unknown) == (2, 4, 2, 0, 0)
    assert sorted(m.name for m in c.moved) == ["at_four", "below_five"]


def test_every_tier_moves_by_as_much_and_the_tables_stay_sound() -> None:
    touched, _ = changed(NATIONAL, [("tsme.rd_ratio", "0.04"), ("national.tsme.rd_to_cost", "24%"), ("hnte.rd_required", "4%")], ON)
    sales, cost = (next(t for t in touched["national.tsme"].tables if t.code == c) for c in ("score_rd_sales", "score_rd_cost"))
    assert [r[0] for r in sales.rules] == [">= 5%", ">= 4%", ">= 3%", ">= 2%", ">= 1%", "-"]
    assert [r[0] for r in cost.rules] == [">= 29%", ">= 24%", ">= 19%", ">= 14%", ">= 9%", "-"]
    assert [r[-1] for r in touched["national.hnte"].tables[0].rules] == ["4", "3", "2"]
    for made in touched.values():
        found = [d for d in lint_policy(made, Outlook(ON, ON, [made])).findings if d.severity != "note" and d.code != "L404"]
        assert found == []


@pytest.mark.parametrize("made", [p for p in load_packs(None) if p.figures], ids=lambda p: p.key)
def test_every_name_that_ships_stands_for_a_figure_and_comes_first(made) -> None:
    found = figures(made, made.end or date.max)
    assert [f.name for f in found[: len(made.figures)]] == [f"{made.id}.{n.code}" for n in made.figures]
    assert [f.named for f in found] == sorted((f.named for f in found), reverse=True)
    assert all(f.named for f in found[: len(made.figures)])


def test_the_chinese_name_does_as_well_and_near_names_are_told() -> None:
    one, other = (changed(NATIONAL, [(n, "4%")], ON)[0] for n in ("tsme.rd_ratio", "科技型中小企业.研发费用占销售收入比档线"))
    assert one == other
    with pytest.raises(WutongError) as caught:
        changed(NATIONAL, [("tsme.rd_ration", "0.04")], ON)
    assert caught.value.code == "R301"
    assert "tsme.rd_ratio（" in str(caught.value)


def test_a_ladder_that_would_reach_zero_is_refused() -> None:
    with pytest.raises(WutongError) as caught:
        changed(NATIONAL, [("tsme.rd_ratio", "0.03")], ON)
    assert caught.value.code == "R308"
    assert "tsme.score_rd_sales.5" in str(caught.value)


@pytest.mark.parametrize("at", ["tier.3", "tier.9", "[tier.1, size.2]", "ladder"])
def test_a_name_that_stands_for_nothing_is_told_by_lint_and_reform(at: str) -> None:
    made = policy(LADDER + f"figures: [{{code: ladder, zh: 梯级, at: {at}}}]\n")
    with pytest.raises(WutongError) as caught:
        changed([made], [("made.ladder", "50人")], ON)
    assert caught.value.code == "R307"
    assert "R307" in {d.code for d in lint_policy(made, Outlook(ON, ON, [made])).findings}


def test_one_place_or_several() -> None:
    made = policy(LADDER + "figures: [{code: entry, zh: 入门, at: tier.2}, {code: all, zh: 各档, at: [tier.1, tier.2]}]\n")
    rules = [[r[0] for r in changed([made], [s], ON)[0]["tests.made"].tables[0].rules]
             for s in (("made.entry", "20人"), ("made.all", "110人"))]
    assert rules == [[">= 100人", ">= 20人", "-"], [">= 110人", ">= 20人", "-"]]


def test_a_share_that_a_table_gives_is_read_as_a_share() -> None:
    touched, _ = changed(NATIONAL, [("hnte.rd_min.1.out", "0.04")], ON)
    assert Decimal(touched["national.hnte"].tables[0].rules[0][-1]) == 4
