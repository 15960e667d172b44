"""Hostile text in every text field of a pack: a coded error or the right answer, and nothing else happens."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import duckdb
import pytest
import yaml
from tests.report.letters_made import NAME

from wutong.backends.duckdb import DuckDBBackend
from wutong.errors import WutongError
from wutong.packs.cases import Case, case_tables
from wutong.packs.loader import parse_policy
from wutong.policy.edit.dmn_reader import document_of
from wutong.policy.edit.dmn_writer import to_dmn
from wutong.policy.edit.document import document
from wutong.policy.edit.xlsx_reader import _read
from wutong.policy.edit.xlsx_writer import to_xlsx
from wutong.policy.evaluate import VERDICTS, compile_block, evaluate, shipped_catalogue
from wutong.report.build import Builder
from wutong.report.labels import Labels
from wutong.report.letter import as_html, letter
from wutong.report.model import RunView
from wutong.report.pages import Pages
from wutong.report.policies import policy_view

ON = date(2026, 11, 1)
PACK = """
policy: made
pack: tests
version: "1"
name: {zh: 自拟政策, en: Made}
kind: grant
status: official
in_force: {from: 2020-01-01}
issuer: 发文机关
note: 备注
sources: {s: {doc_no: 文号, clause: 第一条, grade: V, url: "https://a", title: 标题, note: 注, checked_by: 某人}}
parameters:
  - {code: rate, zh: 比例, en: Rate, value: 0.5, source: s, note: 注}
  - {code: word, zh: 字样, value: 甲, source: s}
  - {code: base, zh: 基数, unit: 人, values: [{value: 10, source: s}]}
let: [{code: sum, zh: 合计, en: Sum, expr: 上年职工总数, unit: 人, source: s, note: 注}]
tables:
  - {code: t, zh: 表, en: Table, hit: FIRST, inputs: [上年职工总数, 划型行业], output: {type: text, values: [高, 低]}, default: 低, source: s,
     note: 注, rules: [[">= 10", '"工业"', 高], ["-", "-", 低]], remarks: [注, 注]}
conditions:
  - {code: c, zh: 条件, en: Condition, when: 合计 >= 基数, source: s, note: 注}
  - {code: m, zh: 人工, manual: true, source: s}
