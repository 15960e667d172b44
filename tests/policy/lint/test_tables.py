"""What the linter says about decision tables, region by region."""

from __future__ import annotations

from time import process_time

import pytest
from tests.policy.made import ON, policy

from wutong.ir.policy.check import check_policy
from wutong.policy.evaluate import shipped_catalogue
from wutong.policy.lint.finding import Scribe
from wutong.policy.lint.tables import table_findings


def findings(table: str) -> list[tuple[str, str]]:
    made = policy(f"tables:\n- {{code: t, zh: 表, source: s, {table}}}\noutputs: [t]\n")
    checked = check_policy(made, shipped_catalogue(), ON)
    assert checked.faults == []
    return [(d.code, dict(d.values).get("region") or d.place.clause) for d in table_findings(checked, Scribe(made, {}))]


RATIO = "inputs: [percent(上年研发费用 / 上年营业收入)]"
TWO = "inputs: [percent(上年研发费用 / 上年营业收入), 独立法人]"


@pytest.mark.parametrize(("table", "expected"), [
    (f"hit: UNIQUE, {RATIO}, rules: [['< 5%', 0], ['>= 6%', 10]]",
     [("L103", "上年研发费用 / 上年营业收入 ∈ [5%, 6%)")]),
    (f"hit: UNIQUE, {RATIO}, rules: [['< 5%', 0], ['>= 5%', 10]]", []),
    (f"hit: UNIQUE, {RATIO}, rules: [['<= 5%', 0], ['>= 5%', 10]]",
     [("L101", "上年研发费用 / 上年营业收入 = 5%")]),
    (f"hit: ANY, {RATIO}, rules: [['<= 5%', 0], ['>= 5%', 0]]", []),
    (f"hit: ANY, {RATIO}, rules: [['<= 5%', 0], ['>= 4%', 1]]",
     [("L102", "上年研发费用 / 上年营业收入 ∈ [4%, 5%]")]),
    (f"hit: FIRST, {RATIO}, rules: [['>= 3%', 10], ['[4%..5%]', 7], ['-', 0]]", [("L104", "t #2")]),
    (f"hit: FIRST, {RATIO}, rules: [['>= 3%', 10], ['< 3%', 7], ['-', 0]]", []),
    (f"hit: FIRST, {RATIO}, rules: [['[5%..3%]', 10], ['-', 0]]", [("L105", "t #1")]),
    (f"hit: FIRST, {RATIO}, rules: [['< 0%', 10], ['-', 0]]", [("L105", "t #1")]),
    (f"hit: FIRST, {RATIO}, default: 0, rules: [['> 5%', 10]]", []),
    ("hit: UNIQUE, inputs: [上年职工总数], output: {type: number}, rules: [['< 1万人', 1], ['>= 10000人', 2]]", []),
    ("hit: UNIQUE, inputs: [上年营业收入], rules: [['< 2000万元', 1], ['> 2000万元', 2]]",
     [("L103", "上年营业收入 = 2000万元")]),
    ("hit: UNIQUE, inputs: [注册日期], rules: [['< date(\"2020-01-01\")', 1], ['> date(\"2020-01-02\")', 2]]",
     [("L103", "注册日期 ∈ [2020-01-01, 2020-01-02]")]),
    (f"hit: UNIQUE, {TWO}, rules: [['< 5%', '-', 0], ['>= 5%', true, 10]]",
     [("L103", "上年研发费用 / 上年营业收入 ≥ 5%, 独立法人 = false")]),
    (f"hit: UNIQUE, {TWO}, rules: [['< 5%', '-', 0], ['>= 5%', true, 10], ['>= 5%', false, 1]]", [("L106", "t")]),
    (f"hit: PRIORITY, {RATIO}, output: {{type: text, values: [高, 低]}}, rules: [['> 5%', 低], ['> 3%', 高], ['-', 低]]",
     [("L104", "t #1")]),
    ("hit: COLLECT SUM, inputs: [上年职工总数], rules: [['> 5', 1], ['> 3', 1], ['> 5', 1]]", [("L110", "t #3")]),
    ("hit: FIRST, inputs: [上年研发费用], rules: [['> 上年营业收入', 1], ['-', 0]]", [("L107", "t")]),
    (f"hit: UNIQUE, {RATIO}, rules: [['? < 2% or ? > 8%', 1], ['not(< 2%, > 8%)', 0]]", []),
])  # fmt: skip
def test_table(table, expected):
    assert findings(table if "output:" in table else f"output: {{type: number}}, {table}") == expected


def test_texts_are_swept_as_sets():
    known = shipped_catalogue().fact("划型行业").values
    rules = f"[['\"{known[0]}\"', 1], ['not(\"{known[0]}\", \"{known[1]}\")', 2]]"
    assert findings(f"output: {{type: number}}, hit: UNIQUE, inputs: [划型行业], rules: {rules}") == [
        ("L103", f"划型行业 = {known[1]}")]
    assert findings('output: {type: number}, hit: UNIQUE, inputs: [企业名称], rules: [[\'"甲"\', 1], [\'"乙"\', 2]]') == [
        ("L103", "企业名称 ∉ {乙, 甲}")]


@pytest.mark.parametrize("hit", ["FIRST", "UNIQUE"])
def test_ten_thousand_rules_in_seconds(hit):
    rows = "".join(f"  - ['[{n}..{n + 1})', '{'>= 5' if n % 2 else '-'}', {n % 7}]\n" for n in range(10_000))
    made = policy(f"tables:\n- code: t\n  zh: 表\n  hit: {hit}\n  inputs: [上年职工总数, 前年职工总数]\n"
                  f"  output: {{type: number}}\n  default: 0\n  source: s\n  rules:\n{rows}")
    checked = check_policy(made, shipped_catalogue(), ON)
    start = process_time()
    assert list(table_findings(checked, Scribe(made, {}))) == []
    assert process_time() - start < 20
