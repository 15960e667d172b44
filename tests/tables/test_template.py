from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from tests.tables.made import ON, code

from wutong.errors import WutongError
from wutong.tables import COMPANIES, Catalogue, read_workbook, write_template
from wutong.tables.safety import column_number


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_template(tmp_path_factory.mktemp("template") / "模板.xlsx", on=ON)


def test_the_template_names_every_fact_once(template: Path) -> None:
    book, catalogue = openpyxl.load_workbook(template), Catalogue.load()
    assert book.sheetnames[0] == "企业"
    headers = [c.value for c in book["企业"][1]]
    assert len(headers) == len(set(headers)) == len(catalogue.facts) + 3 * len(catalogue.yearly)
    assert {"2025年营业收入(万元)", "2024年营业收入(万元)", "2023年营业收入(万元)", "2025年职工总数(人)"} <= set(headers)
    assert [c.zh for c in catalogue.children] == book.sheetnames[1:1 + len(catalogue.children)]


def test_the_example_row_is_skipped_with_a_note(template: Path) -> None:
    reading = read_workbook(template, on=ON)
    sheets = 1 + len(Catalogue.load().children)
    assert [d.code for d in reading.diagnostics if d.severity == "note"] == ["T147"] * sheets
    assert [d.code for d in reading.errors] == ["T119"]


def test_the_example_row_made_real_is_free_of_faults(template: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(template)
    for sheet in book:
        if str(sheet["A2"].value).startswith("示例"):
            sheet["A2"] = code(1)
    book.save(tmp_path / "a.xlsx")
    reading = read_workbook(tmp_path / "a.xlsx", on=ON)
    assert [d for d in reading.diagnostics if d.code != "T158"] == []
    assert {n: t.num_rows for n, t in reading.tables.items()} == dict.fromkeys(
        [COMPANIES, *(c.code for c in Catalogue.load().children)], 1)
    catalogue = Catalogue.load()
    empty = [n for n in reading.companies.column_names if reading.companies.column(n).null_count]
    assert empty == []
    assert reading.companies.num_columns == 1 + len(catalogue.facts) - 1 + 3 * len(catalogue.yearly)


def test_drop_downs_offer_exactly_the_values(template: Path) -> None:
    book, catalogue = openpyxl.load_workbook(template), Catalogue.load()
    headers = [c.value for c in book["企业"][1]]
    offered: dict[str, list[str]] = {}
    for rule in book["企业"].data_validations.dataValidation:
        if rule.type == "list":
            column = str(rule.sqref).split(":", maxsplit=1)[0].rstrip("0123456789")
            header = headers[column_number(column) - 1]
            formula = rule.formula1
            if formula.startswith('"'):
                offered[header] = formula.strip('"').split(",")
            else:
                area = formula.lstrip("=").split("!")[1].replace("$", "")
                offered[header] = [c[0].value for c in book["选项"][area]]
    expected = {f.zh: list(f.values or ("是", "否")) for f in catalogue.facts if f.type in ("code", "boolean")}
    assert offered == expected


def test_the_guide_tells_meaning_unit_source_and_sensitivity(template: Path) -> None:
    rows = {(r[0], r[1]): r for r in openpyxl.load_workbook(template)["填写说明"].iter_rows(values_only=True) if r[1]}
    fact = Catalogue.load().fact("净资产")
    assert fact is not None
    assert rows["企业（按年）", "净资产"][4:] == ("元", None, fact.definition, fact.source, "商业秘密")


def test_years_follow_the_assessment_date(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_template(tmp_path / "a.xlsx", on=date(2024, 1, 1), years=1))
    years = {str(c.value)[:4] for c in book["企业"][1] if str(c.value)[:2] == "20"}
    assert years == {"2023"}


def test_the_same_template_has_the_same_bytes(template: Path, tmp_path: Path) -> None:
    assert write_template(tmp_path / "a.xlsx", on=ON).read_bytes() == template.read_bytes()


def test_only_xlsx_is_written(tmp_path: Path) -> None:
    with pytest.raises(WutongError) as error:
        write_template(tmp_path / "a.csv", on=ON)
    assert error.value.code == "T161"
