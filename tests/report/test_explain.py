from __future__ import annotations

import io

import pytest
from rich.console import Console

from wutong.errors import WutongError
from wutong.report.explain import explain
from wutong.report.find import find_company, find_policy
from wutong.report.plain import company as company_data
from wutong.report.texts import Words


def printed(view, company, policy=None, lang="zh") -> str:
    out = io.StringIO()
    explain(view, company, policy, Console(file=out, width=200), Words(lang))
    return out.getvalue()


def test_one_policy_prints_every_condition_with_its_source(view):
    company, policy = view.companies[0], view.policies[0]
    text = printed(view, company, policy)
    assert [c.zh for c in policy.conditions if c.zh not in text] == []
    assert "演示字〔2024〕1号 第六条(二) [V]" in text
    assert view.policies[1].name_zh not in text


def test_all_policies_without_one_named(view):
    text = printed(view, view.companies[0])
    assert [p.name_zh for p in view.policies if p.name_zh not in text] == []
    assert "演示数据" in text


def test_square_brackets_in_data_are_not_markup(view):
    company = view.companies[0]
    hostile = type(company)(company.code, "甲[red]公司[/red]", company.nature, (), company.verdicts)
    assert "甲[red]公司[/red]" in printed(view, hostile)


def test_company_by_code_name_or_unique_part(view):
    wanted = view.companies[4]
    assert find_company(view, wanted.code.lower()) is wanted
    assert find_company(view, wanted.name) is wanted
    assert find_company(view, "企业005") is wanted


@pytest.mark.parametrize(("text", "code"), [("没有这家", "C103"), ("演示企业", "C104"), ("", "C103")])
def test_company_unknown_or_ambiguous(view, text, code):
    with pytest.raises(WutongError) as caught:
        find_company(view, text)
    assert caught.value.code == code


def test_exact_policy_wins_over_part(view):
    assert find_policy(view.policies, "p01") is view.policies[0]
    assert find_policy(view.policies, "national.p02") is view.policies[1]
    for text, code in (("演示政策", "C106"), ("none", "C105")):
        with pytest.raises(WutongError) as caught:
            find_policy(view.policies, text)
        assert caught.value.code == code


def test_data_hold_exact_amounts_as_text(view):
    company = next(c for c in view.companies if c.verdicts[view.policies[0].key].conditions[0].measures)
    data = company_data(view, company, view.policies[0], Words())
    measure = company.verdicts[view.policies[0].key].conditions[0].measures[0]
    assert len(data["policies"]) == 1
    assert data["policies"][0]["conditions"][0]["measures"][0]["threshold"] == str(measure.threshold)
    assert data["policies"][0]["conditions"][0]["source"]["doc_no"] == "演示字〔2024〕1号"
