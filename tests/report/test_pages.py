from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from lxml import html
from tests.report.invented import run

from wutong.report.model import (
    BenefitLine,
    CompanyView,
    ConditionResult,
    ConditionView,
    FactView,
    Measure,
    NearMiss,
    PackView,
    PolicyView,
    Range,
    RunView,
    ScoreLine,
    SourceView,
    VerdictView,
)
from wutong.report.pages import Pages

EVIL = '<script>alert("1")</script>&\'"'


def text(node) -> str:
    return " ".join(node.text_content().split())


def one_run(verdict: VerdictView, conditions: tuple[ConditionView, ...], **more) -> RunView:
    policy = PolicyView("national", "p", "1", "政策甲", conditions=conditions,
                        sources={"s": SourceView("某字〔2024〕1号", "第三条", grade="V")})
    company = CompanyView("C1", "某公司", "demo", (FactView("营业收入", "30000000", "元", "2025", "年报"),), {policy.key: verdict})
    return RunView("abc", date(2026, 11, 1), "interval", "0.1.0", "hash", demo=False,
                   packs=(PackView("national", "1", "ab" * 32),), policies=(policy,), companies=(company,), **more)


def company_page(view: RunView, lang="zh"):
    return html.fromstring(Pages(view, lang).company(view.companies[0]))


def condition_rows(page) -> list[list[str]]:
    table = page.xpath("//details//table")[0]
    return [[text(td) for td in tr.xpath("td")] for tr in table.xpath(".//tbody/tr")]


STAFF = ConditionView("c1", "职工不超过500人", "At most 500 staff", "上年职工总数 <= 500人", "s")


def test_failed_condition_shows_value_threshold_gap_and_source():
    result = ConditionResult("c1", False, (Measure("上年职工总数", Decimal(620), Decimal(620), "<=", Decimal(500), "人", Decimal(120)),))
    page = company_page(one_run(VerdictView("ineligible", (result,)), (STAFF,)))
    assert condition_rows(page) == [
        ["✗ 不符合", "1. 职工不超过500人", "上年职工总数620人", "≤ 500人", "超出120人", "某字〔2024〕1号 第三条 [V]"],
    ]


def test_money_shows_exact_yuan_as_tooltip():
    result = ConditionResult("c1", True, (Measure("上年营业收入", Decimal(30000000), Decimal(30000000), ">=", Decimal(10**7), "元"),))
    page = company_page(one_run(VerdictView("eligible", (result,)), (STAFF,)))
    assert [(s.text, s.get("title")) for s in page.xpath("//details//td//span[@title]")] == [
        ("3,000万元", "30,000,000 元"), ("≥ 1,000万元", "10,000,000 元"),
    ]


def test_two_measures_share_one_condition_cell():
    measures = (Measure("a", Decimal(1), Decimal(1), ">=", Decimal(1), "人"), Measure("b", None, None, "<", Decimal(9), "人"))
    page = company_page(one_run(VerdictView("unknown", (ConditionResult("c1", None, measures, ("b",)),)), (STAFF,)))
    assert condition_rows(page) == [
        ["? 未知", "1. 职工不超过500人", "a1人", "≥ 1人", "", "某字〔2024〕1号 第三条 [V]"], ["b未知", "< 9人", ""],
    ]
    assert page.xpath("//details//td[@class='title']/@rowspan") == ["2"]


@pytest.mark.parametrize(("truth", "note"), [("manual", "需人工认定"), (True, "已由人工认定")])
def test_manual_condition_says_whether_a_person_has_found(truth, note):
    manual = replace(STAFF, text="", manual=True)
    page = company_page(one_run(VerdictView("manual", (ConditionResult("c1", truth),)), (manual,)))
    assert condition_rows(page)[0][2] == note


def test_missing_facts_name_the_conditions_they_decide():
    results = (ConditionResult("c1", None, (), ("上年职工总数",)), ConditionResult("c2", None, (), ("上年职工总数", "注册日期")))
    verdict = VerdictView("unknown", results, missing=("上年职工总数",))
    page = company_page(one_run(verdict, (STAFF, replace(STAFF, code="c2"))))
    rows = [[text(td) for td in tr.xpath("td")] for tr in page.xpath("//h4[text()='缺少的数据']/following-sibling::div[1]//tbody/tr")]
    assert rows == [["上年职工总数", "条件 1、2"], ["注册日期", "条件 2"]]


def test_benefit_that_does_not_count_says_why():
    lines = (BenefitLine("a", "甲奖", Decimal(300000), Decimal(500000), True),
             BenefitLine("b", "乙奖", Decimal(100000), None, False, "同组就高不重复", group="g", once=True, cap=Decimal(10**6)))
    page = company_page(one_run(VerdictView("eligible", (), benefit=Range(Decimal(300000), Decimal(500000)), benefits=lines), ()))
    rows = [[text(td) for td in tr.xpath("td")] for tr in page.xpath("//h4[text()='收益明细']/following-sibling::div[1]//tbody/tr")]
    assert rows == [["甲奖", "30万–50万元", "", "计入"],
                    ["乙奖", "至少 10万元，上限未知", "仅一次 互斥组 g 上限 100万元", "不计入 同组就高不重复"]]


