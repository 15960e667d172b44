"""The page of a portrait: whole, escaped, without script, the same bytes for the same run."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import html
from tests.portrait.made import FULL, full, portrait

from wutong.portrait.html import as_html

HOSTILE = "</style><script>alert(1)</script>\"'&{{ 7*7 }}"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("facts", [FULL, {}])
def test_the_page_is_well_formed_and_needs_nothing_else(facts, lang):
    text = as_html(portrait(facts, lang=lang))
    page = html.fromstring(text)
    assert page.get("lang") == {"zh": "zh-CN", "en": "en"}[lang]
    assert page.xpath("//script | //link | //img | //iframe | //*[@src] | //*[@href]") == []
    assert "url(" not in text
    assert "@import" not in text


def test_the_same_portrait_is_the_same_bytes():
    assert as_html(portrait(FULL)) == as_html(full())


def test_hostile_text_stays_text():
    made = portrait({**FULL, "所在载体": HOSTILE, "竞赛获奖": [{"赛事": HOSTILE, "获奖日期": FULL["注册日期"]}]}, names=(HOSTILE,))
    text = as_html(made)
    assert "<script" not in text
    assert text.count("</style>") == 1
    page = html.fromstring(text)
    assert page.xpath("string(//h1)") == HOSTILE
    assert page.xpath(f"count(//td[normalize-space()={_quoted(HOSTILE)}])") >= 1


def _quoted(text: str) -> str:
    return "concat(" + ", \"'\", ".join(f"'{part}'" for part in text.split("'")) + ")"


def test_marks_stand_above_the_page_and_on_every_printed_one():
    text = as_html(full())
    assert html.fromstring(text).xpath("string(//div[@class='mark'])").startswith("演示数据 · 示范模型 · 含草案政策")
    assert '@top-right{content:"演示数据 · 示范模型 · 含草案政策"}' in text
    assert '@bottom-left{content:"运行编号 0123456789ab · 评估日 2026-11-01 · 数据快照 ffffffffffff"}' in text


def test_an_honest_run_carries_no_mark():
    page = html.fromstring(as_html(replace(portrait({}, scored=False), marks=())))
    assert page.xpath("//div[@class='mark']") == []


def test_charts_show_every_figure_as_text_too():
    page = html.fromstring(as_html(full()))
    labels = page.xpath("//figure/figcaption/text()")
    assert [re.sub(r" \(.*", "", x) for x in labels] == ["营业收入", "研发费用", "职工总数", "净利润"]
    assert page.xpath("//figure[1]//*[local-name()='text']/text()") == ["100万元", "2024", "125万元", "2025"]
    assert page.xpath("//figure[4]//*[local-name()='text']/text()") == ["未知", "2024", "-5万元", "2025"]


def test_a_company_without_a_score_says_why():
    made = full()
    bare = replace(made, points=replace(made.points, score=None, axes=(), losses=(), reasons=("有重大事故：不满足",)))
    page = html.fromstring(as_html(bare))
    assert "没有得分：有重大事故：不满足" in page.text_content()
    assert page.xpath("//table[@class='bars']") == []
