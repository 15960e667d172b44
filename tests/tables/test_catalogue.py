from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from wutong.errors import WutongError
from wutong.tables import Catalogue
from wutong.tables.checks import parse_check

FACT = "{code: uscc, zh: 统一社会信用代码, type: text}"


def load(tmp_path: Path, text: str) -> Catalogue:
    file = tmp_path / "facts.yaml"
    file.write_text(text, "utf-8")
    return Catalogue.load(file)


def faults(tmp_path: Path, text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(WutongError) as error:
        load(tmp_path, text)
    assert all(d.place.file == "facts.yaml" for d in error.value.diagnostics)
    return [(d.code, d.place.line) for d in error.value.diagnostics]


def test_the_packaged_catalogue_is_valid_and_its_checks_parse() -> None:
    catalogue = Catalogue.load()
    assert catalogue.fact("uscc") is not None
    assert catalogue.fact("name") is not None
    assert [c.id for c in catalogue.checks if parse_check(c, catalogue) is None] == []
    assert all(f.unit is None or f.unit.text in ("元", "%") or f.unit.is_count or not f.unit.is_money
               for f in (*catalogue.facts, *catalogue.yearly))


def test_names_in_rules_resolve_to_columns() -> None:
    catalogue = Catalogue.load()
    found = {n: catalogue.resolve(n, 2026) for n in ("本年营业收入", "上年营业收入", "前年营业收入", "大前年营业收入", "统一社会信用代码", "营业收入", "上年注册日期")}
    assert {n: f and f[1] for n, f in found.items()} == {
        "本年营业收入": "revenue_2026", "上年营业收入": "revenue_2025", "前年营业收入": "revenue_2024", "大前年营业收入": "revenue_2023",
        "统一社会信用代码": "company", "营业收入": None, "上年注册日期": None,
    }


def test_stored_types(tmp_path: Path) -> None:
    catalogue = load(tmp_path, """facts:
  - {code: a, zh: 甲, type: number, unit: 元, min: 0, max: 0.5}
  - {code: b, zh: 乙, type: number, unit: "%"}
  - {code: c, zh: 丙, type: number}
  - {code: d, zh: 丁, type: integer, unit: 人}
  - {code: e, zh: 戊, type: code, values: [是]}
  - {code: f, zh: 己, type: date, min: 1990-01-01}
""")
    assert [f.arrow for f in catalogue.facts] == [
        pa.decimal128(18, 2), pa.decimal128(18, 6), pa.decimal128(18, 6), pa.int64(), pa.string(), pa.date32()]
    assert catalogue.facts[0].max == Decimal("0.5")


@pytest.mark.parametrize(("body", "code"), [
    ("{code: a, zh: 甲, type: nmber}", "T205"), ("{code: a, zh: 甲}", "T204"), ("{code: a, zh: 甲, type: text, alias: [x]}", "T203"),
    ("{code: A, zh: 甲, type: text}", "T206"), ("{code: a_2025, zh: 甲, type: text}", "T206"), ("{code: company, zh: 甲, type: text}", "T206"),
    ("{code: a, zh: 甲, type: number, unit: 块}", "T207"), ("{code: a, zh: 甲, type: text, unit: 元}", "T207"),
    ("{code: a, zh: 甲, type: text, min: 0}", "T208"), ("{code: a, zh: 甲, type: number, min: x}", "T208"),
    ("{code: a, zh: 甲, type: code}", "T209"), ("{code: a, zh: 甲, type: text, values: [x]}", "T209"), ("{code: a, zh: 甲, type: code, values: [x, x]}", "T209"),
    ("{code: uscc, zh: 甲, type: text}", "T202"), ("{code: a, zh: 统一社会信用代码, type: text}", "T212"),
    ("{code: a, zh: 甲, type: text, aliases: [USCC]}", "T212"), ("{code: a, code: b, zh: 甲, type: text}", "T202"),
    ("{code: a, zh: 甲, type: text, sensitivity: top}", "T205"), ("just text", "T201"),
])
def test_a_fault_is_told_with_its_line(tmp_path: Path, body: str, code: str) -> None:
    found = faults(tmp_path, f"facts:\n  - {FACT}\n  - {body}\n")
    assert found == [(code, None if code == "T201" else 3)]


@pytest.mark.parametrize(("text", "found"), [
    ("facts: [", [("T201", 2)]), ("- a", [("T201", 1)]),
    ("children:\n  - {code: ip, zh: 权利, complete: x, columns: [{code: k, zh: 类, type: text}]}\n", [("T210", 2)]),
    ("checks:\n  - {id: a, zh: 甲, when: 甲 > 1, cells: [x]}\n", [("T211", 2)]),
    ("checks:\n  - {id: a, zh: 甲, when: 甲 > 1, cells: [], severity: bad}\n", [("T205", 2)]),
])
def test_faults_outside_facts(tmp_path: Path, text: str, found: list[tuple[str, int]]) -> None:
    assert faults(tmp_path, text) == found


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    assert faults(tmp_path, "facts:\n  - {code: A, zh: 甲, type: text}\n  - {code: b, zh: 乙}\n") == [("T206", 2), ("T204", 3)]


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(WutongError) as error:
        Catalogue.load(tmp_path / "none.yaml")
    assert error.value.code == "T201"