def test_score_bar_splits_sure_and_possible():
    line = ScoreLine("s", "研发", Decimal(20), Decimal(40), Decimal(50), pass_at=Decimal(30))
    page = company_page(one_run(VerdictView("unknown", (), scores=(line,)), ()))
    rects = [(r.get("class"), r.get("x"), r.get("width")) for r in page.xpath("//svg[@class='bar']//rect")]
    assert rects == [("b-low", "0", "400"), ("b-high", "400", "400"), ("b-pass", "598", "4")]


def test_hostile_text_stays_text_on_every_page():
    conditions = (ConditionView("c1", EVIL, EVIL, EVIL, "s"),)
    result = ConditionResult("c1", False, (Measure(EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, Decimal(1)),), (EVIL,))
    verdict = VerdictView("ineligible", (result,), near_miss=NearMiss("c1", Decimal(1), EVIL), missing=(EVIL,),
                          benefits=(BenefitLine(EVIL, EVIL, None, None, False, EVIL, EVIL, EVIL),),
                          scores=(ScoreLine(EVIL, EVIL, Decimal(1), Decimal(2), Decimal(3), EVIL),))
    policy = PolicyView("n", "p", EVIL, EVIL, EVIL, EVIL, "draft", EVIL, conditions=conditions,
                        sources={"s": SourceView(EVIL, EVIL, "javascript:alert(1)", EVIL, note=EVIL)})
    company = CompanyView(EVIL, EVIL, "", (FactView(EVIL, EVIL, EVIL, EVIL, EVIL),), {policy.key: verdict})
    view = RunView(EVIL, date(2026, 11, 1), EVIL, EVIL, EVIL, demo=True, packs=(PackView(EVIL, EVIL, EVIL),),
                   policies=(policy,), companies=(company,), zone=EVIL)
    pages = dict(Pages(view).all())
    assert len(pages) == 3
    for page in pages.values():
        assert "<script>alert" not in page
        assert "javascript:" not in page
        assert "alert" in page


def test_list_data_of_the_overview_survive_a_script_end_tag():
    view = run(1, 1)
    view = replace(view, companies=(replace(view.companies[0], name="</script>甲"),))
    page = html.fromstring(Pages(view).index())
    data = json.loads(page.xpath("//script[@id='data']/text()")[0])
    assert data["rows"][0][2] == "</script>甲"


def test_overview_counts_are_those_of_the_verdicts(view):
    page = html.fromstring(Pages(view).index())
    rows = page.xpath("//h2[@id='policies']/following-sibling::div[1]//tbody/tr")
    shown = [[int(text(td)) for td in tr.xpath("td[contains(@class,'counts')]")] for tr in rows]
    assert len(shown) == 8
    assert [sum(row) for row in shown] == [12] * 8
    eligible = [sum(c.verdicts[p.key].verdict == "eligible" for c in view.companies) for p in view.policies]
    assert [row[0] for row in shown] == eligible


def test_every_relative_link_and_anchor_leads_somewhere(view):
    pages = dict(Pages(view).all())
    for path, page in pages.items():
        tree = html.fromstring(page)
        ids = set(tree.xpath("//@id"))
        for href in tree.xpath("//a/@href"):
            target, _, anchor = href.partition("#")
            if "://" in target or target == "results.xlsx":
                continue
            folder = path.rpartition("/")[0]
            parts = [p for p in f"{folder}/{target}".split("/") if p] if target else path.split("/")
            full = "/".join(parts[:-2] + parts[-1:]) if ".." in parts and len(parts) == 3 else "/".join(p for p in parts if p != "..")
            full = "/".join(target.split("/")[1:]) if target.startswith("../") else full
            assert full in pages, (path, href)
            if anchor and "=" not in anchor:
                known = ids if not target else set(html.fromstring(pages[full]).xpath("//@id"))
                assert anchor in known, (path, href)


def test_nothing_is_loaded_from_outside(view):
    for page in dict(Pages(view).all()).values():
        assert re.findall(r"""(?:src|srcset)=|@import|url\(|<link""", page) == []


def test_demo_banner_stands_on_every_page_of_a_demo_and_on_none_else(view):
    real = replace(view, demo=False)
    assert {"本页含虚构企业" in page for page in dict(Pages(view).all()).values()} == {True}
    assert {"本页含虚构企业" in page for page in dict(Pages(real).all()).values()} == {False}


def test_english_pages_hold_no_chinese_furniture(view):
    bare = replace(view, companies=(), policies=(), packs=(), diagnostics=(), zone="", demo=False)
    page = html.fromstring(Pages(bare, "en").index())
    assert re.findall(r"[\u4e00-\u9fff]+", text(page.xpath("//main")[0])) == []


def test_empty_run_says_so(view):
    page = Pages(replace(view, companies=(), policies=(), diagnostics=())).index()
    assert "本次运行没有企业" in page
    assert "本次运行没有可用的政策" in page


def test_same_run_gives_same_pages(view):
    assert dict(Pages(view).all()) == dict(Pages(run(12, 8)).all())


def test_codes_that_clash_as_file_names_get_pages_of_their_own(view):
    a, b = view.companies[:2]
    twins = replace(view, companies=(replace(a, code="甲1"), replace(b, code="乙1")))
    paths = [path for path, _ in Pages(twins).all() if path.startswith("companies/")]
    assert paths == ["companies/_1.html", "companies/_1-2.html"]