decide: {any: [c, m]}
outputs: [sum, t]
benefits: [{code: b, zh: 奖励, en: Award, amount: 10万元, when: 合计 >= 10人, cap: 20万元, group: g, pays_for: 事项, kind: grant, source: s, note: 注}]
limits: [{code: l, zh: 限额, en: Limit, benefits: [b], amount: 15万元, source: s, note: 注}]
"""
FACTS = {"职工总数": {2025: 12}, "划型行业": "工业"}
ATTACKS = [
    "'; DROP TABLE companies; --", '" OR 1=1 --', "x') UNION SELECT * FROM duckdb_settings() --", "*/ ; COPY companies TO '/tmp/leak' /*",
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=cmd|'/C calc'!A1", "{{ 7*7 }}{% for x in y %}", "../../etc/passwd",
    "${jndi:ldap://x}", "\u202egnp.exe", "a" * 5_000, "(" * 500, 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")',
]  # fmt: skip
DISPLAYED = ("zh", "en", "note", "issuer", "doc_no", "clause", "url", "title", "checked_by", "remarks", "group", "pays_for", "version")


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [p for key, item in inner for p in paths(item, (*path, key))]
    return found or ([path] if isinstance(value, str) else [])


def with_text(path: tuple[Any, ...], text: str) -> str:
    tree = copy.deepcopy(yaml.safe_load(PACK))
    target = tree
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = text
    return yaml.safe_dump(tree, allow_unicode=True)


def decided(text: str) -> tuple[str, str]:
    """Return the verdict and every page about it; raise only coded errors."""
    policy = parse_policy(text, "made.yaml")
    catalogue = shipped_catalogue()
    tables = case_tables([Case(NAME, ON, FACTS, {})], catalogue)
    results = evaluate(tables, [policy], ON, explain=True)
    assert tables["companies"].num_rows == 1
    company = Builder(results, Labels(tables, catalogue, 2026)).company(0)
    view = policy_view(results.policies[0], ON, catalogue)
    run = RunView("0" * 12, ON, "interval", "0", "f" * 64, True, (), (view,), (company,))
    pages = "".join(page for _, page in Pages(run, "zh").all()) + as_html(letter(run, company, view))
    return company.verdicts[view.key].verdict, pages


def outcome_of(text: str) -> tuple[str, str]:
    """Return verdict and pages, or the code of the error."""
    try:
        return decided(text)
    except WutongError as error:
        return error.code, ""


def is_shown_only(path: tuple[Any, ...]) -> bool:
    """Tell whether a text is only shown; the Chinese names of parameters, lets and tables are named by rules."""
    return any(key in DISPLAYED for key in path) and not (path[0] in ("parameters", "let", "tables") and path[-1] == "zh")


@pytest.mark.parametrize(("number", "path"), list(enumerate(paths(yaml.safe_load(PACK)))),
                         ids=lambda p: ".".join(map(str, p)) if isinstance(p, tuple) else "")
def test_hostile_text_is_an_error_with_a_code_or_changes_nothing(number, path):
    for attack in (ATTACKS[number % len(ATTACKS)], ATTACKS[(number * 5 + 4) % len(ATTACKS)]):
        outcome, pages = outcome_of(with_text(path, attack))
        assert outcome == "eligible" if is_shown_only(path) else outcome in VERDICTS or outcome[0] in "FPRV"
        assert "<script>alert(1)" not in pages
        assert "<img src=x" not in pages


def test_hostile_text_survives_excel_and_dmn_as_text(tmp_path):
    for number, path in enumerate(p for p in paths(yaml.safe_load(PACK)) if is_shown_only(p) and p[-1] != "version"):
        found = document(with_text(path, ATTACKS[number % 10]), "x.yaml")
        (tmp_path / "x.xlsx").write_bytes(to_xlsx(found))
        assert _read(tmp_path / "x.xlsx").found == found
        assert document_of(to_dmn(found)) == found


def test_no_text_of_a_pack_reaches_sql_outside_a_literal():
    """Every attack sits in a parameter that rules compare with: the statement stays one SELECT, the table stays."""
    connection = duckdb.connect()
    connection.execute("CREATE TABLE canary AS SELECT 1 AS x")
    for attack in ATTACKS[:4]:
        text = with_text(("parameters", 1, "value"), attack).replace("合计 >= 基数", "企业名称 = 字样")
        tables = case_tables([Case(attack, ON, FACTS, {})], shipped_catalogue())
        columns = {n: {f.name: str(f.type) for f in t.schema} for n, t in tables.items()}
        block = compile_block([parse_policy(text, "made.yaml")], columns, ON)
        assert len(duckdb.extract_statements(block.sql)) == 1
        rows = DuckDBBackend().query(block.sql, tables).to_pylist()
        assert VERDICTS[rows[0]["p00_verdict"]] == "eligible"  # the company is called like the attack: equal as text
    assert connection.execute("SELECT count(*) FROM canary").fetchone() == (1,)


def test_a_circle_of_rules_is_told():
    text = PACK.replace("expr: 上年职工总数", "expr: 合计 + 1人")
    with pytest.raises(WutongError) as caught:
        decided(text)
    assert caught.value.code == "F542"


def test_yaml_that_multiplies_itself_is_bounded():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9))
    with pytest.raises(WutongError) as caught:
        parse_policy(bomb + PACK, "made.yaml")
    assert caught.value.diagnostics[0].code in ("P103", "P101")


def test_control_characters_are_refused_where_no_form_can_keep_them():
    with pytest.raises(WutongError) as caught:
        document(PACK.replace("备注", '"a\\x01b"'), "x.yaml")
    assert caught.value.code == "P122"


@pytest.mark.parametrize(("hit", "count", "code"), [("COLLECT SUM", 1_500, "F544"), ("UNIQUE", 3_100, "F545")])
def test_tables_too_large_for_their_form_are_told(hit, count, code):
    rows = ", ".join(f"['[{n}..{n + 1})', '-', 高]" if hit == "UNIQUE" else f"['[{n}..{n + 1})', '-', {n % 9}]" for n in range(count))
    kind, output = ("text", "") if hit == "UNIQUE" else ("number", "")
    table = f"{{code: t, zh: 表, hit: {hit}, inputs: [上年职工总数, 划型行业], output: {{type: {kind}{output}}}, source: s, rules: [{rows}]}}"
    head, _, rest = PACK.partition("tables:")
    text = f"{head}tables: [{table}]\nconditions:{rest.partition('conditions:')[2]}".replace("outputs: [sum, t]", "outputs: [sum]")
    assert outcome_of(text)[0] == code
